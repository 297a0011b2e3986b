#include <fmt/ostream.h>

#include <filesystem>
#include <ostream>

#include "runners/attached/mlperf_device.h"
#include "runners/attached/stream_transport.h"
#include "runners/energy/open_meter.h"
#include "src/base/error.h"
#include "src/base/files.h"
#include "src/base/other_file.h"
#include "src/base/output.h"
#include "src/base/printable.h"
#include "src/base/utc_now.h"
#include "src/cli/exit_code.h"
#include "src/cli/options.h"
#include "src/cli/signals.h"
#include "src/energy/recording_energy.h"
#include "src/report/mlperf_report.h"

namespace opline::cli {
namespace {

using measure::BenchmarkWindow;

constexpr const char* kStopping = "ending after this window";
constexpr std::uint64_t kWarmups = 10;    // `infer`'s default in the benchmark's firmware
constexpr double kReceiveSeconds = 0.05;  // a meter's buffers hold longer
constexpr std::uint64_t kPerformanceBaud = 115'200;  // of the benchmark's devices
constexpr std::uint64_t kEnergyBaud = 9600;          // behind its I/O manager

Options options_of_mlperf() {
  Options options(
      "mlperf",
      "Run MLPerf Tiny's measurement on a device that speaks the benchmark's protocol, whoever\n"
      "wrote its firmware: load an input, infer for windows of at least 10 s and 10 inferences,\n"
      "report the median of five. With a meter, the energy between the device's timestamps.\n"
      "docs/mlperf-tiny.md.",
      "opline mlperf --port /dev/ttyACM0 --input kws/tst_000000.bin\n"
      "opline mlperf --port /dev/ttyACM0 --input a.bin,b.bin,c.bin,d.bin,e.bin --results "
      "results.txt\n"
      "opline mlperf --port /dev/ttyACM0 --input a.bin --meter lpm01a@/dev/ttyACM1 --volts 1.8");
  options.value("port", "PORT", "the device's serial port (/dev/...) or tcp:HOST:PORT");
  options.value("baud", "RATE",
                "of the serial port; default: 115200, with --meter 9600 as in the benchmark");
  options.value("input", "FILE,...", "the bytes of an input; of several, each window has the next");
  options.value("windows", "N", "how many windows", "5");
  options.value("seconds", "S", "the least length of a window", "10");
  options.value("iterations", "N", "the fewest inferences of a window", "10");
  options.value("patience", "S", "how long any reply but that of a window may take", "5");
  options.value("meter", "KIND@PORT",
                "a power meter: lpm01a, ppk2, otii or bridge (docs/energy.md)");
  options.value("volts", "V", "the supply that the meter switches on");
  options.value("external-volts", "V", "a supply of your own, through which it measures");
  options.value("trigger", "KIND",
                "how the device's pin marks a window: pulse (energy mode) or high; default: pulse "
                "for a device that does not print its time");
  options.completes("trigger", {"pulse", "high"});
  options.value("results", "FILE", "write the benchmark's results.txt");
  options.flag("json", "print JSON");
  options.exits({static_cast<int>(ErrorCode::input), static_cast<int>(ErrorCode::io),
                 static_cast<int>(ErrorCode::device), kInterrupted});
  return options;
}

/// A transport that lets a meter take in its samples while the device is waited for.
class MeteredTransport : public runners::Transport {
 public:
  explicit MeteredTransport(runners::Transport& transport) : transport_(transport) {}
  void set_meter(energy::EnergyMeter* meter) { meter_ = meter; }

  void send(std::string_view bytes) override { transport_.send(bytes); }

  [[nodiscard]] runners::Received read_line(double seconds) override {
    if (meter_ == nullptr) return transport_.read_line(seconds);
    for (double waited = 0;; waited += kReceiveSeconds) {
      meter_->receive(kReceiveSeconds);
      runners::Received received = transport_.read_line(1e-3);
      if (received.status != runners::Received::Status::timed_out || waited >= seconds)
        return received;
    }
  }

