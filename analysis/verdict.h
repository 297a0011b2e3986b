// analysis/verdict.h - may a search use this proxy?
//
// Every criterion is a figure with its interval against a threshold. It is met when the whole interval is on the good
// side, missed when the whole of it is on the bad side, else undecided; for a whole enumeration the figure alone
// decides. The ruling is for a search that orders candidates by the proxy and keeps a latency budget with it:
//
//   valid        every criterion that applies is met. The line may be used as it is; for a hard budget with `margin`.
//   not valid    what no margin mends:
//                - fewer networks than asked for: nothing is known;
//                - Kendall's tau-b, by its estimate, below its threshold (or unknown): the proxy puts candidates in the
//                  wrong order, and a margin moves the budget, not the order;
//                - a budget that no margin keeps, or one above the largest usable: a search would refuse too much;
//                - the slope difference missed: each group is a proxy of its own. The margin was measured over the
//                  mixture of the groups and says nothing to a search inside of one.
//   valid with margin m   all else: the order is right; R^2, error, curvature or one slope is not proven or is missed.
//                A search that accepts predicted <= budget / (1 + m) keeps false feasible below its threshold, inside
//                the range of ops measured. Curvature belongs here: a bend keeps the order, and the margin was measured
//                on the bent data; R^2 does, as it depends on the range of ops as much as on the errors.
//
// tau-b decides by its estimate: an order that is more likely wrong than right is no ground to go on, even where more
// networks might still mend it; `advice` says how many.   Room: analysis -> base. No I/O, no printing: sentences are
// part of the result.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "analysis/common_slope.h"
#include "analysis/interval.h"
#include "analysis/proxy_validation.h"

namespace opline::analysis {

/// What is asked of a proxy. The shipped file data/verdict.toml says the same and why (held by a test).
struct Thresholds {
  std::size_t networks = 30;    ///< At least; 3 to 1e9.
  double r_squared = 0.95;      ///< At least; 0 to 1.
  double mape_percent = 10;     ///< Cross-validated, at most; above 0, up to 1000.
  double kendall_tau_b = 0.85;  ///< At least; 0 to 1.
  double curvature_percent = 2;  ///< Mean |gap| over the middle 90 %, at most, of latency; above 0, up to 100.
  double slope_difference_percent = 5;  ///< At most, of the reference slope; above 0, up to 100.
  double margin_percent = 25;           ///< Largest margin a search can live with; above 0, up to 1000.
  double false_feasible_percent = 1;    ///< What the margin keeps false feasible below; 0.001 to 99.
  /// For ProxyValidationOptions: a share.
  [[nodiscard]] double false_feasible() const { return false_feasible_percent / 100; }
};

/// Reads docs/formats/verdict.md; keys that are not there keep their defaults. `name` stands for the file. Throws
/// Error{input} "file:line: key: ..." for an unknown key, a value out of range, another format or version.
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
  std::optional<double>
      margin;  ///< A share, whatever the ruling: budget / (1 + margin) is safe. None: no margin is.
  std::vector<Criterion>
      criteria;  ///< In a fixed order: networks, R^2, error, tau-b, curvature, slope, margin.
  std::vector<std::string> reasons;  ///< Why not `valid`: a sentence a criterion. Empty for valid.
  std::vector<std::string> advice;   ///< What to do next, each with the figure that asks for it.
};

/// Judges. `slopes`: the difference that decides for all groups (CommonSlope::worst, worst_difference()), if groups
/// were compared; its own margin is not used. The validation must have been made for thresholds.false_feasible()
/// (asserted).
[[nodiscard]] Verdict judge(const ProxyValidation& validation, const std::optional<SlopeDifference>& slopes,
                            const Thresholds& thresholds = {});

/// Where a figure stands: `exact` for one without sampling error (a count, a whole enumeration). Without an interval an
/// inexact figure is undecided.
[[nodiscard]] Standing standing_of(const Estimate& figure, double threshold, Direction direction, bool exact);

/// "valid", "valid with margin", "not valid".
[[nodiscard]] const char* name_of(Ruling ruling);
/// "met", "missed", "undecided", "not applicable".
[[nodiscard]] const char* name_of(Standing standing);

}  // namespace opline::analysis
