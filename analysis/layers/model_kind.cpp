#include "analysis/layers/model_kind.h"

#include "src/base/error.h"

namespace opline::analysis {

const char* to_string(ModelKind kind) {
  switch (kind) {
    case ModelKind::ops:
      return "ops";
    case ModelKind::ops_by_type:
      return "ops-by-type";
    case ModelKind::per_layer:
      return "per-layer";
    case ModelKind::lookup:
      return "lookup";
  }
  OPLINE_ASSERT(false, "model {}", static_cast<int>(kind));
  return "";
}

}  // namespace opline::analysis
