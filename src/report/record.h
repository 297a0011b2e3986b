// src/report/record.h - one result as a record: the same members as nested JSON and as CSV columns.
//
//   Record record;
//   record.add("n", 145).interval("slope_interval", interval).part("reset", test_record(reset));
//   console.out << to_text(record.json());
//   console.out << records_as_csv({record}, "opline-fits", command);
//
// A member is declared once, where it is written. What is missing is null in JSON and an empty cell
// in the same columns in CSV: the columns of a table never depend on which figures were defined.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "analysis/numerics/interval.h"
#include "src/base/json.h"

namespace opline::report {

class Record {
 public:
  /// A scalar, or null: one column.
  Record& add(const std::string& key, Json scalar);
  /// An array or free-form object: JSON only, no column.
  Record& list(const std::string& key, Json value);
  /// [low, high] or null; columns key.low and key.high.
  Record& interval(const std::string& key, const std::optional<analysis::Interval>& interval);
  /// A nested record; columns key.member.
  Record& part(const std::string& key, const Record& members);
  /// null in JSON, with the columns of `shape`, empty.
  Record& missing(const std::string& key, const Record& shape);
  /// part(key, record_of(*value)), or missing() with the shape of a default-made value.
  template <typename T, typename RecordOf>
  Record& optional_part(const std::string& key, const std::optional<T>& value,
                        const RecordOf& record_of) {
    return value ? part(key, record_of(*value)) : missing(key, record_of(T{}));
  }

  [[nodiscard]] const Json& json() const { return json_; }
  /// Columns by path, "setup.board"; a null Json is an empty cell.
  [[nodiscard]] const std::vector<std::pair<std::string, Json>>& cells() const { return cells_; }

 private:
  Json json_ = Json::object();
  std::vector<std::pair<std::string, Json>> cells_;
};

/// The records as JSON objects.
[[nodiscard]] Json to_json(const std::vector<Record>& records);

/// One row per record; the columns of all records, in order of first appearance. The first lines
/// are comments: format, version of opline, command.
[[nodiscard]] std::string records_as_csv(const std::vector<Record>& records,
                                         const std::string& format, const std::string& command);

}  // namespace opline::report
