#include "src/board/board.h"

#include "src/base/data_files.h"
#include "src/base/toml.h"

namespace opline::board {
namespace {

constexpr std::int64_t kTop = 0xFFFFFFFF;
constexpr const char* kFolder = "data/boards";

std::uint32_t word(const TomlTable& table, std::string_view key, std::int64_t min, std::int64_t max = kTop) {
  return static_cast<std::uint32_t>(table.integer(key, min, max));
}

bool is_power_of_two(std::uint32_t value) { return value != 0 && (value & (value - 1)) == 0; }

Flash read_flash(const TomlTable& table) {
  Flash flash;
  flash.base = word(table, "base", 0);
  flash.bytes = word(table, "bytes", 1024, 1 << 26);
  flash.alias = word(table, "alias", 0);
  flash.wait_states = word(table, "wait_states", 0, 15);
  flash.line_bytes = word(table, "line_bytes", 4, 64);
  flash.instruction_lines = word(table, "instruction_lines", 0, 254);
  flash.data_lines = word(table, "data_lines", 0, 254);
  flash.prefetch = table.boolean("prefetch");
  if (!is_power_of_two(flash.line_bytes)) table.fail("line_bytes", "must be a power of two");
  if (flash.bytes % flash.line_bytes != 0) table.fail("bytes", "must be a multiple of line_bytes");
  if (flash.base % flash.line_bytes != 0) table.fail("base", "must be a multiple of line_bytes");
  if (flash.base + std::uint64_t{flash.bytes} > 0x20000000)
    table.fail("base", "must leave the flash in the code region");
  return flash;
}

Sram read_sram(const TomlTable& table) {
  Sram sram{word(table, "base", 0x20000000, 0x3FFFFFFF), word(table, "bytes", 1024, 1 << 20)};
  if (sram.base % 4 != 0 || sram.bytes % 4 != 0) table.fail("base", "base and bytes must be multiples of 4");
  return sram;
}

}  // namespace

std::vector<MemoryRegion> Board::regions() const {
  return {{"flash", flash.base, flash.bytes}, {"sram", sram.base, sram.bytes}};
}

Board load_board_file(const std::filesystem::path& path) {
  const TomlTable file = TomlTable::from_file(path);
  Board board;
  board.name = path.stem().string();
  board.title = file.text("title");
  board.mcu = file.text("mcu");
  board.family = file.text("family");
  if (board.family != "stm32f4") file.fail("family", "is not modelled; known: stm32f4");
  board.core = file.text("core");
  board.clock_hz = word(file, "clock_hz", 1'000'000, 2'000'000'000);
  board.external_clock_hz = word(file, "external_clock_hz", 1'000'000, 50'000'000);
  board.flash = read_flash(file.table("flash"));
  board.sram = read_sram(file.table("sram"));
  const TomlTable uart = file.table("uart");
  board.uart = uart.text("peripheral");
  board.uart_baud = word(uart, "baud", 300, 10'000'000);
  const TomlTable supply = file.table("supply");
  board.supply_volts = supply.number("volts", 0.5, 6.0);
  if (supply.has("active_watts")) {
    board.active_watts =
        Sourced{supply.number("active_watts", 1e-6, 100.0), supply.text("active_watts_source")};
  }
  file.reject_unknown_keys();
  return board;
}

Board load_board(std::string_view name) { return load_board_file(data_file(kFolder, "board", name)); }

std::vector<std::string> board_names() { return data_names(kFolder); }

}  // namespace opline::board