 private:
  runners::Transport& transport_;
  energy::EnergyMeter* meter_ = nullptr;
};

/// Null without --meter.
std::unique_ptr<energy::EnergyMeter> open_meter(const Options& options) {
  if (!options.has("meter")) return nullptr;
  const auto volts = [&](const char* name) -> std::optional<double> {
    if (!options.has(name)) return std::nullopt;
    return options.number(name, 0, 100);
  };
  return energy::open_meter(energy::parse_meter_address(options.text("meter")),
                            {.volts = volts("volts"), .external_volts = volts("external-volts")});
}

/// Leaves the last two falling edges: pins may move before, while the board starts.
void keep_last_pulses(energy::Trace& trace) {
  auto first = trace.edges.end();
  for (int pulses = 0; first != trace.edges.begin() && pulses < 2;) {
    --first;
    if (!first->rising) ++pulses;
  }
  trace.edges.erase(trace.edges.begin(), first);
}

/// What is needed to infer: a device, its inputs, a meter perhaps.
class Bench {
 public:
  Bench(const Options& options, energy::EnergyMeter* meter, Console& console)
      : options_(options),
        console_(console),
        meter_(meter),
        rules_{options.number("seconds", 0, 1e4), options.integer("iterations", 1, 1'000'000),
               options.integer("windows", 1, 1000)} {
    for (const std::string& file : options.list("input")) {
      files_.push_back(file);
      inputs_.push_back(read_file(file));
      if (inputs_.back().empty())
        throw Error(ErrorCode::input, "{}: is empty; it must hold the bytes of the model's input",
                    printable(file));
    }
    if (options.has("trigger")) trigger_ = energy::trigger_from_string(options.text("trigger"));
    const std::uint64_t usual = meter != nullptr ? kEnergyBaud : kPerformanceBaud;
    const std::uint64_t baud =
        options.has("baud") ? options.integer("baud", 300, 10'000'000) : usual;
    serial_.emplace(ports::Link::open(options.text("port"), static_cast<unsigned>(baud)));
    transport_.emplace(*serial_);
    device_.emplace(*transport_, options.number("patience", 0, 1e4));
  }

  report::MlperfReport run(const std::atomic<bool>& stop) {
    report::MlperfReport report;
    report.windows = measure::measure_windows(
        rules_, [&](std::size_t index, std::uint64_t iterations) -> std::optional<BenchmarkWindow> {
          if (stop) return std::nullopt;
          const BenchmarkWindow window = infer(index, iterations);
          if (measure::is_long_enough(window, rules_)) {
            report.results.push_back(results_);
            report.inputs.push_back(files_[index % files_.size()]);
          }
          say(index, window);
          return window;
        });
    report.command = console_.command_line;
    report.time = utc_now();
    report.port = options_.text("port");
    report.device = device_->identity();
    report.rules = rules_;
    if (meter_ != nullptr) {
      report.meter = meter_->identity().text();
      report.volts = meter_->supply().volts;
      report.trigger = energy::to_string(*trigger_);
    }
    return report;
  }

 private:
  BenchmarkWindow infer(std::size_t index, std::uint64_t iterations) {
    const std::string& input = inputs_[index % inputs_.size()];
    if (loaded_ != &input)
      device_->load({reinterpret_cast<const std::uint8_t*>(input.data()), input.size()});
    loaded_ = &input;
    if (meter_ != nullptr) {
      meter_->start();
      transport_->set_meter(meter_);
    }
    const runners::MlperfInference inference =
        device_->infer(iterations, kWarmups, longest(iterations));
    results_ = inference.results;
    const BenchmarkWindow window = meter_ != nullptr
                                       ? measured_by_meter(iterations, inference.seconds)
                                       : timed(iterations, inference.seconds);
    seconds_each_ = window.seconds / static_cast<double>(iterations);
    return window;
  }

  /// How long a window may take: ten times as long as the one before lets expect, of the first one
  /// as 1 s for each inference.
  [[nodiscard]] double longest(std::uint64_t iterations) const {
    const double each = seconds_each_.value_or(1.0);
    return options_.number("patience", 0, 1e4) +
           10 * each * static_cast<double>(iterations + kWarmups);
  }

