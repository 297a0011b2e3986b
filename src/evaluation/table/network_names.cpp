#include "src/evaluation/table/network_names.h"

#include <functional>
#include <limits>

#include "src/base/error.h"

namespace opline::evaluation {

std::string_view NetworkNames::operator[](std::size_t index) const {
  OPLINE_ASSERT(index < ends_.size(), "network {} of {}", index, ends_.size());
  const std::uint64_t begin = index == 0 ? 0 : ends_[index - 1];
  return std::string_view(letters_).substr(begin, ends_[index] - begin);
}

void NetworkNames::add(std::string_view name) {
  letters_ += name;
  ends_.push_back(letters_.size());
}

std::uint32_t NetworkNumbering::number(std::string_view name) {
  if (slots_.size() < 2 * (names_.size() + 1)) grow();
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = std::hash<std::string_view>()(name) & mask;
  for (; slots_[slot] != 0; slot = (slot + 1) & mask) {
    if (names_[slots_[slot] - 1] == name) return slots_[slot] - 1;
  }
  OPLINE_ASSERT(names_.size() < std::numeric_limits<std::uint32_t>::max() - 1, "too many names");
  names_.add(name);
  slots_[slot] = static_cast<std::uint32_t>(names_.size());
  return slots_[slot] - 1;
}

/// At most half of the slots are in use, so that runs stay short.
void NetworkNumbering::grow() {
  slots_.assign(std::max<std::size_t>(1024, 2 * slots_.size()), 0);
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t i = 0; i < names_.size(); ++i) {
    std::size_t slot = std::hash<std::string_view>()(names_[i]) & mask;
    while (slots_[slot] != 0) slot = (slot + 1) & mask;
    slots_[slot] = static_cast<std::uint32_t>(i + 1);
  }
}

}  // namespace opline::evaluation
