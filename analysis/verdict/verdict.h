// analysis/verdict/verdict.h - may a search use this proxy?
//
// Every criterion is a figure with its interval against a threshold. It is met when the whole
// interval is on the good side, missed when the whole of it is on the bad side, else undecided; for
// a whole enumeration the figure alone decides. The ruling is for a search that orders candidates
// by the proxy and keeps a latency budget with it:
//
//   not valid: something that no margin makes up for is proven:
//     - fewer different networks than asked for: nothing is known;
//     - the margin at the median latency, or the mean error, is above the largest usable margin:
//       a search would refuse too much;
//     - Kendall's tau-b is below its threshold, and not because ops are tied or close together:
//       tau-b depends on the range of ops as R^2 does, so it is forgiven where networks that differ
//       by 10 % or more in ops are misordered in at most (1 - threshold) / 2 of the pairs;
//     - every network has the same value, so that tau-b is missed without a figure;
//     - the slopes of the groups differ: each is a proxy of its own.
//
//   undecided: one of these is neither proven nor excluded:
//     - the interval of the margin straddles its threshold;
//     - mean error or tau-b are on the bad side, and their intervals straddle theirs;
//     - `not valid` rests on gross outliers: without these rows the ruling is another one;
//     - rows of one name are not repeats of a measurement (RepeatSpread::contradictory()): their
//       medians are latencies of nothing that was measured.
//
//   valid: every criterion that applies is met.
//
//   valid with margin: all else. The order is right and a margin keeps budgets; R^2, error,
//   curvature, the share refused or one slope is not proven or is missed, or the networks are too
//   few to support the margin. R^2 belongs here because it depends on the range of ops as much as
//   on the errors; curvature because a bend keeps the order and the margin was measured on the bent
//   data.
//
// The margin is that of latency_margin.h: a search accepts what is predicted at up to
// LatencyMargin::largest_prediction(budget). Of further networks about 1 % exceed their bound,
// inside the range of ops measured. No printing: sentences are part of the result.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "analysis/numerics/interval.h"
#include "analysis/validation/common_slope.h"
#include "analysis/validation/proxy_validation.h"
#include "analysis/validation/repeats.h"

