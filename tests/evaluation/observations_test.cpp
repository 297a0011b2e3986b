// From a study to what the models of layers take: rows, kernels, bytes, features.
#include "src/evaluation/observations.h"

#include "src/evaluation/study_series.h"
#include "src/network/network.h"
#include "tests/store/fixture.h"

namespace opline::evaluation {
namespace {

using store::LayerRecord;

LayerRecord layer(network::LayerType type, std::uint64_t macs, std::uint64_t parameters,
                  network::Shape in, network::Shape out, network::Window window) {
  LayerRecord record;
  record.layer.type = type;
  record.layer.input = in;
  record.layer.output = out;
  record.layer.window = window;
  record.macs = macs;
  record.parameters = parameters;
  return record;
}

/// conv 3x3 stride 2, depthwise 3x3, 1x1 to `width` channels.
store::NetworkRecord record_of(int width) {
  store::NetworkRecord record;
  record.canonical_text = "width " + std::to_string(width) + "\n";
  record.id = digest(record.canonical_text);
  const auto wide = static_cast<std::uint64_t>(width);
  record.layers = {layer(network::LayerType::conv2d, 16UL * 27 * 4, 112, {8, 8, 3}, {4, 4, 4},
                         {3, 3, 2, 2, network::Padding::same}),
                   layer(network::LayerType::depthwise_conv2d, 16UL * 9 * 4, 40, {4, 4, 4},
                         {4, 4, 4}, {3, 3, 1, 1, network::Padding::same}),
                   layer(network::LayerType::conv2d, 64 * wide, 5 * wide, {4, 4, 4}, {4, 4, width},
                         {1, 1, 1, 1, network::Padding::same})};
  record.layers[2].layer.activation = network::Activation::relu;
  std::uint64_t macs = 0;
  for (const LayerRecord& one : record.layers) macs += one.macs;
  record.macs = macs;
  record.ops = 2 * macs;
  record.activation_bytes = 100 + wide;
  return record;
}

class ObservationsTest : public store::StoreTest {
 protected:
  /// Networks of the widths, all measured but those of which `skip` is true.
  Series measure(store::Study& study, const std::vector<int>& widths, const std::string& runtime,
                 bool without_cycles_of_layers = false) {
    const std::string space = study.add_space("kws", "name = 'kws'\n");
    const store::CampaignKey campaign = study.add_campaign(
        {space, "uniform-decisions", 1, static_cast<std::int64_t>(widths.size()), "opline run"},
        store::kNow);
    measure::Setup setup = store::make_setup();
    setup.runtime = measure::parse_runtime(runtime);
    const std::string id = study.add_setup(setup);
    study.ask(campaign, id);
    std::vector<store::Draw> draws;
    for (const int width : widths) {
      const store::NetworkRecord record = record_of(width);
      study.add_network(record);
      draws.push_back({"w" + std::to_string(width), record.id});
    }
    study.add_draws(campaign, 0, draws);
    for (const int width : widths) {
      measure::Measurement measurement;
      const auto wide = static_cast<std::uint64_t>(width);
      measurement.cycles = 2000 + 300 * wide;
      if (!without_cycles_of_layers) measurement.layer_cycles = {1000, 900, 300 * wide};
      study.record_outcome(record_of(width).id, id, measure::Outcome::measured(measurement),
                           store::kNow);
    }
    return read_campaign(study, campaign, {id}, std::nullopt, WithLayers::yes).at(0);
  }
};

const std::vector<double>& feature(const Observations& all, const std::string& name) {
  for (const analysis::NetworkFeature& one : all.features) {
    if (one.name == name) return one.values;
  }
  throw std::out_of_range(name);
}

TEST_F(ObservationsTest, RowsAreThoseOfTheSeries) {
  store::Study study = create();
  const Series series = measure(study, {12, 5, 8}, "opline 0.1.0, planner 2");
  const Observations all = observe(series);
  ASSERT_EQ(all.layers.size(), 9u);
  std::vector<double> ops(3, 0);
  for (const analysis::LayerObservation& one : all.layers) ops[one.network] += 2 * one.macs;
  EXPECT_EQ(ops, response_rows(series, Response::latency).ops);
  EXPECT_TRUE(all.kernels_known);
  EXPECT_TRUE(all.by_construction);
  EXPECT_NEAR(*all.layers_share, (3 * 1900 + 300 * 25.0) / (3 * 2000 + 300 * 25.0), 1e-12);
  EXPECT_EQ(all.layers[0].variant, "conv_im2col");
  EXPECT_EQ(all.layers[1].variant, "depthwise_3x3");
  EXPECT_EQ(all.layers[2].variant, "conv_1x1");
  EXPECT_EQ(all.layers[2].signature, "conv2d 4x4x4 -> 4x4x12 1x1 s1x1 same relu");
  EXPECT_EQ(all.layers[2].bytes, 4 * 12 + 12 * 12 + 64 + 16 * 12);
  EXPECT_EQ(all.layers[2].output_elements, 192);
  EXPECT_DOUBLE_EQ(*all.layers[2].seconds, 3600 / 180e6);
  EXPECT_EQ(all.layers[0].signature, all.layers[3].signature);
}

TEST_F(ObservationsTest, FeaturesAreOfTheNetworks) {
  store::Study study = create();
  const Observations all = observe(measure(study, {12, 5, 8}, "opline 0.1.0, planner 2"));
  const auto macs = [](double width) { return 1728 + 576 + 64 * width; };
  EXPECT_DOUBLE_EQ(feature(all, "share of ops in depthwise layers")[0], 576 / macs(12));
  EXPECT_DOUBLE_EQ(feature(all, "share of ops in the first layer")[1], 1728 / macs(5));
  EXPECT_DOUBLE_EQ(feature(all, "share of ops in 1x1 convolutions")[2], 64 * 8 / macs(8));
  EXPECT_DOUBLE_EQ(feature(all, "share of ops in channels not divisible by 4")[0], 1728 / macs(12));
  EXPECT_DOUBLE_EQ(feature(all, "share of ops in channels not divisible by 4")[1],
                   (1728 + 320) / macs(5));
  EXPECT_EQ(feature(all, "peak SRAM"), (std::vector<double>{112, 105, 108}));
  EXPECT_EQ(feature(all, "layers with macs"), (std::vector<double>{3, 3, 3}));
  EXPECT_DOUBLE_EQ(feature(all, "outputs per op")[0], (64 + 64 + 192) / (2 * macs(12)));
}

TEST_F(ObservationsTest, AnotherRuntimesKernelsAreNotKnown) {
  store::Study study = create();
  const Observations all = observe(measure(study, {12, 5, 8}, "tflm 2024-05", true));
  EXPECT_FALSE(all.kernels_known);
  EXPECT_EQ(all.layers[2].variant, "conv2d");
  EXPECT_FALSE(all.layers[2].seconds);
  EXPECT_FALSE(all.layers_share);
  EXPECT_FALSE(all.by_construction);
}

TEST_F(ObservationsTest, NetworksOfUnknownStructureSayWhyThereIsNothing) {
  store::Study study = create();
  Series series = measure(study, {12, 5, 8}, "opline 0.1.0, planner 2");
  series.layers[1].layers.clear();
  const Observations all = observe(series);
  EXPECT_EQ(all.why_none, "the layers of 1 of 3 networks are not known");
  EXPECT_TRUE(all.layers.empty());
  EXPECT_TRUE(all.features.empty());
}

}  // namespace
}  // namespace opline::evaluation
