#include "src/board/board.h"

#include "src/base/toml.h"

namespace opline::board {
namespace {

constexpr std::int64_t kTop = 0xFFFFFFFF;
constexpr const char* kFolder = "data/boards";

std::uint32_t number(const TomlTable& table, std::string_view key, std::int64_t min,
                     std::int64_t max = kTop) {
  return static_cast<std::uint32_t>(table.integer(key, min, max));
}

bool is_power_of_two(std::uint32_t value) { return value != 0 && (value & (value - 1)) == 0; }

/// What a family of chips has in common, and what it does not have.
struct Family {
  std::string_view name;
  std::string_view core;
  std::uint32_t flash_alias;
  bool accelerates_flash;  ///< Its line caches serve the port that the firmware uses.
  bool has_caches;         ///< Level-1 caches, in the core.
};
// STM32F4: main flash at 0 with BOOT0 low (RM0390 section 2.4). STM32F7: the flash's ITCM port
// (RM0385 and RM0410 section 2.2.2), which the accelerator serves (section 3.3.2); it boots from
// there as it leaves the factory (option bytes: BOOT_ADD0 = 0x0080).
constexpr Family kFamilies[] = {
    {"stm32f4", "cortex-m4", 0x0000'0000, true, false},
    {"stm32f7", "cortex-m7", 0x0020'0000, false, true},
};

const Family& read_family(const TomlTable& file) {
  const std::string name = file.text("family");
  for (const Family& family : kFamilies) {
    if (family.name == name) return family;
  }
  file.fail("family", "is not modelled; known: stm32f4, stm32f7");
}

void read_accelerator(const TomlTable& table, Flash& flash) {
  flash.line_bytes = number(table, "line_bytes", 4, 64);
  flash.instruction_lines = number(table, "instruction_lines", 0, 254);
  flash.data_lines = number(table, "data_lines", 0, 254);
  flash.prefetch = table.boolean("prefetch");
  if (!is_power_of_two(flash.line_bytes)) table.fail("line_bytes", "must be a power of two");
}

Flash read_flash(const TomlTable& table, const Family& family) {
  Flash flash;
  flash.base = number(table, "base", 0);
  flash.bytes = number(table, "bytes", 1024, 1 << 26);
  flash.alias = family.flash_alias;
  flash.wait_states = number(table, "wait_states", 0, 15);
  if (family.accelerates_flash) read_accelerator(table, flash);
  if (flash.bytes % flash.line_bytes != 0) table.fail("bytes", "must be a multiple of line_bytes");
  if (flash.base % flash.line_bytes != 0) table.fail("base", "must be a multiple of line_bytes");
  if (flash.base + std::uint64_t{flash.bytes} > 0x20000000)
    table.fail("base", "must leave the flash in the code region");
  return flash;
}

constexpr std::uint32_t kDataRegion = 0x20000000, kDataRegionEnd = 0x40000000;

MemoryKind memory_kind(const TomlTable& table) {
  const std::string kind = table.text("kind");
  if (kind == "sram") return MemoryKind::sram;
  if (kind == "dtcm") return MemoryKind::dtcm;
  if (kind == "itcm") return MemoryKind::itcm;
  table.fail("kind", "must be sram, dtcm or itcm");
}

Memory read_memory(const TomlTable& table) {
  Memory memory{table.text("name"), memory_kind(table),
                number(table, "base", 0, kDataRegionEnd - 1),
                number(table, "bytes", 1024, 1 << 20)};
  if (memory.base % 4 != 0 || memory.bytes % 4 != 0)
    table.fail("base", "base and bytes must be multiples of 4");
  const bool is_code = memory.base < kDataRegion;
  if (is_code != (memory.kind == MemoryKind::itcm))
    table.fail("base", "ITCM lies below 0x20000000, the other memories from there on");
  return memory;
}

std::vector<Memory> read_memories(const TomlTable& file) {
  std::vector<Memory> memories;
  for (const TomlTable& table : file.tables("memory")) {
    memories.push_back(read_memory(table));
    if (memories.size() < 2) continue;
    const Memory& before = memories[memories.size() - 2];
    const std::uint32_t end = before.base + before.bytes;
    const bool gap_allowed = before.base < kDataRegion;
    if (memories.back().base < end || (!gap_allowed && memories.back().base != end))
      table.fail("base",
                 "memories are listed by address, and those from 0x20000000 on are contiguous");
  }
  if (memories.empty() || memories.back().base < kDataRegion)
    file.fail("memory", "needs at least one memory from 0x20000000 on");
  return memories;
}

Sram span_of(const std::vector<Memory>& memories) {
  Sram sram;
  for (const Memory& memory : memories) {
    if (memory.base < kDataRegion) continue;
    if (sram.bytes == 0) sram.base = memory.base;
    sram.bytes += memory.bytes;
  }
  return sram;
}

Cache read_cache(const TomlTable& table, std::uint32_t line_bytes) {
  const Cache cache{number(table, "bytes", 1024, 1 << 17), number(table, "ways", 1, 4)};
  if (!is_power_of_two(cache.bytes) || !is_power_of_two(cache.ways) ||
      cache.bytes < cache.ways * line_bytes)
    table.fail("bytes", "bytes and ways must be powers of two, with at least one line a way");
  return cache;
}

Caches read_caches(const TomlTable& table) {
  Caches caches;
  caches.line_bytes = number(table, "line_bytes", 16, 64);
  if (!is_power_of_two(caches.line_bytes)) table.fail("line_bytes", "must be a power of two");
  caches.instruction = read_cache(table.table("instruction"), caches.line_bytes);
  caches.data = read_cache(table.table("data"), caches.line_bytes);
  caches.bus_latency = number(table, "bus_latency", 0, 100);
  caches.sram_beats = number(table, "sram_beats", 1, 64);
  caches.flash_beats = number(table, "flash_beats", 1, 64);
  return caches;
}

Fpu read_fpu(const TomlTable& file) {
  const std::string name = file.text("fpu");
  if (name == "fpv4-sp") return Fpu::fpv4_single;
  if (name == "fpv5-sp") return Fpu::fpv5_single;
  if (name == "fpv5-dp") return Fpu::fpv5_double;
  file.fail("fpu", "must be fpv4-sp, fpv5-sp or fpv5-dp");
}

}  // namespace

std::vector<MemoryRegion> Board::regions() const {
  std::vector<MemoryRegion> regions{{"flash", flash.base, flash.bytes}};
  for (const Memory& memory : memories) regions.push_back({memory.name, memory.base, memory.bytes});
  return regions;
}

Board load_board_file(const std::filesystem::path& path) {
  const TomlTable file = TomlTable::from_file(path);
  Board board;
  board.name = path.stem().string();
  board.title = file.text("title");
  board.mcu = file.text("mcu");
  const Family& family = read_family(file);
  board.family = family.name;
  board.core = file.text("core");
  if (board.core != family.core)
    file.fail("core", fmt::format("must be {} for the family {}", family.core, family.name));
  board.fpu = read_fpu(file);
  board.clock_hz = number(file, "clock_hz", 1'000'000, 2'000'000'000);
  board.external_clock_hz = number(file, "external_clock_hz", 1'000'000, 50'000'000);
  board.flash = read_flash(file.table("flash"), family);
  board.memories = read_memories(file);
  board.sram = span_of(board.memories);
  if (family.has_caches) board.caches = read_caches(file.table("caches"));
  board.uart = file.table("uart").text("peripheral");
  const TomlTable supply = file.table("supply");
  board.supply_volts = supply.number("volts", 0.5, 6.0);
  if (supply.has("active_watts")) {
    board.active_watts =
        Sourced{supply.number("active_watts", 1e-6, 100.0), supply.text("active_watts_source")};
  }
  file.reject_unknown_keys();
  return board;
}

Board load_board(std::string_view name) {
  return load_board_file(data_file(kFolder, "board", name));
}

std::vector<std::string> board_names() { return data_names(kFolder); }

DataFiles<Board> load_boards() { return load_each<Board>(board_names(), load_board); }

}  // namespace opline::board
