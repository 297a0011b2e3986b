#include "runners/simulated_board.h"

#include <algorithm>

#include "runners/firmware/board_sources.h"
#include "runners/firmware_identity.h"
#include "runners/firmware_translations.h"
#include "runners/simulator/machine/board_agreement.h"
#include "runners/simulator/machine/machine.h"
#include "runners/simulator/profile/line_table.h"
#include "runners/simulator/profile/profiler.h"
#include "src/base/digest.h"
#include "src/base/error.h"
#include "src/base/files.h"
#include "src/measure/runtime.h"

namespace opline::runners {
namespace {

using simulator::Machine;
using simulator::Stop;
using simulator::StopReason;

/// Where the image keeps the number of the operating point that its start-up sets
/// (firmware/boards/from_file/board.c).
constexpr const char* kClockPoint = "opline_clock_point";

void choose_clock(Machine& machine) {
  const auto point = static_cast<std::uint32_t>(machine.board().clock);
  if (point == 0) return;
  const auto address = machine.image().symbol(kClockPoint);
  if (!address)
    throw Error(ErrorCode::device,
                "{}: has no {}, so that its clock cannot be chosen; link opline's "
                "firmware/boards/from_file/board.c, or leave out --clock",
                machine.image().name(), kClockPoint);
  std::string word;
  for (unsigned i = 0; i < 4; ++i) word.push_back(static_cast<char>(point >> 8 * i));
  machine.write_flash(*address, word);
}

/// Null: opline's build has not translated this image.
const simulator::Translation* use_translation_of_build(Machine& machine) {
  for (const simulator::Translation* const translation : firmware_translations()) {
    if (machine.use(*translation)) return translation;
  }
  return nullptr;
}

/// With the image's functions as the host's code: those of `foreign`, else of opline's build.
Machine make_machine(const board::Board& board, const board::Core& core,
                     std::shared_ptr<const simulator::ElfImage> image,
                     const simulator::Translation* foreign = nullptr) {
  Machine machine(board, core, std::move(image));
  choose_clock(machine);
  if (foreign == nullptr || !machine.use(*foreign)) (void)use_translation_of_build(machine);
  return machine;
}

/// The protocol's bytes to and from a Machine's UART.
class SimulatedTransport : public Transport {
 public:
  /// Adds to `samples` where it is given.
  SimulatedTransport(Machine& machine, std::uint64_t clock_hz, Samples* samples = nullptr)
      : machine_(machine),
        clock_hz_(static_cast<double>(clock_hz)),
        sent_at_(machine.cycles()),
        samples_(samples) {}

  void send(std::string_view bytes) override {
    machine_.send(bytes);
    sent_at_ = machine_.cycles();
  }

