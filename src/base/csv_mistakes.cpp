#include "src/base/csv_mistakes.h"

#include "src/base/csv_number.h"
#include "src/base/error.h"

namespace opline {

void CsvMistakes::add(std::size_t line, std::string column, std::string message) {
  if (count_++ < kShown) first_.push_back({line, std::move(column), std::move(message)});
}

std::string CsvMistakes::text() const {
  std::string all;
  for (const CsvMistake& mistake : first_) {
    if (!all.empty()) all += '\n';
    all += fmt::format("{}:{}: ", file_, mistake.line);
    if (!mistake.column.empty()) all += fmt::format("column `{}`: ", shown_field(mistake.column));
    all += mistake.message;
  }
  if (count_ > first_.size())
    all += fmt::format("\n... and {} more mistakes, {} in all", count_ - first_.size(), count_);
  return all;
}

void CsvMistakes::throw_if_any(const std::string& advice) const {
  if (empty()) return;
  throw Error(ErrorCode::input, "{}{}{}", text(), advice.empty() ? "" : "\n", advice);
}

}  // namespace opline
