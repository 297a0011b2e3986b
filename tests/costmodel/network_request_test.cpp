// Lines of JSON that name networks.
#include "src/costmodel/network_request.h"

#include <gmock/gmock.h>

#include "sampler/space/architecture.h"
#include "sampler/space/decode.h"
#include "src/base/error.h"
#include "src/network/layer_work.h"
#include "tests/error_message.h"

namespace opline::costmodel {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

NetworkRequest read(const std::string& line) { return read_network_request(line, "n.jsonl:3"); }

TEST(NetworkRequest, TakesOpsArchitecturesAndLayers) {
  EXPECT_EQ(read(R"({"ops": 12, "name": "a"})").ops, 12U);
  EXPECT_EQ(read(R"({"ops": 12, "name": "a"})").name, "a");
  const sampler::Space space = sampler::load_space("tiny");
  const std::string text = to_text(
      space, sampler::canonical(space, {std::vector<std::uint16_t>(space.decisions.size(), 0)}));
  const NetworkRequest architecture = read(Json{{"architecture", text}}.dump());
  const auto layers = layers_of(architecture, space);
  EXPECT_EQ(layers.size(),
            sampler::decode(space, sampler::parse_architecture(space, text)).layers().size());
  EXPECT_GT(ops_of(layers), 0U);
}

TEST(NetworkRequest, LayersAreThoseOfANetwork) {
  const NetworkRequest request = read(
      R"({"layers": [{"type": "conv2d", "input": [25, 5, 64], "output": [25, 5, 84],
          "kernel": [1, 1], "stride": [1, 1], "padding": "same", "activation": "relu"},
          {"type": "softmax", "input": [1, 1, 12], "output": [1, 1, 12]}]})");
  ASSERT_EQ(request.layers.size(), 2U);
  EXPECT_EQ(network::signature_of(request.layers[0]),
            "conv2d 25x5x64 -> 25x5x84 1x1 s1x1 same relu");
  EXPECT_EQ(ops_of(request.layers), 2U * 25 * 5 * 64 * 84);
}

TEST(NetworkRequest, LayersCanBeDilatedInGroupsAndOfFourBits) {
  const NetworkRequest request = read(
      R"({"layers": [{"type": "conv2d", "input": [9, 9, 8], "output": [9, 9, 12], "kernel": [3, 3],
          "stride": [1, 1], "padding": "same", "dilation": [2, 2], "groups": 4},
          {"type": "depthwise_conv2d", "input": [9, 9, 8], "output": [9, 9, 16], "kernel": [3, 3],
          "stride": [1, 1], "padding": "same"},
          {"type": "conv2d", "input": [9, 9, 8], "output": [9, 9, 4], "kernel": [1, 1],
          "stride": [1, 1], "padding": "same", "weight_bits": 4, "input_bits": 4,
          "output_bits": 4}]})");
  ASSERT_EQ(request.layers.size(), 3U);
  EXPECT_EQ(network::signature_of(request.layers[0]),
            "conv2d 9x9x8 -> 9x9x12 3x3 s1x1 same d2x2 g4");
  EXPECT_EQ(network::work_of(request.layers[1]).kernel, "depthwise_any");
  EXPECT_EQ(network::signature_of(request.layers[2]),
            "conv2d 9x9x8 -> 9x9x4 1x1 s1x1 same bits 4/4/4");
  EXPECT_EQ(network::work_of(request.layers[2]).kernel, "conv_1x1_s4");
}

TEST(NetworkRequest, OpsBeyond64BitsAreRefused) {
  const std::string most =
      R"({"type": "conv2d", "input": [181, 181, 65535], "output": [181, 181, 65535],
          "kernel": [255, 255], "stride": [1, 1], "padding": "same"})";
  const NetworkRequest request =
      read(R"({"layers": [)" + most + "," + most + "," + most + "," + most + "]}");
  EXPECT_THAT(message_of([&] { (void)ops_of(request.layers); }), HasSubstr("the layers have more"));
}

