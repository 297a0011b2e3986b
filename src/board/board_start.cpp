#include "src/board/board_start.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>

#include <fmt/ranges.h>

namespace opline::board {
namespace {

constexpr std::int64_t kMostHz = 2'000'000'000;

struct NamedKind {
  std::string_view name;
  UartKind kind;
};
constexpr std::array<NamedKind, 5> kKinds = {{{"stm32-usart-v1", UartKind::stm32_usart_v1},
                                              {"stm32-usart-v2", UartKind::stm32_usart_v2},
                                              {"stm32-lpuart", UartKind::stm32_lpuart},
                                              {"nrf-uarte", UartKind::nrf_uarte},
                                              {"cmsdk", UartKind::cmsdk}}};

std::uint32_t number(const TomlTable& table, std::string_view key, std::int64_t min,
                     std::int64_t max) {
  return static_cast<std::uint32_t>(table.integer(key, min, max));
}

void check_arithmetic(const TomlTable& table, const OperatingPoint& point) {
  const Pll& pll = *point.pll;
  const std::uint64_t scaled = std::uint64_t{pll.input_hz} * pll.multiply;
  const std::uint64_t divisor = std::uint64_t{pll.divide} * pll.post;
  if (scaled % divisor != 0 || scaled / divisor != point.hz) {
    table.fail("pll",
               fmt::format("{} Hz / {} x {} / {} is {:.0f} Hz, not the {} Hz of this "
                           "operating point",
                           pll.input_hz, pll.divide, pll.multiply, pll.post,
                           static_cast<double>(scaled) / static_cast<double>(divisor), point.hz));
  }
}

Pll read_pll(const TomlTable& table) {
  return {number(table, "input_hz", 1, kMostHz), number(table, "divide", 1, 1024),
          number(table, "multiply", 1, 10'000), number(table, "post", 1, 1024)};
}

struct DividerRange {
  std::uint32_t least, most;
};

/// RM0390 25.4.4 and RM0385 31.5.4: oversampling by 16; RM0432 51.4.4: 20 bits, from 0x300; DDI
/// 0479 4.3.
DividerRange divider_range(UartKind kind) {
  switch (kind) {
    case UartKind::stm32_lpuart:
      return {0x300, 0xF'FFFF};
    case UartKind::cmsdk:
      return {16, 0xF'FFFF};
    default:
      return {16, 0xFFFF};
  }
}

void check_baud(const TomlTable& table, const Uart& uart, std::uint32_t hz) {
  if (uart.base == 0) return;
  if (const auto reason = reason_against_baud(uart, hz)) table.fail("uart_hz", *reason);
}

std::uint16_t hex_id(const std::string& text, std::size_t at) {
  std::uint16_t value = 0;
  const char* const begin = text.data() + at;
  const auto [end, error] = std::from_chars(begin, begin + 4, value, 16);
  return error == std::errc() && end == begin + 4 ? value : 0;
}

RegisterStep one_step(const TomlTable& table, std::string_view key) {
  const std::vector<RegisterStep> steps = read_steps(table, key);
  if (steps.size() != 1 || steps[0].kind == RegisterStep::Kind::poll)
    table.fail(key, "is a list of one write, set, clear or modify");
  return steps[0];
}

/// Writes the wait states, and waits until they are read back, as manuals ask before the clock
/// rises. Empty where they cannot be set.
std::vector<RegisterStep> programming(const TomlTable& table, const OperatingPoint& point,
                                      const Flash& flash) {
  using Kind = RegisterStep::Kind;
  const std::uint32_t mask = flash.latency_mask;
  if (mask == 0) return {};
  const std::uint32_t value = point.wait_states << std::countr_zero(mask);
  if ((value & ~mask) != 0) table.fail("wait_states", "does not fit the bits of flash.latency");
  return {{Kind::modify, flash.latency_register, mask, value},
          {Kind::poll, flash.latency_register, mask, value}};
}

}  // namespace

std::string_view name_of(UartKind kind) {
  for (const NamedKind& one : kKinds)
    if (one.kind == kind) return one.name;
  return "";
}

std::uint32_t baud_divider(const Uart& uart, std::uint32_t hz) {
  // Nordic's BAUDRATE is no divider (nRF52840 PS, 6.34.10.19): baud x 2^32 / 16 MHz, rounded to
  // multiples of 0x1000.
  if (uart.kind == UartKind::nrf_uarte)
    return static_cast<std::uint32_t>((((std::uint64_t{uart.baud} << 32) / 16'000'000) + 0x800) &
                                      0xFFFFF000);
  const std::uint64_t scaled = uart.kind == UartKind::stm32_lpuart ? 256ULL * hz : hz;
  return static_cast<std::uint32_t>((scaled + uart.baud / 2) / uart.baud);
}

// A UART tolerates about 2 % in each byte's ten bits (RM0390 section 25.4.5).
std::optional<std::string> reason_against_baud(const Uart& uart, std::uint32_t hz) {
  constexpr double kTolerated = 0.02;
  if (uart.kind == UartKind::nrf_uarte) return std::nullopt;
  const std::uint32_t divider = baud_divider(uart, hz);
  const auto [least, most] = divider_range(uart.kind);
  if (divider < least || divider > most)
    return fmt::format("a {} on {} Hz cannot make {} baud: its divider would be {}, of {} to {}",
                       name_of(uart.kind), hz, uart.baud, divider, least, most);
  const double scale = uart.kind == UartKind::stm32_lpuart ? 256 : 1;
  const double baud = scale * hz / divider;
  if (std::abs(baud - uart.baud) > kTolerated * uart.baud)
    return fmt::format("a UART on {} Hz makes {:.0f} baud of {}: more than 2 % off", hz, baud,
                       uart.baud);
  return std::nullopt;
}

std::string read_plain_text(const TomlTable& table, std::string_view key) {
  constexpr std::size_t kLongest = 200;
  std::string text = table.text(key);
  const bool is_plain = std::ranges::all_of(
      text, [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\' && c != '*'; });
  if (text.empty() || text.size() > kLongest || !is_plain)
    table.fail(key,
               "is one line of up to 200 ASCII characters without quotes, backslashes and "
               "asterisks: it becomes part of the firmware's sources");
  return text;
}

OperatingPoint read_operating_point(const TomlTable& table, const Board& board) {
  OperatingPoint point;
  point.hz = number(table, "hz", 32'000, kMostHz);
  point.wait_states = number(table, "wait_states", 0, 15);
  point.uart_hz = number(table, "uart_hz", 32'000, kMostHz);
  point.source = read_plain_text(table, "source");
  const std::vector<RegisterStep> program = programming(table, point, board.flash);
  point.steps = read_steps(table, "steps", program);
  if (!program.empty() && std::ranges::count(point.steps, program.front()) == 0)
    table.fail("steps",
               "never program the wait states: one of them is { program = \"wait_states\" }");
  if (table.has("pll")) {
    point.pll = read_pll(table.table("pll"));
    check_arithmetic(table, point);
  }
  check_baud(table, board.uart, point.uart_hz);
  return point;
}

Uart read_uart(const TomlTable& table) {
  Uart uart;
  const std::string kind = table.text("kind");
  const auto* const named = std::find_if(kKinds.begin(), kKinds.end(),
                                         [&](const NamedKind& one) { return one.name == kind; });
  if (named == kKinds.end())
    table.fail("kind",
               "must be stm32-usart-v1 (SR, DR), stm32-usart-v2 (ISR, RDR, TDR), "
               "stm32-lpuart, nrf-uarte or cmsdk");
  uart.kind = named->kind;
  uart.name = read_plain_text(table, "name");
  uart.base = number(table, "base", 0x4000'0000, 0x5FFF'FFFC);
  if (uart.base % 4 != 0) table.fail("base", "must be a multiple of 4");
  if (table.has("baud")) uart.baud = number(table, "baud", 1200, 10'000'000);
  if (table.has("interrupt")) uart.interrupt = number(table, "interrupt", 0, 239);
  uart.steps = read_steps(table, "steps");
  return uart;
}

Trigger read_trigger(const TomlTable& table) {
  Trigger trigger;
  trigger.pin = read_plain_text(table, "pin");
  trigger.steps = read_steps(table, "steps");
  trigger.on = one_step(table, "on");
  trigger.off = one_step(table, "off");
  return trigger;
}

std::vector<UsbId> read_usb_ids(const TomlTable& file) {
  std::vector<UsbId> ids;
  if (!file.has("usb")) return ids;
  for (const std::string& text : file.texts("usb")) {
    const bool is_id = text.size() == 9 && text[4] == ':';
    const UsbId id = is_id ? UsbId{hex_id(text, 0), hex_id(text, 5)} : UsbId{};
    if (id.vendor == 0)
      file.fail("usb", fmt::format("`{}` is not a vendor and product such as \"0483:374b\" (lsusb "
                                   "prints them)",
                                   text));
    ids.push_back(id);
  }
  return ids;
}

}  // namespace opline::board
