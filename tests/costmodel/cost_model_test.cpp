#include "src/costmodel/cost_model.h"

#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <vector>

#include "src/base/error.h"
#include "src/base/files.h"
#include "src/base/random.h"
#include "tests/error_message.h"

namespace opline::costmodel {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr const char* golden_file =
    OPLINE_SOURCE_DIR "/tests/costmodel/data/cost_model.golden.json";
constexpr const char* format_page = OPLINE_SOURCE_DIR "/docs/formats/cost-model.md";

/// Every key set, with figures that are exact in decimal, so that the golden reads well.
CostModel example() {
  CostModel model;
  model.slope = {13.25e-9, 0.0625e-9, analysis::Interval{13.125e-9, 13.375e-9}};
  model.intercept = {0.0011, 0.0005, analysis::Interval{0.0001, 0.0021}};
  model.n = 812;
  model.r_squared = 0.9825;
  model.rmse_seconds = 0.015;
  model.mape_percent = 4.5;
  model.ops_min = 2451024;
  model.ops_max = 61203456;
  model.counts = {1000, 985, 830, 812};
  model.space = "kws";
  model.prior = "uniform-decisions";
  model.seed = 1;
  model.setup = {{"runner", "simulated"},
                 {"board", "nucleo-f446re"},
                 {"clock_hz", 180000000},
                 {"runtime", "opline 0.1.0"},
                 {"firmware_digest", "00112233445566778899aabbccddeeff"},
                 {"compiler", "arm-none-eabi-gcc 12.2.1"},
                 {"flags", "-O2"},
                 {"placement", "code and weights in flash, arena and stack in SRAM"},
                 {"timing_model", "cortex-m4 1"}};
  model.provenance = {"0.1.0", "kws.db", "2026-01-31T12:00:00Z",
                      "opline study --space kws --boards nucleo-f446re"};
  return model;
}

std::string refusal(const std::function<void(Json&)>& damage) {
  Json json = to_json(example());
  damage(json);
  return message_of([&] { (void)cost_model_from_json(json, "m.json"); });
}

// OPLINE_REWRITE_GOLDENS=1 rewrites the file; the example in the format page is then to be replaced
// by hand.
TEST(CostModel, TextIsTheGolden) {
  const std::string text = to_text(to_json(example()));
  if (std::getenv("OPLINE_REWRITE_GOLDENS") != nullptr) write_file_atomically(golden_file, text);
  EXPECT_EQ(text, read_file(golden_file));
}

TEST(CostModel, TheFormatPageShowsTheGolden) {
  EXPECT_THAT(read_file(format_page), HasSubstr("```json\n" + read_file(golden_file) + "```\n"));
}

TEST(CostModel, ComesBackFromTheFileWithEveryBit) {
  const auto path = std::filesystem::path(testing::TempDir()) / "opline_cost_model_test.json";
  CostModel model = example();
  model.slope.estimate = 13.2e-9 * (1 + 0x1p-50);
  model.seed = 18446744073709551615U;
  write_cost_model(path, model);
  const CostModel loaded = load_cost_model(path);
  EXPECT_EQ(loaded.slope.estimate, model.slope.estimate);
  EXPECT_EQ(loaded.slope.interval->high, model.slope.interval->high);
  EXPECT_EQ(loaded.seed, model.seed);
  EXPECT_EQ(loaded.setup, model.setup);
  EXPECT_EQ(to_text(to_json(loaded)), to_text(to_json(model)));
  std::filesystem::remove(path);
}

TEST(CostModel, UnknownComesBackAsUnknown) {
  CostModel model = example();
  model.slope.standard_error.reset();
  model.slope.interval.reset();
  model.r_squared.reset();
  model.mape_percent.reset();
  model.counts.drawn.reset();
  model.counts.different.reset();
  model.counts.fitting.reset();
  model.space.reset();
  model.prior.reset();
  model.seed.reset();
  model.setup = {{"runner", "imported"}, {"board", nullptr}, {"runtime", nullptr}};
  const Json json = to_json(model);
  const CostModel loaded = cost_model_from_json(json, "m.json");
  EXPECT_EQ(loaded.slope.interval, std::nullopt);
  EXPECT_EQ(loaded.r_squared, std::nullopt);
  EXPECT_EQ(loaded.counts.drawn, std::nullopt);
  EXPECT_EQ(loaded.seed, std::nullopt);
  EXPECT_EQ(to_json(loaded), json);
}

TEST(CostModel, PredictsAndTellsWhenItExtrapolates) {
  const CostModel model = example();
  EXPECT_DOUBLE_EQ(predict_seconds(model, 20000000), 13.25e-9 * 20000000 + 0.0011);
  EXPECT_FALSE(outside_range_seen(model, 20000000));
  EXPECT_FALSE(outside_range_seen(model, model.ops_min));
  EXPECT_FALSE(outside_range_seen(model, model.ops_max));
  EXPECT_TRUE(outside_range_seen(model, model.ops_min - 1));
  EXPECT_TRUE(outside_range_seen(model, model.ops_max + 1));
}

TEST(CostModel, TakesItsFiguresFromAFit) {
  const std::vector<double> ops = {1e6, 2e6, 3e6, 4e6};
  const std::vector<double> seconds = {0.014, 0.027, 0.041, 0.053};
  const analysis::LinearFit fit = analysis::fit_line(ops, seconds);
  CostModel model = cost_model_of(fit);
  EXPECT_EQ(model.slope.estimate, fit.slope);
  EXPECT_EQ(model.slope.standard_error, fit.slope_standard_error);
  EXPECT_EQ(model.intercept.interval->low, fit.intercept_interval.low);
  EXPECT_EQ(model.ops_min, 1000000U);
  EXPECT_EQ(model.ops_max, 4000000U);
  EXPECT_EQ(model.counts.measured, 4U);
  EXPECT_EQ(model.r_squared, fit.r_squared);
  const CostModel whole = cost_model_of(fit, true);
  EXPECT_EQ(whole.slope.standard_error, std::nullopt);
  EXPECT_EQ(whole.intercept.interval, std::nullopt);
  EXPECT_THROW((void)cost_model_of(analysis::fit_line(std::vector<double>{0.5, 1, 2},
                                                      std::vector<double>{1, 2, 4})),
               Error);
}

TEST(CostModel, RefusesWhatIsMissing) {
  // Every key of the file, at every depth but inside the setup, where only three keys are fixed.
  const Json whole = to_json(example());
  std::vector<Json::json_pointer> keys;
  for (const auto& [key, value] : whole.items()) {
    keys.push_back(Json::json_pointer() / key);
    if (!value.is_object()) continue;
    for (const auto& [inner, ignored] : value.items()) {
      if (key != "setup" || inner == "runner" || inner == "board" || inner == "runtime") {
        keys.push_back(Json::json_pointer() / key / inner);
      }
    }
  }
  ASSERT_GT(keys.size(), 25U);
  for (const Json::json_pointer& key : keys) {
    const std::string message =
        refusal([&](Json& json) { json[key.parent_pointer()].erase(key.back()); });
    EXPECT_THAT(message, HasSubstr("is missing")) << key.to_string();
    EXPECT_THAT(message, HasSubstr(key.back())) << key.to_string();
  }
  EXPECT_THAT(refusal([](Json& json) { json["coefficients"]["slope"].erase("unit"); }),
              StartsWith("m.json: coefficients.slope.unit: is missing"));
}

TEST(CostModel, RefusesWhatIsWrongAndNamesTheKey) {
  const auto set = [](const char* pointer, Json value) {
    return refusal([&](Json& json) { json[Json::json_pointer(pointer)] = std::move(value); });
  };
  EXPECT_THAT(set("/format", "something"),
              StartsWith("m.json: format: is `something` where `opline-cost-model`"));
  EXPECT_THAT(set("/version", 3),
              StartsWith("m.json: version: is 3; this opline reads versions 1 to 2"));
  EXPECT_THAT(set("/kind", "energy ~ ops"), StartsWith("m.json: kind: is `energy ~ ops`"));
  EXPECT_THAT(set("/coefficients/slope/unit", "ns/op"),
              StartsWith("m.json: coefficients.slope.unit: is `ns/op`"));
  EXPECT_THAT(set("/coefficients/intercept/unit", "ms"),
              StartsWith("m.json: coefficients.intercept.unit: is `ms`"));
  EXPECT_THAT(set("/coefficients/slope/estimate", "13"),
              HasSubstr("slope.estimate: must be a number"));
  EXPECT_THAT(set("/coefficients/slope/estimate", nullptr),
              HasSubstr("slope.estimate: must be a number"));
  EXPECT_THAT(set("/coefficients/slope/interval", {2, 1}),
              HasSubstr("slope.interval: does not contain the estimate"));
  EXPECT_THAT(set("/coefficients/slope/interval", {1}),
              HasSubstr("slope.interval: must be [low, high]"));
  EXPECT_THAT(set("/coefficients/slope/interval", nullptr), HasSubstr("known or unknown together"));
  EXPECT_THAT(set("/coefficients/slope/standard_error", -1),
              HasSubstr("standard_error: is negative"));
  EXPECT_THAT(set("/coefficients/depth", 1),
              StartsWith("m.json: coefficients.depth: is not a key of this format"));
  EXPECT_THAT(set("/fit/n", 2), StartsWith("m.json: fit.n: is 2; a line needs at least 3"));
  EXPECT_THAT(set("/fit/r_squared", 1.5), StartsWith("m.json: fit.r_squared: must be from 0 to 1"));
  EXPECT_THAT(set("/fit/confidence", 95), StartsWith("m.json: fit.confidence"));
  EXPECT_THAT(set("/fit/rmse_seconds", -1.0), StartsWith("m.json: fit.rmse_seconds: is negative"));
  EXPECT_THAT(set("/ops_seen/min", 99999999), StartsWith("m.json: ops_seen.min: is above max"));
  EXPECT_THAT(set("/ops_seen/min", 1.5),
              StartsWith("m.json: ops_seen.min: must be a whole number"));
  EXPECT_THAT(set("/counts/measured", 811), StartsWith("m.json: counts.measured: is below fit.n"));
  EXPECT_THAT(set("/counts/fitting", 811), StartsWith("m.json: counts.fitting: is below measured"));
  EXPECT_THAT(set("/counts/different", 820),
              StartsWith("m.json: counts.different: is below fitting"));
  EXPECT_THAT(set("/counts/drawn", 984), StartsWith("m.json: counts.drawn: is below different"));
  EXPECT_THAT(set("/campaign/seed", -1),
              StartsWith("m.json: campaign.seed: must be a whole number"));
  EXPECT_THAT(set("/setup/runner", "hardware"),
              StartsWith("m.json: setup.runner: is `hardware`; it must be simulated"));
  EXPECT_THAT(set("/setup", "simulated"), StartsWith("m.json: setup: is not an object"));
  EXPECT_THAT(set("/provenance/created_utc", "yesterday"),
              StartsWith("m.json: provenance.created_utc: is `yesterday`"));
  EXPECT_THAT(set("/misspelt", 1), StartsWith("m.json: misspelt: is not a key of this format"));
}

// Version 1 counted the different networks as `drawn`.
TEST(CostModel, VersionOneIsRead) {
  Json json = to_json(example());
  json["version"] = 1;
  json["counts"].erase("different");
  json["counts"]["drawn"] = 985;
  const CostModel loaded = cost_model_from_json(json, "m.json");
  EXPECT_EQ(loaded.counts.different, 985U);
  EXPECT_EQ(loaded.counts.drawn, std::nullopt);
  json["counts"]["different"] = 985;
  EXPECT_THROW((void)cost_model_from_json(json, "m.json"), Error);
}

TEST(CostModel, DoesNotWriteWhatItWouldNotRead) {
  const auto path = std::filesystem::path(testing::TempDir()) / "opline_cost_model_refused.json";
  CostModel model = example();
  model.counts.drawn = 1;
  EXPECT_THROW(write_cost_model(path, model), Error);
  EXPECT_FALSE(std::filesystem::exists(path));
}

// A file with damaged bytes is refused with an Error that names it, or still reads as a model.
TEST(CostModelFuzz, DamagedFilesAreRefusedOrReadAsAModel) {
  const std::string whole = read_file(golden_file);
  int refused = 0;
  for (std::uint64_t sample = 0; sample < 3000; ++sample) {
    RandomStream random(31, sample);
    std::string text = whole;
    for (std::uint32_t changes = 1 + random.below(3); changes > 0; --changes) {
      const std::uint32_t at = random.below(static_cast<std::uint32_t>(text.size()));
      switch (random.below(3)) {
        case 0:
          text[at] = static_cast<char>(random.below(256));
          break;
        case 1:
          text.erase(at, 1 + random.below(20));
          break;
        default:
          text.insert(at, 1, "0-9e{}[]\",:"[random.below(11)]);
      }
    }
    const auto refusal = refusal_of([&] {
      const CostModel model = cost_model_from_json(parse_json(text, "m.json"), "m.json");
      EXPECT_NO_THROW((void)cost_model_from_json(to_json(model), "again"));
    });
    refused += refusal ? 1 : 0;
    ASSERT_THAT(refusal.value_or("m.json"), StartsWith("m.json"));
  }
  EXPECT_GT(refused, 1500);
  EXPECT_LT(refused, 3000);
}

}  // namespace
}  // namespace opline::costmodel
