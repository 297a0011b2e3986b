// tests/firmware/whole_run.cpp - see the header.
#include "tests/firmware/whole_run.h"

#include <array>
#include <stdexcept>
#include <utility>

#include "sampler/draw/sample.h"
#include "sampler/space/decode.h"
#include "src/board/board.h"
#include "src/board/core.h"
#include "src/network/compile.h"
#include "tests/firmware/device_plan.h"

namespace opline::firmware_test {
namespace {

using simulator::Machine;
using simulator::RegisterChange;
using simulator::TracedInstruction;

constexpr std::uint32_t kCyccnt = 0xE0001004;

void run_to_the_end(Machine& machine, const std::string& commands) {
  machine.send(commands);
  const simulator::Stop stop = machine.run();
  if (stop.reason != simulator::StopReason::waiting_for_input) throw std::runtime_error(stop.text);
}

/// Follows the core registers, and so knows the address of a load.
class CounterReads {
 public:
  explicit CounterReads(const simulator::Registers& start) : r_(start.r) {}

  void note(const TracedInstruction& one, std::vector<std::uint32_t>& counts) {
    const std::uint32_t bits = one.bits;
    const bool narrow = !one.wide && (bits & 0xF800) == 0x6800;  // LDR (immediate), encoding T1
    const bool wide = one.wide && (bits & 0xFFF00000) == 0xF8D00000;  // and T3
    const std::uint32_t base =
        narrow ? r_[bits >> 3 & 7] + (bits >> 6 & 31) * 4 : r_[bits >> 16 & 15] + (bits & 0xFFF);
    const bool reads = one.executed && (narrow || wide) && base == kCyccnt;
    for (const RegisterChange& change : one.changes) {
      if (change.which < 15) r_[change.which] = change.value;
    }
    if (reads) counts.push_back(r_[narrow ? bits & 7 : bits >> 12 & 15]);
  }

 private:
  std::array<std::uint32_t, 16> r_;
};

}  // namespace

Machine make_machine(const std::string& name) {
  board::Board board = board::load_board(name);
  board::Core core = board::load_core(board.core);
  auto image =
      simulator::ElfImage::from_file(std::string(OPLINE_BINARY_DIR) + "/firmware/" + name + ".elf");
  return {std::move(board), std::move(core), std::move(image)};
}

std::string tiny_network_commands() {
  const sampler::Space space = sampler::load_space("tiny");
  const network::Network drawn =
      sampler::decode(space, sampler::sample(space, sampler::Prior::uniform_decisions, 1, 0));
  const network::CompiledNetwork compiled =
      network::compile(drawn, network::Pools::generate(1U << 18, 1U << 16));
  std::string text = "setup%";
  for (const std::string& command : load_commands(compiled.plan)) text += command + "%";
  return text + "plan run%plan report%";
}

WholeRun run_whole(const std::string& board, const std::string& commands) {
  WholeRun run{make_machine(board), {}, {}, 0, {}, {}};
  CounterReads reads(run.machine.registers());
  run.machine.trace({.instructions = UINT64_MAX}, [&](const TracedInstruction& one) {
    ++run.instructions;
    if (one.executed) run.addresses.push_back(one.address);
    reads.note(one, run.counts);
    run.distinct.try_emplace({one.address, one.bits, one.condition}, one);
  });
  run_to_the_end(run.machine, commands);
  run.machine.stop_tracing();
  run.output = run.machine.take_output();
  Machine untraced = make_machine(board);
  run_to_the_end(untraced, commands);
  if (untraced.cycles() != run.machine.cycles() || untraced.instructions() != run.instructions)
    throw std::runtime_error(board + ": the trace is not what is executed without one");
  return run;
}

}  // namespace opline::firmware_test
