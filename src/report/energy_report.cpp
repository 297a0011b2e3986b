#include "src/report/energy_report.h"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "src/base/counted.h"
#include "src/base/printable.h"
#include "src/base/units.h"
#include "src/base/version.h"

namespace opline::report {
namespace {

using energy::RecordingEnergy;
using energy::WindowEnergy;

/// 0.01621 as "16.21 mJ" with the unit "J".
std::string scaled(double value, const char* unit) {
  struct Prefix {
    double factor;
    const char* name;
  };
  constexpr std::array<Prefix, 4> kPrefixes = {{{1, ""}, {1e-3, "m"}, {1e-6, "u"}, {1e-9, "n"}}};
  if (value == 0) return fmt::format("0 {}", unit);
  for (const Prefix& prefix : kPrefixes) {
    if (std::abs(value) >= prefix.factor)
      return fmt::format("{:.4g} {}{}", value / prefix.factor, prefix.name, unit);
  }
  return fmt::format("{:.4g} n{}", value / 1e-9, unit);
}

std::string rate_text(double hz) {
  constexpr double kKilo = 999.95;  // what four digits print as 1000
  return hz >= kKilo ? fmt::format("{:.4g} kHz", hz / 1000) : fmt::format("{:.4g} Hz", hz);
}

std::string idle_text(const RecordingEnergy& recording) {
  if (!recording.idle_watts) return "not known: " + recording.idle_watts.reason();
  return fmt::format("{} outside the windows, {}", scaled(*recording.idle_watts, "W"),
                     recording.options.subtract_idle ? "subtracted" : "not subtracted");
}

std::string trigger_text(const RecordingEnergy& recording) {
  const energy::Windows& windows = recording.windows;
  std::string text = fmt::format("{}: {}", to_string(recording.options.trigger),
                                 counted(windows.windows.size(), "window"));
  if (windows.cut > 0) text += fmt::format(", {} more cut by the recording's ends", windows.cut);
  if (windows.unpaired > 0)
    text +=
        fmt::format(", {} without a partner: edges are missing", counted(windows.unpaired, "edge"));
  return text;
}

std::string head(const EnergyReport& report) {
  const RecordingEnergy& recording = report.recording;
  std::string text = (report.meter ? report.meter->text() : printable(report.trace_file)) + "\n";
  text += fmt::format("  supply     {:.4g} V ({})\n",
                      report.supply.volts.value_or(recording.mean_volts),
                      to_string(report.supply.source));
  text += fmt::format("  recording  {} at {}: {}, {} dropped; mean {}\n",
                      format_seconds(recording.seconds), rate_text(recording.sample_hz),
                      counted(recording.samples, "sample"), recording.dropped,
                      scaled(recording.mean_watts, "W"));
  text += "  idle       " + idle_text(recording) + "\n";
  return text + "  trigger    " + trigger_text(recording) + "\n";
}

std::string row(std::size_t number, const energy::Window& window,
                const Result<WindowEnergy>& energy) {
  const std::string begin = fmt::format("{:>6}  {:>10.6f}  {:>9}", number, window.begin,
                                        format_seconds(window.seconds()));
  if (!energy) return fmt::format("{}  not used: {}\n", begin, energy.reason());
  return fmt::format("{}  {:>10}  {:>10}  {}\n", begin, scaled(energy->joules, "J"),
                     scaled(energy->mean_watts, "W"), energy->dropped);
}

std::string spread_text(const energy::EnergySpread& spread) {
  std::string text = fmt::format("mean of {}: {}", counted(spread.windows, "window"),
                                 scaled(spread.mean_joules, "J"));
  if (spread.deviation_joules)
    text += fmt::format(", standard deviation {}", scaled(*spread.deviation_joules, "J"));
  return text + fmt::format("; {}\n", scaled(spread.mean_watts, "W"));
}

/// What is odd about a recording that has an energy.
std::optional<std::string> remark_on(const RecordingEnergy& recording) {
  if (!recording.spread || recording.spread->mean_joules >= 0) return std::nullopt;
  return recording.options.subtract_idle && recording.mean_watts > 0
             ? "the energy is below 0: the windows need less power than the idle board; is "
               "--trigger the other level?"
             : energy::kReversedCurrent;
}

Json window_json(const energy::Window& window, const Result<WindowEnergy>& energy) {
  Json json = {{"begin_s", window.begin}, {"seconds", window.seconds()}};
  for (const char* key :
       {"joules", "mean_watts", "mean_volts", "samples", "dropped", "idle_joules", "reason"})
    json[key] = nullptr;
  if (!energy) {
    json["reason"] = energy.reason();
    return json;
  }
  json["joules"] = energy->joules;
  json["mean_watts"] = energy->mean_watts;
  json["mean_volts"] = energy->mean_volts;
  json["samples"] = energy->samples;
  json["dropped"] = energy->dropped;
  json["idle_joules"] = json_or_null(energy->idle_joules);
  return json;
}

Json windows_json(const RecordingEnergy& recording) {
  Json windows = Json::array();
  for (std::size_t i = 0; i < recording.energies.size(); ++i)
    windows.push_back(window_json(recording.windows.windows[i], recording.energies[i]));
  return windows;
}

Json recording_json(const RecordingEnergy& recording) {
  return {{"seconds", recording.seconds},       {"sample_hz", recording.sample_hz},
          {"samples", recording.samples},       {"dropped", recording.dropped},
          {"mean_watts", recording.mean_watts}, {"mean_volts", recording.mean_volts}};
}

Json spread_json(const std::optional<energy::EnergySpread>& spread) {
  if (!spread) return nullptr;
  return {{"windows", spread->windows},
          {"mean_joules", spread->mean_joules},
          {"deviation_joules", json_or_null(spread->deviation_joules)},
          {"mean_watts", spread->mean_watts}};
}

}  // namespace

std::string in_words(const EnergyReport& report) {
  const RecordingEnergy& recording = report.recording;
  std::string text = head(report);
  if (recording.energies.empty())
    return text +
           "no window was found: does the trigger change level while recording, and is it the "
           "input "
           "or column that was named (docs/energy.md)?\n";
  text += "\nwindow       begin     length      energy       power  dropped\n";
  for (std::size_t i = 0; i < recording.energies.size(); ++i)
    text += row(i + 1, recording.windows.windows[i], recording.energies[i]);
  text += recording.spread ? spread_text(*recording.spread) : "no window can be used\n";
  const std::optional<std::string> remark = remark_on(recording);
  return remark ? text + *remark + "\n" : text;
}

Json to_json(const EnergyReport& report) {
  const RecordingEnergy& recording = report.recording;
  Json json = {{"format", "opline-energy"},
               {"version", 1},
               {"opline", version()},
               {"command", report.command},
               {"meter", nullptr},
               {"trace", report.meter ? Json(nullptr) : Json(report.trace_file)}};
  if (report.meter)
    json["meter"] = {{"model", report.meter->model},
                     {"serial", report.meter->serial},
                     {"firmware", report.meter->firmware}};
  json["supply"] = {{"volts", report.supply.volts.value_or(recording.mean_volts)},
                    {"source", to_string(report.supply.source)}};
  json["recording"] = recording_json(recording);
  json["trigger"] = to_string(recording.options.trigger);
  json["idle_watts"] = json_or_null(recording.idle_watts.optional());
  json["idle_subtracted"] = recording.options.subtract_idle;
  json["windows_cut"] = recording.windows.cut;
  json["edges_unpaired"] = recording.windows.unpaired;
  json["windows"] = windows_json(recording);
  json["spread"] = spread_json(recording.spread);
  json["remark"] = json_or_null(remark_on(recording));
  return json;
}

}  // namespace opline::report