  static BenchmarkWindow timed(std::uint64_t iterations, const std::optional<double>& seconds) {
    if (!seconds)
      throw Error(ErrorCode::device,
                  "its firmware is for energy mode: it prints no m-lap-us- lines; measure with "
                  "--meter, or flash the firmware for performance mode");
    return {iterations, *seconds};
  }

  /// The last window of the recording.
  BenchmarkWindow measured_by_meter(std::uint64_t iterations,
                                    const std::optional<double>& seconds) {
    transport_->set_meter(nullptr);
    if (!trigger_) trigger_ = seconds ? energy::Trigger::high : energy::Trigger::pulse;
    energy::Trace trace = meter_->stop();
    if (*trigger_ == energy::Trigger::pulse) keep_last_pulses(trace);
    const energy::RecordingEnergy recording =
        energy::energy_of_recording(trace, {.trigger = *trigger_});
    if (recording.energies.empty())
      throw Error(ErrorCode::device,
                  "the meter has seen no window of the trigger ({}): check the wire from the "
                  "board's trigger pin, and --trigger",
                  energy::to_string(*trigger_));
    const Result<energy::WindowEnergy>& last = recording.energies.back();
    if (!last)
      throw Error(ErrorCode::device, "the meter's recording cannot be used: {}", last.reason());
    return {iterations, seconds.value_or(last->window.seconds()), last->joules};
  }

  void say(std::size_t index, const BenchmarkWindow& window) const {
    if (console_.quiet) return;
    fmt::print(console_.err, "{}: {} inferences in {:.3f} s{}\n",
               measure::is_long_enough(window, rules_)
                   ? fmt::format("window {} of {}", index + 1, rules_.windows)
                   : std::string("too short"),
               window.iterations, window.seconds,
               window.joules
                   ? fmt::format(", {:.2f} uJ each",
                                 *window.joules / static_cast<double>(window.iterations) * 1e6)
                   : "");
    console_.err.flush();
  }

  const Options& options_;
  Console& console_;
  energy::EnergyMeter* meter_;  ///< Null: none.
  measure::WindowRules rules_;
  std::vector<std::string> files_, inputs_;
  const std::string* loaded_ = nullptr;  ///< Of `inputs_`, what the device has.
  std::optional<energy::Trigger> trigger_;
  std::optional<runners::StreamTransport> serial_;
  std::optional<MeteredTransport> transport_;
  std::optional<runners::MlperfDevice> device_;
  std::vector<double> results_;  ///< Of the last inference.
  std::optional<double> seconds_each_;
};

void check_combination(const Options& options) {
  for (const char* needed : {"port", "input"}) (void)options.text(needed);
  for (const char* of_meters : {"volts", "external-volts", "trigger"}) {
    if (options.has(of_meters) && !options.has("meter"))
      options.fail(fmt::format("--{} applies to --meter only", of_meters));
  }
  const auto results = options.optional_text("results");
  if (!results) return;
  if (*results == "-" && options.has("json"))
    options.fail("--results - and --json both write to standard output; name a file");
  std::vector<std::filesystem::path> inputs;
  for (const std::string& input : options.list("input")) inputs.emplace_back(input);
  require_other_file(*results, inputs);
}

report::MlperfReport run_bench(const Options& options, Console& console,
                               const std::atomic<bool>& stop) {
  const std::unique_ptr<energy::EnergyMeter> meter = open_meter(options);
  try {
    return Bench(options, meter.get(), console).run(stop);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::device) throw;
    throw Error(error.code(), "{}: {}", printable(options.text("port")), error.what());
  }
}

}  // namespace

int mlperf_verb(const std::vector<std::string>& arguments, Console& console) {
  Options options = options_of_mlperf();
  if (!options.parse(arguments, console)) return 0;
  check_combination(options);
  const OrderlyStop stop(kStopping);
  const report::MlperfReport report = run_bench(options, console, stop.requested());
  console.out << (options.has("json") ? to_text(to_json(report)) : in_words(report));
  if (options.has("results"))  // last: where it cannot be written, the figures are printed
    write_output(options.text("results"), as_results_txt(report), console.out);
  return report.windows.size() < report.rules.windows ? kInterrupted : 0;
}

}  // namespace opline::cli
