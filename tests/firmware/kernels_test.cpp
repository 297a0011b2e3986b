// tests/firmware/kernels_test.cpp - the host kernels against the reference, over random shapes.
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "firmware/kernels/opline_kernels.h"
#include "firmware/kernels/requantize.h"
#include "tests/firmware/layer_case.h"

namespace opline::firmware_test {
namespace {

class RandomLayers : public testing::TestWithParam<opline_op> {};

TEST_P(RandomLayers, AgreeWithTheReference) {
  int saturated = 0, total = 0;
  for (std::uint64_t i = 0; i < 400; ++i) {
    const LayerCase c = random_case(GetParam(), i);
    const auto expected = reference::run(c.layer, c.operands);
    ASSERT_EQ(run_kernels(c), expected) << "case " << i << ", " << describe(c.layer);
    for (const int value : expected)
      saturated += value == c.layer.activation_min || value == c.layer.activation_max;
    total += static_cast<int>(expected.size());
  }
  if (GetParam() < OPLINE_OP_TRANSPOSE) {  // the rest only moves codes
    EXPECT_LT(saturated, total * 6 / 10) << "the draws are too blind to notice a wrong bit";
  }
}

TEST_P(RandomLayers, AreAcceptedByTheChecker) {
  for (std::uint64_t i = 0; i < 400; ++i) {
    const LayerCase c = random_case(GetParam(), i);
    const auto plan = make_plan({c.layer}, 1);
    const opline_limits limits{1 << 20, 1 << 20, 1 << 20, nullptr, 0, nullptr};
    const opline_plan_error error = opline_check_plan(plan.data(), plan.size(), &limits);
    ASSERT_EQ(error.text, nullptr) << error.text << ", case " << i << ", " << describe(c.layer);
  }
}

INSTANTIATE_TEST_SUITE_P(Operations, RandomLayers,
                         testing::Values(OPLINE_OP_CONV2D, OPLINE_OP_DEPTHWISE_CONV2D,
                                         OPLINE_OP_FULLY_CONNECTED, OPLINE_OP_AVERAGE_POOL_2D,
                                         OPLINE_OP_MAX_POOL_2D, OPLINE_OP_ADD, OPLINE_OP_PAD,
                                         OPLINE_OP_MEAN, OPLINE_OP_CONCATENATION, OPLINE_OP_SUB,
                                         OPLINE_OP_MUL, OPLINE_OP_PRELU, OPLINE_OP_LOGISTIC,
                                         OPLINE_OP_TRANSPOSE, OPLINE_OP_RESIZE_NEAREST_NEIGHBOR,
                                         OPLINE_OP_SLICE),
                         [](const auto& test) { return "Op" + std::to_string(test.param); });

class RandomS4Layers : public testing::TestWithParam<opline_op> {};

TEST_P(RandomS4Layers, AgreeWithTheReference) {
  int saturated = 0, total = 0;
  for (std::uint64_t i = 0; i < 600; ++i) {
    const LayerCase c = random_s4_case(GetParam(), i);
    const auto expected = reference::run(c.layer, c.operands);
    ASSERT_EQ(run_kernels(c), expected) << "case " << i << ", " << describe(c.layer);
    for (const int value : expected)
      saturated += value == c.layer.activation_min || value == c.layer.activation_max;
    total += static_cast<int>(expected.size());
  }
  EXPECT_LT(saturated, total * 7 / 10) << "the draws are too blind to notice a wrong bit";
}

TEST_P(RandomS4Layers, AreAcceptedByTheChecker) {
  for (std::uint64_t i = 0; i < 400; ++i) {
    const LayerCase c = random_s4_case(GetParam(), i);
    const auto plan = make_plan({c.layer}, 1);
    const opline_limits limits{1 << 20, 1 << 20, 1 << 20, nullptr, 0, nullptr};
    const opline_plan_error error = opline_check_plan(plan.data(), plan.size(), &limits);
    ASSERT_EQ(error.text, nullptr) << error.text << ", case " << i << ", " << describe(c.layer);
  }
}

// What an odd number of channels leaves of a byte: in inputs it adds nothing, whatever its weight;
// in outputs it is the zero point again.
TEST_P(RandomS4Layers, FillTheLastHalfByteWithTheZeroPoint) {
  int odd = 0;
  for (std::uint64_t i = 0; i < 200; ++i) {
    const LayerCase c = random_s4_case(GetParam(), i);
    if (c.layer.output_bits != 4 || c.layer.out_c % 2 == 0) continue;
    const std::size_t even = c.layer.out_c + 1U;  // the same bytes, seen as one more channel
    const std::vector<std::int8_t> codes = unpacked(output_bytes(c), even);
    for (std::size_t at = c.layer.out_c; at < codes.size(); at += even)
      ASSERT_EQ(codes[at], c.layer.output_zero_point) << "case " << i << ", " << describe(c.layer);
    ++odd;
  }
  EXPECT_GT(odd, 20);
}

INSTANTIATE_TEST_SUITE_P(Operations, RandomS4Layers, testing::ValuesIn(kS4Operations),
                         [](const auto& test) { return "Op" + std::to_string(test.param); });

TEST(Softmax, IsWithinOneStepOfFloatingPoint) {
  for (std::uint64_t i = 0; i < 200; ++i) {
    const LayerCase c = random_case(OPLINE_OP_SOFTMAX, i);
    const opline_multiplier& m = c.layer.requantize[0];
    const double beta_scale = std::ldexp(m.multiplier, m.shift - 31 - 26);
    const auto expected = reference::softmax(c.layer, c.operands.input, beta_scale);
    const auto output = run_kernels(c);
    for (std::size_t k = 0; k < output.size(); ++k) {
      ASSERT_NEAR(output[k], expected[k], 1.0)
          << "case " << i << " element " << k << ", " << describe(c.layer);
    }
  }
}

TEST(Softmax, RowsSumToOne) {
  const LayerCase c = random_case(OPLINE_OP_SOFTMAX, 3);
  const auto output = run_kernels(c);
  for (std::size_t row = 0; row < output.size(); row += c.layer.in_c) {
    int sum = 0;
    for (std::size_t k = row; k < row + c.layer.in_c; ++k) sum += output[k] + 128;
    EXPECT_NEAR(sum, 256, c.layer.in_c);
  }
}

TEST(Requantize, FollowsTheDefinitionAtTheEdges) {
  const std::int32_t values[] = {
      INT32_MIN, INT32_MIN + 1, -(1 << 30), -65537,  -65536,   -5, -3, -2, -1, 0, 1, 2, 3,
      5,         65535,         65536,      1 << 30, INT32_MAX};
  const std::int32_t multipliers[] = {1 << 30, (1 << 30) + 1, 1518500250, INT32_MAX - 1, INT32_MAX};
  for (const std::int32_t x : values) {
    for (const std::int32_t multiplier : multipliers) {
      for (int shift = -31; shift <= 30; ++shift) {
        ASSERT_EQ(opline_requantize(x, multiplier, shift),
                  reference::requantize(x, multiplier, shift))
            << x << " * " << multiplier << " << " << shift;
      }
    }
  }
}

TEST(Requantize, RoundsNegativeTiesTwice) {
  // -3 * 0.5 = -1.5: the high multiply rounds the tie up to -1, the shift leaves it.
  EXPECT_EQ(opline_requantize(-3, 1 << 30, 0), -1);
  EXPECT_EQ(opline_requantize(3, 1 << 30, 0), 2);
  // -6 * 0.5 = -3, then / 2: -1.5 rounds away from zero.
  EXPECT_EQ(opline_requantize(-6, 1 << 30, -1), -2);
  EXPECT_EQ(opline_requantize(6, 1 << 30, -1), 2);
}

TEST(Crc32, KnownAnswersAndChaining) {
  EXPECT_EQ(opline_crc32(0, "123456789", 9), 0xCBF43926u);
  EXPECT_EQ(opline_crc32(0, "", 0), 0u);
  EXPECT_EQ(opline_crc32(opline_crc32(0, "12345", 5), "6789", 4), 0xCBF43926u);
  std::uint32_t bitwise = 0xffffffffu;
  std::string text;
  for (int i = 0; i < 1000; ++i) text += static_cast<char>(i * 37 + (i >> 3));
  for (const char c : text) {
    bitwise ^= static_cast<std::uint8_t>(c);
    for (int bit = 0; bit < 8; ++bit)
      bitwise = (bitwise >> 1) ^ (0xEDB88320u & (0u - (bitwise & 1u)));
  }
  EXPECT_EQ(opline_crc32(0, text.data(), text.size()), ~bitwise);
}

TEST(Input, IsWhatThePlanHeaderSays) {
  std::int8_t input[33];
  opline_fill_input(7, input, sizeof input);
  for (std::uint32_t i = 0; i < sizeof input; ++i) ASSERT_EQ(input[i], opline_input_byte(7, i));
}

}  // namespace
}  // namespace opline::firmware_test
