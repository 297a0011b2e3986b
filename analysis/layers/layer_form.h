// analysis/layers/layer_form.h - the columns of a kernel's form.
#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "analysis/layers/layer_model.h"

namespace opline::analysis {

/// The measured layers of one variant, as rows of a design.
struct FormDesign {
  Design design{1};
  std::vector<double> seconds;
  std::vector<double> weights;    ///< Empty for Weighting::equal.
  std::vector<LeftOut> left_out;  ///< Columns that could not be used.
};

/// `rows`: positions in `layers` of a variant's layers, at least two, each with seconds.
[[nodiscard]] FormDesign form_design(std::span<const LayerObservation> layers,
                                     std::span<const std::size_t> rows, Weighting weighting);

/// Positions of the layers with known seconds, by variant in alphabetical order.
struct VariantRows {
  std::string variant;
  std::vector<std::size_t> rows;
};
[[nodiscard]] std::vector<VariantRows> rows_by_variant(std::span<const LayerObservation> layers);

/// A column that may or may not join a design.
struct CandidateColumn {
  std::string name;
  std::vector<double> values;
};

/// Adds `candidates` to a design that is as `empty`, in order, but for those that are zero,
/// constant beside an intercept, a combination of those before, or more than the rows allow with
/// one to spare: these go to `left_out`. `rows` is what a row is called: "layer", "network".
[[nodiscard]] Design independent_columns(const Design& empty,
                                         std::span<const CandidateColumn> candidates,
                                         const std::string& rows, std::vector<LeftOut>& left_out);

}  // namespace opline::analysis
