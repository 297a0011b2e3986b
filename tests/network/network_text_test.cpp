#include "src/network/network_text.h"

#include <gmock/gmock.h>

#include "tests/error_message.h"
#include "tests/network/example_networks.h"

namespace opline::network {
namespace {

Network activations() {
  NetworkBuilder builder({6, 5, 4});
  TensorId t = builder.conv2d(0, 6, {3, 2, 1, 1, Padding::same, 2, 3}, Activation::relu, 2);
  t = builder.depthwise_conv2d(t, {3, 3, 1, 1, Padding::same}, Activation::none, 2);
  t = builder.pad(t, {1, 0, 0, 2, 1, 3});
  t = builder.lookup(LayerType::hard_swish, t);
  t = builder.fully_connected_per_position(t, 7, Activation::relu6);
  builder.lookup(LayerType::logistic, t);
  return std::move(builder).build();
}

TEST(NetworkText, IsTheInverseOfTheCanonicalText) {
  for (const Network& network :
       {kws_s(), kws_l(), every_layer(), joined_branches(), activations()}) {
    EXPECT_EQ(network_from_text(network.canonical_text()).id(), network.id())
        << network.canonical_text();
  }
}

TEST(NetworkText, BlanksAndEmptyLinesDoNotMatter) {
  const Network network =
      network_from_text("\n input 4x4x1\n\n  conv2d  t0 3x3 s1x1 same -> 4x4x2 \r\n");
  EXPECT_EQ(network.canonical_text(), "input 4x4x1\nconv2d t0 3x3 s1x1 same -> 4x4x2\n");
}

std::string mistake(const std::string& text) {
  return message_of([&] { (void)network_from_text(text); });
}

TEST(NetworkText, MistakesNameTheLine) {
  const std::string head = "input 8x8x3\n";
  EXPECT_EQ(mistake(""), "line 1: is empty; a network begins with `input`");
  EXPECT_THAT(mistake("conv2d t0\n"), testing::StartsWith("line 1: a network begins with `input"));
  EXPECT_THAT(mistake(head + "convolution t0\n"),
              testing::StartsWith("line 2: a layer of type `convolution`; there are conv2d,"));
  EXPECT_EQ(mistake(head + "softmax t1 -> 8x8x3\n"),
            "line 2: reads t1; t0, the input, to t0 are there");
  EXPECT_EQ(mistake(head + "\nadd t0 -> 8x8x3\n"),
            "line 3: reads 1 tensors; a layer of type add reads 2");
  EXPECT_EQ(mistake(head + "conv2d t0 3 s1x1 same -> 8x8x4\n"),
            "line 2: has `3` where a kernel, such as 3x3, should stand");
  EXPECT_EQ(mistake(head + "conv2d t0 3x3 s1x1 -> 8x8x4\n"),
            "line 2: needs `same` or `valid` behind the stride");
  EXPECT_THAT(mistake(head + "mean t0 as 1x1x3 -> 1x1x3\n"),
              testing::EndsWith("the shape of its output, instead of `as`"));
  EXPECT_EQ(mistake(head + "mean t0 -> 1x1x3 relu7\n"), "line 2: has `relu7` behind its end");
  EXPECT_EQ(mistake(head + "mean t0 ->\n"),
            "line 2: ends where the shape of the output, such as 16x16x8, should follow");
  EXPECT_EQ(mistake(head + "transpose t0 -> 3x8x8\n"),
            "line 2: a layer of type transpose is read from .tflite files only");
}

TEST(NetworkText, AShapeThatTheLayerDoesNotMakeIsRefused) {
  EXPECT_EQ(mistake("input 8x8x3\nconv2d t0 3x3 s2x2 same -> 8x8x4\n"),
            "line 2: `conv2d t0 3x3 s2x2 same -> 8x8x4` is the layer `conv2d t0 3x3 s2x2 same -> "
            "4x4x4`");
  EXPECT_THAT(mistake("input 8x8x3\npad t0 top 1 left 0 -> 8x8x3\n"),
              testing::StartsWith("line 2: "));
}

}  // namespace
}  // namespace opline::network
