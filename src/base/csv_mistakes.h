// src/base/csv_mistakes.h - all that is wrong with a table, collected so that one run shows it.
#pragma once
#include <cstddef>
#include <string>
#include <vector>

namespace opline {

struct CsvMistake {
  std::size_t line = 0;  ///< From 1, as editors count.
  std::string column;    ///< Name of the column; empty where the whole line is meant.
  std::string message;   ///< What, and what to do.
};

/// The first mistakes of a file and the number of all.
class CsvMistakes {
 public:
  static constexpr std::size_t kShown = 20;

  explicit CsvMistakes(std::string file) : file_(std::move(file)) {}

  void add(std::size_t line, std::string column, std::string message);

  [[nodiscard]] bool empty() const { return count_ == 0; }
  [[nodiscard]] std::size_t count() const { return count_; }
  /// The first kShown, in the order they were added.
  [[nodiscard]] const std::vector<CsvMistake>& first() const { return first_; }

  /// "file:line: column `name`: message" for each of first(), one per line, and how many more. At
  /// most about 3500 bytes: of long messages fewer are shown.
  [[nodiscard]] std::string text() const;
  /// Throws Error{input} with text() and `advice` on a line of its own, unless empty().
  void throw_if_any(const std::string& advice = "") const;

 private:
  std::string file_;
  std::size_t count_ = 0;
  std::vector<CsvMistake> first_;
};

}  // namespace opline
