// src/evaluation/series_comparison.h - two series compared: what they differ in, and by how much.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "analysis/layers/slope_decomposition.h"
#include "analysis/validation/common_slope.h"
#include "analysis/validation/paired_ratio.h"
#include "analysis/validation/validation.h"
#include "src/evaluation/series.h"

namespace opline::evaluation {

/// A field of campaign or setup in which the two differ.
struct Difference {
  std::string field;                ///< "space", "prior", "board", "runtime", ...
  std::optional<std::string> a, b;  ///< None where it is unknown.
};

/// The networks that both series measured (same_networks.h), in the order of a.
struct CommonNetworks {
  std::size_t n = 0;
  std::vector<std::pair<std::size_t, std::size_t>> rows;  ///< Positions in rows_a and rows_b.
  analysis::PairedRatio ratio;                      ///< a's response over b's, network by network.
  std::optional<analysis::SlopeDifference> slopes;  ///< Of b's slope from a's, on these networks.
  /// The same up to scale: what is left when one is faster by one factor throughout.
  std::optional<analysis::SlopeDifference> scaled;
  std::optional<double> kendall_tau_b;  ///< Of a's response and b's.
};

struct SeriesComparison {
  const Series* a = nullptr;
  const Series* b = nullptr;
  std::string why_none;  ///< Where one has too little that can be fitted; then nothing below.
  ResponseRows rows_a, rows_b;
  std::vector<Difference> differences;
  /// Networks of both that were measured under one setup: they are the same measurements, and
  /// comparing them says nothing. Then there are no common networks.
  std::size_t same_measurements = 0;
  std::optional<CommonNetworks> common;  ///< None for fewer than 3 networks.
  /// Both series as two groups, which must be independent ...
  std::optional<analysis::CommonSlope> one_line;
  bool paired = false;  ///< ... and are not when most networks are the same.
  std::optional<analysis::Transfer> a_on_b, b_on_a;
  /// Why the slopes differ: the mix of layer types, or the cost of an op of each. Of latencies,
  /// with layers known.
  std::optional<analysis::SlopeDecomposition> why;
  [[nodiscard]] bool sampled() const { return !a->covers_whole_space || !b->covers_whole_space; }
};

struct ComparisonOptions {
  Response of = Response::latency;
  double margin = 0.05;  ///< Slopes closer than this share are called the same.
  std::uint64_t seed = 1;
};

/// `a` and `b` must outlive the result; where they were read with layers, the slopes' difference is
/// explained by them.
[[nodiscard]] SeriesComparison compare_series(const Series& a, const Series& b,
                                              const ComparisonOptions& options);

}  // namespace opline::evaluation
