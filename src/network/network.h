// src/network/network.h - a network: the graph an architecture decodes to, batch 1, int8 tensors
// [h][w][c].
//
// A Network is valid by construction: NetworkBuilder infers every shape and refuses what cannot be
// executed. It holds shapes only; compile() adds offsets and quantisation (compile.h). No I/O.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace opline::network {

/// The operations that take time; a reshape is free and has no layer. Values are persisted and
/// frozen; they are those of enum opline_op in firmware/include/opline_plan.h.
enum class LayerType : std::uint8_t {
  conv2d = 1,
  depthwise_conv2d = 2,
  fully_connected = 3,
  average_pool_2d = 4,
  max_pool_2d = 5,
  add = 6,
  softmax = 7,
  pad = 8,
  mean = 9,  // over height and width
  concatenation = 10,
  sub = 11,
  mul = 12,
  prelu = 13,
  relu = 14,  // as a layer of its own, as the next two
  relu6 = 15,
  relu_n1_to_1 = 16,
  leaky_relu = 17,
  logistic = 18,
  tanh = 19,
  hard_swish = 20,
  quantize = 21,  // to another scale and zero point
  transpose = 22,
  resize_nearest_neighbor = 23,
  slice = 24,
};

/// All of them, in the order of their values.
[[nodiscard]] std::vector<LayerType> layer_types();

/// "conv2d", "depthwise_conv2d", ... as the study and every table spell them.
[[nodiscard]] std::string_view to_string(LayerType type);
/// The inverse. Throws Error{input} that lists the known types.
[[nodiscard]] LayerType layer_type_from_string(std::string_view text);

/// Whether layers of this type slide a window over their input.
[[nodiscard]] bool slides(LayerType type);
/// Convolutions and fully connected layers: with weights, biases and multiply-accumulates.
[[nodiscard]] bool has_channels(LayerType type);
/// Of two operands, element by element: add, sub, mul, prelu.
[[nodiscard]] bool is_binary(LayerType type);
/// Layers that only move codes: pads, concatenations, transpose, resize_nearest_neighbor, slice.
[[nodiscard]] bool moves(LayerType type);
/// Pools and layers that only move codes: their output has the quantisation of their input.
[[nodiscard]] bool passes_quantisation(LayerType type);
/// Functions of one value, relu to quantize: the runtime looks up each output in a table.
[[nodiscard]] bool is_lookup(LayerType type);

enum class Padding : std::uint8_t { same, valid };
/// "same", "valid".
[[nodiscard]] std::string_view to_string(Padding padding);

enum class Activation : std::uint8_t { none, relu, relu6, relu_n1_to_1 };
/// "none", "relu", "relu6", "relu_n1_to_1".
[[nodiscard]] std::string_view to_string(Activation activation);

/// Shape of a tensor; each extent is 1..65535.
struct Shape {
  int h = 1;
  int w = 1;
  int c = 1;
  [[nodiscard]] std::uint64_t elements() const {
    return static_cast<std::uint64_t>(h) * static_cast<std::uint64_t>(w) *
           static_cast<std::uint64_t>(c);
  }
  bool operator==(const Shape&) const = default;
};

/// Position of a layer in execution order, 0-based.
using LayerId = int;
/// First the network's inputs, then its states, then the output of each layer, in this order:
/// tensor 0 is the first input, and of a network with one input tensor i + 1 is the output of
/// layer i (Network::output_of).
using TensorId = int;

/// What a sliding window does; kernels, strides and dilations are 1..255.
struct Window {
  int kernel_h = 1;
  int kernel_w = 1;
  int stride_h = 1;
  int stride_w = 1;
  Padding padding = Padding::same;
  /// Of convolutions: input rows from a tap to the next; 1 along an axis of one tap.
  int dilation_h = 1;
  int dilation_w = 1;
  /// Rows and columns of input that a window reaches over.
  [[nodiscard]] int reach_h() const { return (kernel_h - 1) * dilation_h + 1; }
  [[nodiscard]] int reach_w() const { return (kernel_w - 1) * dilation_w + 1; }
};

/// The input's axis (0 height, 1 width, 2 channels) that becomes the output's height, width,
/// channels.
using Axes = std::array<int, 3>;

/// How pixels of another resolution are chosen, as TFLite's RESIZE_NEAREST_NEIGHBOR has it.
struct Resizing {
  bool align_corners = false;
  bool half_pixel_centers = false;
};

/// Which operand of a binary layer is a constant; the values are those of enum opline_constant.
enum class Constant : std::uint8_t { none = 0, first = 1, second = 2 };

