// Kernels and bytes of single layers, against the plan's own functions.
#include "src/network/layer_descriptor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/error_message.h"
#include "tests/network/example_networks.h"

namespace opline::network {
namespace {

using testing::ElementsAre;

std::vector<std::string_view> kernels(const Network& network) {
  std::vector<std::string_view> names;
  for (const Layer& layer : network.layers()) names.push_back(kernel_of(layer));
  return names;
}

TEST(LayerDescriptor, NamesTheKernelOfEveryLayer) {
  EXPECT_THAT(
      kernels(every_layer()),
      ElementsAre("conv_im2col", "conv_1x1", "depthwise_3x3", "conv_1x1", "add",
                  "depthwise_general", "max_pool", "average_pool", "fully_connected", "softmax"));
  EXPECT_EQ(kernels(joined_branches())[0], "pad");
  EXPECT_THAT(kernels(every_variant()),
              ElementsAre("conv_general", "conv_general", "depthwise_any", "conv_1x1",
                          "conv_general", "fully_connected", "softmax"));
}

TEST(LayerDescriptor, AStridedPointwiseConvolutionIsNoConv1x1) {
  NetworkBuilder builder({8, 8, 4});
  builder.conv2d(0, 4, {1, 1, 2, 2, Padding::same}, Activation::none);
  EXPECT_THAT(kernels(std::move(builder).build()), ElementsAre("conv_im2col"));
}

TEST(LayerDescriptor, IsWhatThePlanCarries) {
  for (const Network& network : {every_layer(), joined_branches(), every_variant(), kws_s()}) {
    const Layout layout = lay_out(network);
    for (std::size_t i = 0; i < layout.layers.size(); ++i) {
      const opline_layer& planned = layout.layers[i];
      const Layer& layer = network.layers()[i];
      EXPECT_EQ(describe(layer).kernel, planned.kernel);
      EXPECT_EQ(describe(layer).pad_top, planned.pad_top);
      EXPECT_EQ(weight_bytes(layer), opline_weight_bytes(&planned));
      EXPECT_EQ(channel_bytes(layer), opline_channel_bytes(&planned));
      EXPECT_EQ(touched_bytes(layer),
                std::uint64_t{opline_weight_bytes(&planned)} + opline_channel_bytes(&planned) +
                    opline_input_bytes(&planned) + opline_input2_bytes(&planned) +
                    opline_output_bytes(&planned));
    }
  }
}

TEST(LayerDescriptor, TypesAreReadBack) {
  for (const Network& network : {every_layer(), joined_branches()}) {
    for (const Layer& layer : network.layers())
      EXPECT_EQ(layer_type_from_string(to_string(layer.type)), layer.type);
  }
  EXPECT_THAT(message_of([] { static_cast<void>(layer_type_from_string("conv3d")); }),
              testing::HasSubstr("`conv3d`; there are conv2d, depthwise_conv2d"));
}

}  // namespace
}  // namespace opline::network
