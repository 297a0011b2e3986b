// src/cli/source.h - where the verbs that judge take their measurements from: a study, or a table
// (CSV).
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "src/cli/fitting.h"
#include "src/cli/measured_table.h"
#include "src/cli/options.h"
#include "src/cli/own_folder.h"

namespace opline::cli {

/// add_selection_options() and add_table_options(): --db or --csv. Of a table --space and --boards
/// are the names that its networks and its board are given.
void add_source_options(Options& options);

/// The study of --db; or one of its own, in the temporary folder and gone with the object, that
/// holds the table of
/// --csv.
class Source {
 public:
  /// Throws Error{usage} unless exactly one of --db and --csv is given, or for options of a table
  /// beside --db, and as Study::open and read_table().
  Source(const Options& options, store::Mode mode, Console& console);
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;

  [[nodiscard]] store::Study& study() { return *study_; }
  [[nodiscard]] const std::string& name() const { return name_; }  ///< The file, as it was given.
  [[nodiscard]] bool is_table() const { return folder_.has_value(); }
  /// Of a table; empty for a study.
  [[nodiscard]] const TableFeatures& features() const { return features_; }
  /// What the options select of it: at least one series.
  [[nodiscard]] std::vector<FittedSeries> series();

 private:
  const Options& options_;
  std::string name_;
  TableFeatures features_;
  std::optional<OwnFolder> folder_;  ///< Of a table's study; none for --db. Outlives the study.
  std::optional<store::Study> study_;
};

}  // namespace opline::cli
