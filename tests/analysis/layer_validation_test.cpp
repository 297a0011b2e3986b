// Held-out fits against fits one by one, and models of layers on networks and signatures they have
// not seen.
#include "analysis/layers/layer_validation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "analysis/resampling/folds.h"
#include "analysis/validation/validation.h"
#include "tests/analysis/planted_layers.h"
#include "tests/error_message.h"
#include "tests/random_data.h"

namespace opline::analysis {
namespace {

using testing::HasSubstr;
using testing_data::uniform;

std::vector<double> column(std::size_t n, std::uint64_t index, double scale) {
  RandomStream random(11, index);
  std::vector<double> values(n);
  for (double& value : values) value = scale * uniform(random, 1, 2);
  return values;
}

TEST(Folds, HeldOutFitsAreTheFitsWithoutTheFold) {
  constexpr std::size_t kRows = 40;
  constexpr std::size_t kFolds = 7;
  const std::vector<double> a = column(kRows, 1, 1e7), b = column(kRows, 2, 1e5),
                            y = column(kRows, 3, 1e-2);
  const std::vector<double> w = column(kRows, 4, 10);
  Design design(kRows);
  design.add("a", a).add("b", b);
  const std::vector<std::size_t> fold = deal_folds(kRows, kFolds, 5, 0);
  const auto predicted = HeldOutFits(design, y, w).predictions(fold, kFolds);
  for (std::size_t row = 0; row < kRows; ++row) {
    std::vector<double> some_a, some_b, some_y, some_w;
    for (std::size_t i = 0; i < kRows; ++i) {
      if (fold[i] == fold[row]) continue;
      some_a.push_back(a[i]), some_b.push_back(b[i]), some_y.push_back(y[i]),
          some_w.push_back(w[i]);
    }
    Design others(some_y.size());
    others.add("a", some_a).add("b", some_b);
    const LinearModel model = fit_linear(others, some_y, {}, some_w);
    const double known = model.coefficients[0].estimate + model.coefficients[1].estimate * a[row] +
                         model.coefficients[2].estimate * b[row];
    EXPECT_NEAR(*predicted[row], known, 1e-13 * std::abs(known));
  }
}

TEST(Folds, OneLineIsTheCrossValidationOfTheLine) {
  const std::vector<double> x = column(53, 1, 1e7), y = column(53, 2, 1);
  Design design(53);
  design.add("ops", x);
  const auto known = held_out_predictions(x, y, 10, 3, 2);
  const auto found = HeldOutFits(design, y).predictions(deal_folds(53, 10, 3, 2), 10);
  for (std::size_t i = 0; i < 53; ++i) EXPECT_NEAR(*found[i], (*known)[i], 1e-12);
}

TEST(Folds, WhatOtherFoldsDoNotDetermineHasNoPrediction) {
  Design design(6);
  design.add("only", std::vector<double>{0, 0, 0, 0, 0, 1})
      .add("twice", std::vector<double>{0, 0, 0, 0, 0, 2});
  const std::vector<double> y = {1, 2, 3, 4, 5, 60};
  const std::vector<std::size_t> fold = {0, 1, 0, 1, 0, 1};
  const auto predicted = HeldOutFits(design, y).predictions(fold, 2);
  EXPECT_FALSE(predicted[5]);
  EXPECT_NEAR(*predicted[1], 3, 1e-12);
  EXPECT_NEAR(*predicted[0], 3, 1e-12);
}

TEST(LayerValidation, NamesTheModelThatIsTrue) {
  const Planted planted = PlantedLayers(5, 0).draw(80);
  const LayerValidation result = validate_layer_models(planted.layers, planted.seconds);
  EXPECT_GT(result.ops->networks->mape_percent, 1);
  EXPECT_LT(result.by_type->networks->mape_percent, result.ops->networks->mape_percent);
  EXPECT_LT(result.per_layer->networks->mape_percent, 1e-6);
  EXPECT_LT(result.lookup->networks->mape_percent, 1e-6);
  EXPECT_LT(result.by_signature->networks->mape_percent, 1e-6);
  EXPECT_LT(result.by_signature->layers->worst_percent, 1e-6);
  EXPECT_NEAR(*result.signature_share, 1, 1e-12);
  EXPECT_EQ(result.ops->networks->n, 80u * 5);
  EXPECT_EQ(result.ops->networks_unpredicted, 0u);
  EXPECT_FALSE(result.ops->layers);
  EXPECT_FALSE(result.per_layer->looked_up);
}

TEST(LayerValidation, TheLineIsTheOneOfCrossValidate) {
  const Planted planted = PlantedLayers(6, 0.1).draw(40);
  std::vector<double> ops(40, 0);
  for (const LayerObservation& layer : planted.layers) ops[layer.network] += 2 * layer.macs;
  CrossValidationOptions line;
  line.repeats = 3;
  line.seed = 9;
  LayerValidationOptions options;
  options.repeats = 3;
  options.seed = 9;
  const auto known = cross_validate(ops, planted.seconds, line);
  const LayerValidation found = validate_layer_models(planted.layers, planted.seconds, options);
  EXPECT_NEAR(found.ops->networks->mape_percent, known->errors.mape_percent, 1e-9);
  EXPECT_NEAR(found.ops->networks->worst_percent, known->errors.worst_percent, 1e-9);
}

/// A table of what was seen beats any form where a layer's price is its own, and a hidden signature
/// takes that away.
TEST(LayerValidation, HidingSignaturesTakesTheTableAway) {
  Planted planted = PlantedLayers(7, 0).draw(150, 2);
  std::fill(planted.seconds.begin(), planted.seconds.end(), 0);
  for (LayerObservation& layer : planted.layers) {
    const std::size_t letters = std::hash<std::string>{}(layer.signature) % 100;
    layer.seconds = *layer.seconds * (1 + static_cast<double>(letters) / 100);
    planted.seconds[layer.network] += *layer.seconds;
  }
  const LayerValidation result = validate_layer_models(planted.layers, planted.seconds);
  EXPECT_GT(*result.lookup->looked_up, 0.9);
  EXPECT_LT(*result.lookup->looked_up, 1);
  EXPECT_LT(result.lookup->layers->median_percent, 1e-9);
  EXPECT_GT(result.by_signature->layers->median_percent, 5);
  EXPECT_GT(result.by_signature->layers->mape_percent, 3 * result.lookup->layers->mape_percent);
}

TEST(LayerValidation, AKernelOfOneSignatureIsCountedApart) {
  Planted planted = PlantedLayers(8, 0).draw(30);
  for (std::size_t i = 0; i < 30; ++i) {
    planted.layers.push_back({i, "softmax", "softmax", "softmax 12", 0, 12, 24, 1e-3});
    planted.seconds[i] += 1e-3;
  }
  const LayerValidation result = validate_layer_models(planted.layers, planted.seconds);
  EXPECT_EQ(result.by_signature->layers_unpredicted, 30u * 5);
  EXPECT_EQ(result.by_signature->networks_unpredicted, 0u);
  EXPECT_LT(*result.signature_share, 0.999);
  EXPECT_LT(result.by_signature->networks->mape_percent, 1e-6);
  EXPECT_LT(result.per_layer->networks->mape_percent, 1e-6);
}

TEST(LayerValidation, WithoutSecondsOfLayersOnlyNetworksAreJudged) {
  Planted planted = PlantedLayers(9, 0).draw(30);
  for (LayerObservation& layer : planted.layers) layer.seconds.reset();
  const LayerValidation result = validate_layer_models(planted.layers, planted.seconds);
  EXPECT_TRUE(result.by_type);
  EXPECT_FALSE(result.per_layer);
  EXPECT_FALSE(result.lookup);
  EXPECT_FALSE(result.by_signature);
  EXPECT_EQ(result.signatures, 0u);
}

TEST(LayerValidation, ByConstructionIsSaidOfSumsOfLayersOnly) {
  const Planted planted = PlantedLayers(10, 0.1).draw(30);
  LayerValidationOptions options;
  options.layers_by_construction = true;
  const LayerValidation result = validate_layer_models(planted.layers, planted.seconds, options);
  EXPECT_FALSE(result.ops->by_construction);
  EXPECT_FALSE(result.by_type->by_construction);
  EXPECT_TRUE(result.per_layer->by_construction);
  EXPECT_TRUE(result.lookup->by_construction);
  EXPECT_TRUE(result.by_signature->by_construction);
}

TEST(LayerValidation, TooLittleIsNothingAndNonsenseIsRefused) {
  const Planted planted = PlantedLayers(11, 0.1).draw(5);
  const LayerValidation few = validate_layer_models(planted.layers, planted.seconds);
  EXPECT_FALSE(few.ops);
  EXPECT_FALSE(few.per_layer);
  LayerValidationOptions options;
  options.folds = 1;
  EXPECT_THAT(message_of([&] {
                static_cast<void>(validate_layer_models(planted.layers, planted.seconds, options));
              }),
              HasSubstr("1 folds"));
}

}  // namespace
}  // namespace opline::analysis
