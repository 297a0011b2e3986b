// notebooks_export/measurements_csv.h - the raw outcomes of a study as a table for other tools.
//
// One row per network, campaign and setup: measurements with their raw values, and what was not
// measured with the reason. Unknown is an empty field; provenance stands in comment lines above the
// header. Columns are documented in docs/formats/measurements-csv.md.
#pragma once
#include <string>
#include <vector>

#include "src/base/sink.h"
#include "src/store/study.h"

namespace opline::notebooks_export {

/// What one campaign has under one setup.
struct CampaignRows {
  store::CampaignRow campaign;
  store::Series series;
  std::vector<store::FailureRow> failures;
};

/// The table; with a sink, which gets it in parts as it grows, only its end. `comments` are the
/// provenance lines, one line each, without "# ".
[[nodiscard]] std::string measurements_csv(const std::vector<CampaignRows>& campaigns,
                                           const std::vector<std::string>& comments,
                                           const Sink& sink = {});

}  // namespace opline::notebooks_export
