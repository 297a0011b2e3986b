#include <filesystem>
#include <ostream>

#include "runners/energy/open_meter.h"
#include "runners/energy/record.h"
#include "src/base/other_file.h"
#include "src/base/output.h"
#include "src/base/parse_number.h"
#include "src/cli/exit_code.h"
#include "src/cli/options.h"
#include "src/cli/signals.h"
#include "src/energy/trace_csv.h"
#include "src/report/energy_report.h"

namespace opline::cli {
namespace {

constexpr const char* kStopping = "ending the recording";
/// Options that mean nothing for a trace that was recorded, and for a meter.
constexpr const char* kOfMeters[] = {"volts", "seconds", "rate", "shunt", "input", "device"};
constexpr const char* kOfTraces[] = {"time", "current", "voltage", "trigger-column", "threshold"};

void add_meter_options(Options& options) {
  options.value("meter", "KIND@PORT",
                "the meter: lpm01a, ppk2, otii or bridge (INA226, INA228), at a serial port "
                "(/dev/...) or tcp:HOST:PORT; otii alone is otii@tcp:127.0.0.1:1905");
  options.value("seconds", "S", "how long it records", "5");
  options.value("volts", "V", "the supply that the meter switches on");
  options.value("external-volts", "V",
                "a supply of your own, of which the meter or the trace has the current only");
  options.value("rate", "HZ", "samples per second; default: the meter's");
  options.value("shunt", "OHMS", "bridge: the resistance of the shunt");
  options.value("input", "N", "the meter's digital input with the trigger, from 0", "0");
  options.value("device", "NAME", "otii: the name or id of the device, where there are several");
}

void add_trace_options(Options& options) {
  options.value("trace", "FILE",
                "a recorded trace (CSV) in place of a meter; the unit of a column is the end of "
                "its name, current_ma, or follows a colon, I:mA");
  options.value("time", "COLUMN", "its column with the time", "time_s");
  options.value("current", "COLUMN", "its column with the current", "current_a");
  options.value("voltage", "COLUMN", "its column with the voltage; default: voltage_v if present");
  options.value("trigger-column", "COLUMN",
                "its column with the level of the trigger; default: trigger if present");
  options.value("threshold", "LEVEL", "at and above it the trigger is high", "0.5");
}

Options options_of_energy() {
  Options options(
      "energy",
      "Measure the energy of the windows that a trigger line marks, with a power meter, or in a\n"
      "trace that was recorded. docs/energy.md has the wiring and the meters.",
      "opline energy --meter lpm01a@/dev/ttyACM1 --volts 1.8 --seconds 5\n"
      "opline energy --meter ppk2@/dev/ttyACM1 --volts 3.3 --csv trace.csv\n"
      "opline energy --trace trace.csv --idle\n"
      "opline energy --trace ppk.csv --time 'Timestamp(ms)' --current 'Current(uA)' "
      "--trigger-column D0 --external-volts 3");
  add_meter_options(options);
  add_trace_options(options);
  options.value("trigger", "KIND",
                "how the line marks a window: high, low, or pulse (from a falling edge to the "
                "next); default: the meter's, high for traces");
  options.completes("trigger", {"high", "low", "pulse"});
  options.flag("idle", "subtract the mean power outside the windows");
  options.value("most-dropped", "PERCENT", "refuse windows that lost more of their samples", "1");
  options.value("csv", "FILE", "write the recorded trace");
  options.flag("json", "print JSON");
  options.exits({static_cast<int>(ErrorCode::input), static_cast<int>(ErrorCode::io),
                 static_cast<int>(ErrorCode::device), kInterrupted, kNoResult});
  return options;
}

std::optional<double> positive(const Options& options, const std::string& name) {
  if (!options.has(name)) return std::nullopt;
  return options.number(name, 0, 1e9);
}

void check_combination(const Options& options) {
  const bool trace = options.has("trace");
  if (trace == options.has("meter")) options.fail("give one of --meter KIND@PORT and --trace FILE");
  if (options.has("voltage") && options.has("external-volts"))
    options.fail("the supply is known twice; give one of --voltage and --external-volts");
  if (trace && options.given("volts"))
    options.fail("--volts applies to --meter; the supply of a trace is --external-volts");
  for (const char* name : kOfMeters) {
    if (trace && options.given(name))
      options.fail(fmt::format("--{} applies to --meter; the trace is recorded already", name));
  }
  for (const char* name : kOfTraces) {
    if (!trace && options.given(name))
      options.fail(fmt::format("--{} applies to --trace only", name));
  }
}

/// The recorded trace is not written over the one that is read, nor between the lines of JSON.
void check_csv(const Options& options) {
  const auto csv = options.optional_text("csv");
  if (!csv) return;
  if (*csv == "-" && options.has("json"))
    options.fail("--csv - and --json both write to standard output; name a file");
  std::vector<std::filesystem::path> taken;
  if (const auto trace = options.optional_text("trace")) taken.emplace_back(*trace);
  require_other_file(*csv, taken);
}

energy::RecordingOptions recording_options(const Options& options, energy::Trigger usual) {
  energy::RecordingOptions recording;
  recording.trigger =
      options.has("trigger") ? energy::trigger_from_string(options.text("trigger")) : usual;
  recording.subtract_idle = options.has("idle");
  const auto percent = parse_finite(options.text("most-dropped"));
  if (!percent || !(*percent >= 0 && *percent <= 100))
    options.fail(fmt::format("--most-dropped is '{}'; it must be a number from 0 to 100",
                             options.text("most-dropped")));
  recording.most_dropped = *percent / 100;
  return recording;
}

energy::MeterSettings meter_settings(const Options& options) {
  return {.volts = positive(options, "volts"),
          .external_volts = positive(options, "external-volts"),
          .sample_hz = positive(options, "rate"),
          .shunt_ohms = positive(options, "shunt"),
          .trigger_input = static_cast<int>(options.integer("input", 0, 31)),
          .device = options.optional_text("device")};
}

struct Recorded {
  energy::Trace trace;
  report::EnergyReport report;  ///< Without its recording.
  energy::Trigger usual_trigger = energy::Trigger::high;
  bool interrupted = false;
};

Recorded record_with_meter(const Options& options) {
  const energy::MeterAddress address = energy::parse_meter_address(options.text("meter"));
  const energy::MeterSettings settings = meter_settings(options);
  const double seconds = options.number("seconds", 0, 1e6);
  const OrderlyStop stop(kStopping);
  const auto meter = energy::open_meter(address, settings);
  Recorded recorded;
  recorded.trace = energy::record(*meter, seconds, stop.requested());
  recorded.report.meter = meter->identity();
  recorded.report.supply = meter->supply();
  recorded.usual_trigger = meter->usual_trigger();
  recorded.interrupted = stop.requested();
  return recorded;
}

Recorded read_recorded(const Options& options) {
  const energy::TraceColumns columns{.time = options.text("time"),
                                     .current = options.text("current"),
                                     .voltage = options.optional_text("voltage"),
                                     .trigger = options.optional_text("trigger-column")};
  energy::TraceCsvOptions reading;
  reading.volts = positive(options, "external-volts");
  reading.trigger_threshold = options.number("threshold", -1e9, 1e9);
  Recorded recorded;
  recorded.report.trace_file = options.text("trace");
  recorded.trace = energy::read_trace(recorded.report.trace_file, columns, reading);
  recorded.report.supply = {
      reading.volts, reading.volts ? energy::SupplySource::stated : energy::SupplySource::measured};
  return recorded;
}

}  // namespace

int energy_verb(const std::vector<std::string>& arguments, Console& console) {
  Options options = options_of_energy();
  if (!options.parse(arguments, console)) return 0;
  check_combination(options);
  check_csv(options);
  (void)recording_options(options, energy::Trigger::high);  // before anything is measured
  Recorded recorded = options.has("trace") ? read_recorded(options) : record_with_meter(options);
  report::EnergyReport& report = recorded.report;
  report.command = console.command_line;
  report.recording =
      energy_of_recording(recorded.trace, recording_options(options, recorded.usual_trigger));
  console.out << (options.has("json") ? to_text(to_json(report)) : in_words(report));
  if (options.has("csv"))  // last: where it cannot be written, the energy is printed
    write_output(options.text("csv"), trace_as_csv(recorded.trace, console.command_line),
                 console.out);
  if (recorded.interrupted) return kInterrupted;
  return report.recording.spread ? 0 : kNoResult;
}

}  // namespace opline::cli