  Received read_line(double seconds) override {
    if (auto line = take_line()) return {Received::Status::line, std::move(*line)};
    const Stop stop = run(cycles_left(seconds));
    buffer_.erase(0, taken_);
    taken_ = 0;
    buffer_ += machine_.take_output();
    // What the firmware prints elsewhere is not read, and must not fill up.
    (void)machine_.take_itm_output();
    (void)machine_.take_semihosting_output();
    // The firmware's own report of a fault has addresses only; the simulator knows the function.
    if (stop.reason == StopReason::breakpoint && machine_.last_fault())
      return {Received::Status::crashed, stop.text};
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
  /// The whole reply has `seconds` from the command on, however many lines it has.
  [[nodiscard]] std::uint64_t cycles_left(double seconds) const {
    constexpr double kMost = 1e18;
    const auto budget = static_cast<std::uint64_t>(std::min(seconds * clock_hz_, kMost));
    const std::uint64_t used = machine_.cycles() - sent_at_;
    return budget > used ? budget - used : 0;
  }

  Stop run(std::uint64_t cycles) {
    if (samples_ == nullptr) return machine_.run({cycles});
    const std::uint64_t begin = machine_.cycles();
    for (;;) {
      const std::uint64_t used = machine_.cycles() - begin;
      const std::uint64_t left = cycles > used ? cycles - used : 0;
      Stop stop = machine_.run({std::min(left, Samples::kCyclesApart)});
      samples_->add(stop.pc);
      if (stop.reason != StopReason::budget_exhausted || left <= Samples::kCyclesApart) return stop;
    }
  }

  std::optional<std::string> take_line() {
    const std::size_t end = buffer_.find('\n', taken_);
    if (end == std::string::npos) return std::nullopt;
    std::string line = buffer_.substr(taken_, end - taken_);
    taken_ = end + 1;
    if (line.ends_with('\r')) line.pop_back();
    return line;
  }

  Machine& machine_;
  double clock_hz_;
  std::uint64_t sent_at_ = 0;  ///< Cycles since reset.
  Samples* samples_;
  std::string buffer_;
  std::size_t taken_ = 0;  ///< Of it: a device that floods the line has millions of lines in it.
};

}  // namespace

/// Flash that the image reserves, from its symbols opline_tensors_start and opline_tensors_end.
struct Region {
  std::uint32_t address = 0;
  std::uint32_t bytes = 0;
};

/// What all runners of a board share.
struct SimulatedBoard::Booted {
  board::Board board;
  board::Core core;
  std::shared_ptr<const simulator::ElfImage> image;
  std::filesystem::path path;  ///< Of the image.
  FirmwareOptions firmware;
  Capabilities capabilities;
  measure::Setup setup;
  Region region;  ///< For a request's tensors; empty where the image has none.
  bool translated_by_build = false;
  std::optional<Machine::Snapshot>
      snapshot;  ///< After the boot messages, waiting for the first command.
};

namespace {

/// The figures that the timing follows are data: whoever edits a file has another timing model.
std::string timing_digest(const board::Board& board) {
  return digest(read_file(board.file) + read_file(resource("data/cores/" + board.core + ".toml")));
}

measure::Setup setup_of(const board::Board& board, const board::Core& core,
                        const Capabilities& capabilities, const FirmwareOptions& firmware,
                        const simulator::ElfImage& image) {
  measure::Setup setup;
  setup.board = board.name;
  setup.core = core.name;
  setup.clock_hz = capabilities.clock_hz;
  setup.supply_volts = board.supply_volts;
  setup.runtime = runtime_of(capabilities, firmware.output_check);
  setup.firmware_digest = loaded_digest(image);
  setup.compiler = capabilities.compiler;
  setup.flags = capabilities.flags;
  setup.placement = capabilities.placement;
  setup.runner = measure::Runner::simulated;
  setup.timing_model =
      fmt::format("{}, data {}", core.timing_model, timing_digest(board).substr(0, 8));
  return setup;
}

/// The region lies in the flash, and nothing the image brings but filling (opline's pools) lies in
/// it: the loader would overwrite it.
Region region_of(const simulator::ElfImage& image, const board::Board& board) {
  const auto start = image.symbol("opline_tensors_start"), end = image.symbol("opline_tensors_end");
  if (!start || !end) return {};
  const board::Flash& flash = board.flash;
  if (*start % OPLINE_ALIGNMENT != 0 || *start < flash.base || *end < *start ||
      *end - flash.base > flash.bytes) {
    throw Error(
        ErrorCode::device,
        "{}: the region from opline_tensors_start {:#010x} to opline_tensors_end {:#010x} is not "
        "{}-byte aligned "
        "or not inside the flash of {}; see docs/own-runtime.md",
        image.name(), *start, *end, OPLINE_ALIGNMENT, board.name);
  }
  return {*start, *end - *start};
}

/// What a run calls: once for each layer of a plan (firmware/kernels), or once for a .tflite
/// (opline_device.h).
constexpr const char* run_function(measure::Payload payload) {
  return payload == measure::Payload::plan ? "opline_run_layer" : "opline_model_invoke";
}

/// One thread's machine.
class SimulatedRunner : public Runner {
 public:
  SimulatedRunner(const board::Board& board, const board::Core& core,
                  std::shared_ptr<const simulator::ElfImage> image,
                  const Machine::Snapshot& snapshot, Region region,
                  std::shared_ptr<ForeignCode> foreign_code,
                  std::optional<InstructionTrace> trace = {}, ProfileSink profile = {},
                  simulator::LineTable lines = {})
      : board_(board),
        core_(core),
        machine_(make_machine(board, core, image)),
        image_(std::move(image)),
        snapshot_(snapshot),
        region_(region),
        foreign_code_(std::move(foreign_code)),
        trace_(std::move(trace)),
        profile_(std::move(profile)),
        lines_(std::move(lines)) {}

