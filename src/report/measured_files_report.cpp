#include "src/report/measured_files_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "src/base/csv.h"
#include "src/base/printable.h"
#include "src/base/units.h"

namespace opline::report {
namespace {

constexpr std::size_t kLongestReason = 400;

/// "does not fit"
std::string in_words(measure::OutcomeKind kind) {
  std::string words(to_string(kind));
  std::ranges::replace(words, '_', ' ');
  return words;
}

std::string cycles_text(const MeasuredFile& one) {
  const measure::Measurement& measured = *one.outcome.measurement;
  if (!measured.cycles) return "";
  std::string text = fmt::format("  {} cycles", *measured.cycles);
  if (one.instructions)
    text +=
        fmt::format(", {} instructions ({:.2f} cycles each)", *one.instructions,
                    static_cast<double>(*measured.cycles) / static_cast<double>(*one.instructions));
  return text;
}

std::string energy_text(const MeasuredFile& one) {
  if (const auto& measured = one.outcome.measurement->joules)
    return fmt::format(", {:.4g} mJ (measured)", 1e3 * *measured);
  if (one.modelled_watts)
    return fmt::format(", {:.4g} mJ (modelled)", 1e3 * *one.modelled_watts * *one.seconds());
  return "";
}

std::string line_of(const MeasuredFile& one) {
  std::string text = fmt::format("{:<20} {:<16} {:<10} ", printable(one.name),
                                 printable(one.setup.board), to_string(one.setup.runner));
  if (one.outcome.kind != measure::OutcomeKind::measured)
    return text + fmt::format("{}: {}\n", in_words(one.outcome.kind),
                              printable(one.outcome.reason, kLongestReason));
  text += fmt::format("{:>10}", format_seconds(*one.seconds())) + cycles_text(one) +
          energy_text(one) + "\n";
  if (!one.own_weights)
    text += "  with weights of the firmware's pools: an attached board's flash has no others\n";
  if (!one.unchecked.empty())
    text += fmt::format("  the output was not compared: {}\n",
                        printable(one.unchecked, kLongestReason));
  return text;
}

Json to_json(const MeasuredFile& one) {
  Json json = {{"name", one.name},
               {"file", one.file.empty() ? Json(nullptr) : Json(one.file)},
               {"file_digest", one.digest.empty() ? Json(nullptr) : Json(one.digest)},
               {"network", one.network.empty() ? Json(nullptr) : Json(one.network)},
               {"ops", json_or_null(one.ops)},
               {"setup", one.setup.to_json()},
               {"outcome", to_string(one.outcome.kind)},
               {"reason", one.outcome.reason},
               {"output_compared", one.unchecked.empty()},
               {"weights", one.own_weights ? "own" : "pools"},
               {"seconds", json_or_null(one.seconds())},
               {"cycles", nullptr},
               {"instructions", json_or_null(one.instructions)},
               {"layer_cycles", Json::array()},
               {"joules", nullptr},
               {"modelled_joules", nullptr}};
  if (!one.outcome.measurement) return json;
  json["cycles"] = json_or_null(one.outcome.measurement->cycles);
  json["layer_cycles"] = one.outcome.measurement->layer_cycles;
  json["joules"] = json_or_null(one.outcome.measurement->joules);
  if (one.modelled_watts && one.seconds())
    json["modelled_joules"] = *one.modelled_watts * *one.seconds();
  return json;
}

}  // namespace

std::optional<double> MeasuredFile::seconds() const {
  if (outcome.kind != measure::OutcomeKind::measured) return std::nullopt;
  const measure::Measurement& measured = *outcome.measurement;
  if (measured.seconds) return measured.seconds;
  if (!measured.cycles || !setup.clock_hz) return std::nullopt;
  return static_cast<double>(*measured.cycles) / static_cast<double>(*setup.clock_hz);
}

std::string in_words(const std::vector<MeasuredFile>& all) {
  std::string text;
  for (const MeasuredFile& one : all) text += line_of(one);
  return text;
}

Json to_json(const std::vector<MeasuredFile>& all) {
  Json json = {{"format", "opline-measured-files"}, {"version", 1}, {"results", Json::array()}};
  for (const MeasuredFile& one : all) json["results"].push_back(to_json(one));
  return json;
}

std::string to_csv(const std::vector<MeasuredFile>& all, const std::vector<std::string>& comments) {
  CsvWriter csv({"name", "network", "file_digest", "ops", "latency_s", "cycles", "instructions",
                 "energy_j", "board", "runner", "runtime", "clock_hz", "timing_model"},
                comments);
  for (const MeasuredFile& one : all) {
    if (one.outcome.kind != measure::OutcomeKind::measured) continue;
    const measure::Measurement& measured = *one.outcome.measurement;
    csv.text(one.name).text(one.network).text(one.digest).integer(one.ops);
    csv.number(one.seconds()).integer(measured.cycles).integer(one.instructions);
    csv.number(measured.joules).text(one.setup.board).text(to_string(one.setup.runner));
    csv.text(one.setup.runtime.text()).integer(one.setup.clock_hz).text(one.setup.timing_model);
    csv.end_row();
  }
  return csv.str();
}

}  // namespace opline::report
