// Times as a study holds them.
#include "src/store/connection.h"

namespace opline::store {
namespace {

bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }

/// Whether the two digits at `position` are in `low` ... `high`.
bool in_range(std::string_view time, std::size_t position, int low, int high) {
  const int value = 10 * (time[position] - '0') + (time[position + 1] - '0');
  return low <= value && value <= high;
}

bool is_time(std::string_view time) {
  constexpr std::string_view kForm = "0000-00-00T00:00:00";
  if (time.size() <= kForm.size() || time.back() != 'Z') return false;
  for (std::size_t i = 0; i < kForm.size(); ++i) {
    if (kForm[i] == '0' ? !is_digit(time[i]) : time[i] != kForm[i]) return false;
  }
  const std::string_view fraction = time.substr(kForm.size(), time.size() - kForm.size() - 1);
  if (!fraction.empty() && (fraction.size() < 2 || fraction[0] != '.')) return false;
  for (const char byte : fraction.substr(fraction.empty() ? 0 : 1)) {
    if (!is_digit(byte)) return false;
  }
  return in_range(time, 5, 1, 12) && in_range(time, 8, 1, 31) && in_range(time, 11, 0, 23) &&
         in_range(time, 14, 0, 59) && in_range(time, 17, 0, 60);
}

}  // namespace

void require_time(std::string_view time) {
  if (!is_time(time)) {
    throw Error(ErrorCode::input,
                "`{}` is not a time; write it as 2026-01-31T12:00:00Z (ISO 8601, UTC)", time);
  }
}

}  // namespace opline::store