  measure::Outcome measure(const measure::Request& request) override {
    if (request.tensors.size() > region_.bytes) {
      return measure::Outcome::failed(
          measure::OutcomeKind::does_not_fit,
          fmt::format("needs {} B of flash for {}, {} B are there", request.tensors.size(),
                      request.payload == measure::Payload::plan ? "tensors" : "the .tflite",
                      region_.bytes));
    }
    take_translation();
    machine_.restore(snapshot_);
    const std::string before =
        place({reinterpret_cast<const char*>(request.tensors.data()), request.tensors.size()});
    if (trace_) begin_trace();
    std::optional<Samples> samples;
    if (foreign_code_ && foreign_code_->begin_sampling()) samples.emplace();
    const std::uint64_t begin = machine_.cycles();
    SimulatedTransport transport(machine_, board_.clock_hz, samples ? &*samples : nullptr);
    std::optional<simulator::Profiler> profiler;
    if (profile_) profiler.emplace(machine_, measured_run(request), lines_);
    measure::Outcome outcome = DeviceSession(transport).measure(request);
    if (profiler && profiler->done()) profile_(std::move(*profiler).finish());
    profiler.reset();
    machine_.stop_tracing();
    const std::uint64_t cycles = machine_.cycles() - begin;
    if (machine_.has_executed(region_.address, before.size())) {
      // Its decoded instructions are not those of the next network's tensors: another machine.
      machine_ = make_machine(board_, core_, image_, translation_.get());
      outcome = measure::Outcome::failed(measure::OutcomeKind::crashed,
                                         "the firmware executed its region for tensors as code");
    } else {
      (void)place(before);
    }
    if (samples) translate(*samples, outcome, cycles);
    return outcome;
  }

 private:
  /// From when it is there.
  void take_translation() {
    if (!foreign_code_ || translation_) return;
    translation_ = foreign_code_->translation();
    if (translation_) machine_ = make_machine(board_, core_, image_, translation_.get());
  }

  void translate(const Samples& samples, const measure::Outcome& outcome, std::uint64_t cycles) {
    if (outcome.kind != measure::OutcomeKind::measured) return foreign_code_->give_up();
    foreign_code_->translate(machine_, samples, cycles);
  }

  /// Returns what was there.
  std::string place(std::string_view bytes) {
    if (bytes.empty()) return {};
    std::string before =
        machine_.read_memory(region_.address, static_cast<std::uint32_t>(bytes.size()));
    machine_.write_flash(region_.address, bytes);
    return before;
  }

  void begin_trace() {
    trace_->line(simulator::trace_heading());
    machine_.trace(
        {.from_address = image_->symbol(trace_->from), .instructions = trace_->instructions},
        [this](const simulator::TracedInstruction& one) {
          trace_->line(simulator::trace_line(one, *image_));
        });
  }

  /// A session has one unmeasured run, then the measured one.
  [[nodiscard]] simulator::ProfileWindow measured_run(const measure::Request& request) const {
    const bool layers = request.payload == measure::Payload::plan;
    const std::uint64_t calls = layers ? request.expected_digests.size() : 1;
    return {.from = image_->symbol(run_function(request.payload)),
            .skip = calls,
            .calls = calls,
            .layers = layers};
  }

