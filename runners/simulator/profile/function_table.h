// runners/simulator/profile/function_table.h - which function an address belongs to.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "runners/simulator/machine/elf_image.h"
#include "runners/simulator/profile/profile.h"

namespace opline::simulator {

class FunctionTable {
 public:
  /// Function 0 is "[no symbol]"; then the image's functions by address.
  explicit FunctionTable(const ElfImage& image);

  [[nodiscard]] FunctionIndex at(std::uint32_t address) const;
  [[nodiscard]] std::size_t size() const { return functions_.size(); }
  /// Name and address of each; the rest is empty.
  [[nodiscard]] std::vector<ProfiledFunction> named() const;

 private:
  struct Entry {
    std::uint32_t begin = 0, end = 0;
    std::string name;
  };
  std::vector<Entry> functions_;
};

}  // namespace opline::simulator
