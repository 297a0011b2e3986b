// What a model says about ops, layers and networks.
#include "src/costmodel/prediction.h"

#include <gmock/gmock.h>

#include "src/network/layer_work.h"
#include "src/network/op_count.h"
#include "tests/costmodel/example_model.h"

namespace opline::costmodel {
namespace {

using network::Activation;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

/// A convolution of 4 x 4 x 3 to 8 channels, a depthwise one and a classifier.
network::Network small_network() {
  network::NetworkBuilder builder({8, 8, 3});
  auto tensor = builder.conv2d(builder.input(), 8, {3, 3, 2, 2}, Activation::relu);
  tensor = builder.depthwise_conv2d(tensor, {3, 3, 1, 1}, Activation::relu);
  builder.fully_connected(tensor, 10, Activation::none);
  return std::move(builder).build();
}

TEST(Prediction, OfALineInOps) {
  const Model model = example_line();
  const Prediction inside = *predict(model, std::uint64_t{20000000});
  EXPECT_DOUBLE_EQ(inside.value, 13.25e-9 * 20000000 + 0.0011);
  EXPECT_DOUBLE_EQ(inside.interval->low, inside.value - (0.0025 + 0.025 * inside.value));
  EXPECT_DOUBLE_EQ(inside.interval->high, inside.value + 0.00375 + 0.03125 * inside.value);
  EXPECT_DOUBLE_EQ(*inside.bound, inside.value + 0.0078125 + 0.025 * inside.value);
  EXPECT_THAT(inside.outside, IsEmpty());
  EXPECT_THAT(predict(model, std::uint64_t{2451024})->outside, IsEmpty());
  EXPECT_THAT(predict(model, std::uint64_t{2451023})->outside, Contains(HasSubstr("are only")));
  EXPECT_THAT(predict(model, std::uint64_t{61203457})->outside,
              Contains(HasSubstr("the model has seen 2.45 Mops to 61.2 Mops")));
}

TEST(Prediction, ManyAtOnceAreTheSameBitForBit) {
  const Model model = example_line();
  std::vector<double> ops, values(1000);
  for (int i = 0; i < 1000; ++i) ops.push_back(1e6 + 12345 * i);
  values_at(model, ops, values);
  for (std::size_t i = 0; i < ops.size(); ++i) EXPECT_EQ(values[i], value_at(model, ops[i]));
}

TEST(Prediction, ABudgetAllowsWhatItsMarginLeaves) {
  const Model model = example_line();
  const double largest = *largest_within(model, 0.2);
  EXPECT_DOUBLE_EQ(largest, (0.2 - 0.0078125) / 1.025);
  EXPECT_NEAR(*prediction_of(model, largest, 3e6).bound, 0.2, 1e-12);
  Model none = model;
  none.margin.reset();
  EXPECT_EQ(largest_within(none, 0.2), std::nullopt);
}

TEST(Prediction, OfLayersByTheirTypes) {
  const network::Network network = small_network();
  const double conv = 2.0 * 4 * 4 * 8 * 27, depthwise = 2.0 * 4 * 4 * 8 * 9;
  const Prediction found = *predict(example_by_type(), network);
  EXPECT_DOUBLE_EQ(found.value, 0.002 + 8e-9 * conv + 24e-9 * depthwise);
  EXPECT_THAT(found.outside, Contains(HasSubstr("ops of conv2d are only 6.91 kops")));
  EXPECT_THAT(found.outside, Contains(HasSubstr("layers of type fully_connected were never")));
}

TEST(Prediction, OfLayersByTheirKernels) {
  const network::Network network = small_network();
  double value = 0;
  for (const network::Layer& layer : network.layers()) {
    const network::LayerWork work = network::work_of(layer);
    value += 0.0001 + 16e-9 * static_cast<double>(work.macs) +
             32e-9 * static_cast<double>(work.output_elements) +
             4e-9 * static_cast<double>(work.bytes);
  }
  const Model model = example_per_layer();
  EXPECT_NEAR(predict(model, network)->value, value, 1e-15);
  Model lacking = model;
  std::erase_if(lacking.forms, [](const KernelForm& one) { return one.kernel == "depthwise_3x3"; });
  EXPECT_THAT(predict(lacking, network).reason(), HasSubstr("no form for depthwise_3x3"));
  Model narrow = model;
  for (KernelForm& form : narrow.forms) form.bytes = {0, 1};
  EXPECT_THAT(predict(narrow, network)->outside, Contains(HasSubstr("conv_im2col: 3456 macs")));
}

TEST(Prediction, KnownLayersAreLookedUp) {
  const network::Network network = small_network();
  Model model = example_per_layer();
  const double by_forms = predict(model, network)->value;
  model.kind = ModelKind::lookup;
  model.table = {{network::signature_of(network.layers()[1]), 1, 0.5, 0.5, 0.5}};
  const network::LayerWork work = network::work_of(network.layers()[1]);
  const double replaced = 0.0001 + 16e-9 * static_cast<double>(work.macs) +
                          32e-9 * static_cast<double>(work.output_elements) +
                          4e-9 * static_cast<double>(work.bytes);
  EXPECT_NEAR(predict(model, network)->value, by_forms - replaced + 0.5, 1e-12);
}

TEST(Prediction, KernelsThatAreNotKnownGoByTheirType) {
  Model model = example_per_layer();
  model.kernels_known = false;
  const network::Network network = small_network();
  EXPECT_EQ(form_name(model, network.layers()[0]), "conv2d");
  EXPECT_THAT(predict(model, network).reason(), HasSubstr("no form for conv2d"));
}

TEST(Prediction, OpsAreNotEnoughForModelsOfLayers) {
  EXPECT_THAT(predict(example_by_type(), std::uint64_t{1000}).reason(), HasSubstr("layers"));
}

}  // namespace
}  // namespace opline::costmodel
