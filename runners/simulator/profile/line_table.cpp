#include "runners/simulator/profile/line_table.h"

#include <dwarf.h>
#include <elfutils/libdw.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>

namespace opline::simulator {
namespace {

/// Of nested scopes; what lies deeper is left out.
constexpr unsigned kDeepest = 64;

struct Close {
  void operator()(Elf* elf) const { elf_end(elf); }
  void operator()(Dwarf* dwarf) const { dwarf_end(dwarf); }
};

std::optional<Dwarf_Word> number(Dwarf_Die* die, unsigned name) {
  Dwarf_Attribute attribute;
  Dwarf_Word value = 0;
  if (dwarf_attr(die, name, &attribute) == nullptr || dwarf_formudata(&attribute, &value) != 0)
    return std::nullopt;
  return value;
}

/// May have an inlined function somewhere inside.
bool is_scope(int tag) {
  return tag == DW_TAG_subprogram || tag == DW_TAG_inlined_subroutine ||
         tag == DW_TAG_lexical_block || tag == DW_TAG_namespace || tag == DW_TAG_class_type ||
         tag == DW_TAG_structure_type;
}

}  // namespace

class LineTable::Reader {
 public:
  explicit Reader(LineTable& table) : table_(table) {}

  void read(Dwarf_Die* unit) {
    add_lines(unit);
    add_inlines(unit, unit, 0);
  }

 private:
  FileIndex file(const char* path) {
    const std::string normal = std::filesystem::path(path).lexically_normal().string();
    const auto [at, added] =
        index_of_.try_emplace(normal, static_cast<FileIndex>(table_.files_.size()));
    if (added) table_.files_.push_back(normal);
    return at->second;
  }

  void add_lines(Dwarf_Die* unit) {
    Dwarf_Lines* lines = nullptr;
    std::size_t count = 0;
    if (dwarf_getsrclines(unit, &lines, &count) != 0) return;
    for (std::size_t i = 0; i < count; ++i) {
      Dwarf_Line* const line = dwarf_onesrcline(lines, i);
      Dwarf_Addr address = 0;
      bool ends = false;
      int number = 0;
      const char* const path = dwarf_linesrc(line, nullptr, nullptr);
      if (dwarf_lineaddr(line, &address) != 0 || dwarf_lineendsequence(line, &ends) != 0 ||
          dwarf_lineno(line, &number) != 0 || path == nullptr)
        continue;
      table_.rows_.push_back({static_cast<std::uint32_t>(address),
                              ends || number <= 0,  // line 0: code of no line
                              {file(path), static_cast<std::uint32_t>(std::max(number, 0))}});
    }
  }

  /// Of the children of `scope`, outer ones first.
  void add_inlines(Dwarf_Die* unit, Dwarf_Die* scope, unsigned depth) {
    Dwarf_Die child;
    if (depth > kDeepest || dwarf_child(scope, &child) != 0) return;
    do {
      const int tag = dwarf_tag(&child);
      if (tag == DW_TAG_inlined_subroutine) add_inline(unit, &child);
      if (is_scope(tag)) add_inlines(unit, &child, depth + 1);
    } while (dwarf_siblingof(&child, &child) == 0);
  }

  void add_inline(Dwarf_Die* unit, Dwarf_Die* inlined) {
    Dwarf_Files* files = nullptr;
    std::size_t count = 0;
    const auto index = number(inlined, DW_AT_call_file), line = number(inlined, DW_AT_call_line);
    if (!index || !line || dwarf_getsrcfiles(unit, &files, &count) != 0 || *index >= count) return;
    const char* const path = dwarf_filesrc(files, *index, nullptr, nullptr);
    if (path == nullptr) return;
    const SourcePosition call{file(path), static_cast<std::uint32_t>(*line)};
    Dwarf_Addr base = 0, begin = 0, end = 0;
    for (std::ptrdiff_t at = 0; (at = dwarf_ranges(inlined, at, &base, &begin, &end)) > 0;)
      paint(static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end), call);
  }

  /// Over what was there: inner functions come after outer ones.
  void paint(std::uint32_t begin, std::uint32_t end, const SourcePosition& call) {
    if (begin >= end) return;
    auto& map = table_.inlined_at_;
    const auto behind = map.upper_bound(end);
    const std::optional<SourcePosition> after =
        behind == map.begin() ? std::nullopt : std::prev(behind)->second;
    map.erase(map.lower_bound(begin), map.lower_bound(end));
    map[begin] = call;
    map[end] = after;
  }

  LineTable& table_;
  std::map<std::string, FileIndex> index_of_;
};

LineTable::LineTable(std::string_view bytes) {
  elf_version(EV_CURRENT);
  std::string image(bytes);  // libelf may write to what it is given
  const std::unique_ptr<Elf, Close> elf(elf_memory(image.data(), image.size()));
  if (!elf) return;
  const std::unique_ptr<Dwarf, Close> dwarf(dwarf_begin_elf(elf.get(), DWARF_C_READ, nullptr));
  if (!dwarf) return;
  Reader reader(*this);
  Dwarf_CU* unit = nullptr;
  Dwarf_Die die;
  while (dwarf_get_units(dwarf.get(), unit, &unit, nullptr, nullptr, &die, nullptr) == 0)
    reader.read(&die);
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

std::optional<SourcePosition> LineTable::inlined_at(std::uint32_t address) const {
  const auto after = inlined_at_.upper_bound(address);
  return after == inlined_at_.begin() ? std::nullopt : std::prev(after)->second;
}

}  // namespace opline::simulator
