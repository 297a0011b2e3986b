// analysis/layers/model_kind.h - the models of a network's latency or energy that opline fits.
#pragma once

namespace opline::analysis {

/// Persisted by name.
enum class ModelKind {
  ops,          ///< A line in the network's ops: the proxy.
  ops_by_type,  ///< A price per op for each layer type (ops_by_type.h).
  per_layer,    ///< A form for each kernel; a network is the sum of its layers (layer_model.h).
  lookup        ///< A table of layers; unknown ones by their kernel's form (layer_model.h).
};

/// "ops", "ops-by-type", "per-layer", "lookup".
[[nodiscard]] const char* to_string(ModelKind kind);

}  // namespace opline::analysis
