#include "runners/simulator/machine/elf_image.h"

#include <algorithm>
#include <utility>

#include "src/base/error.h"
#include "src/base/files.h"
#include "src/base/printable.h"

namespace opline::simulator {

// Field offsets: System V ABI, ELF-32 object file format; e_machine and Thumb bit: ELF for the Arm
// Architecture.
class ElfReader {
 public:
  ElfReader(std::string_view bytes, const std::string& name) : bytes_(bytes), image_(new ElfImage) {
    image_->name_ = name;
  }

  std::shared_ptr<const ElfImage> read() {
    check_header();
    image_->entry_ = word(24);
    read_segments();
    read_symbols();
    return image_;
  }

 private:
  static constexpr std::uint32_t kLoad = 1, kSymbolTable = 2;
  static constexpr std::uint32_t kProgramHeader = 32, kSectionHeader = 40, kSymbol = 16;
  static constexpr std::size_t kLongestName = 4096;  // of a symbol; mangled C++ names are long

  [[noreturn]] void fail(const std::string& what) const {
    throw Error(ErrorCode::input, "{}: {}; give a bare-metal ARM ELF executable",
                printable(image_->name_), what);
  }

  std::string_view range(std::uint64_t offset, std::uint64_t size, const char* what) const {
    if (offset > bytes_.size() || size > bytes_.size() - offset) {
      fail(fmt::format("the {} lies outside the file (offset {}, {} bytes of {})", what, offset,
                       size, bytes_.size()));
    }
    return bytes_.substr(offset, size);
  }
  std::uint32_t little_endian(std::uint64_t offset, unsigned size) const {
    std::uint32_t value = 0;
    const std::string_view field = range(offset, size, "header");
    for (unsigned i = 0; i < size; ++i)
      value |= static_cast<std::uint32_t>(static_cast<unsigned char>(field[i])) << (8 * i);
    return value;
  }
  std::uint32_t half(std::uint64_t offset) const { return little_endian(offset, 2); }
  std::uint32_t word(std::uint64_t offset) const { return little_endian(offset, 4); }

  void check_header() const {
    if (bytes_.size() < 52 || bytes_.substr(0, 4) !=
                                  "\x7f"
                                  "ELF")
      fail("is not an ELF file");
    if (bytes_[4] != 1) fail("is not a 32-bit ELF file");
    if (bytes_[5] != 1) fail("is not little-endian");
    if (half(18) != 40) fail(fmt::format("is for machine {}, not ARM (40)", half(18)));
    if (half(16) != 2)
      fail("is not an executable (link it statically, without -shared, -pie or -r)");
  }

  void read_segments() {
    const std::uint32_t table = word(28), size = half(42), count = half(44);
    if (count != 0 && size < kProgramHeader) fail("has program headers that are too small");
    std::uint64_t loaded = 0;
    for (std::uint32_t i = 0; i < count; ++i) {
      const std::uint64_t header = std::uint64_t{table} + std::uint64_t{i} * size;
      const std::uint32_t file_bytes = word(header + 16);
      if (word(header) != kLoad || file_bytes == 0) continue;
      if (word(header + 20) < file_bytes)
        fail("has a segment that is larger in the file than in memory");
      loaded += file_bytes;
      if (loaded > bytes_.size()) fail("has segments that overlap in the file");
      const std::uint32_t address = word(header + 12);
      if (std::uint64_t{address} + file_bytes > 0x1'0000'0000)
        fail("has a segment that wraps around the address space");
      image_->segments_.push_back(
          {address, std::string(range(word(header + 4), file_bytes, "segment"))});
    }
    if (image_->segments_.empty()) fail("has nothing to load");
  }

  void read_symbols() {
    const std::uint32_t table = word(32), size = half(46), count = half(48);
    if (table == 0 || count == 0) return;
    if (size < kSectionHeader) fail("has section headers that are too small");
    bool seen = false;
    for (std::uint32_t i = 0; i < count; ++i) {
      const std::uint64_t header = std::uint64_t{table} + std::uint64_t{i} * size;
      if (word(header + 4) != kSymbolTable) continue;
      if (std::exchange(seen, true)) fail("has more than one symbol table");
      const std::uint32_t link = word(header + 24);
      if (link >= count) fail("has a symbol table without its names");
      const std::uint64_t names = std::uint64_t{table} + std::uint64_t{link} * size;
      read_symbol_table(word(header + 16), word(header + 20),
                        range(word(names + 16), word(names + 20), "string table"));
    }
  }

  void read_symbol_table(std::uint32_t offset, std::uint32_t bytes, std::string_view names) {
    range(offset, bytes, "symbol table");
    std::uint64_t total = 0;  // of names, which linkers may let end in one another
    for (std::uint64_t at = offset; at + kSymbol <= std::uint64_t{offset} + bytes; at += kSymbol) {
      const std::uint32_t name_at = word(at), kind = little_endian(at + 12, 1) & 0xF,
                          section = half(at + 14);
      if (name_at >= names.size() || section == 0 || kind > 2)
        continue;  // undefined, section or file symbol
      const std::string_view rest = names.substr(name_at, kLongestName);
      const std::string_view name = rest.substr(0, rest.find('\0'));
      if (name.size() == kLongestName) fail("has a symbol whose name does not end");
      if (name.empty() || name[0] == '$') continue;  // mapping symbols $t, $d
      total += name.size();
      if (total > 16 * bytes_.size()) fail("has symbols whose names overlap");
      const std::uint32_t address = kind == 2 ? word(at + 4) & ~1U : word(at + 4);
      image_->by_name_.emplace(name, address);
      if (kind != 0) image_->by_address_.emplace(address, name);
      const std::uint32_t size = word(at + 8);
      if (kind == 2)
        image_->functions_.push_back(
            {address, size <= UINT32_MAX - address ? size : 0, std::string(name)});
    }
    sort_functions();
  }

  /// The first name of each address, of those with a size where there is one.
  void sort_functions() const {
    auto& functions = image_->functions_;
    std::stable_sort(functions.begin(), functions.end(), [](const auto& a, const auto& b) {
      return a.address != b.address ? a.address < b.address : a.bytes != 0 && b.bytes == 0;
    });
    const auto end =
        std::unique(functions.begin(), functions.end(),
                    [](const auto& a, const auto& b) { return a.address == b.address; });
    functions.erase(end, functions.end());
  }

  std::string_view bytes_;
  std::shared_ptr<ElfImage> image_;
};

std::shared_ptr<const ElfImage> ElfImage::from_file(const std::filesystem::path& path) {
  return from_bytes(read_file(path), path.string());
}

std::shared_ptr<const ElfImage> ElfImage::from_bytes(std::string_view bytes,
                                                     const std::string& name) {
  return ElfReader(bytes, name).read();
}

std::optional<std::uint32_t> ElfImage::symbol(std::string_view name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? std::nullopt : std::optional(found->second);
}

std::string ElfImage::describe(std::uint32_t address) const {
  const auto after = by_address_.upper_bound(address);
  if (after == by_address_.begin()) return "?";
  const auto& [start, symbol] = *std::prev(after);
  const std::string name = printable(symbol);
  return address == start ? name : fmt::format("{}+{:#x}", name, address - start);
}

}  // namespace opline::simulator
