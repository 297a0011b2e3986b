#include "src/report/html/page_data.h"

#include <algorithm>
#include <span>

#include "src/base/printable.h"
#include "src/report/html/network_dictionary.h"
#include "src/report/html/typed_column.h"

namespace opline::report::html {
namespace {

using evaluation::Series;
using evaluation::SeriesFit;

constexpr int kCurveSteps = 32;

Json line_json(const SeriesFit& fit) {
  if (!fit.line) return nullptr;
  const analysis::LinearFit& line = *fit.line;
  Json curve = Json::array();
  for (int i = 0; i <= kCurveSteps; ++i) {
    const double ops = line.x_min + (line.x_max - line.x_min) * i / kCurveSteps;
    const analysis::LinePrediction at = line.predict(ops);
    const bool sampled = !fit.series->covers_whole_space;
    curve.push_back({ops, at.value, sampled ? Json(at.single.low) : Json(nullptr),
                     sampled ? Json(at.single.high) : Json(nullptr)});
  }
  return {{"slope", line.slope}, {"intercept", line.intercept}, {"curve", curve}};
}

/// The first: of a campaign a sample of its prior, as all of them are.
std::span<const evaluation::Row* const> shown_of(const evaluation::ResponseRows& rows) {
  return std::span(rows.rows).first(std::min(rows.rows.size(), kMostNetworksShown));
}

Json series_json(const SeriesFit& fit, NetworkDictionary& networks) {
  const Series& series = *fit.series;
  static const store::NetworkLayers unknown;
  std::vector<std::uint64_t> numbers;
  std::vector<std::uint64_t> cycles;
  for (const evaluation::Row* row : shown_of(fit.rows)) {
    const auto position = static_cast<std::size_t>(row - series.rows.data());
    const store::NetworkLayers& layers =
        position < series.layers.size() ? series.layers[position] : unknown;
    numbers.push_back(networks.add(*row, layers));
    for (const store::MeasuredLayer& layer : layers.layers)
      cycles.push_back(layer.cycles.value_or(0));
  }
  const bool any = std::any_of(cycles.begin(), cycles.end(), [](auto one) { return one != 0; });
  return {{"space", printable(series.marked_space())},
          {"board", printable(series.marked_board())},
          {"prior", printable(series.prior)},
          {"runner", to_string(series.setup.runner)},
          {"setup", series.setup_id.substr(0, 8)},
          {"clock_hz", json_or_null(series.setup.clock_hz)},
          {"line", line_json(fit)},
          {"networks", typed_column(numbers)},
          {"measured", fit.rows.y.size()},
          {"seconds", typed_column(std::vector<double>(
                          fit.rows.y.begin(),
                          fit.rows.y.begin() + static_cast<std::ptrdiff_t>(numbers.size())))},
          {"cycles", any ? typed_column(cycles) : Json(nullptr)}};
}

}  // namespace

Json page_data(const std::vector<SeriesFit>& fits) {
  NetworkDictionary networks;
  Json series = Json::array();
  for (const SeriesFit& fit : fits) series.push_back(series_json(fit, networks));
  return {{"format", "opline-report"},
          {"version", 1},
          {"series", std::move(series)},
          {"networks", networks.json()}};
}

}  // namespace opline::report::html
