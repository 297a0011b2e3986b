// src/tflite/constant_folding.h - integers that a file computes from constants and from the shapes
// of tensors. Internal to the module.
//
// Keras' Flatten and Reshape become SHAPE, STRIDED_SLICE and PACK, whose result says what a RESHAPE
// makes. All shapes of a file are fixed, so these operators have their results when it is read, and
// are no layers.
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "src/tflite/model_file.h"

namespace opline::tflite {

class ConstantFolding {
 public:
  explicit ConstantFolding(const ModelFile& file) : file_(file), computed_(file.tensor_count()) {}

  /// Whether there is a rule for operators of this kind.
  [[nodiscard]] static bool knows(fb::BuiltinOperator code);

  /// Computes what operator `id` makes, if it is a SHAPE or an operator on integers (int32, int64;
  /// of one dimension at most) that are known, and there is a rule for it; else false. The
  /// operators that make what it reads were folded before. Throws Error{input} for numbers that
  /// contradict each other.
  bool fold(OperatorId id);

  /// The integers of a tensor that is constant or was computed; nothing for other tensors.
  [[nodiscard]] std::optional<std::vector<std::int64_t>> integers(FileTensor tensor) const;

 private:
  using Numbers = std::vector<std::int64_t>;
  [[nodiscard]] Numbers evaluate(OperatorId id, const std::vector<Numbers>& inputs) const;
  [[nodiscard]] Numbers strided_slice(OperatorId id, const std::vector<Numbers>& inputs) const;
  [[nodiscard]] Numbers gather(OperatorId id, const Numbers& from, const Numbers& at) const;
  [[nodiscard]] Numbers by_element(OperatorId id, const Numbers& a, const Numbers& b) const;
  [[nodiscard]] std::int64_t apply(OperatorId id, std::int64_t a, std::int64_t b) const;

  const ModelFile& file_;
  std::vector<std::optional<Numbers>> computed_;  // by tensor
};

}  // namespace opline::tflite