  board::Board board_;
  board::Core core_;
  std::shared_ptr<const simulator::Translation> translation_;  ///< What the machine uses.
  Machine machine_;
  std::shared_ptr<const simulator::ElfImage> image_;
  Machine::Snapshot snapshot_;
  Region region_;
  std::shared_ptr<ForeignCode> foreign_code_;
  std::optional<InstructionTrace> trace_;
  ProfileSink profile_;
  simulator::LineTable lines_;
};

}  // namespace

namespace {

/// An image that stops before its greeting is, more often than not, one for another board.
void boot(SimulatedTransport& transport, const std::filesystem::path& image,
          const board::Board& board) {
  try {
    DeviceSession(transport).wait_until_ready();
  } catch (const Error& error) {
    throw Error(error.code(),
                "{}: on {}, {}; is it an image for that board? `opline firmware build --board {}` "
                "makes opline's own; for another see docs/own-runtime.md",
                image.string(), board.name, error.what(), board.file.string());
  }
}

}  // namespace

/// What the firmware says of itself is what it is, and what was asked for.
void SimulatedBoard::require_this_board(const Booted& booted,
                                        std::optional<std::uint32_t> programmed_hz) {
  const std::string& name = booted.board.name;
  const Capabilities& device = booted.capabilities;
  if (!device.clock_hz)
    throw Error(ErrorCode::device,
                "{}: the firmware {} could set none of the clocks: a poll of their steps gave up; "
                "compare the steps of [[clock]] with the reference manual",
                booted.board.file.string(), booted.image->name());
  if (device.clock_hz != programmed_hz) {
    throw Error(ErrorCode::device,
                "{}: the firmware reports {} Hz, but it programmed {} Hz; correct what it reports",
                booted.image->name(), device.clock_hz.value_or(0), programmed_hz.value_or(0));
  }
  if (!device.start.empty() && device.start != firmware::start_digest(booted.board)) {
    throw Error(
        ErrorCode::device,
        "{}: was built from another version of {}: clock, UART, trigger or memories differ; "
        "build it again: opline firmware build --board {}",
        booted.image->name(), booted.board.file.string(), booted.board.file.string());
  }
  if (booted.firmware.elf && device.board != name) {
    throw Error(
        ErrorCode::device,
        "{}: the firmware says that it is for the board `{}`; name that one, or build it for {}",
        booted.image->name(), device.board, name);
  }
  if (device.payload != booted.firmware.payload) {
    throw Error(ErrorCode::device,
                "{}: the firmware executes a {}, asked for is a {}; say --payload {}",
                booted.image->name(), measure::to_string(device.payload),
                measure::to_string(booted.firmware.payload), measure::to_string(device.payload));
  }
  const std::uint64_t pool_bytes =
      std::uint64_t{device.weight_pool_bytes} + device.channel_pool_bytes;
  if (pool_bytes > booted.board.flash.bytes || device.arena_bytes > booted.board.sram.bytes) {
    throw Error(
        ErrorCode::device,
        "{}: the firmware claims pools of {} B and an arena of {} B; {} has {} B of flash and "
        "{} B of SRAM",
        booted.image->name(), pool_bytes, device.arena_bytes, name, booted.board.flash.bytes,
        booted.board.sram.bytes);
  }
  if (device.payload == measure::Payload::tflite && device.tensors_bytes != booted.region.bytes) {
    throw Error(ErrorCode::device,
                "{}: the firmware claims a region of {} B, its symbols opline_tensors_start and "
                "opline_tensors_end hold {} "
                "B; link it as docs/own-runtime.md says, and keep its symbols",
                booted.image->name(), device.tensors_bytes, booted.region.bytes);
  }
}

std::filesystem::path own_image_of(const board::Board& board) {
  std::filesystem::path beside = std::filesystem::path(board.file).replace_extension(".elf");
  if (board.file.parent_path() == resource("data/boards"))
    return resource(std::filesystem::path("firmware") / (board.name + ".elf"));
  if (!std::filesystem::exists(beside))
    throw Error(ErrorCode::missing_tool,
                "{}: the firmware of this board is not there; build it: opline firmware build "
                "--board {}",
                beside.string(), board.file.string());
  return beside;
}

SimulatedBoard::SimulatedBoard(std::shared_ptr<const Booted> booted) : booted_(std::move(booted)) {}

SimulatedBoard SimulatedBoard::load(std::string_view name, const FirmwareOptions& options,
                                    std::span<const std::string> rules_off) {
  return load(board::load_board(name), options, rules_off);
}

SimulatedBoard SimulatedBoard::load(const board::Board& board, const FirmwareOptions& options,
                                    std::span<const std::string> rules_off) {
  if (board.clocks.empty())
    throw Error(ErrorCode::usage,
                "{}: has no [[clock]], so that its time cannot be simulated; add the operating "
                "points of the board (docs/formats/board.md)",
                board.file.string());
  auto booted = std::make_shared<Booted>();
  booted->board = board;
  booted->core = board::without_rules(board::load_core(booted->board.core), rules_off);
  booted->firmware = options;
  const std::filesystem::path path = options.elf ? *options.elf : own_image_of(board);
  booted->path = path;
  booted->image = simulator::ElfImage::from_bytes(read_file(path), path.filename().string());
  booted->region = region_of(*booted->image, booted->board);

  Machine machine(booted->board, booted->core, booted->image);
  choose_clock(machine);
  booted->translated_by_build = use_translation_of_build(machine) != nullptr;
  SimulatedTransport transport(machine, booted->board.clock_hz);
  boot(transport, path, board);
  booted->snapshot = machine.save();
  booted->capabilities = DeviceSession(transport).capabilities();
  require_this_board(*booted, machine.core_clock_hz());
  simulator::require_agreement(machine);
  booted->setup =
      setup_of(booted->board, booted->core, booted->capabilities, options, *booted->image);
  return SimulatedBoard(std::move(booted));
}

const board::Board& SimulatedBoard::board() const { return booted_->board; }
const measure::Setup& SimulatedBoard::setup() const { return booted_->setup; }
const FirmwareOptions& SimulatedBoard::firmware() const { return booted_->firmware; }
const std::string& SimulatedBoard::image_name() const { return booted_->image->name(); }
const Capabilities& SimulatedBoard::capabilities() const { return booted_->capabilities; }

network::DeviceLimits SimulatedBoard::limits() const {
  const Capabilities& device = booted_->capabilities;
  if (device.payload == measure::Payload::tflite) return {device.tensors_bytes, 0, UINT32_MAX};
  return {device.weight_pool_bytes, device.channel_pool_bytes, device.arena_bytes};
}

SimulatedBoard SimulatedBoard::translating(ForeignCodeOptions options) const {
  SimulatedBoard board = *this;
  if (!booted_->translated_by_build)
    board.foreign_code_ = std::make_shared<ForeignCode>(std::move(options));
  return board;
}

std::string SimulatedBoard::translation_outcome() const {
  return foreign_code_ ? foreign_code_->outcome() : "";
}

std::unique_ptr<Runner> SimulatedBoard::make_runner() const {
  return std::make_unique<SimulatedRunner>(booted_->board, booted_->core, booted_->image,
                                           *booted_->snapshot, booted_->region, foreign_code_);
}

std::unique_ptr<Runner> SimulatedBoard::make_tracing_runner(InstructionTrace trace) const {
  if (!booted_->image->symbol(trace.from)) {
    throw Error(ErrorCode::usage, "{}: has no function `{}`; `arm-none-eabi-nm` lists those it has",
                booted_->image->name(), trace.from);
  }
  return std::make_unique<SimulatedRunner>(booted_->board, booted_->core, booted_->image,
                                           *booted_->snapshot, booted_->region, nullptr,
                                           std::move(trace));
}

std::unique_ptr<Runner> SimulatedBoard::make_profiling_runner(ProfileSink sink) const {
  const char* const function = run_function(capabilities().payload);
  if (!booted_->image->symbol(function)) {
    throw Error(ErrorCode::usage,
                "{}: has no function `{}`, by which the runs of networks are found; build it with "
                "symbols and without link-time optimisation",
                booted_->image->name(), function);
  }
  return std::make_unique<SimulatedRunner>(
      booted_->board, booted_->core, booted_->image, *booted_->snapshot, booted_->region, nullptr,
      std::nullopt, std::move(sink), simulator::LineTable(read_file(booted_->path)));
}

}  // namespace opline::runners
