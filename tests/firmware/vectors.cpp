// tests/firmware/vectors.cpp - see the header.
#include "tests/firmware/vectors.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace opline::firmware_test {
namespace {

constexpr const char* kLayerFormat =
    "layer op=%d kernel=%dx%d stride=%dx%d pad=%dx%d dilation=%dx%d groups=%d in=%dx%dx%d "
    "out=%dx%dx%d zero=%d,%d,%d "
    "clamp=%d..%d "
    "shift=%d "
    "requantize=%d:%d,%d:%d,%d:%d in2=%dx%dx%d constant=%d axes=%d begin=%d";

std::vector<std::int8_t> from_hex(const std::string& text) {
  std::vector<std::int8_t> bytes;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    bytes.push_back(static_cast<std::int8_t>(std::stoi(text.substr(i, 2), nullptr, 16)));
  }
  return bytes;
}

std::string after(const std::string& line, const std::string& prefix) {
  if (!line.starts_with(prefix)) throw std::runtime_error("expected '" + prefix + "' in: " + line);
  return line.substr(prefix.size());
}

/// The seeded bytes that the vector reads: from offset 0.
std::uint32_t seeded_bytes(const opline_layer& l) {
  const std::uint32_t second = opline_input2_bytes(&l);
  return std::max(opline_input_bytes(&l), second == 0 ? 0 : kSecondInput + second);
}

}  // namespace

std::string to_text(const opline_layer& l) {
  std::array<char, 400> text{};
  std::snprintf(text.data(), text.size(), kLayerFormat, l.op, l.kernel_h, l.kernel_w, l.stride_h,
                l.stride_w, l.pad_top, l.pad_left, l.dilation_h, l.dilation_w, l.groups, l.in_h,
                l.in_w, l.in_c, l.out_h, l.out_w, l.out_c, l.input_zero_point, l.input2_zero_point,
                l.output_zero_point, l.activation_min, l.activation_max, l.shift_offset,
                l.requantize[0].multiplier, l.requantize[0].shift, l.requantize[1].multiplier,
                l.requantize[1].shift, l.requantize[2].multiplier, l.requantize[2].shift, l.in2_h,
                l.in2_w, l.in2_c, l.constant, l.axes, l.begin_c);
  return text.data();
}

opline_layer from_text(const std::string& line) {
  std::array<int, 34> v{};
  const int read =
      std::sscanf(line.c_str(), kLayerFormat, &v[0], &v[1], &v[2], &v[3], &v[4], &v[5], &v[6],
                  &v[7], &v[8], &v[9], &v[10], &v[11], &v[12], &v[13], &v[14], &v[15], &v[16],
                  &v[17], &v[18], &v[19], &v[20], &v[21], &v[22], &v[23], &v[24], &v[25], &v[26],
                  &v[27], &v[28], &v[29], &v[30], &v[31], &v[32], &v[33]);
  if (read != static_cast<int>(v.size())) throw std::runtime_error("not a layer: " + line);
  const auto u8 = [&v](std::size_t i) { return static_cast<std::uint8_t>(v[i]); };
  const auto u16 = [&v](std::size_t i) { return static_cast<std::uint16_t>(v[i]); };
  const auto s16 = [&v](std::size_t i) { return static_cast<std::int16_t>(v[i]); };
  opline_layer l{};
  l.op = u8(0), l.kernel_h = u8(1), l.kernel_w = u8(2), l.stride_h = u8(3), l.stride_w = u8(4);
  l.pad_top = u8(5), l.pad_left = u8(6);
  l.dilation_h = u8(7), l.dilation_w = u8(8), l.groups = u16(9);
  l.in_h = u16(10), l.in_w = u16(11), l.in_c = u16(12), l.out_h = u16(13), l.out_w = u16(14),
  l.out_c = u16(15);
  l.input_zero_point = s16(16), l.input2_zero_point = s16(17), l.output_zero_point = s16(18);
  l.activation_min = static_cast<std::int8_t>(v[19]),
  l.activation_max = static_cast<std::int8_t>(v[20]);
  l.shift_offset = v[21];
  for (std::size_t i = 0; i < 3; ++i) l.requantize[i] = {v[22 + 2 * i], v[23 + 2 * i]};
  l.in2_h = u16(28), l.in2_w = u16(29), l.in2_c = u16(30), l.constant = u8(31);
  l.axes = u8(32), l.begin_c = u16(33);
  place(l);
  return l;
}

