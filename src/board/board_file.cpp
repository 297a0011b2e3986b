#include "src/board/board_file.h"

#include <algorithm>
#include <bit>
#include <span>
#include <sstream>

#include "src/base/error.h"
#include "src/base/suggest.h"
#include "src/base/toml.h"
#include "src/board/board_start.h"
#include "src/board/core.h"
#include "src/board/family_uarts.h"

namespace opline::board {
namespace {

constexpr std::int64_t kTop = 0xFFFFFFFF;
/// Of a flash that has mistakes: its operating points are read all the same, for mistakes of
/// theirs.
constexpr std::uint32_t kAnyLatency = 0xF;

std::uint32_t number(const TomlTable& table, std::string_view key, std::int64_t min,
                     std::int64_t max = kTop) {
  return static_cast<std::uint32_t>(table.integer(key, min, max));
}

bool is_power_of_two(std::uint32_t value) { return value != 0 && (value & (value - 1)) == 0; }

/// A family of chips whose registers the simulator knows (runners/simulator/machine).
struct Family {
  std::string_view name;
  std::string_view core;
  std::uint32_t flash_alias;
  std::uint32_t latency_register, latency_mask;
  FlashEnables enables;
  std::uint32_t reset_hz;
  UartKind uart;
};
// STM32F4: main flash at 0 with BOOT0 low (RM0390 section 2.4). STM32F7: the flash's ITCM port
// (RM0385 and RM0410 section 2.2.2); it boots from there as it leaves the factory (option bytes:
// BOOT_ADD0 = 0x0080). FLASH_ACR: RM0390 section 3.8.1; RM0385 and RM0410 section 3.7.1. HSI after
// reset: RM0390 section 6.2.2; RM0385 and RM0410 section 5.2.2.
constexpr Family kFamilies[] = {
    {"stm32f4",
     "cortex-m4",
     0x0000'0000,
     0x4002'3C00,
     0xF,
     {0x4002'3C00, 0x100, 0x200, 0x400, 0x800, 0x1000},
     16'000'000,
     UartKind::stm32_usart_v1},
    {"stm32f7",
     "cortex-m7",
     0x0020'0000,
     0x4002'3C00,
     0xF,
     {},
     16'000'000,
     UartKind::stm32_usart_v2},
};

/// Null: not of one.
const Family* read_family(const TomlTable& file, const Board& board) {
  if (!file.has("family")) return nullptr;
  const std::string name = file.text("family");
  for (const Family& family : kFamilies) {
    if (family.name != name) continue;
    if (board.core != family.core)
      file.fail("core", fmt::format("must be {} for the family {}", family.core, family.name));
    return &family;
  }
  file.fail("family",
            "is not one whose registers the simulator knows: stm32f4, stm32f7; without this key "
            "the registers are those of the file's steps");
}

void check_uart(const TomlTable& table, const Uart& uart, const Family& family) {
  if (uart.kind != family.uart)
    table.fail("kind",
               fmt::format("must be {} for the family {}", name_of(family.uart), family.name));
  if (family_uart_at(uart.base) != nullptr) return;
  std::vector<std::string> known;
  for (const FamilyUart& one : kFamilyUarts) known.push_back(fmt::format("{:#x}", one.base));
  table.fail(
      "base",
      fmt::format("{:#x} is not one of the family's UARTs, whose clocks the simulator knows: "
                  "{} (USART1 to USART3, UART4, UART5, USART6, UART7, UART8)",
                  uart.base, fmt::join(known, ", ")));
}

std::string read_core(const TomlTable& file) {
  std::string name = file.text("core");
  const std::vector<std::string> known = data_names("data/cores");
  if (std::ranges::count(known, name) == 0)
    file.fail("core", fmt::format("is unknown{}; known: {}", did_you_mean(name, known),
                                  fmt::join(known, ", ")));
  return name;
}

Fpu read_fpu(const TomlTable& file, std::string_view core) {
  const std::string name = file.text("fpu");
  const bool is_m4 = core == "cortex-m4";
  if (is_m4 && name == "fpv4-sp") return Fpu::fpv4_single;
  if (!is_m4 && name == "fpv5-sp") return Fpu::fpv5_single;
  if (!is_m4 && name == "fpv5-dp") return Fpu::fpv5_double;
  file.fail("fpu", "must be fpv4-sp of a Cortex-M4, fpv5-sp or fpv5-dp of a Cortex-M7");
}

/// The line caches and the prefetch in front of the flash of a core without caches of its own.
void read_accelerator(const TomlTable& table, Flash& flash) {
  flash.line_bytes = number(table, "line_bytes", 4, 64);
  flash.instruction_lines = number(table, "instruction_lines", 0, 254);
  flash.data_lines = number(table, "data_lines", 0, 254);
  flash.prefetch = table.boolean("prefetch");
  if (!is_power_of_two(flash.line_bytes)) table.fail("line_bytes", "must be a power of two");
}

void read_latency(const TomlTable& table, Flash& flash) {
  if (!table.has("latency")) return;
  const TomlTable latency = table.table("latency");
  flash.latency_register = number(latency, "register", 0x4000'0000, 0x5FFF'FFFC);
  flash.latency_mask = number(latency, "mask", 1);
  if (flash.latency_register % 4 != 0) latency.fail("register", "must be a multiple of 4");
  const std::uint32_t bits = flash.latency_mask >> std::countr_zero(flash.latency_mask);
  if (!is_power_of_two(bits + 1) && bits != kTop) latency.fail("mask", "must be contiguous bits");
}

void check_alias(const TomlTable& table, const Flash& flash) {
  if (flash.alias % 4 != 0) table.fail("alias", "must be a multiple of 4");
  const std::uint32_t distance =
      flash.alias > flash.base ? flash.alias - flash.base : flash.base - flash.alias;
  if (distance != 0 && distance < flash.bytes)
    table.fail("alias",
               "must be `base`, or an address from which on the flash does not overlap it");
}

FlashEnables read_enables(const TomlTable& table) {
  const auto bits = [&](std::string_view key) {
    return table.has(key) ? number(table, key, 1) : 0U;
  };
  FlashEnables enables{number(table, "register", 0x4000'0000, 0x5FFF'FFFC),
                       bits("prefetch"),
                       bits("instruction"),
                       bits("data"),
                       bits("reset_instruction"),
                       bits("reset_data")};
  if (enables.address % 4 != 0) table.fail("register", "must be a multiple of 4");
  return enables;
}

Flash read_flash(const TomlTable& table, const Family* family, bool has_caches) {
  Flash flash;
  flash.base = number(table, "base", 0);
  flash.bytes = number(table, "bytes", 1024, 1 << 26);
  if (family != nullptr) {
    flash.alias = family->flash_alias;
    flash.latency_register = family->latency_register;
    flash.latency_mask = family->latency_mask;
    flash.enables = family->enables;
  } else {
    flash.alias = table.has("alias") ? number(table, "alias", 0, 0x1FFF'FFFF) : flash.base;
    check_alias(table, flash);
    read_latency(table, flash);
    if (table.has("enables")) flash.enables = read_enables(table.table("enables"));
  }
  if (has_caches && table.has("cycles_per_wait_state"))
    flash.cycles_per_wait_state = number(table, "cycles_per_wait_state", 1, 16);
  if (!has_caches) read_accelerator(table, flash);
  if (flash.bytes % flash.line_bytes != 0) table.fail("bytes", "must be a multiple of line_bytes");
  if (flash.base % flash.line_bytes != 0) table.fail("base", "must be a multiple of line_bytes");
  if (flash.base + std::uint64_t{flash.bytes} > 0x20000000)
    table.fail("base", "must leave the flash in the code region, below 0x20000000");
  return flash;
}

constexpr std::uint32_t kDataRegion = 0x20000000, kDataRegionEnd = 0x40000000;

MemoryKind memory_kind(const TomlTable& table, std::string_view key) {
  const std::string kind = table.text(key);
  if (kind == "sram") return MemoryKind::sram;
  if (kind == "dtcm") return MemoryKind::dtcm;
  if (kind == "itcm") return MemoryKind::itcm;
  table.fail(key, "must be sram, dtcm or itcm");
}

Memory read_memory(const TomlTable& table, const Board& board) {
  Memory memory{read_plain_text(table, "name"), memory_kind(table, "kind"),
                number(table, "base", 0, kDataRegionEnd - 1),
                number(table, "bytes", 1024, 1 << 20)};
  if (memory.base % 4 != 0 || memory.bytes % 4 != 0)
    table.fail("base", "base and bytes must be multiples of 4");
  const bool is_code = memory.base < kDataRegion;
  if (is_code != (memory.kind == MemoryKind::itcm))
    table.fail("base",
               "ITCM lies below 0x20000000, the other memories from there on; leave out a memory "
               "that lies elsewhere");
  const std::uint64_t end = std::uint64_t{memory.base} + memory.bytes;
  if (end > kDataRegionEnd) table.fail("bytes", "must leave the memory below 0x40000000");
  if (memory.base < board.flash.base + std::uint64_t{board.flash.bytes} && board.flash.base < end)
    table.fail("base", "overlaps the flash");
  return memory;
}

/// In order of their addresses, in which the file has to list them.
void add_memory(const TomlTable& table, Board& board) {
  Memory memory = read_memory(table, board);
  if (!board.memories.empty()) {
    const Memory& before = board.memories.back();
    const std::uint32_t end = before.base + before.bytes;
    if (memory.base < end)
      table.fail("base", fmt::format("lies before the end of {}, {:#010x}; memories are listed by "
                                     "address and do not overlap",
                                     before.name, end));
    if (before.base >= kDataRegion && memory.base != end)
      table.fail("base", fmt::format("must be {:#010x}, where {} ends: memories from 0x20000000 on "
                                     "are contiguous",
                                     end, before.name));
  }
  board.memories.push_back(std::move(memory));
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

/// All memories of one kind, which lie next to each other.
MemoryRegion run_of(const std::vector<Memory>& memories, MemoryKind kind) {
  MemoryRegion run;
  for (const Memory& memory : memories) {
    if (memory.kind != kind) continue;
    if (run.bytes == 0) run.base = memory.base;
    run.name += (run.bytes == 0 ? "" : " and ") + memory.name;
    run.bytes += memory.bytes;
  }
  return run;
}

/// Data and stack in the DTCM where there is one, else beside the arena in SRAM; the arena where
/// the file wants it.
void place(const TomlTable& file, Board& board) {
  if (board.memories.empty() || board.memories.back().base < kDataRegion)
    file.fail("memory", "needs at least one memory from 0x20000000 on");
  board.sram = span_of(board.memories);
  const MemoryKind kind = file.has("arena") ? memory_kind(file, "arena") : MemoryKind::sram;
  board.arena = run_of(board.memories, kind);
  if (file.has("arena") && (kind == MemoryKind::itcm || board.arena.bytes == 0))
    file.fail("arena", "must be the kind of one of the memories from 0x20000000 on: sram or dtcm");
  board.data = run_of(board.memories, MemoryKind::dtcm);
  if (board.data.bytes == 0) board.data = board.arena;
  if (board.arena.bytes == 0) board.arena = board.data;
  board.placement =
      file.has("placement") ? read_plain_text(file, "placement")
      : board.arena.base == board.data.base
          ? fmt::format("code and weights in flash, arena and stack in {}", board.arena.name)
          : fmt::format("code and weights in flash, arena in {}, stack in {}", board.arena.name,
                        board.data.name);
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

void read_supply(const TomlTable& supply, Board& board) {
  board.supply_volts = supply.number("volts", 0.5, 6.0);
  if (supply.has("active_watts")) {
    board.active_watts =
        Sourced{supply.number("active_watts", 1e-6, 100.0), supply.text("active_watts_source")};
  }
}

void read_format(const TomlTable& file) {
  if (file.text("format") != "opline-board")
    file.fail("format", "a board's file begins with format = \"opline-board\"");
  (void)file.integer("version", 1, 1);
}

/// Counts as reading `keys` of `table`, and all that is in tables below them.
void expect(const TomlTable& table, std::span<const std::string> keys) {
  for (const std::string& key : keys) {
    const TomlKind kind = table.kind(key);
    std::vector<TomlTable> below;
    if (kind == TomlKind::table) below.push_back(table.table(key));
    try {
      if (kind == TomlKind::list) below = table.tables(key);
    } catch (const Error&) {  // a list of something else: nothing is below it
    }
    for (const TomlTable& one : below) expect(one, one.keys());
  }
}
void expect(const TomlTable& table, std::initializer_list<std::string_view> keys) {
  expect(table, std::vector<std::string>(keys.begin(), keys.end()));
}

/// Parts of a file that are read independently of each other.
class Parts {
 public:
  explicit Parts(std::vector<std::string>* mistakes) : mistakes_(mistakes) {}

  /// `keys`: those of `table` that `part` reads. Where it gives up at a mistake, it has not asked
  /// for all of them.
  template <typename Read>
  void read(const TomlTable& table, std::initializer_list<std::string_view> keys, Read part) {
    if (mistakes_ == nullptr) {
      part();
      return;
    }
    try {
      part();
    } catch (const Error& error) {
      if (error.code() != ErrorCode::input) throw;
      mistakes_->emplace_back(error.what());
      expect(table, keys);
    }
  }

  /// The table `key` of `file`.
  template <typename Read>
  void read_table(const TomlTable& file, std::string_view key,
                  std::initializer_list<std::string_view> keys, Read part) {
    read(file, {}, [&] {
      const TomlTable table = file.table(key);
      read(table, keys, [&] { part(table); });
    });
  }

  /// Each of the list of tables `key`.
  template <typename Read>
  void read_tables(const TomlTable& file, std::string_view key,
                   std::initializer_list<std::string_view> keys, Read part) {
    std::vector<TomlTable> tables;
    read(file, {}, [&] { tables = file.tables(key); });
    for (const TomlTable& table : tables) read(table, keys, [&] { part(table); });
  }

  /// Each unknown key is a mistake, a line of the message.
  void reject_unknown_keys(const TomlTable& file) {
    try {
      file.reject_unknown_keys();
    } catch (const Error& error) {
      if (mistakes_ == nullptr) throw;
      std::istringstream lines(error.what());
      for (std::string line; std::getline(lines, line);) mistakes_->push_back(line);
    }
  }

  [[nodiscard]] bool all_right() const { return mistakes_ == nullptr || mistakes_->empty(); }

 private:
  std::vector<std::string>* mistakes_;
};

/// The board's name is the file's, and a FIFO without a writer would block for ever.
void require_file(const std::filesystem::path& path) {
  std::error_code failed;
  const std::filesystem::file_type type = std::filesystem::status(path, failed).type();
  using Type = std::filesystem::file_type;
  if (type == Type::fifo || type == Type::socket || type == Type::character || type == Type::block)
    throw Error(
        ErrorCode::io,
        "{}: is not a regular file; the name of a board is that of its file, so write it to "
        "one",
        path.string());
}

/// The name is selected on the command line, and becomes part of the firmware's sources.
void check_name(const TomlTable& file, const std::string& name) {
  const bool is_usable = std::ranges::all_of(name, [](char c) {
    return static_cast<unsigned char>(c) >= ' ' && c != '"' && c != '\\' && c != ',' && c != '@';
  });
  if (!is_usable)
    file.fail({},
              "the file's name is the board's, which cannot hold quotes, backslashes, commas, @ or "
              "control characters; rename the file");
}

/// Whether steps of operating points have to program them, of a flash that has mistakes, too.
bool sets_wait_states(const TomlTable& file) {
  return file.has("family") ||
         (file.kind("flash") == TomlKind::table && file.table("flash").has("latency"));
}

void read_names(const TomlTable& file, Board& board) {
  check_name(file, board.name);
  board.title = read_plain_text(file, "title");
  board.mcu = read_plain_text(file, "mcu");
  board.checked = file.text("checked");
}

}  // namespace

Board read_board_file(const std::filesystem::path& path, std::vector<std::string>* mistakes) {
  Board board;
  board.file = path;
  board.name = path.stem().string();
  Parts parts(mistakes);
  require_file(path);
  std::optional<TomlTable> parsed;
  try {
    parsed = TomlTable::from_file(path);
  } catch (const Error& error) {
    if (mistakes == nullptr || error.code() != ErrorCode::input) throw;
    mistakes->emplace_back(error.what());
    return board;
  }
  const TomlTable& file = *parsed;
  const Family* family = nullptr;
  bool has_caches = false;
  parts.read(file, {"version"}, [&] { read_format(file); });
  parts.read(file, {"title", "mcu", "checked"}, [&] { read_names(file, board); });
  parts.read(file, {"family", "fpu", "caches"}, [&] {
    board.core = read_core(file);
    has_caches = load_core(board.core).dual_issue.has_value();
    family = read_family(file, board);
    board.family = family != nullptr ? family->name : "";
    board.fpu = read_fpu(file, board.core);
  });
  const bool core_is_known = family != nullptr || (!board.core.empty() && !file.has("family"));
  if (!core_is_known) expect(file, {"reset_hz", "external_clock_hz", "flash"});
  parts.read(file, {"reset_hz", "external_clock_hz"}, [&] {
    if (!core_is_known) return;
    board.reset_hz =
        family != nullptr ? family->reset_hz : number(file, "reset_hz", 32'000, 1'000'000'000);
    if (family != nullptr)
      board.external_clock_hz = number(file, "external_clock_hz", 1'000'000, 50'000'000);
  });
  if (sets_wait_states(file)) board.flash.latency_mask = kAnyLatency;
  if (core_is_known)
    parts.read_table(file, "flash",
                     {"base", "bytes", "alias", "latency", "enables", "cycles_per_wait_state",
                      "line_bytes", "instruction_lines", "data_lines", "prefetch"},
                     [&](const TomlTable& t) { board.flash = read_flash(t, family, has_caches); });
  parts.read_tables(file, "memory", {"name", "kind", "base", "bytes"},
                    [&](const TomlTable& t) { add_memory(t, board); });
  if (parts.all_right())
    parts.read(file, {"arena", "placement"}, [&] { place(file, board); });
  else
    expect(file, {"arena", "placement"});
  parts.read_table(file, "uart", {"name", "base", "baud", "interrupt", "steps"},
                   [&](const TomlTable& t) {
                     board.uart = read_uart(t);
                     if (family != nullptr) check_uart(t, board.uart, *family);
                   });
  parts.read_tables(
      file, "clock", {"hz", "wait_states", "uart_hz", "source", "steps", "pll"},
      [&](const TomlTable& t) { board.clocks.push_back(read_operating_point(t, board)); });
  parts.read(file, {"caches"}, [&] {
    if (board.clocks.empty()) {
      if (family != nullptr && !file.has("clock"))
        file.fail("clock", "needs at least one operating point, headed [[clock]]");
      if (file.has("clock")) expect(file, {"caches"});  // it has mistakes
      return;  // else an emulator's: nobody knows its clock
    }
    board.clock_hz = board.clocks.front().hz;
    board.flash.wait_states = board.clocks.front().wait_states;
    if (has_caches) board.caches = read_caches(file.table("caches"));
  });
  if (file.has("trigger"))
    parts.read_table(file, "trigger", {"pin", "steps", "on", "off"},
                     [&](const TomlTable& t) { board.trigger = read_trigger(t); });
  parts.read(file, {}, [&] { board.usb = read_usb_ids(file); });
  parts.read_table(file, "supply", {"volts", "active_watts", "active_watts_source"},
                   [&](const TomlTable& t) { read_supply(t, board); });
  parts.reject_unknown_keys(file);
  return board;
}

}  // namespace opline::board
