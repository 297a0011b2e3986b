// analysis/layers/ops_by_type.h - a network's latency on its ops by layer type: does an op cost the
// same in every layer?
//
// y = [intercept] + sum over types of price x ops of that type, by fit_linear(), so that errors and
// diagnostics are those of linear_model.h. Types without multiply-accumulates (pooling, add,
// softmax) have no ops and no column. What can't be told apart is said, not guessed: `left_out` and
// merged columns.
#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "analysis/layers/layer_model.h"
#include "src/base/result.h"

namespace opline::analysis {

/// Ops (2 x macs) that the networks have in layers of one type.
struct TypeOps {
  std::string type;
  std::vector<double> ops;  ///< One a network.
};

/// Types with ops, the one with most of them in all first. Throws Error{input} as require_layers().
/// O(layers).
[[nodiscard]] std::vector<TypeOps> ops_of_types(std::span<const LayerObservation> layers,
                                                std::size_t networks);

/// One price.
struct TypeColumn {
  std::string name;  ///< "conv2d"; of merged types "conv2d + depthwise_conv2d".
  std::vector<std::string> types;
  std::vector<double> ops;  ///< One a network.
};

struct TypeColumns {
  std::vector<TypeColumn> columns;
  std::vector<LeftOut> left_out;
};

/// The columns that can be told apart, of `types` in their order. With an intercept a type with the
/// same ops in every network is left out (its cost is in the intercept); a type whose ops rise in a
/// fixed proportion to another's (with an intercept: as a line, rising) is merged with it into one
/// column, whose price is that of the mixture; one that is another combination of the columns
/// before it is left out, its cost being spread over them.
[[nodiscard]] TypeColumns independent_types(std::span<const TypeOps> types, Intercept intercept);

struct OpsByTypeOptions {
  Intercept intercept = Intercept::with;
  Weighting weighting = Weighting::equal;  ///< As the proxy's own line.
  ModelOptions model;
};

struct OpsByType {
  Design design;  ///< What `model` was fitted on, for diagnose() and others.
  TypeColumns types;
  LinearModel model;  ///< Coefficients by TypeColumn::name, seconds per op.
};

/// `seconds`: one per network. O(layers + networks types^2). Throws Error{input} as
/// require_layers(), for a network without layers, and as fit_linear().
[[nodiscard]] OpsByType fit_ops_by_type(std::span<const LayerObservation> layers,
                                        std::span<const double> seconds,
                                        const OpsByTypeOptions& options = {});
/// As fit_ops_by_type(), with a reason as try_fit_linear(); also for a network without layers.
[[nodiscard]] Result<OpsByType> try_fit_ops_by_type(std::span<const LayerObservation> layers,
                                                    std::span<const double> seconds,
                                                    const OpsByTypeOptions& options = {});

}  // namespace opline::analysis
