// src/base/suggest.h - "did you mean": the known name that a mistyped one is closest to.
#pragma once
#include <span>
#include <string>
#include <string_view>

namespace opline {

/// "; did you mean `study`?" where one of `known` is close to `given`, else empty. Close: at most a
/// third of `given`'s letters (at least one) inserted, deleted, replaced or swapped with their
/// neighbour (optimal string alignment distance), case ignored; or `given` is the start of exactly
/// one of `known`. Of several the closest, then the first. Names above 64 letters have none.
[[nodiscard]] std::string did_you_mean(std::string_view given, std::span<const std::string> known);

}  // namespace opline
