// runners/simulator/profile/line_table.h - which line of source an address was compiled from: the
// line number programs and inlined functions of DWARF 2 to 5, as libdw (elfutils) reads them.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runners/simulator/profile/profile.h"

namespace opline::simulator {

class LineTable {
 public:
  LineTable() = default;
  /// Of an ELF file. Empty where it has no line information; a unit whose information libdw cannot
  /// read is left out.
  explicit LineTable(std::string_view elf);

  [[nodiscard]] std::optional<SourcePosition> at(std::uint32_t address) const;
  /// The place at which the innermost inlined function that the code is part of was called; absent
  /// for code of the function itself.
  [[nodiscard]] std::optional<SourcePosition> inlined_at(std::uint32_t address) const;
  /// Normalised paths.
  [[nodiscard]] const std::vector<std::string>& files() const { return files_; }
  [[nodiscard]] bool empty() const { return rows_.empty(); }

 private:
  struct Row {
    std::uint32_t address = 0;
    bool ends = false;  ///< No code belongs to a line from here on.
    SourcePosition source;
  };
  class Reader;

  std::vector<Row> rows_;  // by address
  /// From an address to the next.
  std::map<std::uint32_t, std::optional<SourcePosition>> inlined_at_;
  std::vector<std::string> files_;
};

}  // namespace opline::simulator
