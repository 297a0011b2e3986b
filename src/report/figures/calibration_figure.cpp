#include "src/report/figures/calibration_figure.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "src/base/error.h"
#include "src/figures/line_text.h"
#include "src/report/figures/figure_parts.h"

namespace opline::report {
namespace {

using evaluation::Calibration;

Axis seconds_axis(const char* label, const char* column) {
  return {label, Dimension::seconds, column, figures::Scale::automatic, {}};
}

Element pairs_of(const Calibration& one, std::size_t pen, bool alone) {
  Element pairs = points("networks", alone ? "" : one.scope.title(), {}, {}, pen);
  pairs.legend = alone ? fmt::format("networks (n = {})", one.pairs.size())
                       : fmt::format("{} (n = {})", one.scope.title(), one.pairs.size());
  pairs.filled = alone;
  for (const evaluation::CalibratedPair& pair : one.pairs) {
    pairs.x.push_back(pair.simulated_seconds);
    pairs.y.push_back(pair.measured_seconds);
    pairs.labels.push_back(pair.name);
  }
  return pairs;
}

/// "1.05 x simulated", "1.05 x simulated + 0.31 ms".
std::string equation(const analysis::CalibrationFit& fit, const figures::Unit& unit) {
  std::string text = figures::significant(fit.scale.estimate, 4) + " × simulated";
  if (fit.offset)
    text += fmt::format(" {} {} {}", fit.offset->estimate < 0 ? "−" : "+",
                        figures::significant(std::abs(fit.offset->estimate) / unit.scale, 3),
                        unit.name);
  return text;
}

/// Where the pairs' simulated seconds lie.
std::vector<double> range_of(const Calibration& one) {
  return steps_between(one.fit->simulated_range.low, one.fit->simulated_range.high);
}

void add_line(Figure& figure, const Calibration& one, std::size_t pen, bool alone,
              const figures::Unit& unit) {
  const std::vector<double> x = range_of(one);
  std::vector<double> y, low, high;
  for (const double simulated : x) {
    y.push_back(one.fit->seconds(simulated));
    low.push_back(y.back() * (1 - one.fit->further_error));
    high.push_back(y.back() * (1 + one.fit->further_error));
  }
  if (alone)
    figure.elements.push_back(
        band("95 % of further networks", "", x, std::move(low), std::move(high), pen));
  Element line = curve(Element::Kind::line, "calibrated", alone ? "" : one.scope.title(), x,
                       std::move(y), pen);
  line.legend = "calibrated: " + equation(*one.fit, unit);
  figure.elements.push_back(std::move(line));
}

/// Over the range of all pairs.
Element identity(const std::vector<const Calibration*>& drawn) {
  double low = drawn.front()->fit->simulated_range.low;
  double high = drawn.front()->fit->simulated_range.high;
  for (const Calibration* one : drawn) {
    low = std::min(low, one->fit->simulated_range.low);
    high = std::max(high, one->fit->simulated_range.high);
  }
  Element line = reference("measured = simulated", {low, high}, {low, high});
  line.legend = "measured = simulated";
  line.widens_axes = true;
  return line;
}

std::string error_note(const Calibration& one, const std::string& prefix) {
  return fmt::format("{}a further network: within {} %, {}", prefix,
                     figures::significant(100 * one.fit->further_error, 3), name_of(one.ruling()));
}

}  // namespace

Result<Figure> calibration_figure(const std::vector<Calibration>& all) {
  constexpr std::size_t kMost = 8;
  std::vector<const Calibration*> drawn;
  double most = 0;
  for (const Calibration& one : all) {
    if (!one.fit) continue;
    drawn.push_back(&one);
    for (const auto& pair : one.pairs)
      most = std::max({most, pair.simulated_seconds, pair.measured_seconds});
  }
  if (drawn.empty()) return NoValue("nothing could be fitted: {}", all.front().why_none);
  if (drawn.size() > kMost)
    throw Error(ErrorCode::input,
                "figure: {} calibrations; draw up to {} in one figure: choose "
                "boards or setups with KEY=VALUE",
                drawn.size(), kMost);
  const bool alone = drawn.size() == 1;
  Figure figure;
  figure.kind = "calibration";
  figure.title = "Measured against simulated latency";
  if (alone) figure.title += ": " + drawn.front()->scope.title();
  figure.x = seconds_axis("simulated latency", "simulated_s");
  figure.y = seconds_axis("measured latency", "measured_s");
  figure.same_ranges = true;
  const figures::Unit unit = figures::unit_of(Dimension::seconds, most);
  for (std::size_t i = 0; i < drawn.size(); ++i) add_line(figure, *drawn[i], i, alone, unit);
  figure.elements.push_back(identity(drawn));
  for (std::size_t i = 0; i < drawn.size(); ++i) {
    figure.elements.push_back(pairs_of(*drawn[i], i, alone));
    figure.notes.push_back(error_note(*drawn[i], alone ? "" : drawn[i]->scope.title() + ": "));
  }
  if (alone)
    figure.caption.push_back(fmt::format("{}; band: where 95 % of further networks are expected.",
                                         drawn.front()->scope.title()));
  return figure;
}

}  // namespace opline::report
