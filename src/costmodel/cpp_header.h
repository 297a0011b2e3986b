// src/costmodel/cpp_header.h - a cost model as one C++ header without dependencies, for searches
// that do not link opline.
//
// It predicts from ops (models of kind ops) and, where the search space is known, from the options
// of an architecture's decisions, with the coefficients of architecture_cost.h. Lookup tables are
// left out. The texts it is made of are data/exports/cost_model*.h.in.
#pragma once
#include <string>

#include "src/costmodel/cost_model.h"

namespace opline::costmodel {

/// `name`: of the namespace, a C++ identifier (cpp_identifier()). Throws Error{input} where no
/// model of the file can be written so, with the reasons.
[[nodiscard]] std::string cpp_header(const CostModel& file, const std::string& name);

/// `text` with everything that an identifier cannot have as '_', and a letter first.
[[nodiscard]] std::string cpp_identifier(const std::string& text);

}  // namespace opline::costmodel
