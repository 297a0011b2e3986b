#include "runners/device_report.h"

#include <fmt/ranges.h>

#include "src/base/parse_number.h"
#include "src/base/printable.h"

namespace opline::runners {
namespace {

using measure::Measurement;
using measure::Outcome;
using measure::OutcomeKind;
using measure::Payload;

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

constexpr std::uint64_t kMostCycles = INT64_MAX;  // that a study holds: 1600 years at 180 MHz

/// One line per step: a layer of a plan, an operator of a .tflite.
struct Step {
  std::optional<std::uint64_t> cycles;
  std::optional<std::uint32_t> digest;
};

/// What `report%` says, checked for form only.
struct Report {
  std::vector<Step> steps;
  std::optional<std::uint64_t> total_cycles;
  std::optional<std::uint32_t> output_digest;
};

/// A number, or nothing for an empty place; false for anything else.
template <typename T>
bool read_optional(std::string_view text, int base, std::optional<T>& value) {
  if (text.empty()) return true;
  value = parse_number<T>(text, base);
  return value.has_value();
}

/// "i,cycles,digest"; cycles are empty on a device without a cycle counter, digests where a runtime
/// shows no layers.
bool read_step(std::string_view inside, Report& report) {
  const std::vector<std::string_view> parts = split(inside, ',');
  if (parts.size() != 3 || parse_number<std::size_t>(parts[0]) != report.steps.size()) return false;
  Step step;
  if (!read_optional(parts[1], 10, step.cycles) || !read_optional(parts[2], 16, step.digest))
    return false;
  report.steps.push_back(step);
  return true;
}

bool read_line(std::string_view line, Report& report) {
  if (const auto step = bracketed(line, "m-layer-")) return read_step(*step, report);
  if (const auto total = bracketed(line, "m-total-"))
    return read_optional(*total, 10, report.total_cycles);
  if (const auto output = bracketed(line, "m-output-"))
    return read_optional(*output, 16, report.output_digest);
  return true;
}

std::optional<Report> read_report(const std::vector<std::string>& lines) {
  Report report;
  for (const std::string& line : lines) {
    if (!read_line(line, report)) return std::nullopt;
  }
  if (!report.output_digest) return std::nullopt;
  return report;
}

/// Nothing where it exceeds 64 bits.
std::optional<std::uint64_t> sum(std::uint64_t a, std::uint64_t b) {
  return b > UINT64_MAX - a ? std::nullopt : std::optional(a + b);
}

/// The operators of one layer are one step: their cycles together, the digest of the last. Without
/// the steps of the request, none: the layers are unknown.
std::vector<Step> layers_of(const std::vector<Step>& operators, const measure::Request& request) {
  if (operators.empty() || operators.size() != request.layer_of_operator.size()) return {};
  std::vector<Step> layers(request.expected_digests.size());
  std::vector<bool> seen(layers.size(), false);
  for (std::size_t i = 0; i < operators.size(); ++i) {
    const std::uint32_t id = request.layer_of_operator[i];
    Step& layer = layers[id];
    const auto before = seen[id] ? layer.cycles : std::optional<std::uint64_t>(0);
    layer.cycles =
        before && operators[i].cycles ? sum(*before, *operators[i].cycles) : std::nullopt;
    layer.digest = operators[i].digest;
    seen[id] = true;
  }
  return layers;
}

/// The first layer that was reported and differs.
std::optional<std::string> different_layer(const std::vector<Step>& layers,
                                           const std::vector<std::uint32_t>& expected) {
  for (std::size_t i = 0; i < layers.size(); ++i) {
    if (!layers[i].digest || *layers[i].digest == expected[i]) continue;
    return fmt::format("layer {}: digest {:08x}, the host computes {:08x}", i, *layers[i].digest,
                       expected[i]);
  }
  return std::nullopt;
}

/// The first difference from what the host computed.
std::optional<std::string> wrong_plan(const Report& report,
                                      const std::vector<std::uint32_t>& expected) {
  if (report.steps.size() != expected.size()) {
    return fmt::format("the device reports {} layers, the plan has {}", report.steps.size(),
                       expected.size());
  }
  if (auto difference = different_layer(report.steps, expected)) return difference;
  if (*report.output_digest != expected.back()) {
    return fmt::format("the measured run's output {:08x} is not that of the run before it, {:08x}",
                       *report.output_digest, expected.back());
  }
  return std::nullopt;
}

std::optional<std::string> wrong_model(const Report& report, const std::vector<Step>& layers,
                                       const measure::Request& request) {
  const std::vector<std::uint32_t>& expected = request.expected_digests;
  if (request.output_check == measure::OutputCheck::none) return std::nullopt;
  const std::uint32_t output = request.expected_output.value_or(expected.back());
  if (*report.output_digest == output) return std::nullopt;
  std::string where = fmt::format("the output's digest is {:08x}, the host computes {:08x}",
                                  *report.output_digest, output);
  if (const auto layer = different_layer(layers, expected)) where += "; " + *layer;
  return where + "; for a runtime that rounds differently from TFLM, use --output-check none";
}

/// A counter that reads 0 somewhere was not running.
std::optional<std::string> stopped_counter(const Report& report) {
  for (std::size_t i = 0; i < report.steps.size(); ++i) {
    if (report.steps[i].cycles == 0)
      return fmt::format("layer {} took 0 cycles: the counter does not run", i);
  }
  if (report.total_cycles == 0) return "the network took 0 cycles: the counter does not run";
  return std::nullopt;
}

/// Counters that wrapped, and figures that no counter has, are refused, not stored.
std::optional<std::string> wrong_counters(const Report& report) {
  if (*report.total_cycles > kMostCycles)
    return fmt::format("the device reports {} cycles, which cannot be", *report.total_cycles);
  std::uint64_t left = *report.total_cycles;
  for (const Step& step : report.steps) {
    if (*step.cycles > left)
      return "the layers' cycles add up to more than the whole network's: the counter wrapped";
    left -= *step.cycles;
  }
  return std::nullopt;
}

bool is_timed(const Report& report) {
  bool timed = report.total_cycles.has_value();
  for (const Step& step : report.steps) timed = timed && step.cycles;
  return timed;
}

/// What is known of every layer; a layer alone says nothing.
Measurement measurement_of(const std::vector<Step>& layers) {
  Measurement measurement;
  for (const Step& layer : layers) {
    if (layer.cycles) measurement.layer_cycles.push_back(*layer.cycles);
    if (layer.digest) measurement.layer_digests.push_back(*layer.digest);
  }
  if (measurement.layer_cycles.size() != layers.size()) measurement.layer_cycles.clear();
  if (measurement.layer_digests.size() != layers.size()) measurement.layer_digests.clear();
  return measurement;
}

Outcome unreadable(const std::vector<std::string>& lines) {
  return Outcome::failed(OutcomeKind::board_lost,
                         "the report could not be read: " +
                             printable(fmt::format("{}", fmt::join(lines, " | ")), 1000));
}

/// Of a plan every layer has a digest.
bool is_complete(const Report& report, Payload payload) {
  if (payload == Payload::tflite) return true;
  for (const Step& step : report.steps) {
    if (!step.digest) return false;
  }
  return !report.steps.empty();
}

}  // namespace

std::optional<std::string_view> bracketed(std::string_view line, std::string_view prefix) {
  if (!line.starts_with(prefix) || line.size() < prefix.size() + 2) return std::nullopt;
  line.remove_prefix(prefix.size());
  if (line.front() != '[' || line.back() != ']') return std::nullopt;
  return line.substr(1, line.size() - 2);
}

Outcome judge(const std::vector<std::string>& lines, const measure::Request& request) {
  const std::optional<Report> report = read_report(lines);
  if (!report || !is_complete(*report, request.payload)) return unreadable(lines);
  const bool is_plan = request.payload == Payload::plan;
  const std::vector<Step> layers = is_plan ? report->steps : layers_of(report->steps, request);
  const auto difference = is_plan ? wrong_plan(*report, request.expected_digests)
                                  : wrong_model(*report, layers, request);
  if (difference) return Outcome::failed(OutcomeKind::wrong_output, *difference);
  const auto without_timing =
      is_timed(*report) ? stopped_counter(*report)
                        : std::optional<std::string>("the device has no clock or no cycle counter");
  if (without_timing) {
    Measurement digests = measurement_of(layers);
    digests.layer_cycles.clear();
    return {OutcomeKind::executed_without_timing, *without_timing, digests};
  }
  if (auto wrong = wrong_counters(*report)) return Outcome::failed(OutcomeKind::board_lost, *wrong);
  Outcome outcome = Outcome::measured(measurement_of(layers));
  outcome.measurement->cycles = report->total_cycles;
  // What a study would refuse is the device's fault, and not a reason to end a campaign.
  if (auto wrong = measure::fault(outcome)) return Outcome::failed(OutcomeKind::board_lost, *wrong);
  return outcome;
}

}  // namespace opline::runners
