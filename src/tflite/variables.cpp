#include "src/tflite/variables.h"

#include <algorithm>
#include <cstring>

#include "src/tflite/from_tflite.h"

namespace opline::tflite {
namespace {

std::string text_of(const flatbuffers::String* text) { return text == nullptr ? "" : text->str(); }

/// By tensor of `graph`: the name of the variable that VAR_HANDLE makes it a handle of.
std::vector<std::string> names_in(const ModelFile& graph) {
  std::vector<std::string> names(graph.tensor_count());
  for (OperatorId id = 0; id < graph.operator_count(); ++id) {
    if (graph.code(id) != fb::BuiltinOperator::VAR_HANDLE) continue;
    const auto* options = graph.operation(id).builtin_options_as_VarHandleOptions();
    if (options == nullptr || graph.outputs(id).size() != 1)
      graph.fail_at(id, "has no options or not one output; get the file again");
    // The byte between the names is in neither.
    names[static_cast<std::size_t>(graph.outputs(id)[0])] =
        text_of(options->container()) + '\0' + text_of(options->shared_name());
  }
  return names;
}

/// The variable that operator `id` of `graph` reads or assigns.
const std::string& name_at(const ModelFile& graph, OperatorId id,
                           const std::vector<std::string>& names) {
  const bool reads = graph.code(id) == fb::BuiltinOperator::READ_VARIABLE;
  const std::span<const FileTensor> inputs = graph.inputs(id);
  if (inputs.size() != (reads ? 1 : 2) || graph.outputs(id).size() != (reads ? 1 : 0) ||
      std::ranges::count_if(inputs, [](FileTensor input) { return input < 0; }) != 0)
    graph.fail_at(id, "has {} inputs and {} outputs; {} are expected", inputs.size(),
                  graph.outputs(id).size(), reads ? "1 and 1" : "2 and 0");
  const std::string& name = names[static_cast<std::size_t>(inputs[0])];
  if (name.empty())
    graph.fail_at(id, "{}: is not made by VAR_HANDLE; get the file again",
                  graph.name_of_tensor(inputs[0]));
  return name;
}

}  // namespace

bool concerns_variables(fb::BuiltinOperator code) {
  return code == fb::BuiltinOperator::CALL_ONCE || code == fb::BuiltinOperator::VAR_HANDLE ||
         code == fb::BuiltinOperator::READ_VARIABLE || code == fb::BuiltinOperator::ASSIGN_VARIABLE;
}

Variables::Variables(const ModelFile& file) : file_(file), names_(names_in(file)) {
  note_reads();
  initialise();
}

std::optional<std::size_t> Variables::find(const std::string& name) const {
  const auto found = std::ranges::find(all_, name, &Variable::name);
  if (found == all_.end()) return std::nullopt;
  return static_cast<std::size_t>(found - all_.begin());
}

std::size_t Variables::of(OperatorId id) const {
  const auto found = find(name_at(file_, id, names_));
  if (!found) file_.fail_at(id, "assigns a variable that nothing reads; remove it from the model");
  return *found;
}

void Variables::note_reads() {
  for (OperatorId id = 0; id < file_.operator_count(); ++id) {
    if (file_.code(id) != fb::BuiltinOperator::READ_VARIABLE) continue;
    const std::string& name = name_at(file_, id, names_);
    if (!find(name)) all_.push_back({name, file_.outputs(id)[0]});
  }
}

void Variables::initialise() {
  std::uint64_t room = kMaxConstantBytes;
  for (Variable& variable : all_) {
    const auto zero = static_cast<std::int8_t>(file_.quantisation(variable.first_read).zero_point);
    const std::uint64_t elements = file_.map(variable.first_read).elements();
    if (elements > room)
      file_.fail("{} has {} elements; all variables together may have {}",
                 file_.name_of_tensor(variable.first_read), elements, kMaxConstantBytes);
    room -= elements;
    variable.initial.assign(elements, zero);
  }
  for (OperatorId id = 0; id < file_.operator_count(); ++id) {
    if (file_.code(id) == fb::BuiltinOperator::CALL_ONCE) initialise_from(id);
  }
}

void Variables::initialise_from(OperatorId call) {
  const auto* options = file_.operation(call).builtin_options_as_CallOnceOptions();
  if (options == nullptr || options->init_subgraph_index() < 0)
    file_.fail_at(call, "has no options; get the file again");
  const ModelFile graph = file_.subgraph(static_cast<std::size_t>(options->init_subgraph_index()));
  const std::vector<std::string> names = names_in(graph);
  for (OperatorId id = 0; id < graph.operator_count(); ++id) {
    if (graph.code(id) == fb::BuiltinOperator::ASSIGN_VARIABLE) {
      initialise_from(graph, id, names);
    } else if (graph.code(id) != fb::BuiltinOperator::VAR_HANDLE) {
      graph.fail_at(id,
                    "computes what a variable is before the first inference; only constants are "
                    "supported");
    }
  }
}

void Variables::initialise_from(const ModelFile& graph, OperatorId id,
                                const std::vector<std::string>& names) {
  const auto found = find(name_at(graph, id, names));
  if (!found) return;  // of no effect
  const FileTensor value = graph.inputs(id)[1];
  std::vector<std::int8_t>& initial = all_[*found].initial;
  const std::span<const std::uint8_t> bytes = graph.content(value);
  if (graph.tensor(value).type() != fb::TensorType::INT8 || bytes.size() != initial.size())
    graph.fail_at(id, "{}: a constant of {} int8 numbers is expected, found {} B of {}",
                  graph.name_of_tensor(value), initial.size(), bytes.size(),
                  fb::EnumNameTensorType(graph.tensor(value).type()));
  std::memcpy(initial.data(), bytes.data(), bytes.size());
}

}  // namespace opline::tflite