struct Layer {
  LayerType type;
  /// Two for concatenations and binary layers without a constant, else one.
  std::vector<TensorId> inputs;
  Window window;  ///< Of convolutions and pools.
  Activation activation = Activation::none;
  /// Of inputs[0], as the layer sees it: it may be reshaped; of a binary layer's first operand.
  Shape input;
  /// A fully connected layer of one position sees its input flattened; with the height and width of
  /// its input it connects the channels of each position. A depthwise convolution makes
  /// output.c / input.c channels of each.
  Shape output;
  /// Of pad: rows before the first; the number behind the last follows from the output.
  int pad_top = 0;
  int pad_left = 0;  ///< Of pad: columns before the first.
  /// Of conv2d: channels of input and output are in this many groups, and each output reads the
  /// inputs of its own group.
  int groups = 1;
  int begin_c = 0;  ///< Of pad: channels before the first; of slice: the first that is taken.
  /// Of slices and resize_nearest_neighbor: the input's row for each of the output's, the column
  /// likewise.
  std::vector<int> rows{}, columns{};
  Axes axes{0, 1, 2};   ///< Of transpose.
  Resizing resizing{};  ///< Of resize_nearest_neighbor.
  /// Of a binary layer's second operand. Extents of both are the output's, or 1 and repeat.
  Shape input2{};
  Constant constant = Constant::none;
  /// 8 or 4, of one code; set by with_bits(). Every input has `input_bits`.
  int weight_bits = 8;
  int input_bits = 8;
  int output_bits = 8;
};

/// " d2x2 g4": dilation and groups of a layer, each where it is not 1; for texts of layers.
[[nodiscard]] std::string variant_text(const Layer& layer);

/// One axis of a slice: `count` elements, the first at `begin`, each `step` behind the one before.
struct Range {
  int begin = 0;
  int count = 1;
  int step = 1;
};

/// An operand of a binary layer that is not computed.
struct ConstantOperand {
  Shape shape;
};
using Operand = std::variant<TensorId, ConstantOperand>;

/// Zeros around a tensor; each 0..255, of channels 0..65534.
struct Pads {
  int top = 0;
  int bottom = 0;
  int left = 0;
  int right = 0;
  int front = 0;  ///< Channels before the first.
  int back = 0;   ///< Channels behind the last.
};

/// Rows of padding before the first row (TFLite: the smaller half of the total). `in`, `reach` (of
/// the window), `stride` along one axis.
[[nodiscard]] int padding_before(int in, int out, int reach, int stride);

/// Bits of one code of a network's weights and activations, each 8 or 4.
struct Bits {
  int weights = 8;
  int activations = 8;
  bool operator==(const Bits&) const = default;
};

/// Bytes of a tensor whose codes have `bits` bits: those of four lie two in a byte, and a position
/// begins with a byte (docs/formats/plan.md).
[[nodiscard]] std::uint64_t tensor_bytes(const Shape& shape, int bits);

/// What a streaming network keeps from one inference to the next: a tensor that layers read like
/// an input, and whose memory has the value of `next` when the inference ends.
struct State {
  TensorId tensor = 0;
  TensorId next = 0;  ///< `tensor` itself: the value stays.
  /// Whether the layer that makes `next` was added to copy what could not be made in place.
  bool copied = false;
  bool operator==(const State&) const = default;
};

class Network {
 public:
  /// Of the inputs, then of the states: all that is set before an inference.
  [[nodiscard]] const std::vector<Shape>& inputs() const { return inputs_; }
  [[nodiscard]] const std::vector<State>& states() const { return states_; }
  /// How many of inputs() are no states.
  [[nodiscard]] std::size_t input_count() const { return inputs_.size() - states_.size(); }
  [[nodiscard]] const std::vector<Layer>& layers() const { return layers_; }
  /// At least one, each the output of a layer.
  [[nodiscard]] const std::vector<TensorId>& outputs() const { return outputs_; }
  [[nodiscard]] std::size_t tensor_count() const { return inputs_.size() + layers_.size(); }
  [[nodiscard]] const Shape& shape(TensorId tensor) const;
  /// Of one code of the tensor, 8 or 4; inputs and states have 8.
  [[nodiscard]] int bits(TensorId tensor) const;
  [[nodiscard]] TensorId output_of(LayerId layer) const {
    return static_cast<TensorId>(inputs_.size()) + layer;
  }
  /// The layer that makes `tensor`; nothing for inputs and states.
  [[nodiscard]] std::optional<LayerId> layer_of(TensorId tensor) const;

  /// One line per input, state and layer, in execution order, and what follows from none of them.
  /// Two architectures are the same network exactly when these texts are equal. Documented in
  /// docs/formats/network.md.
  [[nodiscard]] std::string canonical_text() const;
  /// digest(canonical_text()): the network's identity in a study.
  [[nodiscard]] std::string id() const;

 private:
  friend class NetworkBuilder;
  friend Network with_bits(Network network, Bits bits);
  std::vector<Shape> inputs_;
  std::vector<State> states_;
  std::vector<Layer> layers_;
  std::vector<TensorId> outputs_;
};

