#include "src/measure/outcome.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "src/base/error.h"

namespace opline::measure {
namespace {

constexpr std::array<std::pair<OutcomeKind, std::string_view>, 7> kKinds{
    {{OutcomeKind::measured, "measured"},
     {OutcomeKind::does_not_fit, "does_not_fit"},
     {OutcomeKind::timed_out, "timed_out"},
     {OutcomeKind::wrong_output, "wrong_output"},
     {OutcomeKind::executed_without_timing, "executed_without_timing"},
     {OutcomeKind::board_lost, "board_lost"},
     {OutcomeKind::crashed, "crashed"}}};

bool is_positive(double value) { return std::isfinite(value) && value > 0; }

/// Whether the layers' cycles exceed `total`; a sum that overflows 64 bits does.
bool layers_exceed(const std::vector<std::uint64_t>& layers, std::uint64_t total) {
  std::uint64_t left = total;
  for (std::uint64_t cycles : layers) {
    if (cycles > left) return true;
    left -= cycles;
  }
  return false;
}

std::optional<std::string> fault_of_figures(const Measurement& measurement) {
  const auto& layers = measurement.layer_cycles;
  if (measurement.cycles.has_value() == measurement.seconds.has_value()) {
    return "a measured outcome has cycles or seconds, and not both";
  }
  if (measurement.cycles && *measurement.cycles == 0)
    return "0 cycles: the cycle counter was not running";
  constexpr std::uint64_t kMostCycles = std::numeric_limits<std::int64_t>::max();
  if (measurement.cycles && *measurement.cycles > kMostCycles)
    return fmt::format("{} cycles: a counter has wrapped", *measurement.cycles);
  if (measurement.seconds && !is_positive(*measurement.seconds)) return "seconds must be above 0";
  if (measurement.joules && !is_positive(*measurement.joules)) return "joules must be above 0";
  if (!layers.empty() && !measurement.cycles) return "cycles of layers without cycles of the whole";
  const auto& repeats = measurement.repeat_cycles;
  if (std::find(repeats.begin(), repeats.end(), 0) != repeats.end()) return "a run of 0 cycles";
  if (!repeats.empty() && (!measurement.cycles || std::find(repeats.begin(), repeats.end(),
                                                            *measurement.cycles) == repeats.end()))
    return "the cycles are of none of the runs";
  if (std::find(layers.begin(), layers.end(), 0) != layers.end()) return "a layer with 0 cycles";
  if (measurement.cycles && layers_exceed(layers, *measurement.cycles)) {
    return "the layers have more cycles than the whole: a counter has wrapped";
  }
  if (!layers.empty() && !measurement.layer_digests.empty() &&
      layers.size() != measurement.layer_digests.size()) {
    return "layers with cycles and layers with digests differ in number";
  }
  return std::nullopt;
}

}  // namespace

Measurement median_of_runs(const std::vector<Measurement>& runs) {
  OPLINE_ASSERT(!runs.empty(), "the median of no runs");
  std::vector<std::uint64_t> all;
  for (const Measurement& run : runs) {
    OPLINE_ASSERT(run.cycles, "a run without cycles");
    all.push_back(*run.cycles);
  }
  std::vector<std::uint64_t> sorted = all;
  const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>((sorted.size() - 1) / 2);
  std::nth_element(sorted.begin(), middle, sorted.end());
  Measurement median =
      runs[static_cast<std::size_t>(std::find(all.begin(), all.end(), *middle) - all.begin())];
  median.repeat_cycles = std::move(all);
  return median;
}

std::string_view to_string(OutcomeKind kind) {
  for (const auto& [value, name] : kKinds) {
    if (value == kind) return name;
  }
  OPLINE_ASSERT(false, "no outcome has the value {}", static_cast<int>(kind));
  return {};
}

OutcomeKind outcome_kind_from_string(std::string_view text) {
  std::string known;
  for (const auto& [value, name] : kKinds) {
    if (name == text) return value;
    known += (known.empty() ? "" : ", ") + std::string(name);
  }
  throw Error(ErrorCode::input, "unknown outcome `{}`; known: {}", text, known);
}

std::optional<std::string> fault(const Outcome& outcome) {
  const auto& measurement = outcome.measurement;
  if (outcome.kind == OutcomeKind::measured) {
    if (!outcome.reason.empty()) return "a measured outcome has no reason";
    if (!measurement) return "a measured outcome without a measurement";
    return fault_of_figures(*measurement);
  }
  if (outcome.reason.empty()) return "an outcome that is not measured needs a reason";
  if (!measurement) return std::nullopt;
  if (outcome.kind != OutcomeKind::executed_without_timing)
    return "a failed outcome has no measurement";
  if (measurement->cycles || !measurement->layer_cycles.empty() || measurement->seconds ||
      measurement->joules) {
    return "an outcome without timing has digests only";
  }
  return std::nullopt;
}

Outcome storable(Outcome outcome, std::size_t layers) {
  std::optional<Measurement>& measurement = outcome.measurement;
  if (measurement) {
    for (const std::size_t reported :
         {measurement->layer_cycles.size(), measurement->layer_digests.size()}) {
      if (reported == 0 || reported == layers) continue;
      return Outcome::failed(OutcomeKind::wrong_output,
                             fmt::format("the device reported results of {} layers; the network "
                                         "has {}",
                                         reported, layers));
    }
  }
  const std::optional<std::string> objection = fault(outcome);
  if (!objection) return outcome;
  const std::string reason = "the device's report cannot be: " + *objection;
  if (outcome.kind == OutcomeKind::measured && measurement) {
    Measurement digests;
    digests.layer_digests = std::move(measurement->layer_digests);
    return {OutcomeKind::executed_without_timing, reason, std::move(digests)};
  }
  const bool measured = outcome.kind == OutcomeKind::measured;
  return Outcome::failed(measured ? OutcomeKind::board_lost : outcome.kind, reason);
}

}  // namespace opline::measure
