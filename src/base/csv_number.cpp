#include "src/base/csv_number.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstring>

#include <fmt/format.h>

#include "src/base/printable.h"

namespace opline {
namespace {

bool digit(char c) { return c >= '0' && c <= '9'; }

/// The longest number that is looked at; the text of a double has 17 significant digits.
constexpr std::size_t kLongest = 400;

/// Marks other than the decimal mark that may stand between groups of three digits: space, no-break
/// space, narrow no-break space, thin space, apostrophe, right single quotation mark.
constexpr std::array<std::string_view, 6> kGroupMarks = {" ",      "\u00A0", "\u202F",
                                                         "\u2009", "'",      "\u2019"};

/// A field taken apart.
class NumberText {
 public:
  NumberText(std::string_view field, char decimal) : rest_(field), decimal_(decimal) {}

  /// As std::from_chars reads it: '.' as mark, no groups, no '+'. Empty: not a number.
  std::string plain() {
    if (rest_.size() > kLongest) return "";
    if (rest_.starts_with('-')) out_ += '-';
    if (rest_.starts_with('-') || rest_.starts_with('+')) rest_.remove_prefix(1);
    const std::size_t integers = take_digits();
    const bool grouped = take_groups(integers);
    std::size_t digits = integers;
    if (rest_.starts_with(decimal_)) {
      rest_.remove_prefix(1);
      out_ += '.';
      digits += take_digits();
    }
    if (digits == 0 || !take_exponent(grouped)) return "";
    return rest_.empty() ? out_ : "";
  }

 private:
  std::size_t take_digits() {
    std::size_t count = 0;
    while (count < rest_.size() && digit(rest_[count])) ++count;
    out_ += rest_.substr(0, count);
    rest_.remove_prefix(count);
    return count;
  }

  [[nodiscard]] std::string_view group_mark() const {
    static constexpr std::string_view point = ".", comma = ",";
    const std::string_view other = decimal_ == '.' ? comma : point;
    if (rest_.starts_with(other)) return other;
    for (const std::string_view mark : kGroupMarks) {
      if (rest_.starts_with(mark)) return mark;
    }
    return "";
  }

  /// Groups of exactly three digits behind a first group of `first` digits. Whether there are any.
  bool take_groups(std::size_t first) {
    const std::string_view mark = group_mark();
    if (mark.empty() || first == 0 || first > 3 || out_[out_.size() - first] == '0') return false;
    while (rest_.starts_with(mark)) {
      rest_.remove_prefix(mark.size());
      if (take_digits() != 3) {
        rest_ = "?";  // not a group: the field is not a number
        return true;
      }
    }
    return true;
  }

  bool take_exponent(bool grouped) {
    if (!rest_.starts_with('e') && !rest_.starts_with('E')) return true;
    if (grouped) return false;
    rest_.remove_prefix(1);
    out_ += 'e';
    if (rest_.starts_with('-')) out_ += '-';
    if (rest_.starts_with('-') || rest_.starts_with('+')) rest_.remove_prefix(1);
    return take_digits() > 0;
  }

  std::string_view rest_;
  char decimal_;
  std::string out_;
};

/// All of `text`, which std::from_chars accepts.
CsvNumber convert(std::string_view text) {
  CsvNumber number;
  const char* const end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data(), end, number.value);
  if (problem == std::errc::result_out_of_range) return {0, NumberFault::out_of_range};
  if (problem != std::errc{} || stop != end) return {0, NumberFault::not_a_number};
  if (!std::isfinite(number.value)) return {0, NumberFault::not_finite};
  return number;
}

CsvNumber convert_slowly(std::string_view field, char decimal) {
  while (field.starts_with(' ')) field.remove_prefix(1);
  while (field.ends_with(' ')) field.remove_suffix(1);
  if (convert(field).fault == NumberFault::not_finite) return {0, NumberFault::not_finite};
  const std::string plain = NumberText(field, decimal).plain();
  if (!plain.empty()) return convert(plain);
  const bool other = !NumberText(field, decimal == '.' ? ',' : '.').plain().empty();
  return {0, other ? NumberFault::other_mark : NumberFault::not_a_number};
}

}  // namespace

CsvNumber parse_csv_number(std::string_view field, char decimal) {
  if (decimal == '.') {
    const CsvNumber number = convert(field);
    return number.fault == NumberFault::none ? number : convert_slowly(field, decimal);
  }
  std::array<char, 32> copy;
  if (field.size() > copy.size() || field.find('.') != std::string_view::npos)
    return convert_slowly(field, decimal);
  std::memcpy(copy.data(), field.data(), field.size());
  if (char* const mark = static_cast<char*>(std::memchr(copy.data(), ',', field.size())))
    *mark = '.';
  const CsvNumber number = convert({copy.data(), field.size()});
  return number.fault == NumberFault::none ? number : convert_slowly(field, decimal);
}

std::string explain(NumberFault fault, std::string_view field) {
  const std::string shown = printable(field, 40);
  switch (fault) {
    case NumberFault::not_finite:
      return fmt::format(
          "is `{}`; it must be finite: leave the field empty where there is no "
          "value",
          shown);
    case NumberFault::out_of_range:
      return fmt::format("is `{}`, which is beyond what a double holds; use another unit", shown);
    case NumberFault::other_mark: {
      const bool comma = decimal_evidence(field) == DecimalEvidence::comma;
      return fmt::format(
          "is `{}`, a number with a decimal {}, but the file has decimal {}; write "
          "all numbers in one way, or give the decimal mark (--decimal)",
          shown, comma ? "comma" : "point", comma ? "points" : "commas");
    }
    default:
      return fmt::format("is `{}`, not a number; write it as 1234.5 or 1.2e-3, nothing around it",
                         shown);
  }
}

DecimalEvidence decimal_evidence(std::string_view field) {
  const bool has_point = field.find('.') != std::string_view::npos;
  const bool has_comma = field.find(',') != std::string_view::npos;
  if (!has_point && !has_comma) return DecimalEvidence::none;
  while (field.starts_with(' ')) field.remove_prefix(1);
  while (field.ends_with(' ')) field.remove_suffix(1);
  const bool with_point = !NumberText(field, '.').plain().empty();
  const bool with_comma = !NumberText(field, ',').plain().empty();
  if (with_point && with_comma)
    return has_point ? DecimalEvidence::point_or_1000 : DecimalEvidence::comma_or_1000;
  if (with_point) return DecimalEvidence::point;
  return with_comma ? DecimalEvidence::comma : DecimalEvidence::none;
}

}  // namespace opline
