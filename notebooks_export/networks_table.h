// notebooks_export/networks_table.h - the networks of a study as a table: decisions, counts,
// memory, latency and energy of each, for models of one's own.
//
// One row per network, campaign and setup, whether it was measured, failed or was not tried yet.
// Columns: docs/formats/networks-table.md.
#pragma once
#include <string>
#include <vector>

#include "notebooks_export/table_writer.h"
#include "src/evaluation/series.h"
#include "src/store/study.h"

namespace opline::notebooks_export {

/// The table, format opline-networks. Behind the columns that every file has, there is one column
/// per decision of the series' spaces, in the order of the series and of the decisions
/// ("block1.skip", "block1.width"). Empty is a decision that the row's space does not have, and one
/// that does not matter: the width of a skipped block. Imported tables and grids of single layers
/// have no decisions.
/// `series`: as read from `study`. `comments`: provenance, one line each.
/// With a sink, which gets the table in parts as it grows, the result is only its end.
[[nodiscard]] std::string networks_table(TableForm form, store::Study& study,
                                         const std::vector<evaluation::Series>& series,
                                         const std::vector<std::string>& comments,
                                         const Sink& sink = {});

}  // namespace opline::notebooks_export
