#include "src/evaluation/table/network_names.h"

#include <algorithm>
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
  const auto hash = static_cast<std::uint32_t>(std::hash<std::string_view>()(name));
  std::size_t slot = hash & mask;
  for (; slots_[slot].entry != 0; slot = (slot + 1) & mask) {
    if (slots_[slot].hash == hash && names_[slots_[slot].entry - 1] == name)
      return slots_[slot].entry - 1;
  }
  OPLINE_ASSERT(names_.size() < std::numeric_limits<std::uint32_t>::max() / 2, "too many names");
  names_.add(name);
  slots_[slot] = {hash, static_cast<std::uint32_t>(names_.size())};
  return slots_[slot].entry - 1;
}

/// At most half of the slots are in use, so that runs stay short.
void NetworkNumbering::grow() {
  std::vector<Slot> old(std::max<std::size_t>(1024, 2 * slots_.size()));
  old.swap(slots_);
  const std::size_t mask = slots_.size() - 1;
  for (const Slot& entry : old) {
    if (entry.entry == 0) continue;
    std::size_t slot = entry.hash & mask;
    while (slots_[slot].entry != 0) slot = (slot + 1) & mask;
    slots_[slot] = entry;
  }
}

}  // namespace opline::evaluation
