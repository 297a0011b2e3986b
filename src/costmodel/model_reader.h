// src/costmodel/model_reader.h - one model of a cost-model file; docs/formats/cost-model.md.
#pragma once
#include "src/base/strict_json.h"
#include "src/costmodel/cost_model.h"

namespace opline::costmodel {

/// Throws Error{input} naming the key, as StrictObject does.
[[nodiscard]] Model read_model(StrictObject& object);

/// The keys `standard_error` and `interval` of a term whose estimate is known. Throws as
/// StrictObject does, also where one is known without the other.
void read_error_and_interval(StrictObject& object, Term& term);

/// A pair [low, high]. Throws as StrictObject does, also where they are the wrong way round.
[[nodiscard]] analysis::Interval read_range(StrictObject& object, const std::string& key);
/// null, or [low, high].
[[nodiscard]] std::optional<analysis::Interval> read_interval(StrictObject& object,
                                                              const std::string& key);

}  // namespace opline::costmodel
