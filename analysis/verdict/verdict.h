// analysis/verdict/verdict.h - may a search use this proxy?
//
// Every criterion is a figure with its interval against a threshold. It is met when the whole
// interval is on the good side, missed when the whole of it is on the bad side, else undecided; for
// a whole enumeration the figure alone decides. The ruling is for a search that orders candidates
// by the proxy and keeps a latency budget with it:
//
//   valid        every criterion that applies is met. The line may be used as it is; for a hard
//                budget with `margin`.
//   not valid    what no margin mends:
//                - fewer different networks than asked for: nothing is known;
//                - order: Kendall's tau-b, by its estimate, below its threshold (or unknown), and
//                not because ops are
//                  tied or close together. tau-b depends on the range of ops as R^2 does, so it is
//                  forgiven where networks that differ by 10 % or more in ops are misordered no
//                  more often than the threshold allows, in (1 - threshold) / 2 of the pairs;
//                - a margin above the largest usable, a mean error above it, or a prediction that
//                is not above 0: a
//                  search would refuse too much, or accept anything;
//                - the slope difference missed: each group is a proxy of its own. The margin was
//                measured over the
//                  mixture of the groups and says nothing to a search inside of one.
//   valid with margin m   all else: the order is right; R^2, error, curvature or one slope is not
//                         proven or is missed,
//                or there are too few networks to vouch for the margin. A search that accepts
//                predicted <= budget / (1 + m) takes a network that exceeds its budget by chance of
//                about 1 % (validation_choice.h), inside the range of ops measured. Curvature
//                belongs here: a bend keeps the order, and the margin was measured on the bent
//                data; R^2 does, as it depends on the range of ops as much as on the errors.
//
// tau-b decides `not valid` by its estimate, as an interval that straddles the threshold would else
// let a proxy pass for having been measured on few networks., no printing: sentences are part of
// the result.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "analysis/numerics/interval.h"
#include "analysis/validation/common_slope.h"
#include "analysis/validation/proxy_validation.h"

namespace opline::analysis {

/// What is asked of a proxy. The shipped file data/verdict.toml says the same and why (held by a
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
  std::string name;             ///< As "Kendall's tau-b".
  std::optional<double> value;  ///< None when it cannot be told.
  std::optional<Interval> interval;
  double threshold = 0;
  Direction direction = Direction::at_least;
  std::string unit;  ///< "%" or nothing.
  Standing standing = Standing::not_applicable;
  /// Whether the figure itself is on the good side, whatever its interval. None without a figure.
  [[nodiscard]] std::optional<bool> leans_good() const;
};

/// The values are stored and frozen.
enum class Ruling { valid = 0, valid_with_margin = 1, not_valid = 2 };

struct Verdict {
  Ruling ruling = Ruling::not_valid;
  std::optional<double> margin;  ///< A share, whatever the ruling: ExceedanceMargin::margin. None:
                                 ///< no margin mends it.
  std::vector<Criterion>
      criteria;  ///< In a fixed order: networks, R^2, error, tau-b, curvature, slope, margin.
  std::vector<std::string> reasons;  ///< Why not `valid`: a sentence a criterion. Empty for valid.
  std::vector<std::string> advice;   ///< What to do next, each with the figure that asks for it.
};

/// Judges. `slopes`: the difference that decides for all groups (CommonSlope::worst,
/// worst_difference()), if groups were compared; its own margin is not used. The validation must
/// have been made for thresholds.false_feasible() (asserted).
[[nodiscard]] Verdict judge(const ProxyValidation& validation,
                            const std::optional<SlopeDifference>& slopes,
                            const Thresholds& thresholds = {});

/// Networks whose ops differ by at least this share are told apart by their ops.
inline constexpr double kDifferentOps = 0.1;
/// Share of the pairs that differ so much in which more ops took less. None without such a pair.
[[nodiscard]] std::optional<double> misorder_rate_of_different(const ProxyValidation& validation);

/// Where a figure stands: `exact` for one without sampling error (a count, a whole enumeration).
/// Without an interval an inexact figure is undecided.
[[nodiscard]] Standing standing_of(const Estimate& figure, double threshold, Direction direction,
                                   bool exact);

/// "valid", "valid with margin", "not valid".
[[nodiscard]] const char* name_of(Ruling ruling);
/// "met", "missed", "undecided", "not applicable".
[[nodiscard]] const char* name_of(Standing standing);

}  // namespace opline::analysis
