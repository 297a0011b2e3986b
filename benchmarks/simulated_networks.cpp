#include "benchmarks/simulated_networks.h"

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <chrono>
#include <memory>

#include "runners/device_session.h"
#include "runners/firmware_translations.h"
#include "runners/simulator/machine/machine.h"
#include "sampler/space/decode.h"
#include "sampler/space/known_network.h"
#include "src/base/error.h"
#include "src/network/compile.h"
#include "tests/firmware/qemu_device.h"

namespace opline::simulator {
namespace {

using runners::Received;
using runners::Transport;

measure::Request kws_s() {
  const sampler::KnownNetwork known = sampler::load_known_network("kws-s");
  const network::Network network = sampler::decode(known.space, known.architecture);
  static const network::Pools kPools = network::Pools::generate(2U << 20, 1U << 19);
  const network::CompiledNetwork compiled = network::compile(network, kPools);
  return {network.id(), compiled.plan, compiled.digests, false, 2'000'000'000};
}

class SimulatedTransport : public Transport {
 public:
  explicit SimulatedTransport(Machine& machine) : machine_(machine) {
    machine_.run();  // boots
    machine_.take_output();
  }
  void send(std::string_view bytes) override { machine_.send(bytes); }
  Received read_line(double) override {
    for (;;) {
      if (const std::size_t end = received_.find("\r\n"); end != std::string::npos) {
        std::string line = received_.substr(0, end);
        received_.erase(0, end + 2);
        return {Received::Status::line, line};
      }
      const Stop stop = machine_.run();
      received_ += machine_.take_output();
      if (received_.empty()) return {Received::Status::crashed, stop.text};
    }
  }

 private:
  Machine& machine_;
  std::string received_;
};

class QemuTransport : public Transport {
 public:
  explicit QemuTransport(firmware_test::QemuDevice& device) : device_(device) {}
  void send(std::string_view bytes) override { device_.send(bytes); }
  Received read_line(double) override {
    const auto line = device_.read_line(std::chrono::minutes(2));
    return line ? Received{Received::Status::line, *line}
                : Received{Received::Status::timed_out, "QEMU is silent"};
  }

 private:
  firmware_test::QemuDevice& device_;
};

/// Both runs of the network that the device has loaded.
void run_loaded(Transport& transport) {
  transport.send("plan run 1%");
  for (;;) {
    const Received received = transport.read_line(60);
    if (received.status != Received::Status::line)
      throw Error(ErrorCode::device, "plan run: {}", received.text);
    if (received.text == "m-ready") return;
  }
}

void load(Transport& transport) {
  runners::DeviceSession session(transport);
  const measure::Outcome outcome = session.measure(kws_s());
  if (outcome.kind != measure::OutcomeKind::measured &&
      outcome.kind != measure::OutcomeKind::executed_without_timing)
    throw Error(ErrorCode::device, "KWS-S: {}", outcome.reason);
}

Machine machine_for(const std::string& board_name, bool translated) {
  board::Board board = board::load_board(board_name);
  board::Core core = board::load_core(board.core);
  auto image = ElfImage::from_file(fmt::format("{}/{}.elf", OPLINE_FIRMWARE, board_name));
  Machine machine(std::move(board), std::move(core), std::move(image));
  if (!translated) return machine;
  for (const Translation* const translation : runners::firmware_translations())
    if (machine.use(*translation)) return machine;
  throw Error(ErrorCode::missing_tool, "{} was not translated: build with OPLINE_TRANSLATE=ON",
              board_name);
}

std::uint64_t instructions_of_run(const std::string& board) {
  Machine machine = machine_for(board, true);
  SimulatedTransport transport(machine);
  load(transport);
  const std::uint64_t before = machine.instructions();
  run_loaded(transport);
  return machine.instructions() - before;
}

void measure(benchmark::State& state, const std::string& board, Transport& transport) {
  const std::uint64_t instructions = instructions_of_run(board);
  load(transport);
  std::uint64_t total = 0;
  for (auto _ : state) {
    const auto start = std::chrono::steady_clock::now();
    run_loaded(transport);
    state.SetIterationTime(
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    total += instructions;
  }
  state.counters["MIPS"] =
      benchmark::Counter(static_cast<double>(total) * 1e-6, benchmark::Counter::kIsRate);
}

void add(const std::string& name, const std::string& board, const std::string& qemu_image) {
  const auto add_one = [&](const std::string& what, auto run) {
    benchmark::RegisterBenchmark(fmt::format("KWS-S {}/{}", name, what).c_str(), run)
        ->UseManualTime()
        ->MinTime(2);
  };
  for (const bool translated : {true, false}) {
    add_one(translated ? "simulator" : "interpreter", [board, translated](benchmark::State& state) {
      Machine machine = machine_for(board, translated);
      SimulatedTransport transport(machine);
      measure(state, board, transport);
    });
  }
  if (!firmware_test::qemu_is_installed()) return;
  for (const firmware_test::QemuImage& image : firmware_test::qemu_images()) {
    if (image.name != qemu_image) continue;
    add_one("QEMU bare", [board, image](benchmark::State& state) {
      firmware_test::QemuDevice device(image);
      QemuTransport transport(device);
      measure(state, board, transport);
    });
  }
}

}  // namespace

void add_networks() {
  add("cortex_m4", "nucleo-f446re", "nucleo-f446re");
  add("cortex_m7", "nucleo-f746zg", "mps2-an500");
}

}  // namespace opline::simulator
