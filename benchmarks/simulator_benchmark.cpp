// How fast the simulator executes with all of its timing, on both cores: a network by opline's own
// images (translated code, beside the interpreter and QEMU), and a program of the tests
// (interpreted, beside Unicorn), each on the same code in the same run.
//
//   build/release/benchmarks/simulator_benchmark [--benchmark_...]
//
// MIPS are simulated instructions per microsecond of processor time. Unicorn is measured bare, with
// a hook per block (what a static cost per block needs) and with hooks on reads and writes besides
// (what a cache model needs); its hooks only count, so the ratios are in its favour. Both have
// translated or decoded the program before they are measured. The last lines give the simulator's
// rate relative to each mode.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <map>
#include <memory>
#include <string>

#include "benchmarks/simulated_networks.h"
#include "runners/simulator/machine/machine.h"
#include "src/base/error.h"

#ifdef OPLINE_HAVE_UNICORN
#include "tests/simulator/unicorn_oracle.h"
#endif

namespace opline::simulator {
namespace {

struct Program {
  const char* core;
  const char* board;
};
constexpr Program kM4{"cortex_m4", "nucleo-f446re"}, kM7{"cortex_m7", "nucleo-f767zi"};

Machine machine_for(const Program& program) {
  board::Board board = board::load_board(program.board);
  board::Core core = board::load_core(board.core);
  auto image = ElfImage::from_file(fmt::format("{}/{}.elf", OPLINE_PROGRAMS, program.core));
  return {std::move(board), std::move(core), std::move(image)};
}

std::uint64_t run_once(Machine& machine) {
  machine.reset();
  const Stop stop = machine.run();
  if (stop.reason != StopReason::breakpoint)
    throw Error(ErrorCode::internal, "the program stopped: {}", stop.text);
  return machine.instructions();
}

void report(benchmark::State& state, std::uint64_t instructions) {
  state.counters["MIPS"] =
      benchmark::Counter(static_cast<double>(instructions) * 1e-6, benchmark::Counter::kIsRate);
}

void simulate(benchmark::State& state, const Program& program) {
  Machine machine = machine_for(program);
  run_once(machine);
  std::uint64_t instructions = 0;
  for (auto _ : state) instructions += run_once(machine);
  report(state, instructions);
  state.counters["CPI"] =
      static_cast<double>(machine.cycles()) / static_cast<double>(machine.instructions());
}

#ifdef OPLINE_HAVE_UNICORN

enum class Hooks { none, blocks, blocks_and_memory };

void on_block(uc_engine*, std::uint64_t, std::uint32_t bytes, void* count) {
  *static_cast<std::uint64_t*>(count) += bytes;
}
void on_access(uc_engine*, uc_mem_type, std::uint64_t address, int, std::int64_t, void* count) {
  *static_cast<std::uint64_t*>(count) += address;
}

void translate(benchmark::State& state, const Program& program, Hooks hooks) {
  Machine machine = machine_for(program);
  const Registers start = machine.registers();
  const std::uint64_t instructions = run_once(machine);
  const std::uint32_t end = machine.image().symbol("program_end").value();
  testing::UnicornOracle oracle(
      machine.read_memory(testing::UnicornOracle::kFlash, testing::UnicornOracle::kFlashBytes),
      machine.core().dual_issue.has_value());
  oracle.map_private_peripherals();
  std::uint64_t count = 0;
  uc_hook block = 0, access = 0;
  if (hooks != Hooks::none) {
    uc_hook_add(oracle.engine(), &block, UC_HOOK_BLOCK, reinterpret_cast<void*>(on_block), &count,
                1, 0);
  }
  if (hooks == Hooks::blocks_and_memory) {
    uc_hook_add(oracle.engine(), &access, UC_HOOK_MEM_READ | UC_HOOK_MEM_WRITE,
                reinterpret_cast<void*>(on_access), &count, 1, 0);
  }
  const auto run = [&] {
    oracle.set(start);
    if (!oracle.run(start.r[15], end, 0))
      throw Error(ErrorCode::internal, "Unicorn raised an exception");
  };
  run();
  std::uint64_t total = 0;
  for (auto _ : state) {
    run();
    total += instructions;
  }
  benchmark::DoNotOptimize(count);
  report(state, total);
}

void add_unicorn(const Program& program) {
  for (const auto& [name, hooks] :
       {std::pair("bare", Hooks::none), std::pair("block hook", Hooks::blocks),
        std::pair("block and memory hooks", Hooks::blocks_and_memory)}) {
    const Hooks chosen = hooks;
    benchmark::RegisterBenchmark(
        fmt::format("{}/Unicorn {}", program.core, name).c_str(),
        [program, chosen](benchmark::State& s) { translate(s, program, chosen); });
  }
}

#else

void add_unicorn(const Program&) {}

#endif

/// The console's table, and the rates for the ratios at the end.
class Ratios : public benchmark::ConsoleReporter {
 public:
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs) {
      const auto found = run.counters.find("MIPS");
      if (found != run.counters.end()) rates_[run.run_name.function_name] = found->second.value;
    }
    ConsoleReporter::ReportRuns(runs);
  }
  void print() const {
    for (const auto& [name, rate] : rates_) {
      const auto simulator = rates_.find(name.substr(0, name.find('/')) + "/simulator");
      if (simulator == rates_.end() || simulator->first == name) continue;
      fmt::print(
          "{}: the simulator with full timing is {:.2f} times as fast ({:.0f} to {:.0f} MIPS)\n",
          name, simulator->second / rate, simulator->second, rate);
    }
  }

 private:
  std::map<std::string, double> rates_;
};

}  // namespace

int run_benchmarks(int argc, char** argv) {
  add_networks();
  for (const Program& program : {kM4, kM7}) {
    benchmark::RegisterBenchmark(fmt::format("{}/simulator", program.core).c_str(),
                                 [program](benchmark::State& s) { simulate(s, program); });
    add_unicorn(program);
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  Ratios reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
  reporter.print();
#ifndef OPLINE_HAVE_UNICORN
  fmt::print("Unicorn is not installed: apt install libunicorn-dev, configure and build again\n");
#endif
  return 0;
}

}  // namespace opline::simulator

int main(int argc, char** argv) {
  try {
    return opline::simulator::run_benchmarks(argc, argv);
  } catch (const std::exception& error) {
    fmt::print(stderr, "simulator_benchmark: {}\n", error.what());
    return 1;
  }
}
