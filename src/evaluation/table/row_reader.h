// src/evaluation/table/row_reader.h - one record of a measured table at a time: checks and units.
#pragma once
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/csv_mistakes.h"
#include "src/base/csv_scanner.h"
#include "src/evaluation/table/measured_table.h"
#include "src/evaluation/table/table_columns.h"

namespace opline::evaluation {

/// Missing values: a field that is empty or equal to one of the given words.
class MissingValues {
 public:
  explicit MissingValues(const std::vector<std::string>& words);
  [[nodiscard]] bool contains(const CsvField& field) const;

 private:
  const std::vector<std::string>& words_;
  std::array<bool, 256> first_{};  ///< What a word may start with.
};

/// Appends records to a table, or collects what is wrong with them.
class RowReader {
 public:
  /// The arguments must outlive the reader.
  RowReader(const SelectedColumns& columns, const TableColumns& given, MeasuredTable& table);

  /// Appends the record of `scanner`, counts it as one without latency, or leaves it out and adds
  /// its mistakes.
  void read(const CsvScanner& scanner);

  [[nodiscard]] const CsvMistakes& mistakes() const { return mistakes_; }
  /// Hands the names over to the table, when all records were read.
  void finish();

 private:
  struct Row {
    std::uint64_t ops = 0;
    double seconds = 0;
    std::optional<std::uint64_t> cycles;
    std::optional<double> joules;
  };

  [[nodiscard]] bool has_fields();
  void mistake(const SelectedColumn& column, std::string message);
  [[nodiscard]] const CsvField& field(const SelectedColumn& column) const;
  [[nodiscard]] bool missing(const SelectedColumn& column) const;
  [[nodiscard]] std::optional<double> number(const SelectedColumn& column);
  void read_ops(Row& row);
  void read_latency(Row& row);
  void read_energy(Row& row);
  void read_features();
  void read_name(const Row& row);
  void read_identity();
  void append(const Row& row);
  void leave_out(LeftOut& rows) const;

  const SelectedColumns& columns_;
  const TableColumns& given_;
  MeasuredTable& table_;
  MissingValues missing_;
  CsvMistakes mistakes_;
  NetworkNumbering numbering_;
  std::vector<std::size_t> first_row_;  ///< Per network, for messages.
  std::vector<double> features_;        ///< Of the record at hand.
  std::uint32_t network_ = 0;           ///< Of the record at hand.
  const CsvScanner* record_ = nullptr;
};

}  // namespace opline::evaluation
