// tests/firmware/layer_case.cpp - see the header.
#include "tests/firmware/layer_case.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "firmware/kernels/opline_kernels.h"
#include "src/base/random.h"

namespace opline::firmware_test {
namespace {

template <typename Integer>
Integer between(RandomStream& random, int low, int high) {
  return static_cast<Integer>(
      low + static_cast<int>(random.below(static_cast<std::uint32_t>(high - low + 1))));
}

struct Axis {
  std::uint16_t in, out;
  std::uint8_t kernel, stride, pad, dilation;
};

Axis draw_axis(RandomStream& random, int max_kernel, int max_dilation = 1) {
  Axis a{};
  a.kernel = between<std::uint8_t>(random, 1, max_kernel);
  a.dilation = max_dilation == 1 ? std::uint8_t{1} : between<std::uint8_t>(random, 1, max_dilation);
  const int reach = (a.kernel - 1) * a.dilation + 1;
  a.stride = between<std::uint8_t>(random, 1, 3);
  const int padding = between<int>(random, 0, 2);
  a.in = between<std::uint16_t>(random, padding == 0 ? reach : 1, reach + 6);
  if (padding == 0) {  // VALID
    a.out = static_cast<std::uint16_t>((a.in - reach) / a.stride + 1);
  } else if (padding == 1) {  // SAME
    a.out = static_cast<std::uint16_t>((a.in + a.stride - 1) / a.stride);
    const int total = std::max((a.out - 1) * a.stride + reach - a.in, 0);
    a.pad = static_cast<std::uint8_t>(std::min(total / 2, reach - 1));
  } else {  // explicit, as much beyond the end as is legal
    a.pad = between<std::uint8_t>(random, 0, reach - 1);
    a.out = static_cast<std::uint16_t>((a.in + a.pad - 1) / a.stride + 1);
  }
  return a;
}

void draw_window(RandomStream& random, opline_layer& l) {
  const bool is_3x3 = l.op == OPLINE_OP_DEPTHWISE_CONV2D && random.below(2) == 0;
  const bool is_1x1 = l.op == OPLINE_OP_CONV2D && random.below(2) == 0;
  const bool convolves = l.op == OPLINE_OP_CONV2D || l.op == OPLINE_OP_DEPTHWISE_CONV2D;
  const int dilation = convolves && random.below(3) == 0 ? 3 : 1;
  Axis h = draw_axis(random, is_1x1 ? 1 : 5, dilation);
  Axis w = draw_axis(random, is_1x1 ? 1 : 5, dilation);
  while (is_3x3 && (h.kernel != 3 || h.pad > 1)) h = draw_axis(random, 3);
  while (is_3x3 && (w.kernel != 3 || w.pad > 1)) w = draw_axis(random, 3);
  l.dilation_h = h.dilation, l.dilation_w = w.dilation;
  l.in_h = h.in, l.out_h = h.out, l.kernel_h = h.kernel, l.stride_h = h.stride, l.pad_top = h.pad;
  l.in_w = w.in, l.out_w = w.out, l.kernel_w = w.kernel, l.stride_w = w.stride, l.pad_left = w.pad;
}

void draw_groups(RandomStream& random, opline_layer& l) {
  l.groups = between<std::uint16_t>(random, 2, 4);
  l.in_c = static_cast<std::uint16_t>(l.groups * between<int>(random, 1, 6));
  l.out_c = static_cast<std::uint16_t>(l.groups * between<int>(random, 1, 5));
}

void draw_pads(RandomStream& random, opline_layer& l) {
  l.pad_top = between<std::uint8_t>(random, 0, 3);
  l.pad_left = between<std::uint8_t>(random, 0, 3);
  l.out_h = static_cast<std::uint16_t>(l.in_h + l.pad_top + between<int>(random, 0, 3));
  l.out_w = static_cast<std::uint16_t>(l.in_w + l.pad_left + between<int>(random, 0, 3));
  if (random.below(2) == 0) return;
  l.begin_c = between<std::uint16_t>(random, 0, 5);
  l.out_c = static_cast<std::uint16_t>(l.in_c + l.begin_c + between<int>(random, 0, 5));
}

void draw_axes(RandomStream& random, opline_layer& l) {
  std::array<std::uint32_t, 3> axes{0, 1, 2};
  for (std::uint32_t i = 2; i > 0; --i) std::swap(axes[i], axes[random.below(i + 1)]);
  l.axes = static_cast<std::uint8_t>(axes[0] | axes[1] << 2 | axes[2] << 4);
  const std::array<std::uint16_t, 3> extents{l.in_h, l.in_w, l.in_c};
  l.out_h = extents[axes[0]], l.out_w = extents[axes[1]], l.out_c = extents[axes[2]];
}

void draw_gather(RandomStream& random, opline_layer& l) {
  l.out_h = between<std::uint16_t>(random, 1, 7);
  l.out_w = between<std::uint16_t>(random, 1, 7);
  if (l.op != OPLINE_OP_SLICE) return;
  l.begin_c = between<std::uint16_t>(random, 0, l.in_c - 1);
  l.out_c = between<std::uint16_t>(random, 1, l.in_c - l.begin_c);
}

/// Each axis of the operands as long as the output's, or of one of them 1; half of all cases have
/// operands of one shape.
void draw_operands(RandomStream& random, opline_layer& l) {
  l.in2_h = l.in_h, l.in2_w = l.in_w, l.in2_c = l.in_c;
  l.constant = random.below(3) == 0 ? between<std::uint8_t>(random, 0, 2) : std::uint8_t{0};
  if (random.below(2) == 0) return;
  const auto shorten = [&random](std::uint16_t& a, std::uint16_t& b) {
    const std::uint32_t which = random.below(4);
    if (which == 0) a = 1;
    if (which >= 2) b = 1;
  };
  shorten(l.in_h, l.in2_h);
  shorten(l.in_w, l.in2_w);
  shorten(l.in_c, l.in2_c);
  l.out_h = std::max(l.in_h, l.in2_h);
  l.out_w = std::max(l.in_w, l.in2_w);
  l.out_c = std::max(l.in_c, l.in2_c);
}

void draw_shape(RandomStream& random, opline_layer& l) {
  l.in_c = between<std::uint16_t>(random, 1, 21);
  l.out_c = l.in_c;
  switch (l.op) {
    case OPLINE_OP_CONV2D:
      l.out_c = between<std::uint16_t>(random, 1, 13);
      if (random.below(3) == 0) draw_groups(random, l);
      draw_window(random, l);
      return;
    case OPLINE_OP_DEPTHWISE_CONV2D:
      if (random.below(3) == 0)
        l.out_c = static_cast<std::uint16_t>(l.in_c * between<int>(random, 2, 5));
      draw_window(random, l);
      return;
    case OPLINE_OP_AVERAGE_POOL_2D:
    case OPLINE_OP_MAX_POOL_2D:
      draw_window(random, l);
      return;
    default:
      l.in_h = l.out_h = between<std::uint16_t>(random, 1, 4);
      l.in_w = l.out_w = between<std::uint16_t>(random, 1, 4);
  }
  if (l.op == OPLINE_OP_FULLY_CONNECTED) {
    l.out_c = between<std::uint16_t>(random, 1, 13);
    if (random.below(3) != 0) l.out_h = l.out_w = 1;
  }
  if (opline_is_binary(l.op)) draw_operands(random, l);
  if (l.op == OPLINE_OP_PAD) draw_pads(random, l);
  if (l.op == OPLINE_OP_TRANSPOSE) draw_axes(random, l);
  if (opline_is_gather(l.op)) draw_gather(random, l);
  if (l.op == OPLINE_OP_CONCATENATION)
    l.out_c = between<std::uint16_t>(random, l.in_c + 1, l.in_c + 9);
  if (l.op == OPLINE_OP_MEAN) {
    l.out_h = l.out_w = 1;
    // Some means are over more positions than 16-bit sums hold.
    if (random.below(4) == 0) l.in_h = between<std::uint16_t>(random, 60, 150);
  }
}

std::int32_t draw_multiplier(RandomStream& random) {
  return static_cast<std::int32_t>(0x40000000u | (random.next() & 0x3fffffffu));
}

/// Sums of n products of bytes spread like sqrt(n); a shift of about -(6 + log2(n) / 2) fills the
/// int8 range.
int natural_shift(const opline_layer& l) {
  return -6 - static_cast<int>(std::bit_width(opline_fan_in(&l))) / 2;
}

void draw_activation(RandomStream& random, opline_layer& l) {
  const std::uint32_t kind = random.below(3);
  l.activation_min = kind == 0 ? -128 : static_cast<std::int8_t>(l.output_zero_point);
  l.activation_max =
      kind == 2 ? between<std::int8_t>(random, l.activation_min, 127) : std::int8_t{127};
}

void draw_numbers(RandomStream& random, opline_layer& l) {
  l.input_zero_point = between<std::int16_t>(random, -128, 127);
  l.input2_zero_point = between<std::int16_t>(random, -128, 127);
  l.output_zero_point = between<std::int16_t>(random, -128, 127);
  draw_activation(random, l);
  l.shift_offset = natural_shift(l);
  for (opline_multiplier& m : l.requantize)
    m = {draw_multiplier(random), between<std::int32_t>(random, -2, 0)};
  if (l.op == OPLINE_OP_FULLY_CONNECTED) {
    const bool by_channel = l.out_h != 1 || l.out_w != 1 || random.below(2) == 0;
    l.requantize[0].shift += natural_shift(l);
    if (by_channel) l.requantize[0] = {0, 0};
  }
  if (l.op == OPLINE_OP_ADD || l.op == OPLINE_OP_SUB) l.requantize[2].shift -= 19;
  if (l.op == OPLINE_OP_MUL) l.requantize[0].shift -= 6;
  if (l.op == OPLINE_OP_PRELU) l.requantize[1].shift -= 6;
  if (l.op == OPLINE_OP_MEAN) {
    const auto positions = static_cast<std::uint32_t>(l.in_h) * l.in_w;
    l.requantize[0].multiplier =
        static_cast<std::int32_t>(0x20000000u + (random.next() & 0x5fffffffu));
    l.requantize[0].shift = 1 - static_cast<int>(std::bit_width(positions));
  }
  if (l.op == OPLINE_OP_SOFTMAX) {
    l.requantize[0].shift = between<std::int32_t>(random, 20, 23);
    l.softmax_diff_min = -(31 << (26 - l.requantize[0].shift));
    l.activation_min = -128, l.activation_max = 127, l.output_zero_point = -128;
  }
}

std::vector<std::int8_t> draw_bytes(RandomStream& random, std::size_t count, int low) {
  std::vector<std::int8_t> bytes(count);
  for (std::int8_t& byte : bytes) byte = between<std::int8_t>(random, low, 127);
  return bytes;
}

void draw_channels(RandomStream& random, LayerCase& c) {
  for (int i = 0; i < c.layer.out_c; ++i) {
    c.operands.channels.push_back({between<std::int32_t>(random, -5000, 5000),
                                   draw_multiplier(random), between<std::int32_t>(random, -3, 1)});
  }
  // One channel scales up, one in a hundred layers of the general requantisation.
  if (random.below(4) == 0)
    c.operands.channels[0].shift = -c.layer.shift_offset + between<int>(random, 0, 2);
}

void draw_bits(RandomStream& random, opline_layer& l) {
  const auto bits = [&] { return static_cast<std::uint8_t>(random.below(3) == 0 ? 8 : 4); };
  l.weight_bits = opline_has_channels(l.op) ? 4 : 8;
  l.input_bits = opline_has_channels(l.op) ? bits() : std::uint8_t{4};
  l.output_bits = l.op == OPLINE_OP_MAX_POOL_2D ? std::uint8_t{4} : bits();
}

/// Shifts that fit sums of products of codes of four bits, or of four and eight.
void draw_s4_numbers(RandomStream& random, opline_layer& l) {
  const auto zero_point = [&](int bits) {
    return between<std::int16_t>(random, -(1 << (bits - 1)), (1 << (bits - 1)) - 1);
  };
  l.input_zero_point = zero_point(l.input_bits);
  l.input2_zero_point = zero_point(l.input_bits);
  l.output_zero_point = zero_point(l.output_bits);
  const int most = (1 << (l.output_bits - 1)) - 1;
  l.activation_min =
      static_cast<std::int8_t>(random.below(2) == 0 ? -most - 1 : l.output_zero_point);
  l.activation_max = static_cast<std::int8_t>(
      random.below(3) == 0 ? between<int>(random, l.activation_min, most) : most);
  const int wider = (l.output_bits == 8 ? 4 : 0) - (l.input_bits == 8 ? 4 : 0);
  l.shift_offset += 4 + wider;
  if (l.op == OPLINE_OP_FULLY_CONNECTED && l.requantize[0].multiplier != 0)
    l.requantize[0].shift += 4 + wider;
  if (l.op == OPLINE_OP_ADD && l.output_bits == 8) l.requantize[2].shift += 4;
  if (!opline_has_channels(l.op)) return;
  l.bias_shift = between<std::uint8_t>(random, 4, 9);
  l.bias_offset = between<std::int32_t>(random, -40, 40);
}

/// No dilation, groups, depth multiplier; fully connected layers of the whole input; additions of
/// tensors of one shape.
bool has_s4_kernels(const opline_layer& l) {
  const bool whole = l.op != OPLINE_OP_FULLY_CONNECTED || (l.out_h == 1 && l.out_w == 1);
  const bool once = l.op != OPLINE_OP_DEPTHWISE_CONV2D || l.out_c == l.in_c;
  const bool plain = l.op != OPLINE_OP_ADD || (l.constant == OPLINE_CONSTANT_NONE &&
                                               opline_input_bytes(&l) == opline_output_bytes(&l) &&
                                               opline_input2_bytes(&l) == opline_output_bytes(&l));
  return l.dilation_h == 1 && l.dilation_w == 1 && l.groups == 1 && whole && once && plain;
}

std::vector<std::int8_t> draw_codes(RandomStream& random, std::size_t count, int bits) {
  std::vector<std::int8_t> codes(count);
  for (std::int8_t& code : codes)
    code = between<std::int8_t>(random, -(1 << (bits - 1)), (1 << (bits - 1)) - 1);
  return codes;
}

/// Codes of a row of weights without what fills half bytes.
std::size_t true_row_codes(const opline_layer& l) {
  const std::size_t positions = l.op == OPLINE_OP_FULLY_CONNECTED
                                    ? std::size_t{l.in_h} * l.in_w
                                    : std::size_t{l.kernel_h} * l.kernel_w;
  return positions * l.in_c;
}

std::vector<std::int8_t> input_bytes(const opline_layer& l, const std::vector<std::int8_t>& codes,
                                     int zero_point) {
  return l.input_bits == 4 ? packed(codes, l.in_c, zero_point) : codes;
}

}  // namespace

std::vector<std::int8_t> packed(const std::vector<std::int8_t>& codes, std::size_t count,
                                int fill) {
  std::vector<std::int8_t> bytes;
  for (std::size_t start = 0; start < codes.size(); start += count) {
    for (std::size_t i = 0; i < count; i += 2) {
      const int high = i + 1 < count ? codes.at(start + i + 1) : fill;
      bytes.push_back(static_cast<std::int8_t>(codes.at(start + i) + 8 + 16 * (high + 8)));
    }
  }
  return bytes;
}

std::vector<std::int8_t> unpacked(const std::vector<std::int8_t>& bytes, std::size_t count) {
  std::vector<std::int8_t> codes;
  for (std::size_t start = 0; start < bytes.size(); start += (count + 1) / 2) {
    for (std::size_t i = 0; i < count; ++i) {
      const auto byte = static_cast<std::uint8_t>(bytes.at(start + i / 2));
      codes.push_back(static_cast<std::int8_t>((i % 2 == 0 ? byte % 16 : byte / 16) - 8));
    }
  }
  return codes;
}

std::vector<std::int8_t> weight_bytes(const opline_layer& l,
                                      const std::vector<std::int8_t>& codes) {
  if (l.weight_bits != 4) return codes;
  if (l.op == OPLINE_OP_DEPTHWISE_CONV2D) return packed(codes, l.in_c, 5);
  if (l.input_bits == 8) return packed(codes, true_row_codes(l), 0);
  return packed(codes, l.in_c, 5);  // a position of the window after the other
}

LayerCase random_s4_case(opline_op op, std::uint64_t index) {
  RandomStream random(op, index + 1'000'000);
  LayerCase c;
  opline_layer& l = c.layer;
  do {
    l = {};
    l.op = op;
    l.dilation_h = l.dilation_w = 1;
    l.groups = 1;
    draw_shape(random, l);
  } while (!has_s4_kernels(l));
  draw_numbers(random, l);
  draw_bits(random, l);
  draw_s4_numbers(random, l);
  place(l);
  const std::size_t inputs = std::size_t{l.in_h} * l.in_w * l.in_c;
  c.operands.input = draw_codes(random, inputs, l.input_bits);
  if (op == OPLINE_OP_ADD) c.operands.input2 = draw_codes(random, inputs, l.input_bits);
  if (!opline_has_channels(l.op)) return c;
  const std::size_t rows = op == OPLINE_OP_DEPTHWISE_CONV2D ? 1 : l.out_c;
  c.operands.weights = draw_codes(random, rows * true_row_codes(l), 4);
  draw_channels(random, c);
  return c;
}

LayerCase random_case(opline_op op, std::uint64_t index) {
  RandomStream random(op, index);
  LayerCase c;
  c.layer.op = op;
  c.layer.dilation_h = c.layer.dilation_w = 1;
  c.layer.groups = 1;
  draw_shape(random, c.layer);
  draw_numbers(random, c.layer);
  place(c.layer);
  c.operands.input = draw_bytes(random, opline_input_bytes(&c.layer), -128);
  c.operands.input2 = draw_bytes(random, opline_input2_bytes(&c.layer), -128);
  if (opline_has_channels(c.layer.op)) {
    c.operands.weights = draw_bytes(random, opline_weight_bytes(&c.layer), -127);
    draw_channels(random, c);
  }
  c.operands.table = table_of(c.layer);
  return c;
}

void place(opline_layer& layer) {
  for (std::uint8_t* bits : {&layer.weight_bits, &layer.input_bits, &layer.output_bits})
    if (*bits == 0) *bits = 8;
  layer.kernel = opline_choose_kernel(&layer);
  layer.input = 0;
  layer.input2 = opline_align(opline_input_bytes(&layer));
  layer.output = layer.input2 + opline_align(opline_input2_bytes(&layer));
  layer.scratch = layer.output + opline_align(opline_output_bytes(&layer));
}

std::uint32_t activation_bytes(const opline_layer& layer) {
  return layer.scratch + opline_align(opline_scratch_bytes(&layer));
}

std::vector<std::uint8_t> table_of(const opline_layer& layer) {
  std::vector<std::uint8_t> table(opline_table_bytes(&layer));
  if (opline_is_gather(layer.op)) {
    for (std::uint32_t i = 0; i < table.size() / 2; ++i) {
      const std::uint32_t index = opline_mix(i) % (i < layer.out_h ? layer.in_h : layer.in_w);
      table[2 * i] = static_cast<std::uint8_t>(index);
      table[2 * i + 1] = static_cast<std::uint8_t>(index >> 8);
    }
    return table;
  }
  for (std::uint32_t i = 0; i < table.size(); ++i)
    table[i] = static_cast<std::uint8_t>(opline_input_byte(layer.op, i));
  return table;
}

std::vector<std::uint8_t> make_plan(std::vector<opline_layer> layers, std::uint32_t input_seed) {
  std::vector<std::uint8_t> tables;
  for (opline_layer& layer : layers) {
    const std::vector<std::uint8_t> table = table_of(layer);
    if (table.empty()) continue;
    layer.table = static_cast<std::uint32_t>(tables.size());
    tables.insert(tables.end(), table.begin(), table.end());
    tables.resize(opline_align(static_cast<std::uint32_t>(tables.size())));
  }
  opline_plan_header header{};
  header.magic = OPLINE_PLAN_MAGIC;
  header.version = OPLINE_PLAN_VERSION;
  header.layer_count = static_cast<std::uint32_t>(layers.size());
  header.table_bytes = static_cast<std::uint32_t>(tables.size());
  header.bytes = opline_plan_bytes(header.layer_count, header.table_bytes);
  header.input = layers.front().input;
  header.input_bytes = opline_input_bytes(&layers.front());
  header.input_seed = input_seed;
  for (const opline_layer& layer : layers) {
    header.activation_bytes = std::max(header.activation_bytes, activation_bytes(layer));
    header.weight_bytes =
        std::max(header.weight_bytes, opline_align(layer.weights + opline_weight_bytes(&layer)));
    header.channel_bytes =
        std::max(header.channel_bytes, layer.channels + opline_channel_bytes(&layer));
  }
  std::vector<std::uint8_t> plan(header.bytes);
  std::memcpy(plan.data(), &header, sizeof header);
  std::memcpy(plan.data() + sizeof header, layers.data(), layers.size() * sizeof(opline_layer));
  std::copy(tables.begin(), tables.end(), plan.begin() + opline_tables_offset(header.layer_count));
  return plan;
}

std::vector<std::int8_t> output_bytes(const LayerCase& layer_case) {
  const opline_layer& l = layer_case.layer;
  const reference::Operands& o = layer_case.operands;
  std::vector<std::int8_t> activations(activation_bytes(l), 77);
  const std::vector<std::int8_t> input = input_bytes(l, o.input, l.input_zero_point);
  const std::vector<std::int8_t> input2 = input_bytes(l, o.input2, l.input2_zero_point);
  std::copy(input.begin(), input.end(), activations.begin() + l.input);
  std::copy(input2.begin(), input2.end(), activations.begin() + l.input2);
  const std::vector<std::int8_t> weights = l.constant == OPLINE_CONSTANT_INPUT ? o.input
                                           : l.constant == OPLINE_CONSTANT_INPUT2
                                               ? o.input2
                                               : weight_bytes(l, o.weights);
  const opline_pools pools{weights.data(), o.channels.data(), o.table.data()};
  opline_run_layer(&l, &pools, activations.data());
  const auto output = activations.begin() + l.output;
  return {output, output + opline_output_bytes(&l)};
}

std::vector<std::int8_t> run_kernels(const LayerCase& layer_case) {
  const std::vector<std::int8_t> bytes = output_bytes(layer_case);
  return layer_case.layer.output_bits == 4 ? unpacked(bytes, layer_case.layer.out_c) : bytes;
}

std::string describe(const opline_layer& l) {
  std::string text = "op " + std::to_string(l.op) + " kernel " + std::to_string(l.kernel) + ":";
  for (const int value : {l.in_h, l.in_w, l.in_c, l.out_h, l.out_w, l.out_c})
    text += " " + std::to_string(value);
  text += " window";
  for (const int value : {l.kernel_h, l.kernel_w, l.stride_h, l.stride_w, l.pad_top, l.pad_left,
                          l.dilation_h, l.dilation_w}) {
    text += " " + std::to_string(value);
  }
  text += " groups " + std::to_string(l.groups);
  text += " bits";
  for (const int value : {l.weight_bits, l.input_bits, l.output_bits})
    text += " " + std::to_string(value);
  return text;
}

}  // namespace opline::firmware_test
