// notebooks_export/measurements_csv.h - the raw measurements of a study as a table for other tools.
//
// One row a network and setup, raw values as stored, unknown = empty field; provenance in comment lines above
// the header. Columns are documented in docs/formats/measurements-csv.md.   Room: notebooks_export -> store,
// measure, base.
#pragma once
#include <string>
#include <vector>

#include "src/store/study.h"

namespace opline::notebooks_export {

/// The table of `series`. `comments` are the provenance lines, without "# ".
[[nodiscard]] std::string measurements_csv(const std::vector<store::Series>& series,
                                           const std::vector<std::string>& comments);

}  // namespace opline::notebooks_export
