// Tensors, states and the whole of a file.
#include "src/tflite/file_writer.h"

#include <algorithm>
#include <utility>

#include "src/base/error.h"
#include "src/base/version.h"

namespace opline::tflite {
namespace {

using flatbuffers::Offset;
using network::Shape;
using network::TensorId;

constexpr int kSchemaVersion = 3;

/// INT4: two's complement, two in a byte, the first in the low half; an odd number leaves the last
/// half 0.
std::vector<std::uint8_t> int4_bytes(const std::vector<std::int8_t>& codes) {
  std::vector<std::uint8_t> bytes((codes.size() + 1) / 2);
  for (std::size_t i = 0; i < codes.size(); ++i)
    bytes[i / 2] |= static_cast<std::uint8_t>((codes[i] & 15) << (4 * (i % 2)));
  return bytes;
}

}  // namespace

std::vector<int> extents(const Shape& shape, bool flat) {
  return flat ? std::vector<int>{1, shape.c} : std::vector<int>{1, shape.h, shape.w, shape.c};
}

TfliteFile FileWriter::write() {
  buffers_.push_back(fb::CreateBuffer(builder_));
  if (!network_.states().empty()) write_initialisation();
  for (std::size_t i = 0; i < network_.input_count(); ++i) {
    const std::string label = network_.input_count() == 1 ? "input" : fmt::format("input{}", i);
    write_input(label, static_cast<TensorId>(i));
  }
  if (!network_.states().empty()) read_states();
  for (std::size_t i = 0; i < network_.layers().size(); ++i) write_layer(i);
  return {finish(), std::move(layer_of_operator_)};
}

const network::LayerConstants& FileWriter::constants(std::size_t i) const {
  return quantised_.constants[i];
}

const network::TensorQuantisation& FileWriter::quantisation(TensorId tensor) const {
  return quantised_.tensors[static_cast<std::size_t>(tensor)];
}

std::string FileWriter::name(std::size_t i, std::string_view part) {
  return fmt::format("layer{}_{}", i, part);
}

Offset<fb::QuantizationParameters> FileWriter::parameters(
    const std::vector<float>& scales, const std::vector<std::int64_t>& zero_points, int dimension) {
  const auto scale = builder_.CreateVector(scales);
  const auto zero_point = builder_.CreateVector(zero_points);
  return fb::CreateQuantizationParameters(builder_, scale, zero_point, 0, dimension);
}

int FileWriter::push_tensor(const std::string& name, const std::vector<int>& shape,
                            fb::TensorType type, std::uint32_t buffer,
                            Offset<fb::QuantizationParameters> quantization) {
  const auto dimensions = builder_.CreateVector(shape);
  const auto label = builder_.CreateString(name);
  tensors_.push_back(fb::CreateTensor(builder_, dimensions, type, buffer, label, quantization));
  return static_cast<int>(tensors_.size()) - 1;
}

int FileWriter::computed_tensor(const std::string& name, const std::vector<int>& shape,
                                TensorId tensor) {
  const network::TensorQuantisation& numbers = quantisation(tensor);
  return push_tensor(name, shape, fb::TensorType::INT8, 0,
                     parameters({numbers.scale}, {numbers.zero_point}, 0));
}

std::uint32_t FileWriter::push_buffer(const std::vector<std::uint8_t>& bytes) {
  buffers_.push_back(fb::CreateBufferDirect(builder_, &bytes));
  return static_cast<std::uint32_t>(buffers_.size()) - 1;
}

int FileWriter::weights_tensor(std::size_t i, const std::vector<int>& shape, int dimension) {
  const network::LayerConstants& own = constants(i);
  const std::vector<std::int64_t> zero_points(own.weight_scales.size(), 0);
  const bool four = layer(i).weight_bits == 4;
  const std::uint32_t buffer = push_buffer(four ? int4_bytes(own.weights) : bytes_of(own.weights));
  const auto quantization = parameters(own.weight_scales, zero_points, dimension);
  return push_tensor(name(i, "weights"), shape, four ? fb::TensorType::INT4 : fb::TensorType::INT8,
                     buffer, quantization);
}

int FileWriter::biases_tensor(std::size_t i) {
  const network::LayerConstants& own = constants(i);
  std::vector<float> scales;
  for (const float scale : own.weight_scales)
    scales.push_back(quantisation(layer(i).inputs[0]).scale * scale);
  const std::vector<std::int64_t> zero_points(scales.size(), 0);
  const std::uint32_t buffer = push_buffer(bytes_of(own.biases));
  const auto quantization = parameters(scales, zero_points, 0);
  return push_tensor(name(i, "biases"), {layer(i).output.c}, fb::TensorType::INT32, buffer,
                     quantization);
}

void FileWriter::push_operator(fb::BuiltinOperator code, int version,
                               const std::vector<int>& inputs, int output, fb::BuiltinOptions type,
                               Offset<void> options) {
  const auto [known, is_new] = codes_.try_emplace(code, static_cast<std::uint32_t>(codes_.size()));
  if (is_new) {
    // Readers from before 2020 know the first field only, which is a byte; from 127 on it says
    // so.
    constexpr int kMostOfByte = 127;
    const auto first = static_cast<std::int8_t>(std::min(static_cast<int>(code), kMostOfByte));
    operator_codes_.push_back(fb::CreateOperatorCode(builder_, first, 0, version, code));
  }
  const auto in = builder_.CreateVector(inputs);
  const auto out =
      builder_.CreateVector(output == kNone ? std::vector<int>{} : std::vector<int>{output});
  operators_.push_back(fb::CreateOperator(builder_, known->second, in, out, type, options));
  layer_of_operator_.push_back(current_layer_);
}

int FileWriter::as_map(TensorId tensor, const Shape& seen) {
  Written& written = written_[static_cast<std::size_t>(tensor)];
  if (!written.flat && written.shape == seen) return written.tensor;
  const std::vector<int> shape = extents(seen, false);
  const std::string label = fmt::format("tensor{}_map{}", tensor, tensors_.size());
  const int wanted = integers_tensor(label + "_shape", {static_cast<int>(shape.size())}, shape);
  const int map = computed_tensor(label, shape, tensor);
  const auto new_shape = builder_.CreateVector(shape);
  push_operator(fb::BuiltinOperator::RESHAPE, 1, {written.tensor, wanted}, map,
                fb::BuiltinOptions::ReshapeOptions,
                fb::CreateReshapeOptions(builder_, new_shape).Union());
  written = {written.made, map, false, seen};
  return map;
}

int FileWriter::as_is(TensorId tensor) const {
  return written_[static_cast<std::size_t>(tensor)].tensor;
}

bool FileWriter::is_flat(TensorId tensor, const Shape& seen) const {
  const Written& written = written_[static_cast<std::size_t>(tensor)];
  return written.flat && written.shape == seen;
}

int FileWriter::output_tensor(std::size_t i, bool flat) {
  const int tensor =
      computed_tensor(name(i, to_string(layer(i).type)), extents(layer(i).output, flat),
                      network_.output_of(static_cast<network::LayerId>(i)));
  written_.push_back({tensor, tensor, flat, layer(i).output});
  return tensor;
}

int FileWriter::integers_tensor(const std::string& label, const std::vector<int>& shape,
                                const std::vector<int>& values) {
  return push_tensor(label, shape, fb::TensorType::INT32, push_buffer(bytes_of(values)), 0);
}

void FileWriter::write_input(const std::string& label, TensorId input) {
  const Shape& shape = network_.shape(input);
  const int tensor = computed_tensor(label, extents(shape, false), input);
  written_.push_back({tensor, tensor, false, shape});
}

int FileWriter::handle_of(std::size_t state) {
  const std::string label = fmt::format("state{}", state);
  const int handle = push_tensor(label + "_handle", {}, fb::TensorType::RESOURCE, 0, 0);
  const auto options = fb::CreateVarHandleOptionsDirect(builder_, "", label.c_str());
  push_operator(fb::BuiltinOperator::VAR_HANDLE, 1, {}, handle,
                fb::BuiltinOptions::VarHandleOptions, options.Union());
  return handle;
}

void FileWriter::assign(int handle, int value) {
  push_operator(fb::BuiltinOperator::ASSIGN_VARIABLE, 1, {handle, value}, kNone,
                fb::BuiltinOptions::AssignVariableOptions,
                fb::CreateAssignVariableOptions(builder_).Union());
}

void FileWriter::write_initialisation() {
  for (std::size_t i = 0; i < network_.states().size(); ++i) {
    const TensorId state = network_.states()[i].tensor;
    const int handle = handle_of(i);
    const std::uint32_t buffer = push_buffer(bytes_of(quantised_.initial_states[i]));
    const network::TensorQuantisation& numbers = quantisation(state);
    const int value = push_tensor(fmt::format("state{}_initial", i),
                                  extents(network_.shape(state), false), fb::TensorType::INT8,
                                  buffer, parameters({numbers.scale}, {numbers.zero_point}, 0));
    assign(handle, value);
  }
  initialisation_ = take_graph({}, {}, "initialisation");
  layer_of_operator_.clear();
}

void FileWriter::read_states() {
  const auto options = fb::CreateCallOnceOptions(builder_, 1);
  push_operator(fb::BuiltinOperator::CALL_ONCE, 1, {}, kNone, fb::BuiltinOptions::CallOnceOptions,
                options.Union());
  for (std::size_t i = 0; i < network_.states().size(); ++i) {
    handles_.push_back(handle_of(i));
    write_input(fmt::format("state{}", i), network_.states()[i].tensor);
    push_operator(fb::BuiltinOperator::READ_VARIABLE, 1, {handles_[i]}, written_.back().tensor,
                  fb::BuiltinOptions::ReadVariableOptions,
                  fb::CreateReadVariableOptions(builder_).Union());
  }
}

const network::State* FileWriter::state_made(TensorId tensor) const {
  const auto found = std::ranges::find(network_.states(), tensor, &network::State::next);
  return found == network_.states().end() ? nullptr : &*found;
}

void FileWriter::assign_state(const network::State& state) {
  assign(handles_[static_cast<std::size_t>(state.tensor) - network_.input_count()],
         written_.back().made);
}

std::vector<int> FileWriter::outputs() const {
  std::vector<int> all;
  if (!options_.intermediate_outputs) {
    for (const TensorId output : network_.outputs())
      all.push_back(written_[static_cast<std::size_t>(output)].made);
    return all;
  }
  for (std::size_t i = network_.inputs().size(); i < written_.size(); ++i) {
    const network::State* const state = state_made(static_cast<TensorId>(i));
    if (state == nullptr || !state->copied) all.push_back(written_[i].made);
  }
  return all;
}

Offset<fb::SubGraph> FileWriter::take_graph(const std::vector<int>& inputs,
                                            const std::vector<int>& outputs, const char* name) {
  const auto tensors = builder_.CreateVector(std::exchange(tensors_, {}));
  const auto inputs_vector = builder_.CreateVector(inputs);
  const auto outputs_vector = builder_.CreateVector(outputs);
  const auto operators = builder_.CreateVector(std::exchange(operators_, {}));
  const auto label = builder_.CreateString(name);
  return fb::CreateSubGraph(builder_, tensors, inputs_vector, outputs_vector, operators, label);
}

std::vector<std::uint8_t> FileWriter::finish() {
  std::vector<int> inputs;
  for (std::size_t i = 0; i < network_.input_count(); ++i) inputs.push_back(written_[i].made);
  std::vector<Offset<fb::SubGraph>> subgraphs = {take_graph(inputs, outputs(), "main")};
  if (!initialisation_.IsNull()) subgraphs.push_back(initialisation_);
  const auto codes = builder_.CreateVector(operator_codes_);
  const auto graphs = builder_.CreateVector(subgraphs);
  const auto description =
      builder_.CreateString(!options_.description.empty()
                                ? options_.description
                                : fmt::format("opline {}, network {}", version(), network_.id()));
  const auto buffers = builder_.CreateVector(buffers_);
  fb::FinishModelBuffer(
      builder_, fb::CreateModel(builder_, kSchemaVersion, codes, graphs, description, buffers));
  return {builder_.GetBufferPointer(), builder_.GetBufferPointer() + builder_.GetSize()};
}

}  // namespace opline::tflite
