#include "src/figures/latency_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace opline::figures {
namespace {

AxisUnit largest_with_two(std::initializer_list<AxisUnit> from_large_to_small, double most) {
  for (const AxisUnit& unit : from_large_to_small) {
    if (most >= 2 * unit.scale) return unit;
  }
  return *std::prev(from_large_to_small.end());
}

/// Decimals that show the first digit of `error` and three of `value`, six at most.
int decimals(double value, double error) {
  const auto for_digits = [](double figure, int digits) {
    return figure == 0 ? 0
                       : digits - 1 - static_cast<int>(std::floor(std::log10(std::abs(figure))));
  };
  return std::clamp(std::max(for_digits(value, 3), for_digits(error, 1)), 0, 6);
}

AxisUnit slope_unit(double slope) {
  const double size = std::abs(slope);
  if (size != 0 && size < 0.1e-9) return {1e-12, "ps/op"};
  return size < 1e-6 ? AxisUnit{1e-9, "ns/op"} : AxisUnit{1e-6, "µs/op"};
}

struct Attribute {
  const char* label;
  std::vector<std::string> values;  ///< One for each series.
  [[nodiscard]] bool shared() const {
    return std::all_of(values.begin(), values.end(),
                       [&](const std::string& value) { return value == values[0]; });
  }
};

constexpr const char* not_stated = "not stated";

/// Space, board, runtime, prior, origin of every series, in this order.
std::array<Attribute, 5> attributes(const LatencyFigure& figure) {
  std::array<Attribute, 5> all = {
      {{"space", {}}, {"board", {}}, {"runtime", {}}, {"prior", {}}, {"", {}}}};
  for (const LatencySeries& series : figure.series) {
    all[0].values.push_back(series.space.value_or(not_stated));
    all[1].values.push_back(series.board.value_or(not_stated));
    all[2].values.push_back(series.runtime.value_or(not_stated));
    all[3].values.push_back(series.prior.value_or(not_stated));
    all[4].values.emplace_back(to_string(series.origin));
  }
  return all;
}

std::string labelled(const Attribute& attribute) {
  return *attribute.label == '\0' ? attribute.values[0]
                                  : fmt::format("{} {}", attribute.label, attribute.values[0]);
}

bool any_simulated(const LatencyFigure& figure) {
  return std::any_of(figure.series.begin(), figure.series.end(), [](const LatencySeries& series) {
    return series.origin == Origin::simulated;
  });
}

std::string number_or_unknown(const std::optional<std::uint64_t>& value) {
  return value ? fmt::format("{}", *value) : not_stated;
}

}  // namespace

AxisUnit ops_unit(double most) {
  return largest_with_two({{1e9, "Gops"}, {1e6, "Mops"}, {1e3, "kops"}, {1, "ops"}}, most);
}

AxisUnit time_unit(double most) {
  return largest_with_two({{1, "s"}, {1e-3, "ms"}, {1e-6, "µs"}, {1e-9, "ns"}}, most);
}

std::string equation(const analysis::LinearFit& fit) {
  const AxisUnit per_op = slope_unit(fit.slope);
  const AxisUnit time = time_unit(std::max(std::abs(fit.intercept), fit.intercept_standard_error));
  const double slope = fit.slope / per_op.scale;
  const double intercept = fit.intercept / time.scale;
  return fmt::format("{:.{}f} {} × ops {} {:.{}f} {}", slope,
                     decimals(slope, fit.slope_standard_error / per_op.scale), per_op.name,
                     intercept < 0 ? "−" : "+", std::abs(intercept),
                     decimals(intercept, fit.intercept_standard_error / time.scale), time.name);
}

std::string slope_interval(const analysis::LinearFit& fit) {
  const AxisUnit per_op = slope_unit(fit.slope);
  const int shown = decimals(fit.slope / per_op.scale, fit.slope_standard_error / per_op.scale);
  return fmt::format("slope {:g} % interval [{:.{}f}, {:.{}f}] {}", 100 * fit.confidence,
                     fit.slope_interval.low / per_op.scale, shown,
                     fit.slope_interval.high / per_op.scale, shown, per_op.name);
}

