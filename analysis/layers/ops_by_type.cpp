#include "analysis/layers/ops_by_type.h"
#include "analysis/numerics/insufficient_data.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <string_view>

#include "analysis/layers/layer_form.h"
#include "analysis/regression/orthonormal.h"
#include "src/base/error.h"

namespace opline::analysis {
namespace {

double total(const TypeOps& type) { return std::accumulate(type.ops.begin(), type.ops.end(), 0.0); }

/// Whether `ops` rises in proportion to `column` (with an intercept: as a line of it).
bool rises_with(std::span<const double> ops, std::span<const double> column, Intercept intercept) {
  Design both(ops.size(), intercept);
  both.add("column", column).add("ops", ops);
  if (orthonormal_basis(both, {}, Dependent::drop).kept.back() == both.columns() - 1) return false;
  const auto [low, high] = std::minmax_element(column.begin(), column.end());
  const double from = ops[static_cast<std::size_t>(low - column.begin())];
  const double to = ops[static_cast<std::size_t>(high - column.begin())];
  return intercept == Intercept::with ? to > from : to > 0;
}

void merge(TypeColumn& column, const TypeOps& type) {
  column.name += " + " + type.type;
  column.types.push_back(type.type);
  for (std::size_t i = 0; i < column.ops.size(); ++i) column.ops[i] += type.ops[i];
}

}  // namespace

std::vector<TypeOps> ops_of_types(std::span<const LayerObservation> layers, std::size_t networks) {
  require_layers("ops by layer type", layers, networks);
  std::map<std::string_view, std::vector<double>> found;
  for (const LayerObservation& layer : layers) {
    if (layer.macs == 0) continue;
    std::vector<double>& ops = found[layer.type];
    ops.resize(networks);
    ops[layer.network] += 2 * layer.macs;
  }
  std::vector<TypeOps> types;
  types.reserve(found.size());
  for (auto& [type, ops] : found) types.push_back({std::string(type), std::move(ops)});
  std::stable_sort(types.begin(), types.end(),
                   [](const TypeOps& a, const TypeOps& b) { return total(a) > total(b); });
  return types;
}

TypeColumns independent_types(std::span<const TypeOps> types, Intercept intercept) {
  TypeColumns result;
  if (types.empty()) return result;
  const std::size_t networks = types[0].ops.size();
  Design design(networks, intercept);
  for (const TypeOps& type : types) {
    std::vector<LeftOut> left_out;
    const std::vector<CandidateColumn> candidate{{type.type, type.ops}};
    Design joined = independent_columns(design, candidate, "network", left_out);
    if (left_out.empty()) {
      result.columns.push_back({type.type, {type.type}, type.ops});
      design = std::move(joined);
      continue;
    }
    const auto fellow =
        std::find_if(result.columns.begin(), result.columns.end(), [&](const TypeColumn& column) {
          return total(type) > 0 && networks > design.columns() + 1 &&
                 rises_with(type.ops, column.ops, intercept);
        });
    if (fellow == result.columns.end()) {
      result.left_out.push_back(left_out.front());
      continue;
    }
    merge(*fellow, type);
    design = Design(networks, intercept);
    for (const TypeColumn& column : result.columns) design.add(column.name, column.ops);
  }
  return result;
}

OpsByType fit_ops_by_type(std::span<const LayerObservation> layers, std::span<const double> seconds,
                          const OpsByTypeOptions& options) {
  const std::size_t networks = seconds.size();
  require_every_network("ops by layer type", layers, networks);
  OpsByType result{Design(networks, options.intercept),
                   independent_types(ops_of_types(layers, networks), options.intercept),
                   {}};
  for (const TypeColumn& column : result.types.columns) result.design.add(column.name, column.ops);
  std::vector<double> weights;
  if (options.weighting == Weighting::relative) weights = relative_weights(seconds);
  result.model = fit_linear(result.design, seconds, options.model, weights);
  return result;
}

Result<OpsByType> try_fit_ops_by_type(std::span<const LayerObservation> layers,
                                      std::span<const double> seconds,
                                      const OpsByTypeOptions& options) {
  return result_of([&] { return fit_ops_by_type(layers, seconds, options); });
}

}  // namespace opline::analysis
