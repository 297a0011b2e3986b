// Forms of kernels and the table of layers: planted prices, what can't be fitted, what was never
// seen.
#include "analysis/layers/layer_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "tests/analysis/planted_layers.h"
#include "tests/error_message.h"

namespace opline::analysis {
namespace {

using testing::HasSubstr;

std::vector<LayerObservation> some_layers(std::size_t count) {
  return {count, {0, "conv2d", "conv_1x1", "s", 100, 10, 50, 1e-3}};
}

TEST(LayerModel, FindsThePlantedPricesOfEachKernel) {
  const Planted planted = PlantedLayers(1, 0).draw(60);
  for (const Weighting weighting : {Weighting::equal, Weighting::relative}) {
    const PerLayerModel model = fit_per_layer(planted.layers, {weighting, {}});
    const LinearModel& pointwise = model.form("conv_1x1")->model;
    EXPECT_NEAR(pointwise.coefficient("intercept").estimate, 1e-5, 1e-13);
    EXPECT_NEAR(pointwise.coefficient("macs").estimate, 5e-9, 1e-17);
    EXPECT_NEAR(pointwise.coefficient("output_elements").estimate, 3e-8, 1e-16);
    EXPECT_NEAR(pointwise.coefficient("bytes").estimate, 2e-9, 1e-16);
    const auto predicted =
        predict_networks(planted.layers, planted.seconds.size(), nullptr, &model);
    for (std::size_t i = 0; i < predicted.size(); ++i) {
      EXPECT_NEAR(*predicted[i].seconds, planted.seconds[i], 1e-9 * planted.seconds[i]);
    }
  }
}

TEST(LayerModel, SaysWhichColumnsAKernelCannotHave) {
  const PerLayerModel model = fit_per_layer(PlantedLayers(1, 0).draw(60).layers);
  const LayerForm& pool = *model.form("average_pool");
  ASSERT_EQ(pool.left_out.size(), 2u);
  EXPECT_EQ(pool.left_out[0].name, "macs");
  EXPECT_EQ(pool.left_out[0].why, "is zero in every layer");
  EXPECT_EQ(pool.left_out[1].name, "bytes");
  EXPECT_EQ(pool.left_out[1].why, "is a combination of intercept, output_elements");
  const LayerForm& dense = *model.form("fully_connected");
  ASSERT_EQ(dense.left_out.size(), 2u);
  EXPECT_EQ(dense.left_out[0].why, "is 12 in every layer: its cost is in the intercept");
  EXPECT_LE(dense.signatures, 8u);
  EXPECT_EQ(dense.model.n, 60u);
}

TEST(LayerModel, WeightsDecideWhichErrorsCount) {
  const Planted planted = PlantedLayers(2, 0.2).draw(200);
  const auto worst_small = [&](Weighting weighting) {
    const PerLayerModel model = fit_per_layer(planted.layers, {weighting, {}});
    return model.form("conv_1x1")->model.relative->mape_percent;
  };
  EXPECT_LT(worst_small(Weighting::relative), worst_small(Weighting::equal));
}

TEST(LayerModel, FewLayersGiveFewColumns) {
  std::vector<LayerObservation> layers = some_layers(3);
  layers[1].macs = 200;
  layers[2].output_elements = 20;
  const PerLayerModel two_left = fit_per_layer(layers);
  EXPECT_EQ(two_left.forms[0].model.coefficients.size(), 2u);
  EXPECT_THAT(two_left.forms[0].left_out[0].why, HasSubstr("one column too many for 3 layers"));
  const PerLayerModel none = fit_per_layer(some_layers(1));
  EXPECT_TRUE(none.forms.empty());
  EXPECT_EQ(none.left_out[0].why, "has 1 measured layer; a form needs two");
  EXPECT_FALSE(none.predict(layers[0]));
}

TEST(LayerModel, LookupIsTheMeanOfASignature) {
  std::vector<LayerObservation> layers = some_layers(4);
  layers[1].seconds = 3e-3;
  layers[2].signature = "other";
  layers[3].seconds.reset();
  const LookupTable table = make_lookup(layers);
  ASSERT_EQ(table.size(), 2u);
  EXPECT_EQ(table.at("s").layers, 2u);
  EXPECT_DOUBLE_EQ(table.at("s").seconds, 2e-3);
  EXPECT_DOUBLE_EQ(table.at("s").smallest, 1e-3);
  EXPECT_DOUBLE_EQ(table.at("s").largest, 3e-3);
}

TEST(LayerModel, UnknownLayersFallBackAndAreCounted) {
  const Planted known = PlantedLayers(3, 0).draw(30);
  const LookupTable table = make_lookup(known.layers);
  const PerLayerModel forms = fit_per_layer(known.layers);
  std::vector<LayerObservation> asked{known.layers[0], known.layers[1]};
  for (LayerObservation& layer : asked) layer.network = 0;
  asked[1].signature = "never seen";
  const NetworkPrediction both = predict_networks(asked, 1, &table, &forms)[0];
  EXPECT_EQ(both.layers, 2u);
  EXPECT_EQ(both.looked_up, 1u);
  EXPECT_EQ(both.unpredicted, 0u);
  EXPECT_NEAR(*both.seconds, *asked[0].seconds + *asked[1].seconds, 1e-10);
  const NetworkPrediction alone = predict_networks(asked, 1, &table, nullptr)[0];
  EXPECT_EQ(alone.unpredicted, 1u);
  EXPECT_FALSE(alone.seconds);
  asked[1].variant = "winograd";
  EXPECT_FALSE(predict_networks(asked, 1, &table, &forms)[0].seconds);
}

TEST(LayerModel, ANetworkWithoutLayersHasNoPrediction) {
  const std::vector<LayerObservation> layers = some_layers(3);
  const PerLayerModel model = fit_per_layer(layers);
  const auto predicted = predict_networks(layers, 2, nullptr, &model);
  EXPECT_TRUE(predicted[0].seconds);
  EXPECT_FALSE(predicted[1].seconds);
}

TEST(LayerModel, BadLayersAreRefused) {
  const auto refusal = [](auto change) {
    std::vector<LayerObservation> layers = some_layers(3);
    change(layers[1]);
    return message_of([&] { static_cast<void>(fit_per_layer(layers)); });
  };
  EXPECT_THAT(refusal([](LayerObservation& layer) { layer.bytes = -1; }),
              HasSubstr("layer 2 has a figure of -1"));
  EXPECT_THAT(refusal([](LayerObservation& layer) { layer.seconds = 0; }),
              HasSubstr("layer 2 takes 0 s"));
  EXPECT_THAT(refusal([](LayerObservation& layer) { layer.signature.clear(); }),
              HasSubstr("no type, variant"));
  EXPECT_THAT(refusal([](LayerObservation& layer) {
                layer.macs = std::numeric_limits<double>::infinity();
              }),
              HasSubstr("figure of inf"));
  EXPECT_THAT(message_of([] { require_layers("x", some_layers(1), 0); }),
              HasSubstr("network 0, there are 0"));
  EXPECT_THAT(message_of([] { require_layers("x", {}, 0); }), HasSubstr("no layers"));
  EXPECT_THAT(message_of([] { require_every_network("x", some_layers(2), 2); }),
              HasSubstr("network 2 of 2"));
}

}  // namespace
}  // namespace opline::analysis
