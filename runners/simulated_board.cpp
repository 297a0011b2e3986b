#include "runners/simulated_board.h"

#include "runners/simulator/machine.h"
#include "src/base/digest.h"
#include "src/base/error.h"
#include "src/base/files.h"

namespace opline::runners {
namespace {

using simulator::Machine;
using simulator::Stop;
using simulator::StopReason;

/// The protocol's bytes to and from a Machine's UART.
class SimulatedTransport : public Transport {
 public:
  SimulatedTransport(Machine& machine, std::uint64_t clock_hz)
      : machine_(machine), clock_hz_(static_cast<double>(clock_hz)) {}

  void send(std::string_view bytes) override { machine_.send(bytes); }

  Received read_line(double seconds) override {
    if (auto line = take_line()) return {Received::Status::line, std::move(*line)};
    const Stop stop = machine_.run({static_cast<std::uint64_t>(seconds * clock_hz_)});
    buffer_ += machine_.take_output();
    if (auto line = take_line()) return {Received::Status::line, std::move(*line)};
    switch (stop.reason) {
      case StopReason::waiting_for_input:
        return {Received::Status::timed_out, "the device waits for input instead of answering"};
      case StopReason::budget_exhausted:
        return {Received::Status::timed_out, stop.text};
      default:
        return {Received::Status::crashed, stop.text};
    }
  }

 private:
  std::optional<std::string> take_line() {
    const std::size_t end = buffer_.find('\n');
    if (end == std::string::npos) return std::nullopt;
    std::string line = buffer_.substr(0, end);
    buffer_.erase(0, end + 1);
    if (line.ends_with('\r')) line.pop_back();
    return line;
  }

  Machine& machine_;
  double clock_hz_;
  std::string buffer_;
};

}  // namespace

/// What all runners of a board share.
struct SimulatedBoard::Booted {
  board::Board board;
  board::Core core;
  std::shared_ptr<const simulator::ElfImage> image;
  Capabilities capabilities;
  measure::Setup setup;
  std::optional<Machine::Snapshot> snapshot;  ///< After the boot messages, waiting for the first command.
};

namespace {

/// The figures that the timing follows are data: whoever edits a file has another timing model.
std::string timing_digest(const board::Board& board) {
  return digest(read_file(resource("data/boards/" + board.name + ".toml")) +
                read_file(resource("data/cores/" + board.core + ".toml")));
}

measure::Setup setup_of(const board::Board& board, const board::Core& core, const Capabilities& capabilities,
                        const std::string& firmware_digest) {
  measure::Setup setup;
  setup.board = board.name;
  setup.core = core.name;
  setup.clock_hz = capabilities.clock_hz;
  setup.supply_volts = board.supply_volts;
  setup.runtime = fmt::format("{}, planner {}", capabilities.runtime, network::kPlannerVersion);
  setup.firmware_digest = firmware_digest;
  setup.compiler = capabilities.compiler;
  setup.flags = capabilities.flags;
  setup.placement = capabilities.placement;
  setup.runner = measure::Runner::simulated;
  setup.timing_model = fmt::format("{}, data {}", core.timing_model, timing_digest(board).substr(0, 8));
  return setup;
}

/// One thread's machine.
class SimulatedRunner : public Runner {
 public:
  SimulatedRunner(const board::Board& board, const board::Core& core,
                  std::shared_ptr<const simulator::ElfImage> image, const Machine::Snapshot& snapshot)
      : machine_(board, core, std::move(image)), snapshot_(snapshot), clock_hz_(board.clock_hz) {}

  measure::Outcome measure(const measure::Request& request) override {
    machine_.restore(snapshot_);
    SimulatedTransport transport(machine_, clock_hz_);
    return DeviceSession(transport).measure(request);
  }

 private:
  Machine machine_;
  Machine::Snapshot snapshot_;
  std::uint64_t clock_hz_;
};

}  // namespace

SimulatedBoard::SimulatedBoard(std::shared_ptr<const Booted> booted) : booted_(std::move(booted)) {}

SimulatedBoard SimulatedBoard::load(const std::string& name) {
  auto booted = std::make_shared<Booted>();
  booted->board = board::load_board(name);
  booted->core = board::load_core(booted->board.core);
  const std::filesystem::path path = resource(std::filesystem::path("firmware") / (name + ".elf"));
  const std::string bytes = read_file(path);
  booted->image = simulator::ElfImage::from_bytes(bytes, path.filename().string());

  Machine machine(booted->board, booted->core, booted->image);
  SimulatedTransport transport(machine, booted->board.clock_hz);
  DeviceSession(transport).wait_until_ready();
  booted->snapshot = machine.save();
  booted->capabilities = DeviceSession(transport).capabilities();
  if (booted->capabilities.clock_hz != machine.core_clock_hz() ||
      booted->capabilities.clock_hz != booted->board.clock_hz) {
    throw Error(ErrorCode::device,
                "{}: the firmware claims {} Hz, it programmed {} Hz and the board file says {} Hz; use the "
                "image of this build",
                name, booted->capabilities.clock_hz.value_or(0), machine.core_clock_hz().value_or(0),
                booted->board.clock_hz);
  }
  booted->setup = setup_of(booted->board, booted->core, booted->capabilities, digest(bytes));
  return SimulatedBoard(std::move(booted));
}

const board::Board& SimulatedBoard::board() const { return booted_->board; }
const measure::Setup& SimulatedBoard::setup() const { return booted_->setup; }
const Capabilities& SimulatedBoard::capabilities() const { return booted_->capabilities; }

network::DeviceLimits SimulatedBoard::limits() const {
  const Capabilities& device = booted_->capabilities;
  return {device.weight_pool_bytes, device.channel_pool_bytes, device.arena_bytes};
}

std::unique_ptr<Runner> SimulatedBoard::make_runner() const {
  return std::make_unique<SimulatedRunner>(booted_->board, booted_->core, booted_->image, *booted_->snapshot);
}

}  // namespace opline::runners
