// runners/simulator/machine/elf_image.h - a bare-metal ARM ELF file: what to load where, and the
// names of addresses.
//
// Only 32-bit little-endian ARM executables with program headers are accepted. The file may come
// from anywhere: every offset and size is checked, time and memory are bounded by the size of the
// file, and a malformed file is Error{input}.
#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace opline::simulator {

/// Bytes to place at a physical address before reset.
struct Segment {
  std::uint32_t address = 0;  ///< Physical (load) address.
  std::string bytes;
};

/// A symbol of a function.
struct FunctionSymbol {
  std::uint32_t address = 0;  ///< Bit 0 is cleared.
  std::uint32_t bytes = 0;    ///< 0: unknown, as often in assembly.
  std::string name;           ///< As in the file.
};

class ElfImage {
 public:
  /// Throws Error{io}, or Error{input} "name: what is wrong".
  static std::shared_ptr<const ElfImage> from_file(const std::filesystem::path& path);
  static std::shared_ptr<const ElfImage> from_bytes(std::string_view bytes,
                                                    const std::string& name);

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::uint32_t entry() const { return entry_; }
  [[nodiscard]] const std::vector<Segment>& segments() const { return segments_; }

  /// Value of a symbol; bit 0 of a Thumb function is cleared. Absent when stripped or unknown.
  [[nodiscard]] std::optional<std::uint32_t> symbol(std::string_view name) const;

  /// By address, one name for each.
  [[nodiscard]] const std::vector<FunctionSymbol>& functions() const { return functions_; }

  /// "conv_1x1+0x24" for an address inside or after a symbol, "?" where no symbol lies before it.
  [[nodiscard]] std::string describe(std::uint32_t address) const;

 private:
  friend class ElfReader;
  std::string name_;
  std::uint32_t entry_ = 0;
  std::vector<Segment> segments_;
  std::map<std::string, std::uint32_t, std::less<>> by_name_;
  std::map<std::uint32_t, std::string> by_address_;  // functions and objects only
  std::vector<FunctionSymbol> functions_;
};

}  // namespace opline::simulator
