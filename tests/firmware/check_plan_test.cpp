// tests/firmware/check_plan_test.cpp - hostile and inconsistent plans are refused with a reason;
// accepted ones are safe.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <functional>

#include "firmware/kernels/opline_kernels.h"
#include "src/base/random.h"
#include "tests/firmware/device_plan.h"
#include "tests/firmware/layer_case.h"

namespace opline::firmware_test {
namespace {

const HostPools& pools() {
  static const HostPools pools(40000, 4800);
  return pools;
}

opline_limits limits() {
  return {16384,
          static_cast<std::uint32_t>(pools().weights.size()),
          static_cast<std::uint32_t>(pools().channels.size() * sizeof(opline_channel)),
          pools().channels.data(),
          0,
          nullptr};
}

opline_plan_error check(const std::vector<std::uint8_t>& plan) {
  const opline_limits l = limits();
  return opline_check_plan(plan.data(), plan.size(), &l);
}

opline_layer convolution() {
  opline_layer l{};
  l.op = OPLINE_OP_CONV2D;
  l.in_h = l.in_w = 8, l.in_c = 5, l.out_h = l.out_w = 8, l.out_c = 6;
  l.kernel_h = l.kernel_w = 3, l.stride_h = l.stride_w = 1, l.pad_top = l.pad_left = 1;
  l.dilation_h = l.dilation_w = 1, l.groups = 1;
  l.activation_min = -128, l.activation_max = 127, l.shift_offset = -8;
  place(l);
  return l;
}

opline_layer addition() {
  opline_layer l{};
  l.op = OPLINE_OP_ADD;
  l.in_h = l.out_h = l.in_w = l.out_w = 4, l.in_c = l.out_c = 4;
  l.in2_h = l.in2_w = l.in2_c = 4;
  l.dilation_h = l.dilation_w = 1, l.groups = 1;
  l.activation_min = -128, l.activation_max = 127;
  for (opline_multiplier& m : l.requantize) m = {1 << 30, -1};
  place(l);
  return l;
}

/// As addition(), of one operand.
opline_layer one_operand(opline_op op) {
  opline_layer l = addition();
  l.op = op;
  l.in2_h = l.in2_w = l.in2_c = 0;
  place(l);
  return l;
}

opline_layer grouped() {
  opline_layer l = convolution();
  l.in_c = 6, l.groups = 3, l.dilation_h = 2, l.pad_top = 2, l.in_h = l.out_h = 9;
  place(l);
  return l;
}

opline_layer connection() {
  opline_layer l = one_operand(OPLINE_OP_FULLY_CONNECTED);
  l.out_h = l.out_w = 1, l.out_c = 3;
  place(l);
  return l;
}

opline_layer connections() {
  opline_layer l = connection();
  l.out_h = l.in_h, l.out_w = l.in_w;
  l.requantize[0] = {0, 0};
  place(l);
  return l;
}

opline_layer softmax() {
  opline_layer l = one_operand(OPLINE_OP_SOFTMAX);
  l.requantize[0] = {1 << 30, 22};
  l.softmax_diff_min = -248;
  place(l);
  return l;
}

opline_layer padding() {
  opline_layer l = one_operand(OPLINE_OP_PAD);
  l.pad_top = 1, l.out_h = 6, l.pad_left = 2, l.out_w = 6;
  place(l);
  return l;
}

opline_layer mean() {
  opline_layer l = one_operand(OPLINE_OP_MEAN);
  l.out_h = l.out_w = 1;
  l.requantize[0] = {1 << 29, -3};
  place(l);
  return l;
}

opline_layer joining() {
  opline_layer l = one_operand(OPLINE_OP_CONCATENATION);
  l.out_c = 7;
  place(l);
  return l;
}

/// A gate: of every channel one factor, a constant.
opline_layer scaling() {
  opline_layer l = addition();
  l.op = OPLINE_OP_MUL;
  l.in2_h = l.in2_w = 1;
  l.constant = OPLINE_CONSTANT_INPUT2;
  place(l);
  return l;
}

opline_layer transposition() {
  opline_layer l = one_operand(OPLINE_OP_TRANSPOSE);
  l.axes = 2 | 0 << 2 | 1 << 4;
  place(l);
  return l;
}

opline_layer slicing() {
  opline_layer l = one_operand(OPLINE_OP_SLICE);
  l.begin_c = 1, l.out_c = 2;
  place(l);
  return l;
}

TEST(CheckPlan, AcceptsWhatIsRight) {
  const opline_plan_error error = check(make_plan(
      {convolution(), addition(), softmax(), padding(), mean(), joining(), grouped(), connection(),
       connections(), scaling(), one_operand(OPLINE_OP_TANH), transposition(), slicing()},
      1));
  EXPECT_EQ(error.text, nullptr) << error.text << " in layer " << error.layer;
}

TEST(CheckPlan, RefusesBitsThatNoKernelHas) {
  const auto refusal = [](opline_layer layer, int weights, int input, int output) {
    layer.weight_bits = static_cast<std::uint8_t>(weights);
    layer.input_bits = static_cast<std::uint8_t>(input);
    layer.output_bits = static_cast<std::uint8_t>(output);
    layer.activation_min = -8, layer.activation_max = 7;
    place(layer);
    const opline_plan_error error = check(make_plan({layer}, 1));
    return std::string(error.text == nullptr ? "" : error.text);
  };
  for (const int input : {8, 4}) {
    for (const int output : {8, 4}) EXPECT_EQ(refusal(convolution(), 4, input, output), "");
  }
  EXPECT_EQ(refusal(addition(), 8, 4, 4), "");
  EXPECT_EQ(refusal(addition(), 8, 4, 8), "");
  EXPECT_EQ(refusal(convolution(), 6, 8, 8),
            "weight_bits, input_bits, output_bits: expected 8 or 4");
  EXPECT_EQ(refusal(convolution(), 8, 8, 4),
            "input_bits, output_bits: expected 8 of this operation");
  EXPECT_EQ(refusal(addition(), 4, 4, 4), "weight_bits: expected 8 without weights");
  EXPECT_EQ(refusal(addition(), 8, 8, 4), "output_bits: expected 8 with an input of 8 bits");
  EXPECT_EQ(refusal(mean(), 8, 4, 4), "input_bits, output_bits: expected 8 of this operation");
}

TEST(CheckPlan, RefusesNumbersThatFourBitsDoNotHold) {
  opline_layer layer = convolution();
  layer.weight_bits = layer.input_bits = layer.output_bits = 4;
  layer.activation_min = -8, layer.activation_max = 7;
  place(layer);
  const auto refusal = [&](auto change) {
    opline_layer changed = layer;
    change(changed);
    const opline_plan_error error = check(make_plan({changed}, 1));
    return std::string(error.text == nullptr ? "" : error.text);
  };
  EXPECT_EQ(refusal([](opline_layer& l) { l.bias_shift = 31, l.bias_offset = INT32_MIN; }), "");
  EXPECT_EQ(refusal([](opline_layer& l) { l.bias_shift = 32; }), "bias_shift: expected 0..31");
  EXPECT_EQ(refusal([](opline_layer& l) { l.input_zero_point = 8; }),
            "input_zero_point: expected -128..127, of 4 bits -8..7");
  EXPECT_EQ(refusal([](opline_layer& l) { l.output_zero_point = -9; }),
            "output_zero_point: expected -128..127, of 4 bits -8..7");
  EXPECT_EQ(refusal([](opline_layer& l) { l.activation_max = 8; }),
            "activation_min, activation_max: expected -8..7 of 4 bits");
  opline_layer int8 = convolution();
  int8.bias_offset = 1;
  EXPECT_STREQ(check(make_plan({int8}, 1)).text,
               "bias_shift, bias_offset: expected 0 with weights of 8 bits");
}

/// A plan of one convolution whose weights and table are a blob: weights first.
std::vector<std::uint8_t> own_plan(opline_layer layer, std::uint32_t tensor_bytes) {
  std::vector<std::uint8_t> plan = make_plan({layer}, 1);
  opline_plan_header header;
  std::memcpy(&header, plan.data(), sizeof header);
  header.weight_bytes = header.channel_bytes = 0;
  header.tensor_bytes = tensor_bytes;
  std::memcpy(plan.data(), &header, sizeof header);
  return plan;
}

TEST(CheckPlan, OwnTensorsAreCheckedInTheirRegion) {
  std::vector<std::int32_t> blob(96, 0);  // 272 B of weights, 6 entries of 12 B, 40 B spare
  opline_layer layer = convolution();
  layer.channels = 272;
  layer.shift_offset = 0;
  for (std::size_t c = 0; c < 6; ++c) {
    blob[68 + 3 * c] = INT32_MIN;  // any bias
    blob[68 + 3 * c + 1] = 1 << 30;
    blob[68 + 3 * c + 2] = -31;
  }
  opline_limits region = limits();
  region.tensors = reinterpret_cast<const std::uint8_t*>(blob.data());
  region.tensor_bytes = 384;
  const auto refusal = [&](const opline_layer& l, std::uint32_t bytes) {
    const std::vector<std::uint8_t> plan = own_plan(l, bytes);
    const char* text = opline_check_plan(plan.data(), plan.size(), &region).text;
    return std::string(text == nullptr ? "" : text);
  };
  EXPECT_EQ(refusal(layer, 352), "");
  EXPECT_EQ(refusal(layer, 384), "");
  EXPECT_EQ(refusal(layer, 336), "channels: exceed tensor_bytes");
  EXPECT_NE(refusal(layer, 400).find("tensor_bytes: exceeds"), std::string::npos);
  EXPECT_NE(refusal(layer, 350).find("multiple of 16"), std::string::npos);
  opline_layer odd = layer;
  odd.channels = 276;
  EXPECT_EQ(refusal(odd, 384), "channels: expected a multiple of 16");
  opline_layer last =
      layer;  // weights at the very end: what is read behind them would leave the flash
  last.weights = 112, last.channels = 0;
  EXPECT_NE(refusal(last, 384).find("weights: exceed tensor_bytes"), std::string::npos);
  blob[68 + 3 * 5 + 2] = -32;
  EXPECT_NE(refusal(layer, 352).find("channel: expected a multiplier"), std::string::npos);
  EXPECT_NE(std::string(check(own_plan(layer, 352)).text).find("exceeds the flash reserved"),
            std::string::npos);
}

struct Broken {
  const char* text;  ///< Part of the reason.
  opline_layer layer;
  std::function<void(opline_layer&)> breaking;
};

TEST(CheckPlan, RefusesBrokenLayersWithTheReasonAndTheirNumber) {
  const opline_layer c = convolution(), a = addition(), s = softmax(), p = padding(), m = mean(),
                     j = joining(), g = grouped(), f = connection(), fs = connections(),
                     k = scaling(), t = one_operand(OPLINE_OP_TANH), x = transposition(),
                     r = slicing();
  const Broken cases[] = {
      {"op: expected", c, [](opline_layer& l) { l.op = 0; }},
      {"op: expected", c, [](opline_layer& l) { l.op = 25; }},
      {"reserved", a, [](opline_layer& l) { l.reserved = 1; }},
      {"axes: expected 0", t, [](opline_layer& l) { l.axes = 1; }},
      {"axes: expected each", x, [](opline_layer& l) { l.axes = 0; }},
      {"axes: expected each", x, [](opline_layer& l) { l.axes = 0x66; }},
      {"axes: expected each", x, [](opline_layer& l) { l.axes |= 0x40; }},
      {"does not follow from the axes", x, [](opline_layer& l) { l.out_c = 3; }},
      {"output: overlaps", x, [](opline_layer& l) { l.output = l.input; }},
      {"table: exceeds the input", r, [](opline_layer& l) { l.in_h = 1; }},
      {"out_c: expected channels", r, [](opline_layer& l) { l.begin_c = 3; }},
      {"out_c: expected in_c and begin_c", p, [](opline_layer& l) { l.begin_c = 1; }},
      {"constant, in2_h", c, [](opline_layer& l) { l.constant = 1; }},
      {"constant, in2_h", s, [](opline_layer& l) { l.in2_c = 4; }},
      {"begin_c", a, [](opline_layer& l) { l.begin_c = 1; }},
      {"constant: expected 0..2", a, [](opline_layer& l) { l.constant = 3; }},
      {"second input's shape", k, [](opline_layer& l) { l.in2_c = 2; }},
      {"second input's shape", k, [](opline_layer& l) { l.in2_h = 0; }},
      {"output: overlaps the input", k,
       [](opline_layer& l) { l.output = l.input, l.in_h = 1, l.in2_h = 4; }},
      {"weights: expected", k, [](opline_layer& l) { l.weights = 4; }},
      {"weights: exceed", k, [](opline_layer& l) { l.weights = 0xfffffff0u; }},
      {"requantize", k, [](opline_layer& l) { l.requantize[0].multiplier = 1; }},
      {"table: expected", t, [](opline_layer& l) { l.table = 8; }},
      {"table: exceeds", t, [](opline_layer& l) { l.table = 16; }},
      {"kernel: differs", c, [](opline_layer& l) { l.kernel = OPLINE_KERNEL_CONV_1X1; }},
      {"input shape", c, [](opline_layer& l) { l.in_c = 0; }},
      {"output shape", c, [](opline_layer& l) { l.out_w = 0; }},
      {"out_h: does not follow", c, [](opline_layer& l) { l.stride_h = 0; }},
      {"out_h: does not follow", c, [](opline_layer& l) { l.out_h = 10; }},
      {"out_h: does not follow", c, [](opline_layer& l) { l.out_h = 5; }},
      {"out_w: does not follow", c, [](opline_layer& l) { l.pad_left = 3; }},
      {"taps: more than", c, [](opline_layer& l) { l.in_c = 65535; }},
      {"input_zero_point", c, [](opline_layer& l) { l.input_zero_point = 128; }},
      {"output_zero_point", c, [](opline_layer& l) { l.output_zero_point = -129; }},
      {"activation_min", c, [](opline_layer& l) { l.activation_max = -128, l.activation_min = 0; }},
      {"shift_offset", c, [](opline_layer& l) { l.shift_offset = INT32_MIN; }},
      {"channel: expected a multiplier", c, [](opline_layer& l) { l.shift_offset = -40; }},
      {"tensor offset", c, [](opline_layer& l) { l.output += 4; }},
      {"tensor: exceeds", c, [](opline_layer& l) { l.output = 0xfffffff0u; }},
      {"tensor: exceeds", c, [](opline_layer& l) { l.scratch = 0x7ffffff0u; }},
      {"output: overlaps", c, [](opline_layer& l) { l.output = 16; }},
      {"scratch: overlaps", c, [](opline_layer& l) { l.scratch = l.output; }},
      {"weights: expected", c, [](opline_layer& l) { l.weights = 8; }},
      {"weights: exceed", c, [](opline_layer& l) { l.weights = 0xfffffff0u; }},
      {"channels: expected", c, [](opline_layer& l) { l.channels = 16; }},
      {"channels: exceed", c, [](opline_layer& l) { l.channels = 0xfffffffcu; }},
      {"requantize", a, [](opline_layer& l) { l.requantize[2].multiplier = 0; }},
      {"requantize", a, [](opline_layer& l) { l.requantize[1].shift = -32; }},
      {"output: overlaps the second", a, [](opline_layer& l) { l.output = l.input2 + 16; }},
      {"input shape: expected extents", a, [](opline_layer& l) { l.out_c = 3; }},
      {"softmax_diff_min", s, [](opline_layer& l) { l.softmax_diff_min = 1; }},
      {"softmax_diff_min: overflows", s, [](opline_layer& l) { l.requantize[0].shift = 30; }},
      {"out_c: expected in_c", p, [](opline_layer& l) { l.out_c = 3; }},
      {"out_h: expected in_h and pad_top", p, [](opline_layer& l) { l.pad_top = 3; }},
      {"out_w: expected in_w and pad_left", p, [](opline_layer& l) { l.out_w = 4; }},
      {"output: overlaps", p, [](opline_layer& l) { l.output = l.input; }},
      {"out_h, out_w: expected 1", m, [](opline_layer& l) { l.out_w = 2; }},
      {"taps: more than", m, [](opline_layer& l) { l.in_h = l.in_w = 300; }},
      {"requantize: expected a multiplier of 2^29", m,
       [](opline_layer& l) { l.requantize[0].shift = 31; }},
      {"requantize: expected a multiplier of 2^29", m,
       [](opline_layer& l) { l.requantize[0].multiplier = (1 << 29) - 1; }},
      {"out_c: expected more", j, [](opline_layer& l) { l.out_c = l.in_c; }},
      {"output: overlaps the second", j, [](opline_layer& l) { l.output = l.input2; }},
      {"tensor: exceeds", j, [](opline_layer& l) { l.out_c = 65535; }},
      {"output shape: expected the input's", j, [](opline_layer& l) { l.out_h = 3; }},
      {"dilation: expected 1..255", g, [](opline_layer& l) { l.dilation_h = 0; }},
      {"groups: expected 1 or more", g, [](opline_layer& l) { l.groups = 0; }},
      {"groups: expected a divisor", g, [](opline_layer& l) { l.groups = 4; }},
      {"groups: expected 1 for this", a, [](opline_layer& l) { l.groups = 2; }},
      {"dilation: expected 1 for this", a, [](opline_layer& l) { l.dilation_w = 2; }},
      {"out_h: does not follow", g, [](opline_layer& l) { l.pad_top = 5; }},
      {"out_h, out_w: expected 1 or the input's", fs, [](opline_layer& l) { l.out_w = 3; }},
      {"requantize: expected 0", fs,
       [](opline_layer& l) {
         l.requantize[0] = {1 << 30, -9};
       }},
      {"requantize: expected a multiplier", f,
       [](opline_layer& l) {
         l.requantize[0] = {5, 0};
       }},
      {"channel: expected a multiplier", f,
       [](opline_layer& l) {
         l.requantize[0] = {0, 0}, l.shift_offset = -40;
       }},
  };
  for (const Broken& broken : cases) {
    opline_layer layer = broken.layer;
    broken.breaking(layer);
    // The header belongs to the sound layer: only the break is wrong.
    std::vector<std::uint8_t> plan = make_plan({convolution(), broken.layer}, 1);
    std::memcpy(plan.data() + sizeof(opline_plan_header) + sizeof layer, &layer, sizeof layer);
    const opline_plan_error error = check(plan);
    ASSERT_NE(error.text, nullptr) << broken.text;
    EXPECT_NE(std::string(error.text).find(broken.text), std::string::npos)
        << error.text << ", not " << broken.text;
    EXPECT_EQ(error.layer, 1) << error.text;
  }
}

TEST(CheckPlan, RefusesBrokenHeaders) {
  const std::pair<const char*, std::function<void(opline_plan_header&)>> cases[] = {
      {"magic", [](opline_plan_header& h) { h.magic ^= 1; }},
      {"version", [](opline_plan_header& h) { h.version = 2; }},
      {"layer_count", [](opline_plan_header& h) { h.layer_count = 0; }},
      {"layer_count", [](opline_plan_header& h) { h.layer_count = 0xffffffff; }},
      {"bytes: expected", [](opline_plan_header& h) { h.bytes += sizeof(opline_layer); }},
      {"bytes: expected", [](opline_plan_header& h) { h.layer_count = 2; }},
      {"activation_bytes: expected", [](opline_plan_header& h) { h.activation_bytes += 4; }},
      {"activation_bytes: plan", [](opline_plan_header& h) { h.activation_bytes = 16384; }},
      {"activation_bytes: beyond", [](opline_plan_header& h) { h.activation_bytes = 0xfffffff0u; }},
      {"weight_bytes", [](opline_plan_header& h) { h.weight_bytes = 0xffffffff; }},
      {"channel_bytes", [](opline_plan_header& h) { h.channel_bytes = 4801; }},
      {"input_bytes", [](opline_plan_header& h) { h.input_bytes = 0; }},
      {"input_bytes", [](opline_plan_header& h) { h.input_bytes = h.activation_bytes + 1; }},
      {"input: expected", [](opline_plan_header& h) { h.input = 4; }},
      {"table_bytes", [](opline_plan_header& h) { h.table_bytes = 8; }},
      {"bytes: expected", [](opline_plan_header& h) { h.table_bytes = 0xfffffff0u; }},
      {"weights: exceed", [](opline_plan_header& h) { h.weight_bytes = 16; }},
  };
  for (const auto& [text, breaking] : cases) {
    std::vector<std::uint8_t> plan = make_plan({convolution()}, 1);
    opline_plan_header header;
    std::memcpy(&header, plan.data(), sizeof header);
    breaking(header);
    std::memcpy(plan.data(), &header, sizeof header);
    const opline_plan_error error = check(plan);
    ASSERT_NE(error.text, nullptr) << text;
    EXPECT_NE(std::string(error.text).find(text), std::string::npos)
        << error.text << ", not " << text;
  }
}

TEST(CheckPlan, RefusesEveryTruncation) {
  const std::vector<std::uint8_t> plan = make_plan({convolution(), addition()}, 1);
  for (std::size_t bytes = 0; bytes < plan.size(); ++bytes) {
    const std::vector<std::uint8_t> part(plan.begin(),
                                         plan.begin() + static_cast<std::ptrdiff_t>(bytes));
    EXPECT_NE(check(part).text, nullptr) << bytes;
  }
}

/// Executes an accepted plan in buffers of exactly the asked sizes: the sanitizers see every step
/// outside.
void execute(const std::vector<std::uint8_t>& plan) {
  opline_plan_header header;
  std::memcpy(&header, plan.data(), sizeof header);
  std::vector<opline_layer> layers(header.layer_count);
  std::memcpy(layers.data(), plan.data() + sizeof header, layers.size() * sizeof(opline_layer));
  std::vector<std::int8_t> activations(header.activation_bytes);
  const opline_pools p{pools().weights.data(), pools().channels.data(),
                       plan.data() + opline_tables_offset(header.layer_count)};
  for (const opline_layer& l : layers) opline_run_layer(&l, &p, activations.data());
}

std::uint64_t work_of(const std::vector<std::uint8_t>& plan) {
  opline_layer l;
  std::memcpy(&l, plan.data() + sizeof(opline_plan_header), sizeof l);
  return std::uint64_t{opline_output_bytes(&l)} * std::max(opline_fan_in(&l), 1U);
}

// Random layers with one to three bytes changed: most are refused, and what is accepted runs inside
// its memory.
TEST(CheckPlan, MutatedPlansAreRefusedOrSafe) {
  int accepted = 0, refused = 0;
  for (std::uint64_t i = 0; i < 60000; ++i) {
    RandomStream random(99, i);
    const auto op = static_cast<opline_op>(1 + random.below(OPLINE_OP_SLICE));
    std::vector<std::uint8_t> plan = make_plan({random_case(op, i % 50).layer}, 1);
    for (std::uint32_t changes = 1 + random.below(3); changes > 0; --changes) {
      const std::uint32_t at = random.below(static_cast<std::uint32_t>(plan.size()));
      plan[at] = static_cast<std::uint8_t>(
          random.below(2) == 0 ? random.next() : plan[at] ^ (1u << random.below(8)));
    }
    if (check(plan).text != nullptr) {
      ++refused;
      continue;
    }
    ++accepted;
    if (work_of(plan) < 1'000'000) execute(plan);
  }
  EXPECT_GT(accepted, 2000);
  EXPECT_GT(refused, 20000);
}

TEST(CheckPlan, NoiseIsRefused) {
  for (std::uint64_t i = 0; i < 2000; ++i) {
    RandomStream random(7, i);
    std::vector<std::uint8_t> noise(std::size_t{4} * random.below(200));
    for (std::uint8_t& byte : noise) byte = static_cast<std::uint8_t>(random.next());
    EXPECT_NE(check(noise).text, nullptr);
  }
}

}  // namespace
}  // namespace opline::firmware_test
