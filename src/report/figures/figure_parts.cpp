#include "src/report/figures/figure_parts.h"

#include <algorithm>
#include <cmath>

namespace opline::report {

using evaluation::Response;

Axis ops_axis() { return {"ops", Dimension::ops, "ops", figures::Scale::automatic, {}}; }

Dimension dimension_of(Response of) {
  return of == Response::latency ? Dimension::seconds : Dimension::joules;
}

Axis response_axis(Response of) {
  return {to_string(of),
          dimension_of(of),
          of == Response::latency ? "latency_s" : "energy_j",
          figures::Scale::automatic,
          {}};
}

Figure figure_about(const std::string& kind, const std::string& what,
                    const std::vector<SeriesResult>& all) {
  Figure figure;
  figure.kind = kind;
  const std::string place = place_of(all);
  figure.title = place.empty() ? what : what + ": " + place;
  figure.caption.push_back(scope_of(all));
  return figure;
}

Element curve(Element::Kind kind, std::string role, std::string series, std::vector<double> x,
              std::vector<double> y, std::size_t pen) {
  Element one;
  one.kind = kind;
  one.role = std::move(role);
  one.series = std::move(series);
  one.pen = pen;
  one.x = std::move(x);
  one.y = std::move(y);
  return one;
}

Element points(std::string role, std::string series, std::vector<double> x, std::vector<double> y,
               std::size_t pen) {
  return curve(Element::Kind::points, std::move(role), std::move(series), std::move(x),
               std::move(y), pen);
}

Element band(std::string role, std::string series, std::vector<double> x, std::vector<double> low,
             std::vector<double> high, std::size_t pen) {
  Element one =
      curve(Element::Kind::band, std::move(role), std::move(series), std::move(x), {}, pen);
  one.low = std::move(low);
  one.high = std::move(high);
  return one;
}

Element reference(std::string role, std::vector<double> x, std::vector<double> y) {
  constexpr std::size_t kGrey = 6;
  Element one = curve(Element::Kind::guide, std::move(role), "", std::move(x), std::move(y), kGrey);
  one.widens_axes = false;
  return one;
}

std::vector<std::string> names_of(const evaluation::ResponseRows& rows) {
  std::vector<std::string> names;
  names.reserve(rows.rows.size());
  for (const evaluation::Row* row : rows.rows) names.push_back(name_of(*row));
  return names;
}

std::vector<double> steps_between(double low, double high, int steps) {
  const bool ratios = low > 0 && high >= 100 * low;
  std::vector<double> values;
  for (int i = 0; i <= steps; ++i) {
    const double share = static_cast<double>(i) / steps;
    values.push_back(i == steps ? high
                     : ratios   ? low * std::pow(high / low, share)
                                : low + (high - low) * share);
  }
  return values;
}

}  // namespace opline::report