std::string to_hex(const std::vector<std::int8_t>& bytes) {
  std::string text;
  std::array<char, 3> digits{};
  for (const std::int8_t byte : bytes) {
    std::snprintf(digits.data(), digits.size(), "%02x", static_cast<std::uint8_t>(byte));
    text += digits.data();
  }
  return text;
}

reference::Operands operands_of(const Vector& vector) {
  const opline_layer& l = vector.layer;
  const auto operand = [&](std::uint32_t bytes, std::uint32_t from, int number) {
    std::vector<std::int8_t> codes;
    for (std::uint32_t i = 0; i < bytes; ++i)
      codes.push_back(l.constant == number ? opline_pool_weight(i)
                                           : opline_input_byte(vector.seed, from + i));
    return codes;
  };
  reference::Operands o;
  o.input = operand(opline_input_bytes(&l), 0, OPLINE_CONSTANT_INPUT);
  o.input2 = operand(opline_input2_bytes(&l), kSecondInput, OPLINE_CONSTANT_INPUT2);
  o.table = table_of(l);
  if (!opline_has_channels(l.op)) return o;
  for (std::uint32_t i = 0; i < opline_weight_bytes(&l); ++i)
    o.weights.push_back(opline_pool_weight(i));
  for (std::uint32_t i = 0; i < l.out_c; ++i) o.channels.push_back(opline_pool_channel(i));
  return o;
}

std::vector<std::int8_t> from_results(const std::string& line) {
  std::istringstream numbers(after(line.substr(0, line.size() - 1), "m-results-["));
  std::vector<std::int8_t> bytes;
  for (std::string number; std::getline(numbers, number, ',');) {
    bytes.push_back(static_cast<std::int8_t>(std::stoi(number)));
  }
  return bytes;
}

std::vector<Vector> read_vectors(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot be read: " + path);
  std::vector<Vector> vectors;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    Vector v;
    const std::string head = after(line, "vector ");
    v.name = head.substr(0, head.find(' '));
    v.seed = static_cast<std::uint32_t>(std::stoul(after(head.substr(v.name.size()), " seed=")));
    std::getline(file, line);
    v.layer = from_text(line);
    std::getline(file, line);
    v.output = from_hex(after(line, "output "));
    vectors.push_back(std::move(v));
  }
  return vectors;
}

std::vector<std::uint8_t> plan_of(const Vector& vector) {
  const std::uint32_t bytes = seeded_bytes(vector.layer);
  opline_layer first{};  // a 1x1 maximum pool: copies its input to behind everything
  first.op = OPLINE_OP_MAX_POOL_2D;
  first.kernel_h = first.kernel_w = first.stride_h = first.stride_w = 1;
  first.dilation_h = first.dilation_w = 1, first.groups = 1;
  first.in_h = first.out_h = first.in_w = first.out_w = 1;
  first.in_c = first.out_c = static_cast<std::uint16_t>(bytes);
  first.activation_min = -128, first.activation_max = 127;
  place(first);
  opline_layer second = vector.layer;
  second.input2 = opline_input2_bytes(&second) != 0 ? kSecondInput : second.input2;
  second.output = opline_align(bytes);
  second.scratch = second.output + opline_align(opline_output_bytes(&second));
  return make_plan({first, second}, vector.seed);
}

}  // namespace opline::firmware_test
