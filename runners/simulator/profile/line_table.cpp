#include "runners/simulator/profile/line_table.h"

#include <elfutils/libdw.h>

#include <algorithm>
#include <filesystem>
#include <memory>

namespace opline::simulator {
namespace {

struct Close {
  void operator()(Elf* elf) const { elf_end(elf); }
  void operator()(Dwarf* dwarf) const { dwarf_end(dwarf); }
};

}  // namespace

FileIndex LineTable::file(const std::string& path) {
  const std::string normal = std::filesystem::path(path).lexically_normal().string();
  const auto [at, added] = index_of_.try_emplace(normal, static_cast<FileIndex>(files_.size()));
  if (added) files_.push_back(normal);
  return at->second;
}

LineTable::LineTable(std::string_view bytes) {
  elf_version(EV_CURRENT);
  std::string image(bytes);  // libelf may write to what it is given
  const std::unique_ptr<Elf, Close> elf(elf_memory(image.data(), image.size()));
  if (!elf) return;
  const std::unique_ptr<Dwarf, Close> dwarf(dwarf_begin_elf(elf.get(), DWARF_C_READ, nullptr));
  if (!dwarf) return;
  Dwarf_CU* unit = nullptr;
  Dwarf_Die die;
  while (dwarf_get_units(dwarf.get(), unit, &unit, nullptr, nullptr, &die, nullptr) == 0) {
    Dwarf_Lines* lines = nullptr;
    std::size_t count = 0;
    if (dwarf_getsrclines(&die, &lines, &count) != 0) continue;
    for (std::size_t i = 0; i < count; ++i) {
      Dwarf_Line* const line = dwarf_onesrcline(lines, i);
      Dwarf_Addr address = 0;
      bool ends = false;
      int number = 0;
      const char* const path = dwarf_linesrc(line, nullptr, nullptr);
      if (dwarf_lineaddr(line, &address) != 0 || dwarf_lineendsequence(line, &ends) != 0 ||
          dwarf_lineno(line, &number) != 0 || path == nullptr)
        continue;
      rows_.push_back({static_cast<std::uint32_t>(address),
                       ends || number <= 0,  // line 0: code of no line
                       {file(path), static_cast<std::uint32_t>(std::max(number, 0))}});
    }
  }
  // Where one sequence ends at the address at which the next begins, the beginning counts.
  std::stable_sort(rows_.begin(), rows_.end(), [](const Row& a, const Row& b) {
    return a.address != b.address ? a.address < b.address : a.ends && !b.ends;
  });
}

std::optional<SourcePosition> LineTable::at(std::uint32_t address) const {
  const auto after =
      std::upper_bound(rows_.begin(), rows_.end(), address,
                       [](std::uint32_t a, const Row& row) { return a < row.address; });
  if (after == rows_.begin() || std::prev(after)->ends) return std::nullopt;
  return std::prev(after)->source;
}

}  // namespace opline::simulator