std::string r_squared(const analysis::LinearFit& fit) {
  if (!fit.r_squared) return "R² not defined";
  const double missing = 1 - *fit.r_squared;
  if (missing == 0) return "R² = 1";
  if (missing < 5e-7) return "R² > 0.999999";
  const int digits = std::max(3, 2 + static_cast<int>(std::floor(-std::log10(missing))));
  return fmt::format("R² = {:.{}f}", *fit.r_squared, std::min(digits, 6));
}

std::string sample_size(const LatencySeries& series) {
  const std::string n = fmt::format("n = {}", series.ops.size());
  return series.different ? fmt::format("{} of {} networks", n, *series.different) : n;
}

std::string line_in_words(const LatencySeries& series, bool with_interval, bool with_drawn) {
  const std::string size =
      with_drawn ? sample_size(series) : fmt::format("n = {}", series.ops.size());
  if (!series.fit) return "no line is fitted, " + size;
  const std::string interval = with_interval ? ", " + slope_interval(*series.fit) : "";
  return equation(*series.fit) + interval + ", " + r_squared(*series.fit) + ", " + size;
}

std::string counts(const LatencySeries& series) {
  const std::string pending =
      series.pending == 0 ? "" : fmt::format(" · pending {}", series.pending);
  return fmt::format("drawn {} · different {} · fitting {} · measured {}{}",
                     number_or_unknown(series.drawn), number_or_unknown(series.different),
                     number_or_unknown(series.fitting), series.ops.size(), pending);
}

std::string title(const LatencyFigure& figure) {
  if (!figure.title.empty()) return figure.title;
  const auto [space, board, runtime, prior, origin] = attributes(figure);
  const bool name_space = space.shared() && figure.series[0].space;
  const bool name_board = board.shared() && figure.series[0].board;
  std::string result = "Latency against ops";
  if (name_space || name_board) result += ": ";
  if (name_space) result += space.values[0];
  if (name_space && name_board) result += " on ";
  if (name_board) result += board.values[0];
  return result;
}

std::string subtitle(const LatencyFigure& figure) {
  const auto [space, board, runtime, prior, origin] = attributes(figure);
  std::vector<std::string> parts;
  const auto add_if_shared = [&](const Attribute& attribute) {
    if (attribute.shared()) parts.push_back(labelled(attribute));
  };
  add_if_shared(origin);
  // Space and board are in the title that is made here, unless they are not known.
  if (!figure.title.empty() || !figure.series[0].space) add_if_shared(space);
  if (!figure.title.empty() || !figure.series[0].board) add_if_shared(board);
  add_if_shared(runtime);
  add_if_shared(prior);
  parts.insert(parts.end(), figure.remarks.begin(), figure.remarks.end());
  return fmt::format("{}", fmt::join(parts, " · "));
}

std::vector<std::string> series_names(const LatencyFigure& figure) {
  const auto all = attributes(figure);
  std::vector<std::string> names;
  for (std::size_t i = 0; i < figure.series.size(); ++i) {
    std::vector<std::string> parts;
    for (const Attribute& attribute : all) {
      if (!attribute.shared()) parts.push_back(attribute.values[i]);
    }
    names.push_back(parts.empty() ? fmt::format("series {}", i + 1)
                                  : fmt::format("{}", fmt::join(parts, ", ")));
  }
  return names;
}

std::vector<std::string> footer(const LatencyFigure& figure) {
  const std::vector<std::string> names = series_names(figure);
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < figure.series.size(); ++i) {
    const std::string text = counts(figure.series[i]);
    lines.push_back(figure.series.size() == 1 ? text : fmt::format("{}: {}", names[i], text));
  }
  const auto enumerated = [](const LatencySeries& series) { return series.whole_enumeration; };
  if (std::all_of(figure.series.begin(), figure.series.end(), enumerated)) {
    lines.emplace_back("Every network of the space is shown, so there is no interval to state.");
  } else if (any_simulated(figure)) {
    lines.emplace_back(
        "Simulated boards have no measurement noise: intervals describe the sampling of "
        "architectures.");
  }
  return lines;
}

}  // namespace opline::figures