TEST(NetworkRequest, SaysWhatIsWrong) {
  const auto refusal = [](const std::string& line) {
    return message_of([&] { (void)read(line); });
  };
  EXPECT_THAT(refusal("{"), StartsWith("n.jsonl:3:"));
  EXPECT_THAT(refusal("[]"), HasSubstr("is not an object"));
  EXPECT_THAT(refusal("{}"), HasSubstr("give one of ops, architecture and layers"));
  EXPECT_THAT(refusal(R"({"ops": 1, "architecture": "a=1"})"), HasSubstr("give one of"));
  EXPECT_THAT(refusal(R"({"ops": -1})"), HasSubstr("ops: must be a whole number"));
  EXPECT_THAT(refusal(R"({"ops": 1, "op": 2})"), HasSubstr("op: is not a key"));
  EXPECT_THAT(refusal(R"({"layers": []})"), HasSubstr("layers: is empty"));
  EXPECT_THAT(refusal(R"({"layers": [{"type": "lstm"}]})"),
              HasSubstr("layers[0].type: is `lstm`; it must be one of conv2d"));
  EXPECT_THAT(refusal(R"({"layers": [{"type": "softmax", "input": [1, 1, 0.5],
                          "output": [1, 1, 2]}]})"),
              HasSubstr("layers[0].input: holds 0.5"));
  EXPECT_THAT(refusal(R"({"layers": [{"type": "conv2d", "input": [1, 1, 1], "output": [1, 1, 2],
                          "kernel": [1, 300], "stride": [1, 1], "padding": "same"}]})"),
              HasSubstr("layers[0].kernel: holds 300"));
  const auto layer = [](const std::string& type, const std::string& input,
                        const std::string& output, const std::string& rest = "") {
    return R"({"layers": [{"type": ")" + type + R"(", "input": )" + input + R"(, "output": )" +
           output + rest + "}]}";
  };
  const std::string window = R"(, "kernel": [1, 1], "stride": [1, 1], "padding": "same")";
  EXPECT_THAT(refusal(layer("conv2d", "[25, 5, 64]", "[99, 5, 84]", window)),
              HasSubstr("layers[0].output: is 99x5x84; such a layer makes 25x5x84"));
  EXPECT_THAT(refusal(layer("conv2d", "[25, 5, 64]", "[25, 5, 84]", window + R"(, "groups": 5)")),
              HasSubstr("layers[0].type: "));
  EXPECT_THAT(
      refusal(layer("conv2d", "[25, 5, 64]", "[25, 5, 84]", window + R"(, "weight_bits": 2)")),
      HasSubstr("layers[0].weight_bits: is 2; there are 8 and 4"));
  EXPECT_THAT(refusal(layer("softmax", "[1, 1, 4]", "[1, 1, 4]", R"(, "input_bits": 4)")),
              HasSubstr("layers[0].input_bits: is 4, for which this layer has no kernel"));
  EXPECT_THAT(refusal(layer("softmax", "[1, 1, 4]", "[1, 1, 4]", R"(, "output_bits": 4)")),
              HasSubstr("layers[0].output_bits: is 4; only layers with weights"));
  EXPECT_THAT(refusal(layer("depthwise_conv2d", "[25, 5, 64]", "[25, 5, 63]", window)),
              HasSubstr("such a layer makes 25x5x64"));
  EXPECT_THAT(refusal(layer("fully_connected", "[25, 5, 64]", "[25, 5, 64]")),
              HasSubstr("such a layer makes 1x1x64"));
  EXPECT_THAT(refusal(layer("concatenation", "[5, 5, 64]", "[5, 5, 64]")), HasSubstr("5x5x65"));
  EXPECT_THAT(refusal(layer("conv2d", "[65535, 65535, 65535]", "[65535, 65535, 65535]", window)),
              HasSubstr("more than 2^31 elements"));
  EXPECT_THAT(refusal(layer("max_pool_2d", "[2, 2, 4]", "[1, 1, 4]",
                            R"(, "kernel": [3, 3], "stride": [1, 1], "padding": "valid")")),
              HasSubstr("VALID window doesn't fit"));
  NetworkRequest request;
  request.architecture = "conv1=84";
  EXPECT_THAT(message_of([&] { (void)layers_of(request, std::nullopt); }), HasSubstr("--space"));
}

}  // namespace
}  // namespace opline::costmodel
