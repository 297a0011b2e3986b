#include "src/board/register_step.h"

#include <array>

#include <fmt/format.h>

namespace opline::board {
namespace {

constexpr std::int64_t kWord = 0xFFFFFFFF;
constexpr std::size_t kMostSteps = 200;

std::uint32_t word(const TomlTable& table, std::string_view key, std::int64_t min = 0) {
  return static_cast<std::uint32_t>(table.integer(key, min, kWord));
}

std::uint32_t address(const TomlTable& table, std::string_view key) {
  const std::uint32_t at = word(table, key);
  const bool is_peripheral = at >= 0x4000'0000 && at < 0x6000'0000;
  const bool is_of_core = at >= 0xE000'0000 && at < 0xE010'0000;
  if (at % 4 != 0 || (!is_peripheral && !is_of_core)) {
    table.fail(key,
               "must be the address of a 32-bit register: a multiple of 4 from 0x40000000 to "
               "0x5fffffff (peripherals) or from 0xe0000000 to 0xe00fffff (the core's)");
  }
  return at;
}

void require_within_mask(const TomlTable& table, const RegisterStep& step) {
  if ((step.value & ~step.mask) != 0)
    table.fail("value",
               fmt::format("{:#x} has bits that the mask {:#x} does not", step.value, step.mask));
}

RegisterStep read_step(const TomlTable& table) {
  using Kind = RegisterStep::Kind;
  constexpr std::array<std::string_view, 5> kActions = {"write", "set", "clear", "modify", "poll"};
  std::string_view action;
  for (const std::string_view one : kActions) {
    if (!table.has(one)) continue;
    if (!action.empty())
      table.fail(one, fmt::format("stands beside `{}`; a step does one thing", action));
    action = one;
  }
  if (action.empty())
    table.fail("steps",
               "a step is one of write, set, clear, modify, poll, program: see "
               "docs/formats/board.md");
  RegisterStep step;
  step.address = address(table, action);
  if (action == "write") {
    step.value = word(table, "value");
  } else if (action == "set" || action == "clear") {
    step.kind = Kind::modify;
    step.mask = word(table, "bits", 1);
    step.value = action == "set" ? step.mask : 0;
  } else {
    step.kind = action == "poll" ? Kind::poll : Kind::modify;
    step.mask = word(table, "mask", 1);
    step.value = word(table, "value");
    require_within_mask(table, step);
  }
  return step;
}

}  // namespace

std::vector<RegisterStep> read_steps(const TomlTable& table, std::string_view key,
                                     std::span<const RegisterStep> program_wait_states) {
  std::vector<RegisterStep> steps;
  for (const TomlTable& entry : table.tables(key)) {
    if (!entry.has("program")) {
      steps.push_back(read_step(entry));
      continue;
    }
    if (entry.text("program") != "wait_states" || program_wait_states.empty())
      entry.fail("program",
                 "can only be \"wait_states\", in the steps of a clock, where flash.latency says "
                 "which bits they are");
    steps.insert(steps.end(), program_wait_states.begin(), program_wait_states.end());
  }
  if (steps.size() > kMostSteps)
    table.fail(
        key, fmt::format("has {} steps; {} are enough for any start-up", steps.size(), kMostSteps));
  return steps;
}

}  // namespace opline::board
