#include "src/base/csv_mistakes.h"

#include "src/base/error.h"
#include "src/base/printable.h"

namespace opline {
namespace {

/// Of all lines together, so that Error does not shorten the text in its middle.
constexpr std::size_t kMostBytes = 3500;

}  // namespace

void CsvMistakes::add(std::size_t line, std::string column, std::string message) {
  if (count_++ < kShown) first_.push_back({line, std::move(column), std::move(message)});
}

std::string CsvMistakes::text() const {
  std::string all;
  std::size_t shown = 0;
  for (const CsvMistake& mistake : first_) {
    std::string line = fmt::format("{}:{}: ", file_, mistake.line);
    if (!mistake.column.empty())
      line += fmt::format("column `{}`: ", printable(mistake.column, 40));
    line += mistake.message;
    if (shown > 0 && all.size() + line.size() > kMostBytes) break;
    all += (shown++ == 0 ? "" : "\n") + line;
  }
  if (count_ > shown)
    all += fmt::format("\n... and {} more mistakes, {} in all", count_ - shown, count_);
  return all;
}

void CsvMistakes::throw_if_any(const std::string& advice) const {
  if (empty()) return;
  throw Error(ErrorCode::input, "{}{}{}", text(), advice.empty() ? "" : "\n", advice);
}

}  // namespace opline
