#include "src/base/suggest.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace opline {
namespace {

constexpr std::size_t kLongest = 64;

char lower(char letter) {
  return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

/// Optimal string alignment distance: three rows of the table are enough.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = lower(a[i - 1]) == lower(b[j - 1]);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1)});
      const bool swapped = i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
                           lower(a[i - 2]) == lower(b[j - 1]);
      if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
    std::swap(before_last, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

const std::string* only_completion(std::string_view given, std::span<const std::string> known) {
  const std::string* found = nullptr;
  for (const std::string& name : known) {
    if (given.empty() || !name.starts_with(given)) continue;
    if (found != nullptr) return nullptr;
    found = &name;
  }
  return found;
}

}  // namespace

std::string did_you_mean(std::string_view given, std::span<const std::string> known) {
  if (given.size() > kLongest) return {};
  const std::string* best = only_completion(given, known);
  std::size_t least = std::max<std::size_t>(given.size() / 3, 1) + 1;
  for (const std::string& name : known) {
    if (best != nullptr && best->starts_with(given)) break;
    if (name.size() > kLongest) continue;
    const std::size_t apart = distance(given, name);
    if (apart < least && apart < name.size()) {
      least = apart;
      best = &name;
    }
  }
  return best == nullptr ? std::string() : fmt::format("; did you mean `{}`?", *best);
}

}  // namespace opline