/// `network` with weights and activations of these bits. The network's inputs, outputs and states,
/// tensors that no layer reads, and tensors that a layer without kernels of four bits reads or
/// writes keep 8 (all but convolutions, fully connected layers, pools and additions), as does an
/// average over the whole map. Throws Error{input} for activations of 4 bits with weights of 8, and
/// for bits other than 8 and 4.
[[nodiscard]] Network with_bits(Network network, Bits bits);
/// Sets the bits of layers as with_bits() does, of a part of a network: `Layer::inputs` are numbers
/// of tensors, of which the first `inputs` come from outside and have 8, as do those in `eight`;
/// layer i makes tensor `inputs` + i. Tensors that a layer reads need not have the shape it reads.
void assign_bits(std::vector<Layer>& layers, std::size_t inputs, const std::vector<TensorId>& eight,
                 Bits bits);

/// Bits of a network's layers from its canonical text: what a table of its layers does not have.
/// `layers` are all of them, in order; nothing happens where the text has another number.
void set_bits(const std::string& canonical_text, const std::vector<Layer*>& layers);

/// Builds a Network layer by layer. Every function returns the tensor it makes and throws
/// Error{input} that says what is wrong with the request (an extent out of range, a window larger
/// than its VALID input, shapes that can't be added).
class NetworkBuilder {
 public:
  /// Of one input; further ones are added before states, and these before layers.
  explicit NetworkBuilder(Shape input);

  [[nodiscard]] TensorId input() const { return 0; }
  TensorId add_input(Shape shape);
  TensorId add_state(Shape shape);
  /// What `state` is after the inference: a tensor of as many elements. Of several calls for one
  /// state the last counts; without any the state stays as it is.
  void assign(TensorId state, TensorId value);
  /// The network's outputs, each of a layer; without this call the last layer's.
  void set_outputs(const std::vector<TensorId>& outputs);
  /// `groups` divides the channels of input and output.
  TensorId conv2d(TensorId input, int out_c, Window window, Activation activation, int groups = 1);
  /// `multiplier` channels of each.
  TensorId depthwise_conv2d(TensorId input, Window window, Activation activation,
                            int multiplier = 1);
  TensorId fully_connected(TensorId input, int out_c, Activation activation);
  /// The channels of each position: hxwxout_c.
  TensorId fully_connected_per_position(TensorId input, int out_c, Activation activation);
  TensorId average_pool_2d(TensorId input, Window window, Activation activation = Activation::none);
  TensorId max_pool_2d(TensorId input, Window window, Activation activation = Activation::none);
  TensorId add(TensorId a, TensorId b, Activation activation) {
    return binary(LayerType::add, a, b, activation);
  }
  /// add, sub, mul or prelu (of `a`, with the slopes `b`); at most one operand is constant, of
  /// prelu the second. A constant that is the first operand of a sum or product becomes its second.
  TensorId binary(LayerType type, Operand a, Operand b, Activation activation = Activation::none);
  TensorId transpose(TensorId input, Axes axes);
  TensorId resize_nearest_neighbor(TensorId input, int h, int w, Resizing resizing = {});
  /// Steps are from 1 on, of channels 1.
  TensorId slice(TensorId input, Range h, Range w, Range c);
  /// relu ... quantize: each output depends on one value.
  TensorId lookup(LayerType type, TensorId input);
  TensorId softmax(TensorId input);
  /// A border of the value 0.
  TensorId pad(TensorId input, Pads pads);
  /// Mean over height and width: 1x1xc.
  TensorId mean(TensorId input);
  /// Along channels: those of `a`, then those of `b`. For more than two tensors chain the calls.
  TensorId concatenation(TensorId a, TensorId b);
  /// The tensor with another shape of as many elements: an id that stands for `input` where it is
  /// read. Costs nothing and is no layer.
  [[nodiscard]] TensorId reshape(TensorId input, Shape shape);
  [[nodiscard]] const Shape& shape(TensorId id) const;
  /// The tensor that a reshaped one lies in; any other tensor itself.
  [[nodiscard]] TensorId tensor_of(TensorId id) const;

  /// Of the layer that makes `output`: 8 or 4. Throws Error{input} where no kernel has them.
  void set_weight_bits(TensorId output, int bits);

  /// The network; at least one layer. A state's new value is made in the state's own memory where
  /// nothing reads the old value afterwards, else a layer is added that copies it there. Throws
  /// Error{input} for an empty network, for outputs that no layer makes, and for states that
  /// exchange their values.
  [[nodiscard]] Network build() &&;

 private:
  struct View {
    TensorId tensor;
    Shape shape;
  };
  /// Ids of reshaped tensors; far above those of OPLINE_MAX_LAYERS layers.
  static constexpr TensorId kFirstView = 1 << 24;
  TensorId push(Layer layer);
  TensorId push_input(Shape shape, const char* what);
  void place_states();
  [[nodiscard]] bool can_be_in_place(const State& state) const;
  void copy_state(State& state);
  Shape shape_of(const Operand& operand) const;
  Shape window_output(const Shape& in, int out_c, const Window& window, LayerType type) const;
  Network network_;
  std::vector<View> views_;
};

}  // namespace opline::network
