#include "analysis/validation/common_slope.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "analysis/numerics/distributions.h"
#include "analysis/numerics/insufficient_data.h"
#include "analysis/numerics/moments.h"
#include "analysis/numerics/series_checks.h"
#include "analysis/numerics/student_t.h"
#include "analysis/regression/linear_model.h"
#include "analysis/resampling/bootstrap.h"
#include "src/base/counted.h"
#include "src/base/error.h"

namespace opline::analysis {
namespace {

bool differ(std::span<const double> values) {
  return std::any_of(values.begin(), values.end(),
                     [&](double value) { return value != values[0]; });
}

void require_options(const CommonSlopeOptions& options) {
  require_share("common slope", "confidence", options.confidence);
  require_share("common slope", "margin", options.margin);
}

void require_line(const std::string& name, std::span<const double> x, std::span<const double> y) {
  require_pairs("common slope", x, y);
  if (x.size() >= 3 && differ(x)) return;
  throw InsufficientData(
      "common slope: group `{}` has {}; a slope needs at least 3 and two different x: measure "
      "more networks, or leave the group out",
      name, counted(x.size(), "row"));
}

double mean_x(std::span<const SlopeGroup> groups) {
  DoubleDouble sum;
  double rows = 0;
  for (const SlopeGroup& group : groups) {
    for (const double x : group.x) sum += x;
    rows += static_cast<double>(group.x.size());
  }
  return (sum / DoubleDouble(rows)).value();
}

/// Slope and value at the common x of one line, with what the delta method needs of them.
struct Line {
  double slope = 0;
  double value = 0;                ///< At the common x.
  std::optional<LinearModel> hc3;  ///< Intercept = `value`; none where HC3 is not defined.
};

std::vector<double> shifted(std::span<const double> x, double by) {
  std::vector<double> result;
  for (const double one : x) result.push_back(one - by);
  return result;
}

Line line_of(const SlopeGroup& group, double centre, double confidence) {
  const Moments sums = moments(group.x, group.y);
  const DoubleDouble slope = sums.sxy / sums.sxx;
  Line line{
      slope.value(), (sums.y_mean + slope * (DoubleDouble(centre) - sums.x_mean)).value(), {}};
  Design design(group.x.size());
  design.add("x", shifted(group.x, centre));
  try {
    line.hc3 = fit_linear(design, group.y, {confidence, CovarianceKind::hc3, 1, false});
  } catch (const Error&) {
    line.hc3.reset();  // a row of leverage 1
  }
  return line;
}

/// Of log slope, or of log(slope / value). By the delta method.
double log_variance(const Line& line, bool up_to_scale) {
  const std::vector<double>& c = line.hc3->covariance;
  const double own = c[3] / line.slope / line.slope;
  if (!up_to_scale) return own;
  return own + c[0] / line.value / line.value - 2 * c[1] / line.slope / line.value;
}

double relative_slope(const Line& line, bool up_to_scale) {
  return up_to_scale ? line.slope / line.value : line.slope;
}

/// Welch and Satterthwaite's, at least 1.
std::size_t joint_degrees(double variance_a, double variance_b, std::size_t degrees_a,
                          std::size_t degrees_b) {
  const double sum = variance_a + variance_b;
  const double divisor = variance_a * variance_a / static_cast<double>(degrees_a) +
                         variance_b * variance_b / static_cast<double>(degrees_b);
  if (!(divisor > 0)) return degrees_a + degrees_b;
  return static_cast<std::size_t>(std::max(1.0, std::floor(sum / divisor * sum)));
}

bool surely_rises(const Line& line) {
  return line.hc3 && line.hc3->coefficients[1].interval.low > 0;
}

SlopeDifference difference(const Line& a, const Line& b, double confidence,
                           const CommonSlopeOptions& options) {
  SlopeDifference result;
  result.confidence = confidence;
  result.margin = options.margin;
  if (a.slope > 0 && b.slope > 0) {
    result.share =
        relative_slope(b, options.up_to_scale) / relative_slope(a, options.up_to_scale) - 1;
  }
  if (result.share && !options.whole_enumeration && surely_rises(a) && surely_rises(b)) {
    const double of_a = std::max(0.0, log_variance(a, options.up_to_scale));
    const double of_b = std::max(0.0, log_variance(b, options.up_to_scale));
    const double half =
        two_sided_t(confidence, joint_degrees(of_a, of_b, a.hc3->degrees, b.hc3->degrees)) *
        std::sqrt(of_a + of_b);
    result.interval = {(1 + *result.share) * std::exp(-half) - 1,
                       (1 + *result.share) * std::exp(half) - 1};
  }
  result.agreement =
      agreement_of(result.share, result.interval, options.margin, options.whole_enumeration);
  return result;
}

GroupSlope group_slope(const SlopeGroup& group, const Line& line,
                       const CommonSlopeOptions& options) {
  GroupSlope result{group.name, group.x.size(), relative_slope(line, options.up_to_scale), {}};
  if (!line.hc3 || options.whole_enumeration) return result;
  const Coefficient& slope = line.hc3->coefficients[1];
  if (!options.up_to_scale) {
    result.interval = slope.interval;
    return result;
  }
  if (!surely_rises(line)) return result;
  const double half =
      two_sided_t(options.confidence, line.hc3->degrees) * std::sqrt(log_variance(line, true));
  result.interval = {result.slope * std::exp(-half), result.slope * std::exp(half)};
  return result;
}

/// Residual sums of squares of the three nested models; each gain is a difference in double-double.
struct Nested {
  DoubleDouble own_lines, one_slope, one_line;
};

Nested nested_sums(std::span<const SlopeGroup> groups) {
  Nested sums;
  DoubleDouble sxx, sxy, syy;
  std::vector<double> all_x, all_y;
  for (const SlopeGroup& group : groups) {
    const Moments m = moments(group.x, group.y);
    sums.own_lines += m.syy - m.sxy * m.sxy / m.sxx;
    sxx += m.sxx;
    sxy += m.sxy;
    syy += m.syy;
    all_x.insert(all_x.end(), group.x.begin(), group.x.end());
    all_y.insert(all_y.end(), group.y.begin(), group.y.end());
  }
  sums.one_slope = syy - sxy * sxy / sxx;
  const Moments all = moments(all_x, all_y);
  sums.one_line = all.syy - all.sxy * all.sxy / all.sxx;
  return sums;
}

/// F of the restriction that leaves `restricted` instead of `free`. What is left within rounding is
/// a perfect fit.
std::optional<Test> f_test(const DoubleDouble& restricted, const DoubleDouble& free, double lost,
                           double degrees, double scale) {
  if (!(degrees >= 1) || !(free.value() > 1e-28 * scale)) return std::nullopt;
  const double gain = std::max(0.0, (restricted - free).value());
  const double f = gain / lost / (free.value() / degrees);
  return Test{f, lost, degrees, f_tail(f, lost, degrees)};
}

void set_tests(CommonSlope& result, std::span<const SlopeGroup> groups) {
  const Nested sums = nested_sums(groups);
  double rows = 0, scale = 0;
  for (const SlopeGroup& group : groups) {
    rows += static_cast<double>(group.x.size());
    for (const double y : group.y) scale += y * y;
  }
  const auto g = static_cast<double>(groups.size());
  result.equal_slopes = f_test(sums.one_slope, sums.own_lines, g - 1, rows - 2 * g, scale);
  result.equal_lines = f_test(sums.one_line, sums.own_lines, 2 * (g - 1), rows - 2 * g, scale);
}

Estimate common_slope(std::span<const SlopeGroup> groups, double centre,
                      const CommonSlopeOptions& options) {
  std::vector<double> x, y;
  for (const SlopeGroup& group : groups) {
    const std::vector<double> some = shifted(group.x, centre);
    x.insert(x.end(), some.begin(), some.end());
    y.insert(y.end(), group.y.begin(), group.y.end());
  }
  Design design(x.size(), Intercept::without);
  std::size_t first = 0;
  for (const SlopeGroup& group : groups) {
    std::vector<double> member(x.size(), 0.0);
    std::fill_n(member.begin() + static_cast<std::ptrdiff_t>(first), group.x.size(), 1.0);
    design.add("intercept of " + group.name, member);
    first += group.x.size();
  }
  design.add("slope", x);
  const bool interval = !options.whole_enumeration;
  try {
    const LinearModel model =
        fit_linear(design, y, {options.confidence, CovarianceKind::hc3, 1, false});
    const Coefficient& slope = model.coefficient("slope");
    return {slope.estimate, interval ? std::optional(slope.interval) : std::nullopt};
  } catch (const Error&) {  // HC3 is not defined: a row of leverage 1
    return {fit_linear(design, y).coefficient("slope").estimate, {}};
  }
}

void require_groups(std::span<const SlopeGroup> groups) {
  if (groups.size() < 2) {
    throw InsufficientData("common slope: {} groups; give at least 2 to compare", groups.size());
  }
  for (std::size_t i = 0; i < groups.size(); ++i) {
    require_line(groups[i].name, groups[i].x, groups[i].y);
    for (std::size_t j = 0; j < i; ++j) {
      if (groups[i].name != groups[j].name) continue;
      throw Error(ErrorCode::input,
                  "common slope: two groups are named `{}`; give each a name of its own",
                  groups[i].name);
    }
  }
}

void require_scale(const std::string& name, double value) {
  if (value > 0) return;
  throw InsufficientData(
      "common slope: the line of group `{}` is {} at the mean x of all groups, so it has no scale; "
      "compare groups whose ranges of x overlap",
      name, value);
}

/// Groups with y divided by the line's value at the common x; owns the columns.
struct Scaled {
  std::vector<std::vector<double>> columns;
  std::vector<SlopeGroup> groups;
};

Scaled scaled_groups(std::span<const SlopeGroup> groups, const std::vector<Line>& lines) {
  Scaled scaled;
  scaled.columns.reserve(groups.size());
  for (std::size_t i = 0; i < groups.size(); ++i) {
    require_scale(groups[i].name, lines[i].value);
    std::vector<double>& column =
        scaled.columns.emplace_back(groups[i].y.begin(), groups[i].y.end());
    for (double& y : column) y /= lines[i].value;
    scaled.groups.push_back({groups[i].name, groups[i].x, column});
  }
  return scaled;
}

std::vector<double> picked(std::span<const double> values, std::span<const std::uint32_t> rows) {
  std::vector<double> result;
  result.reserve(rows.size());
  for (const std::uint32_t row : rows) result.push_back(values[row]);
  return result;
}

/// slope(y_b) / slope(y_a) - 1 of these rows; nothing where one of them does not rise, or has no
/// scale.
std::optional<double> paired_share(std::span<const double> x, std::span<const double> y_a,
                                   std::span<const double> y_b, double centre, bool up_to_scale) {
  if (!differ(x)) return std::nullopt;
  const Moments a = moments(x, y_a);
  const Moments b = moments(x, y_b);
  const double sxy_a = a.sxy.value();
  const double sxy_b = b.sxy.value();
  if (!(sxy_a > 0 && sxy_b > 0)) return std::nullopt;
  if (!up_to_scale) return sxy_b / sxy_a - 1;
  const double from_mean = (centre - a.x_mean.value()) / a.sxx.value();
  const double value_a = a.y_mean.value() + sxy_a * from_mean;
  const double value_b = b.y_mean.value() + sxy_b * from_mean;
  if (!(value_a > 0 && value_b > 0)) return std::nullopt;
  return sxy_b / sxy_a * (value_a / value_b) - 1;
}

}  // namespace

CommonSlope compare_slopes(std::span<const SlopeGroup> groups, const CommonSlopeOptions& options) {
  require_options(options);
  require_groups(groups);
  const double centre = mean_x(groups);
  std::vector<Line> lines;
  for (const SlopeGroup& group : groups)
    lines.push_back(line_of(group, centre, options.confidence));
  const Scaled scaled = options.up_to_scale ? scaled_groups(groups, lines) : Scaled{};
  const std::span<const SlopeGroup> compared = options.up_to_scale ? scaled.groups : groups;

  CommonSlope result;
  result.common = common_slope(compared, centre, options);
  set_tests(result, compared);
  const auto g = static_cast<double>(groups.size());
  const double pairs = g * (g - 1) / 2;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    result.groups.push_back(group_slope(groups[i], lines[i], options));
    for (std::size_t j = i + 1; j < groups.size(); ++j) {
      result.pairs.push_back(
          difference(lines[i], lines[j], 1 - (1 - options.confidence) / pairs, options));
      result.pairs.back().reference = groups[i].name;
      result.pairs.back().other = groups[j].name;
    }
  }
  result.worst = worst_difference(result.pairs);
  return result;
}

