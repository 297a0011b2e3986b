// src/evaluation/table_series.h - a user's table as a series, and into a study.
#pragma once
#include <cstdint>
#include <functional>
#include <string>

#include "src/evaluation/series.h"
#include "src/evaluation/table/measured_table.h"
#include "src/store/study.h"

namespace opline::evaluation {

/// One row per network: of repeats the median. `space` is what the networks are called together;
/// `setup` is where they were measured, its runner `imported`.
[[nodiscard]] Series series_of(const MeasuredTable& table, const std::string& space,
                               const measure::Setup& setup);

struct TableImport {
  std::string study_command;  ///< Provenance: the command line.
  std::string now;            ///< "2026-01-31T12:00:00Z".
  /// Rows done, of all; each is a network and then an outcome, and counts twice.
  std::function<void(std::uint64_t, std::uint64_t)> progress = {};
};
/// Enters a table's series as an imported campaign, in one transaction; returns how many networks
/// were new. What is there with the same figures changes nothing. Throws Error{usage} naming the
/// network where the study has other figures for it, or where an earlier import of the same space
/// has other rows in front.
std::int64_t store_series(store::Study& study, const Series& series, const TableImport& import);

}  // namespace opline::evaluation