namespace opline::analysis {

/// What is asked of a proxy. The shipped file data/verdict.toml says the same and why (checked by a
/// test).
struct Thresholds {
  std::size_t networks = 30;    ///< At least; 3 to 1e9.
  double r_squared = 0.95;      ///< At least; 0 to 1.
  double mape_percent = 10;     ///< Cross-validated, at most; above 0, up to 1000.
  double kendall_tau_b = 0.85;  ///< At least; 0 to 1.
  double curvature_percent =
      2;  ///< Mean |gap| over the middle 90 %, at most, of latency; above 0, up to 100.
  double slope_difference_percent = 5;  ///< At most, of the reference slope; above 0, up to 100.
  double margin_percent = 25;  ///< Largest margin a search can live with; above 0, up to 1000.
  double false_feasible_percent = 1;  ///< Chance to exceed that the margin leaves; 0.001 to 99.
  double refused_percent = 50;  ///< Of the networks within the tightest budget, at most, that the
                                ///< margin refuses; above 0, up to 100.
  /// For ProxyValidationOptions: a share.
  [[nodiscard]] double false_feasible() const { return false_feasible_percent / 100; }
};

/// Reads docs/formats/verdict.md; keys that are not there keep their defaults. `name` stands for
/// the file. Throws Error{input} "file:line: key: ..." for an unknown key, a value out of range,
/// another format or version.
[[nodiscard]] Thresholds parse_thresholds(const std::string& text, const std::string& name);

enum class Direction { at_least, at_most };
enum class Standing { met, missed, undecided, not_applicable };

struct Criterion {
  std::string name;             ///< E.g. "Kendall's tau-b".
  std::optional<double> value;  ///< None when it cannot be computed.
  std::optional<Interval> interval;
  double threshold = 0;
  Direction direction = Direction::at_least;
  std::string unit;  ///< "%" or nothing.
  Standing standing = Standing::not_applicable;
  std::string note = {};  ///< Why it stands so where figure and interval do not say it.
  /// Whether the figure itself is on the good side, whatever its interval. None without a figure.
  [[nodiscard]] std::optional<bool> leans_good() const;
};

/// The values are stored and frozen. Exit codes of the command line: 0, 8, 9 and 10.
enum class Ruling { valid = 0, valid_with_margin = 1, not_valid = 2, undecided = 3 };

/// What is known of where the rows came from, so that advice offers only what is possible.
struct SourceFacts {
  bool layers_known = false;   ///< Layers of the networks: ops by type, per-layer model.
  bool prior_known = false;    ///< Drawn from a prior over a space: another one can be drawn from.
  bool can_draw_more = false;  ///< More networks of the same population can be measured.
  bool from_table = false;     ///< Columns chosen by the user, who may have swapped them.
  std::string response = "latency";  ///< What is judged, as sentences call it: latency, energy.
  std::optional<RepeatSpread> repeats = {};  ///< Of a table whose rows share names or ops.
};

/// The values are persisted by name (name_of()) and frozen.
enum class AdviceKind {
  check_outliers,   ///< Rows that no line through the others explains. rows: they; value: how many.
  unit_slip,        ///< Such rows off by a power of ten. rows: they; value: the power.
  swapped_columns,  ///< The slope is negative, or the response is larger than ops.
  too_few_networks,  ///< value: different networks; target: asked for.
  repeats_as_rows,   ///< Rows are repeats. value: rows; target: different networks.
  constant_latency,  ///< Every network has the same value.
  wider_range,       ///< Ops vary little. value: 95 % / 5 % quantile of ops.
  better_model,      ///< Ops by layer type, per-layer model. Only where layers are known.
  wrong_order,       ///< As better_model, where no layers are known. value: tau-b or the margin.
  use_margin,        ///< How to keep a budget. value: the margin at the median, a share.
  support_margin,    ///< value: share the networks support; target: networks needed.
  budget_costs,      ///< Too much is refused at the tightest budget. value: percent.
  own_proxies,       ///< One proxy per group. value: the difference, a share.
  restrict_range,    ///< Latency is curved. value: percent at `target` ops.
  nonpositive_line,  ///< The line is not above 0 for the smallest networks.
  relative_weights,  ///< The spread changes with ops. value: p of Breusch-Pagan.
  heavy_tails,       ///< Intervals of R^2 are not to be trusted. value: kurtosis.
  valid_range_only,  ///< The line misses the larger half. value: percent.
  more_networks,     ///< target: networks that would decide a criterion; none: beyond 10 n.
  at_threshold,      ///< More networks will hardly decide.
  mixed_rows,        ///< Rows of one network differ too much. value: the typical factor.
};

struct Advice {
  AdviceKind kind = AdviceKind::more_networks;
  std::string text;               ///< A sentence for users; rows are not in it.
  std::vector<std::size_t> rows;  ///< 0-based rows of the series meant, most important first.
  std::optional<double> value;    ///< As AdviceKind says.
  std::optional<double> target;
};

struct Verdict {
  Ruling ruling = Ruling::not_valid;
  std::optional<double> margin;  ///< One share for all latencies, whatever the ruling:
                                 ///< ExceedanceMargin::margin. None: there is no such share.
  std::optional<LatencyMargin> latency_margin;  ///< What the ruling is about; whatever the ruling.
  std::vector<Criterion> criteria;  ///< In a fixed order: networks, R^2, error, tau-b, curvature,
                                    ///< slope, margin, refused.
  std::vector<std::string>
      reasons;  ///< Why not `valid`: a sentence per criterion. Empty for valid.
  std::vector<std::size_t>
      deciding_rows;  ///< 0-based: outliers, else the rows that set the margin
                      ///< where it is undecided. Empty where no few rows decide.
  std::optional<Ruling> without_outliers;  ///< The ruling on the other rows; none without outliers.
  /// The rows far off the line are the end of a curved series, not outliers: `without_outliers`
  /// is then empty and no advice names them.
  bool outliers_are_bend = false;
  std::vector<Advice> next;         ///< What to do next, most important first.
  std::vector<std::string> advice;  ///< The sentences of `next`, with row numbers (1-based).
};

/// Judges. `slopes`: the difference that decides for all groups (CommonSlope::worst,
/// worst_difference()), if groups were compared; its own margin is not used. The validation must
/// have been made for thresholds.false_feasible() (asserted).
[[nodiscard]] Verdict judge(const ProxyValidation& validation,
                            const std::optional<SlopeDifference>& slopes,
                            const Thresholds& thresholds = {}, const SourceFacts& source = {});

/// Networks whose ops differ by at least this share are told apart by their ops.
inline constexpr double kDifferentOps = 0.1;
/// Share of the pairs that differ so much in which more ops took less. None without such a pair.
[[nodiscard]] std::optional<double> misorder_rate_of_different(
    const std::optional<Misorder>& misorder);

/// Where a figure stands: `exact` for one without sampling error (a count, a whole enumeration).
/// Without an interval an inexact figure is undecided.
[[nodiscard]] Standing standing_of(const Estimate& figure, double threshold, Direction direction,
                                   bool exact);

/// "valid", "valid with margin", "not valid", "undecided".
[[nodiscard]] const char* name_of(Ruling ruling);
/// "met", "missed", "undecided", "not applicable".
[[nodiscard]] const char* name_of(Standing standing);
/// The enumerator's name, e.g. "check_outliers".
[[nodiscard]] const char* name_of(AdviceKind kind);

}  // namespace opline::analysis