SlopeDifference paired_slope_ratio(std::span<const double> x, std::span<const double> y_a,
                                   std::span<const double> y_b, const CommonSlopeOptions& options,
                                   const std::pair<std::string, std::string>& names) {
  require_options(options);
  require_line(names.first, x, y_a);
  require_line(names.second, x, y_b);
  const std::vector<SlopeGroup> one = {{names.first, x, y_a}};
  const double centre = mean_x(one);
  const RowStatistic share = [&](std::span<const std::uint32_t> rows) {
    return paired_share(picked(x, rows), picked(y_a, rows), picked(y_b, rows), centre,
                        options.up_to_scale);
  };
  SlopeDifference result{names.first, names.second, {}, {}, options.confidence, options.margin, {}};
  std::vector<std::uint32_t> rows;
  for (std::size_t row = 0; row < x.size(); ++row) rows.push_back(static_cast<std::uint32_t>(row));
  result.share = share(rows);
  if (result.share && !options.whole_enumeration) {
    BootstrapOptions draws{options.confidence, options.replicates, options.seed, options.threads};
    draws.max_rows = options.max_rows;
    if (const auto found = bootstrap(x.size(), share, draws)) result.interval = found->interval;
  }
  result.agreement =
      agreement_of(result.share, result.interval, options.margin, options.whole_enumeration);
  return result;
}

