// analysis/layers/slope_decomposition.h - why a second of latency buys more ops in one series than
// in another.
//
// Two series a and b (two spaces on one board, two priors), each with its line of latency on ops. A
// series' ops are the sum over layer types, so that with the prices p_t of ops by layer type
// (ops_by_type.h, with intercept)
//
//   slope = sum over types of p_t g_t,   g_t: slope of the type's ops on all ops, its part in one
//   more op; sum g_t = 1
//
// holds exactly for the prices fitted to the series itself. With common prices p* the difference of
// two slopes is
//
//   slope_b - slope_a = sum p*_t (g_tb - g_ta)                            the mix: other types get
//   the next op
//                     + sum (p_tb - p*_t) g_tb - (p_ta - p*_t) g_ta       the prices: an op of a
//                     type costs other
//
// the decomposition of Oaxaca (International Economic Review 14(3), 1973) and Blinder (Journal of
// Human Resources 8(4), 1973), of slopes in place of means. The common prices are by default those
// of both series pooled with an intercept each: Neumark's choice (J. Human Resources 23(3), 1988),
// which takes neither side, with the intercepts apart so that what separates the series is not
// taken for a price (Jann, The Stata Journal 8(4), 2008). The series whose ops vary more weighs
// more in them. "The mix explains it" assumes that an op of a type has one price; where an op's
// price depends on shapes within a type, that shows as price.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/layers/layer_model.h"
#include "analysis/resampling/bootstrap.h"
#include "src/base/result.h"

namespace opline::analysis {

/// A series: its networks' layers (seconds of layers are not looked at) and latencies.
struct NetworkSeries {
  std::span<const LayerObservation> layers;
  std::span<const double> seconds;  ///< One a network.
};

enum class CommonPrices { pooled, of_a, of_b };

struct SlopeDecompositionOptions {
  CommonPrices prices = CommonPrices::pooled;
  bool intervals = true;  ///< False for a whole enumeration, and to save the time.
  BootstrapOptions bootstrap{0.95, 1000, 1, 1, 200, 4000};
};

/// A part of the difference, as a share of slope_a: 0.1 is 10 % of it.
struct SlopePart {
  double share = 0;
  std::optional<BootstrapInterval> interval;  ///< BCa; none without intervals, or as bootstrap().
};

struct TypePart {
  std::string name;  ///< "conv2d"; "conv2d + depthwise_conv2d" for types that one of the series
                     ///< can't tell apart.
  double mix_a = 0, mix_b = 0;  ///< g_t.
  double price = 0;             ///< p*_t, seconds per op.
  std::optional<double> price_a,
      price_b;       ///< Of the series' own fit; none where the type's ops are constant in it.
  SlopePart mix;     ///< p*_t (g_tb - g_ta) / slope_a.
  SlopePart prices;  ///< The rest that is the type's own.
};

struct SlopeDecomposition {
  double slope_a = 0, slope_b = 0;  ///< Of latency on ops, seconds per op.
  SlopePart difference;             ///< (slope_b - slope_a) / slope_a.
  SlopePart mix;                    ///< Explained: the sum of the types' mix.
  SlopePart prices;                 ///< Left: difference - mix.
  std::vector<TypePart> types;      ///< With most ops in both series first.
};

/// Intervals: rows of both series are drawn with replacement from all rows together, so that the
/// series' sizes vary as the rows drawn do. On planted truth with three types 90 % intervals held
/// 80 to 87 % of the time with 40 networks a series, 89 to 90 % with 200. Nothing where a series
/// has fewer than 3 networks or but one number of ops, slope_a is not above 0, or the prices needed
/// can't be told apart (a type that is a combination of several others; with of_a or of_b: one that
/// does not vary in that series). O(layers + replicates x figures x networks types^2). Throws
/// Error{input} as ops_of_types(), for networks without layers, seconds that are not above 0, and
/// as bootstrap().
[[nodiscard]] std::optional<SlopeDecomposition> decompose_slopes(
    const NetworkSeries& a, const NetworkSeries& b, const SlopeDecompositionOptions& options = {});
/// As decompose_slopes(), with the reason where it gives nothing or the data do not allow it.
[[nodiscard]] Result<SlopeDecomposition> try_decompose_slopes(
    const NetworkSeries& a, const NetworkSeries& b, const SlopeDecompositionOptions& options = {});

}  // namespace opline::analysis
