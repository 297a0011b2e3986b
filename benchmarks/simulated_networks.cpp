#include "benchmarks/simulated_networks.h"

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <chrono>
#include <ctime>
#include <functional>
#include <memory>

#include "tests/firmware/qemu_device.h"
#include "tests/runners/loaded_network.h"

namespace opline::simulator {
namespace {

using opline::testing::load;
using opline::testing::machine_with_image;
using opline::testing::MachineTransport;
using opline::testing::run_loaded;
using runners::Received;
using runners::Transport;

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

std::uint64_t instructions_of_run(const std::string& board) {
  Machine machine = machine_with_image(board, true);
  MachineTransport transport(machine);
  load(transport, opline::testing::request_for("kws-s"));
  const std::uint64_t before = machine.instructions();
  run_loaded(transport);
  return machine.instructions() - before;
}

/// Processor time of whatever executes the network: this process, or QEMU's.
using ProcessorTime = std::function<std::chrono::nanoseconds()>;

std::chrono::nanoseconds of_this_process() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

void measure(benchmark::State& state, const std::string& board, Transport& transport,
             const ProcessorTime& now) {
  const std::uint64_t instructions = instructions_of_run(board);
  load(transport, opline::testing::request_for("kws-s"));
  std::uint64_t total = 0;
  for (auto _ : state) {
    const auto start = now();
    run_loaded(transport);
    state.SetIterationTime(std::chrono::duration<double>(now() - start).count());
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
      Machine machine = machine_with_image(board, translated);
      MachineTransport transport(machine);
      measure(state, board, transport, of_this_process);
    });
  }
  if (!firmware_test::qemu_is_installed()) return;
  for (const firmware_test::QemuImage& image : firmware_test::qemu_images()) {
    if (image.name != qemu_image) continue;
    add_one("QEMU bare", [board, image](benchmark::State& state) {
      firmware_test::QemuDevice device(image);
      QemuTransport transport(device);
      measure(state, board, transport, [&device] { return device.processor_time(); });
    });
  }
}

}  // namespace

void add_networks() {
  add("cortex_m4", "nucleo-f446re", "nucleo-f446re");
  add("cortex_m7", "nucleo-f746zg", "mps2-an500");
}

}  // namespace opline::simulator
