// analysis/validation/common_slope.h - one slope for all groups (spaces, priors, boards up to
// scale)?
//
// Model: y = intercept of the group + slope of the group x + e. Two kinds of answer:
//   effect size   by how much a slope differs from another, as a share of it, with an interval,
//                 against a margin. This decides: with many networks any two slopes differ
//                 significantly, and a margin says what matters.
//   F tests       of one slope, and of one line, for all: the analysis of covariance and Chow's
//                 test (Chow, Econometrica 28(3), 1960; R: anova of the nested lm). They assume
//                 normal e of one variance in all groups. Reported, they decide nothing.
// Independent groups (other networks in each): compare_slopes(). The same networks under two
// setups: their errors are not independent, so paired_slope_ratio(), by bootstrap over networks.
//
// Up to scale: the slope of group g is taken relative to its line's value at one x for all, the
// mean x of all rows; a board that is faster by one factor throughout has the same relative slope,
// whichever networks it ran.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "analysis/numerics/interval.h"
#include "analysis/regression/diagnostics.h"
#include "src/base/result.h"

namespace opline::analysis {

/// Rows of one population. The spans must outlive the call only.
struct SlopeGroup {
  std::string name;
  std::span<const double> x;  ///< As ops.
  std::span<const double> y;  ///< As latency; one unit in all groups, unless compared up to scale.
};

struct CommonSlopeOptions {
  double confidence =
      0.95;  ///< Of the group slopes one by one; of the differences of all pairs together.
  double margin = 0.05;      ///< A difference of at most this share does not matter; in (0, 1).
  bool up_to_scale = false;  ///< Compare slopes relative to the line's value (above).
  bool whole_enumeration = false;  ///< No intervals: the shares alone decide.
  std::size_t replicates = 2000;   ///< For paired_slope_ratio(): as BootstrapOptions.
  std::size_t max_rows = 4000;     ///< Likewise: the work stops growing with more pairs.
  std::uint64_t seed = 1;
  unsigned threads = 1;
};

/// Of a difference and a margin: its interval is inside of +-margin, outside of it, or neither.
enum class Agreement { same, different, undecided };

/// slope(other) / slope(reference) - 1: 0.1 is 10 % steeper. Not symmetric: 1.1 one way is 0.909
/// the other.
struct SlopeDifference {
  std::string reference, other;  ///< Names of the groups.
  std::optional<double> share;   ///< None unless both slopes (up to scale: also both lines at the
                                 ///< common x) are above 0.
  std::optional<Interval>
      interval;  ///< None for a whole enumeration, and where a slope is not surely above 0.
  double confidence = 0.95;  ///< Of this interval alone.
  double margin = 0.05;
  Agreement agreement = Agreement::undecided;
};

struct GroupSlope {
  std::string name;
  std::size_t n = 0;
  double slope = 0;  ///< Least squares; y / x, up to scale 1 / x.
  std::optional<Interval>
      interval;  ///< By HC3, at the confidence asked for; none where HC3 is not defined.
};

struct CommonSlope {
  std::vector<GroupSlope> groups;  ///< In the order given.
  Estimate common;  ///< The one slope of the model with an intercept a group; interval by HC3.
  std::optional<Test>
      equal_slopes;  ///< F(g - 1, n - 2 g) of one slope, intercepts free. None for a perfect fit.
  std::optional<Test>
      equal_lines;  ///< F(2 (g - 1), n - 2 g) of one line (Chow). None for a perfect fit.
  std::vector<SlopeDifference> pairs;  ///< Every pair, the earlier group the reference.
  SlopeDifference worst;               ///< As worst_difference(): its agreement is that of all.
};

/// Compares slopes of independent groups. The interval of a share is that of the ratio's logarithm
/// by the delta method, from the HC3 covariances (linear_model.h), which allow every row a variance
/// of its own; Student's quantile with Welch and Satterthwaite's degrees of freedom, rounded down
/// (Satterthwaite, Biometrics Bulletin 2(6), 1946). The intervals of all pairs hold together at the
/// confidence (Bonferroni: each at 1 - (1 - confidence) / pairs), so `same` for all errs on the
/// careful side. Conditional on x. Good where relative errors of slopes are below about 0.2. The F
/// tests up to scale take the scales as known. O(n g^2). Throws Error{input} for fewer than 2
/// groups, two of one name, a group with fewer than 3 rows or but one x, values that fit_line()
/// refuses, a confidence or margin out of range, up to scale also for a line <= 0 at the common x.
[[nodiscard]] CommonSlope compare_slopes(std::span<const SlopeGroup> groups,
                                         const CommonSlopeOptions& options = {});
/// As compare_slopes(); fewer than 2 groups, a group without a line and, up to scale, a line that
/// is not above 0 are a reason.
[[nodiscard]] Result<CommonSlope> try_compare_slopes(std::span<const SlopeGroup> groups,
                                                     const CommonSlopeOptions& options = {});

/// How much steeper is y_b than y_a over the same networks: share and BCa interval over networks
/// (bootstrap.h). For several pairs give each a confidence of 1 - (1 - c) / pairs and ask
/// worst_difference(). `names`: reference, other. O(replicates x n). Throws Error{input} for fewer
/// than 3 rows or one x, unequal lengths, options out of range.
[[nodiscard]] SlopeDifference paired_slope_ratio(
    std::span<const double> x, std::span<const double> y_a, std::span<const double> y_b,
    const CommonSlopeOptions& options = {},
    const std::pair<std::string, std::string>& names = {"a", "b"});
/// As paired_slope_ratio(), with a reason as try_compare_slopes().
[[nodiscard]] Result<SlopeDifference> try_paired_slope_ratio(
    std::span<const double> x, std::span<const double> y_a, std::span<const double> y_b,
    const CommonSlopeOptions& options = {},
    const std::pair<std::string, std::string>& names = {"a", "b"});

/// The pair that decides for all: one that is different, else one that is undecided, else any;
/// among these one without a share, else that of the largest absolute share. At least one pair
/// (asserted).
[[nodiscard]] const SlopeDifference& worst_difference(std::span<const SlopeDifference> pairs);

/// `same` when the figure (the whole interval, where there is one) is inside of +-margin,
/// `different` when outside. Without an interval a figure decides alone only for a whole
/// enumeration.
[[nodiscard]] Agreement agreement_of(const std::optional<double>& share,
                                     const std::optional<Interval>& interval, double margin,
                                     bool whole_enumeration);

/// "same", "different", "undecided".
[[nodiscard]] const char* name_of(Agreement agreement);

}  // namespace opline::analysis
