// src/cli/series_pair.h - two series held against each other: what they differ in, and by how much.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "analysis/layers/slope_decomposition.h"
#include "analysis/validation/common_slope.h"
#include "analysis/validation/paired_ratio.h"
#include "analysis/validation/validation.h"
#include "src/base/json.h"
#include "src/cli/model_fit.h"
#include "src/cli/subject.h"

namespace opline::cli {

/// What a Difference says of a field that nothing is known of.
inline constexpr const char* kUnknown = "unknown";

/// A field of campaign or setup in which the two differ.
struct Difference {
  std::string field;  ///< "space", "prior", "board", "runtime", ...
  std::string a, b;   ///< kUnknown where nothing is known.
};

/// The networks that both measured, in the order of a. Of samples of a space they are known by the
/// network's id; of tables by the user's name of the network (none in a table without names) where
/// the op counts agree.
struct CommonNetworks {
  std::size_t n = 0;
  analysis::PairedRatio ratio;                      ///< a's response over b's, network by network.
  std::optional<analysis::SlopeDifference> slopes;  ///< Of b's slope from a's, on these networks.
  /// The same up to scale: what is left when one is faster by one factor throughout.
  std::optional<analysis::SlopeDifference> scaled;
  std::optional<double> kendall_tau_b;  ///< Of a's response and b's.
};

struct SeriesPair {
  const FittedSeries* a = nullptr;
  const FittedSeries* b = nullptr;
  ResponseRows rows_a, rows_b;
  std::vector<Difference> differences;
  std::optional<CommonNetworks> common;  ///< None for fewer than 3 networks.
  std::optional<analysis::CommonSlope>
      one_line;         ///< Of both series as two groups; they must be independent ...
  bool paired = false;  ///< ... which they are not when most networks are the same.
  std::optional<analysis::Transfer> a_on_b, b_on_a;
  /// Why the slopes differ: the mix of layer types, or their prices. Of latencies on one setup,
  /// with layers known.
  std::optional<analysis::SlopeDecomposition> why;
  [[nodiscard]] bool sampled() const { return !a->whole_enumeration || !b->whole_enumeration; }
};

struct PairOptions {
  Response of = Response::latency;
  double margin = 0.05;  ///< Slopes closer than this share are called the same.
  std::uint64_t seed = 1;
};

/// `a` and `b` must outlive the result. Throws Error{input} where one has nothing that can be
/// fitted.
[[nodiscard]] SeriesPair compare(Subject& a, Subject& b, const PairOptions& options);

[[nodiscard]] std::string in_words(const SeriesPair& pair);
[[nodiscard]] Json to_json(const SeriesPair& pair);

}  // namespace opline::cli
