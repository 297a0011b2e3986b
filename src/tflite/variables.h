// src/tflite/variables.h - the variables of a streaming model: what it keeps from one inference to
// the next. Internal to the module.
//
// VAR_HANDLE names a variable, READ_VARIABLE and ASSIGN_VARIABLE copy it to and from a tensor.
// CALL_ONCE's subgraph assigns constants before the first inference; where there is none, TFLM sets
// a variable to its zero point. docs/formats/tflite.md.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "src/tflite/model_file.h"

namespace opline::tflite {

/// One of the four operators.
[[nodiscard]] bool concerns_variables(fb::BuiltinOperator code);

struct Variable {
  std::string name;
  FileTensor first_read = -1;          ///< The tensor that it is first read to.
  std::vector<std::int8_t> initial{};  ///< Its codes before the first inference.
};

class Variables {
 public:
  /// Throws Error{input} for variables that are never read, are not int8, or whose initial value is
  /// computed.
  explicit Variables(const ModelFile& file);

  /// In the order in which they are first read.
  [[nodiscard]] const std::vector<Variable>& all() const { return all_; }
  /// The position in all() of the variable that READ_VARIABLE or ASSIGN_VARIABLE `id` concerns.
  [[nodiscard]] std::size_t of(OperatorId id) const;

 private:
  void note_reads();
  void initialise();
  void initialise_from(OperatorId call);
  void initialise_from(const ModelFile& graph, OperatorId id,
                       const std::vector<std::string>& names);
  [[nodiscard]] std::optional<std::size_t> find(const std::string& name) const;

  const ModelFile& file_;
  std::vector<std::string> names_;  // by tensor: of the variable that it is a handle of
  std::vector<Variable> all_;
};

}  // namespace opline::tflite
