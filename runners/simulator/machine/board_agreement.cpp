#include "runners/simulator/machine/board_agreement.h"

#include <cmath>
#include <vector>

#include "src/base/error.h"

namespace opline::simulator {
namespace {

constexpr const char* kRemedy =
    "correct the file, or change the firmware and build it again (docs/timing-model.md)";

[[noreturn]] void refuse(const Machine& machine, const char* key, const std::string& in_file,
                         const std::string& in_firmware) {
  throw Error(ErrorCode::device, "{}: {}: the file says {}, the firmware {} {}; {}",
              machine.board().file.string(), key, in_file, machine.image().name(), in_firmware,
              kRemedy);
}

void require_clock(const Machine& machine) {
  const std::optional<std::uint32_t> programmed = machine.core_clock_hz();
  if (programmed == machine.board().clock_hz) return;
  const std::uint32_t external = machine.board().external_clock_hz;
  refuse(machine, external != 0 ? "clock.hz, external_clock_hz" : "clock.hz",
         fmt::format("{} Hz", machine.board().clock_hz) +
             (external != 0 ? fmt::format(" with an external clock of {} Hz", external) : ""),
         programmed ? fmt::format("programmed {} Hz", *programmed)
                    : std::string("selected a clock that is off"));
}

void require_wait_states(const Machine& machine) {
  const std::uint32_t programmed = machine.flash_wait_states();
  if (programmed == machine.board().flash.wait_states) return;
  refuse(machine, "clock.wait_states", fmt::format("{}", machine.board().flash.wait_states),
         fmt::format("programmed {}", programmed));
}

/// What a host would have to listen with; RM0390 section 25.4.5: a receiver tolerates about 3 %.
void require_baud(const Machine& machine) {
  constexpr double kTolerated = 0.03;
  const std::optional<std::uint32_t> programmed = machine.uart_baud();
  const double expected = machine.board().uart.baud;
  if (!programmed || std::abs(*programmed - expected) <= kTolerated * expected) return;
  refuse(machine, "uart.baud, clock.uart_hz", fmt::format("{} baud", expected),
         fmt::format("programmed {}", *programmed));
}

struct Range {
  std::uint64_t begin = 0, end = 0;
  [[nodiscard]] std::string text() const { return fmt::format("{:#010x} to {:#010x}", begin, end); }
};

/// From a pair of symbols; absent unless the image has both.
std::optional<Range> linked(const ElfImage& image, const std::string& region) {
  const auto begin = image.symbol("opline_" + region + "_start");
  const auto end = image.symbol("opline_" + region + "_end");
  if (!begin || !end) return std::nullopt;
  return Range{*begin, *end};
}

/// The memories that lie next to each other and are of one kind.
struct Run {
  Range range;
  board::MemoryKind kind;
  std::string names;
};

std::vector<Run> runs_of(const board::Board& board) {
  std::vector<Run> runs;
  for (const board::Memory& memory : board.memories) {
    const std::uint64_t end = std::uint64_t{memory.base} + memory.bytes;
    if (!runs.empty() && runs.back().kind == memory.kind && runs.back().range.end == memory.base) {
      runs.back().range.end = end;
      runs.back().names += " and " + memory.name;
    } else {
      runs.push_back({{memory.base, end}, memory.kind, memory.name});
    }
  }
  return runs;
}

void require_flash(const Machine& machine) {
  const std::optional<Range> range = linked(machine.image(), "flash");
  const board::Flash& flash = machine.board().flash;
  const Range in_file{flash.base, std::uint64_t{flash.base} + flash.bytes};
  if (!range || (range->begin == in_file.begin && range->end == in_file.end)) return;
  refuse(machine, "flash.base, flash.bytes", in_file.text(),
         fmt::format("was linked for {}", range->text()));
}

void require_memory(const Machine& machine, const std::string& region) {
  const std::optional<Range> range = linked(machine.image(), region);
  if (!range) return;
  std::string known;
  for (const Run& run : runs_of(machine.board())) {
    if (run.range.begin == range->begin && run.range.end == range->end) return;
    known += fmt::format("{}{} {}", known.empty() ? "" : ", ", run.names, run.range.text());
  }
  refuse(machine, "memory.base, memory.bytes", known,
         fmt::format("was linked for {} from {}", region, range->text()));
}

}  // namespace

void require_agreement(const Machine& machine) {
  require_clock(machine);
  require_wait_states(machine);
  require_baud(machine);
  require_flash(machine);
  for (const char* region : {"data_region", "arena_region", "itcm"})
    require_memory(machine, region);
}

}  // namespace opline::simulator
