// notebooks_export/layers_table.h - the layers of a study's networks as a table, with their cycles.
//
// One row per layer, network, campaign and setup. Networks whose structure is not known, such as
// those of an imported table, have no rows. Columns: docs/formats/layers-table.md.
#pragma once
#include <string>
#include <vector>

#include "notebooks_export/table_writer.h"
#include "src/evaluation/series.h"
#include "src/store/study.h"

namespace opline::notebooks_export {

/// The table, format opline-layers. `series`: as read from `study`. `comments`: provenance, one
/// line each.
/// With a sink, which gets the table in parts as it grows, the result is only its end.
[[nodiscard]] std::string layers_table(TableForm form, store::Study& study,
                                       const std::vector<evaluation::Series>& series,
                                       const std::vector<std::string>& comments,
                                       const Sink& sink = {});

}  // namespace opline::notebooks_export