const SlopeDifference& worst_difference(std::span<const SlopeDifference> pairs) {
  OPLINE_ASSERT(!pairs.empty(), "no pair to choose from");
  const auto rank = [](const SlopeDifference& one) {
    const int kind = one.agreement == Agreement::different   ? 2
                     : one.agreement == Agreement::undecided ? 1
                                                             : 0;
    return std::tuple(kind, !one.share, std::abs(one.share.value_or(0)));
  };
  return *std::max_element(pairs.begin(), pairs.end(),
                           [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
}

Agreement agreement_of(const std::optional<double>& share, const std::optional<Interval>& interval,
                       double margin, bool whole_enumeration) {
  if (!share || (!interval && !whole_enumeration)) return Agreement::undecided;
  const Interval range = interval ? *interval : Interval{*share, *share};
  if (range.low >= -margin && range.high <= margin) return Agreement::same;
  if (range.low > margin || range.high < -margin) return Agreement::different;
  return Agreement::undecided;
}

const char* name_of(Agreement agreement) {
  switch (agreement) {
    case Agreement::same:
      return "same";
    case Agreement::different:
      return "different";
    case Agreement::undecided:
      return "undecided";
  }
  return "undecided";
}

Result<CommonSlope> try_compare_slopes(std::span<const SlopeGroup> groups,
                                       const CommonSlopeOptions& options) {
  return result_of([&] { return compare_slopes(groups, options); });
}

Result<SlopeDifference> try_paired_slope_ratio(std::span<const double> x,
                                               std::span<const double> y_a,
                                               std::span<const double> y_b,
                                               const CommonSlopeOptions& options,
                                               const std::pair<std::string, std::string>& names) {
  return result_of([&] { return paired_slope_ratio(x, y_a, y_b, options, names); });
}

}  // namespace opline::analysis
