// Tables of functions of one value: TFLM's own codes, and the functions themselves.
#include "src/network/lookup_table.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "firmware/kernels/opline_kernels.h"
#include "src/base/error.h"
#include "tests/error_message.h"

namespace opline::network {
namespace {

struct Known {
  LayerType type;
  TensorQuantisation input, output;
  float alpha;
  std::uint32_t digest;  ///< CRC-32 of the outputs for the codes with bits 0 to 255.
};

// Computed by TFLM's reference kernels at 90b983c2 with the parameters of their Prepare functions.
TEST(LookupTable, HoldsTflmsCodes) {
  const Known cases[] = {
      {LayerType::relu, {0.05F, 10}, {0.03F, -128}, 0, 0xEAE8876E},
      {LayerType::relu, {0.02F, -5}, {0.0625F, -40}, 0, 0xFDFD473F},
      {LayerType::relu6, {0.05F, -20}, {0.05F, -20}, 0, 0x8105AA3F},
      {LayerType::leaky_relu, {0.05F, 10}, {0.03F, -20}, 0.2F, 0x8179FB31},
      {LayerType::leaky_relu, {0.05F, 10}, {0.04F, 7}, -0.3F, 0x3CEDEAEE},
      {LayerType::logistic, {0.05F, 10}, {1.0F / 256, -128}, 0, 0xD2B59328},
      {LayerType::logistic, {0.2F, -30}, {1.0F / 256, -128}, 0, 0x4C20717C},
      {LayerType::logistic, {9.0F, 3}, {1.0F / 256, -128}, 0, 0xFA0FC5FD},
      {LayerType::tanh, {0.02F, 10}, {1.0F / 128, 0}, 0, 0x128A411A},
      {LayerType::tanh, {0.11F, -30}, {1.0F / 128, 0}, 0, 0x75A23DE1},
      {LayerType::hard_swish, {0.05F, 10}, {0.03F, -116}, 0, 0x3F8BB404},
      {LayerType::hard_swish, {0.02F, -4}, {0.019F, -108}, 0, 0x31C38298},
      {LayerType::hard_swish, {0.4F, 0}, {0.2F, -128}, 0, 0x63CAAE2F},
      {LayerType::quantize, {0.05F, 10}, {0.03F, -20}, 0, 0xAF342F43},
      {LayerType::quantize, {0.01F, -100}, {0.04F, 90}, 0, 0x5F54A956},
  };
  for (const Known& known : cases) {
    const LookupTable table = lookup_table(known.type, known.input, known.output, known.alpha);
    EXPECT_EQ(opline_crc32(0, table.data(), table.size()), known.digest)
        << to_string(known.type) << " of scale " << known.input.scale;
  }
}

double function(LayerType type, double x) {
  switch (type) {
    case LayerType::relu:
      return std::max(x, 0.0);
    case LayerType::relu6:
      return std::clamp(x, 0.0, 6.0);
    case LayerType::relu_n1_to_1:
      return std::clamp(x, -1.0, 1.0);
    case LayerType::leaky_relu:
      return x < 0 ? 0.25 * x : x;
    case LayerType::logistic:
      return 1 / (1 + std::exp(-x));
    case LayerType::tanh:
      return std::tanh(x);
    case LayerType::hard_swish:
      return x * std::clamp(x + 3, 0.0, 6.0) / 6;
    default:
      return x;
  }
}

// Within two steps of the function, whatever the fixed point between.
TEST(LookupTable, IsTheFunctionItsNameSays) {
  for (const LayerType type : layer_types()) {
    if (!is_lookup(type)) continue;
    for (const float scale : {0.01F, 0.03F, 0.07F}) {
      const TensorQuantisation in{scale, 12};
      const TensorQuantisation out = fixed_output(type).value_or(TensorQuantisation{scale, -30});
      const LookupTable table = lookup_table(type, in, out, 0.25F);
      for (int code = -128; code <= 127; ++code) {
        const double value = function(type, double{scale} * (code - in.zero_point));
        const double wanted = std::clamp(value / double{out.scale} + out.zero_point, -128.0, 127.0);
        ASSERT_NEAR(static_cast<std::int8_t>(table[static_cast<std::uint8_t>(code)]), wanted, 2)
            << to_string(type) << " of scale " << scale << ", code " << code;
      }
    }
  }
}

TEST(LookupTable, ExtremeScalesSaturate) {
  const LookupTable up = lookup_table(LayerType::quantize, {1e20F, 0}, {1e-20F, 0}, 0);
  EXPECT_EQ(static_cast<std::int8_t>(up[1]), 127);
  EXPECT_EQ(static_cast<std::int8_t>(up[255]), -128);
  const LookupTable down = lookup_table(LayerType::leaky_relu, {1e-20F, 0}, {1e20F, 5}, 1.0F);
  EXPECT_THAT(std::vector<std::uint8_t>(down.begin(), down.end()), testing::Each(5));
}

TEST(LookupTable, RefusesWhatTflmRefuses) {
  EXPECT_THAT(message_of([] {
                (void)lookup_table(LayerType::hard_swish, {1.0F, 0}, {1.0F / 128, 0}, 0);
              }),
              testing::HasSubstr("must be less than 128 times the output's"));
}

}  // namespace
}  // namespace opline::network
