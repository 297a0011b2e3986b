// The cost model's file: written, read and refused.
#include "src/costmodel/cost_model.h"

#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <vector>

#include "src/base/error.h"
#include "src/base/files.h"
#include "src/base/random.h"
#include "src/costmodel/prediction.h"
#include "tests/costmodel/example_model.h"
#include "tests/error_message.h"

namespace opline::costmodel {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr const char* golden_file =
    OPLINE_SOURCE_DIR "/tests/costmodel/data/cost_model.golden.json";
/// Written by the program when the format was version 2.
constexpr const char* version_2_file = OPLINE_SOURCE_DIR "/tests/costmodel/data/cost_model_2.json";
constexpr const char* format_page = OPLINE_SOURCE_DIR "/docs/formats/cost-model.md";

std::string refusal(const std::function<void(Json&)>& damage) {
  Json json = to_json(example());
  damage(json);
  return message_of([&] { (void)cost_model_from_json(json, "m.json"); });
}

std::string refusal_of_setting(const char* pointer, Json value) {
  return refusal([&](Json& json) { json[Json::json_pointer(pointer)] = std::move(value); });
}

// OPLINE_REWRITE_GOLDENS=1 rewrites the file.
TEST(CostModel, TextIsTheGolden) {
  const std::string text = to_text(to_json(example()));
  if (std::getenv("OPLINE_REWRITE_GOLDENS") != nullptr) write_file_atomically(golden_file, text);
  EXPECT_EQ(text, read_file(golden_file));
}

TEST(CostModel, TheFormatPageShowsWhatIsWritten) {
  const std::string page = read_file(format_page);
  const std::size_t start = page.find("```json\n") + 8;
  const std::string shown = page.substr(start, page.find("```\n", start) - start);
  CostModel file = example();
  file.models.resize(1);
  file.space.reset();
  EXPECT_EQ(shown, to_text(to_json(file)));
}

TEST(CostModel, ComesBackFromTheFileWithEveryBit) {
  const auto path = std::filesystem::path(testing::TempDir()) / "opline_cost_model_test.json";
  CostModel file = example();
  file.models[0].line->terms[1].estimate = 13.2e-9 * (1 + 0x1p-50);
  file.seed = 18446744073709551615U;
  write_cost_model(path, file);
  const CostModel loaded = load_cost_model(path);
  EXPECT_EQ(loaded.models[0].line->terms[1].estimate, file.models[0].line->terms[1].estimate);
  EXPECT_EQ(loaded.seed, file.seed);
  EXPECT_EQ(loaded.setup, file.setup);
  EXPECT_EQ(to_text(to_json(loaded)), to_text(to_json(file)));
  std::filesystem::remove(path);
}

TEST(CostModel, UnknownComesBackAsUnknown) {
  CostModel file = example();
  Model& line = file.models[0];
  for (Term& term : line.line->terms) {
    term.standard_error.reset();
    term.interval.reset();
  }
  line.line->covariance.clear();
  line.fit->r_squared.reset();
  line.fit->mape_percent.reset();
  line.held_out.reset();
  line.interval.reset();
  line.margin.reset();
  line.verdict.reset();
  file.models[2].layers_share.reset();
  file.counts = {{}, {}, {}, 812};
  file.space_name.reset();
  file.prior.reset();
  file.seed.reset();
  file.space.reset();
  file.provenance.data_digest.reset();
  file.setup = {{"runner", "imported"}, {"board", nullptr}, {"runtime", nullptr}};
  const Json json = to_json(file);
  EXPECT_EQ(to_json(cost_model_from_json(json, "m.json")), json);
}

TEST(CostModel, FindsAModelByResponseAndKind) {
  const CostModel file = example();
  EXPECT_EQ(file.model(Response::latency, ModelKind::per_layer), &file.models[2]);
  EXPECT_EQ(file.model(Response::energy, ModelKind::ops), nullptr);
  EXPECT_EQ(file.models[1].title(), "latency, ops-by-type");
}

/// Every key of every object, at every depth; entries of lists but the first are like it.
void collect_keys(const Json& json, const Json::json_pointer& at,
                  std::vector<Json::json_pointer>& keys) {
  if (json.is_array() && !json.empty()) return collect_keys(json[0], at / 0, keys);
  if (!json.is_object()) return;
  for (const auto& [key, value] : json.items()) {
    keys.push_back(at / key);
    collect_keys(value, at / key, keys);
  }
}

TEST(CostModel, RefusesWhatIsMissing) {
  std::vector<Json::json_pointer> keys;
  const Json whole = to_json(example());
  collect_keys(whole, Json::json_pointer(), keys);
  for (std::size_t i = 1; i < whole["models"].size(); ++i)
    collect_keys(whole["models"][i], Json::json_pointer("/models") / i, keys);
  ASSERT_GT(keys.size(), 200U);
  for (const Json::json_pointer& key : keys) {
    const std::string text = key.to_string();
    const bool free = text.starts_with("/setup/") || text.starts_with("/space/structure/") ||
                      text.find("/ops_by_type/") != std::string::npos || key.back() == "types";
    const bool fixed = key.back() == "runner" || key.back() == "board" || key.back() == "runtime";
    if (free && !fixed) continue;
    const std::string message =
        refusal([&](Json& json) { json[key.parent_pointer()].erase(key.back()); });
    EXPECT_THAT(message, HasSubstr("is missing")) << text;
    EXPECT_THAT(message, HasSubstr(key.back())) << text;
  }
  EXPECT_THAT(refusal([](Json& json) { json["models"][0]["terms"][1].erase("unit"); }),
              StartsWith("m.json: models[0].terms[1].unit: is missing"));
}

TEST(CostModel, RefusesWhatIsWrongAndNamesTheKey) {
  const struct {
    const char* pointer;
    Json value;
    const char* message;
  } cases[] = {
      {"/format", "something", "m.json: format: is `something` where `opline-cost-model`"},
      {"/version", 4, "m.json: version: is 4; this opline reads versions 1 to 3"},
      {"/ops", "macs", "m.json: ops: is `macs`"},
      {"/models", Json::array(), "m.json: models: is empty"},
      {"/models", 1, "m.json: models: must be a list"},
      {"/models/0/of", "power", "m.json: models[0].of: is `power`; it must be one of latency"},
      {"/models/0/unit", "ms", "m.json: models[0].unit: is `ms`"},
      {"/models/0/kind", "lines", "m.json: models[0].kind: is `lines`; it must be one of ops"},
      {"/models/1/kind", "ops", "m.json: models[1].terms[1].name: is `conv2d`, which this kind"},
      {"/models/0/by_construction", 0, "m.json: models[0].by_construction: must be true or false"},
      {"/models/0/confidence", 95, "m.json: models[0].confidence: must be a share"},
      {"/models/0/terms", Json::array(), "m.json: models[0].terms: is empty"},
      {"/models/0/terms/0/name", "ops", "m.json: models[0].terms[0].unit: is `s` where `s/op`"},
      {"/models/0/terms/1/unit", "ns/op", "m.json: models[0].terms[1].unit: is `ns/op`"},
      {"/models/0/terms/1/estimate", "13", "models[0].terms[1].estimate: must be a number"},
      {"/models/0/terms/1/interval", {2, 1}, "terms[1].interval: is the wrong way round"},
      {"/models/0/terms/1/interval", {1, 2}, "terms[1].interval: does not contain the estimate"},
      {"/models/0/terms/1/interval", nullptr, "known or unknown together"},
      {"/models/0/terms/1/standard_error", -1, "standard_error: is negative"},
      {"/models/0/terms/1/types", {"conv2d"}, "models[0].terms: `ops` takes no types"},
      {"/models/1/terms/1/types", Json::array(), "models[1].terms: `conv2d` needs a list of types"},
      {"/models/0/covariance", {{1}}, "models[0].covariance: must be null or 2 lists of 2 numbers"},
      {"/models/0/covariance_kind", "hc9", "models[0].covariance_kind: is `hc9`"},
      {"/models/0/fit/n", 2, "m.json: models[0].fit.n: is 2; a model needs at least 3"},
      {"/models/0/fit/n", 813, "m.json: models[0].fit: has more networks than were measured"},
      {"/models/0/fit/rmse", -1.0, "m.json: models[0].fit.rmse: is negative"},
      {"/models/0/domain/ops", {2, 1}, "m.json: models[0].domain.ops: is the wrong way round"},
      {"/models/0/domain/ops", nullptr, "m.json: models[0].domain.ops: is null"},
      {"/models/0/domain/ops_by_type", Json::object(), "models[0].domain.ops_by_type: is for"},
      {"/models/2/kernels", "arm", "m.json: models[2].kernels: is `arm`"},
      {"/models/2/forms/1/kernel", "add", "m.json: models[2].forms[1].kernel: is there twice"},
      {"/models/3/table/0/mean", 1, "m.json: models[3].table[0].mean: is not between"},
      {"/models/0/margin/exceeded", 1, "m.json: models[0].margin.exceeded: must be a share"},
      {"/models/0/margin/absolute", -1, "m.json: models[0].margin.absolute: is negative"},
      {"/models/0/verdict/ruling", "good", "m.json: models[0].verdict.ruling: is `good`"},
      {"/models/0/verdict/criteria/0/standing", "ok", "criteria[0].standing: is `ok`"},
      {"/models/0/depth", 1, "m.json: models[0].depth: is not a key of this format"},
      {"/counts/fitting", 811, "m.json: counts.fitting: is below measured"},
      {"/counts/different", 820, "m.json: counts.different: is below fitting"},
      {"/counts/drawn", 984, "m.json: counts.drawn: is below different"},
      {"/campaign/seed", -1, "m.json: campaign.seed: must be a whole number"},
      {"/setup/runner", "hardware", "m.json: setup.runner: is `hardware`; it must be simulated"},
      {"/setup", "simulated", "m.json: setup: is not an object"},
      {"/space/structure", 1, "m.json: space.structure: is not an object"},
      {"/provenance/created_utc", "yesterday", "m.json: provenance.created_utc: is `yesterday`"},
      {"/misspelt", 1, "m.json: misspelt: is not a key of this format"},
  };
  for (const auto& one : cases)
    EXPECT_THAT(refusal_of_setting(one.pointer, one.value), HasSubstr(one.message));
  EXPECT_THAT(refusal([](Json& json) { json["models"].push_back(json["models"][0]); }),
              HasSubstr("models[4].kind: latency, ops is there twice"));
}

TEST(CostModel, VersionsOneAndTwoAreReadAsALine) {
  const CostModel two = load_cost_model(version_2_file);
  ASSERT_EQ(two.models.size(), 1U);
  const Model& line = two.models[0];
  EXPECT_EQ(line.title(), "latency, ops");
  EXPECT_DOUBLE_EQ(value_at(line, 2e7), 0.0011 + 1.325e-8 * 2e7);
  EXPECT_EQ(line.fit->n, 812U);
  EXPECT_EQ(line.ops.low, 2451024);
  EXPECT_FALSE(line.verdict || line.margin || line.interval || two.space);
  EXPECT_EQ(two.counts.different, 985U);
  EXPECT_EQ(to_json(cost_model_from_json(to_json(two), "m.json")), to_json(two));

  Json json = parse_json(read_file(version_2_file), "2.json");
  json["version"] = 1;  // it counted the different networks as `drawn`
  json["counts"].erase("different");
  json["counts"]["drawn"] = 985;
  const CostModel one = cost_model_from_json(json, "1.json");
  EXPECT_EQ(one.counts.different, 985U);
  EXPECT_EQ(one.counts.drawn, std::nullopt);
  json["counts"]["different"] = 985;
  EXPECT_THROW((void)cost_model_from_json(json, "1.json"), Error);
}

TEST(CostModel, VersionTwoIsRefusedAsStrictly) {
  const auto set = [](const char* pointer, Json value) {
    Json json = parse_json(read_file(version_2_file), "2.json");
    json[Json::json_pointer(pointer)] = std::move(value);
    return message_of([&] { (void)cost_model_from_json(json, "m.json"); });
  };
  EXPECT_THAT(set("/kind", "energy ~ ops"), StartsWith("m.json: kind: is `energy ~ ops`"));
  EXPECT_THAT(set("/coefficients/slope/unit", "ns/op"),
              StartsWith("m.json: coefficients.slope.unit: is `ns/op`"));
  EXPECT_THAT(set("/coefficients/depth", 1),
              StartsWith("m.json: coefficients.depth: is not a key of this format"));
  EXPECT_THAT(set("/fit/n", 2), StartsWith("m.json: fit.n: is 2; a line needs at least 3"));
  EXPECT_THAT(set("/ops_seen/min", 99999999), StartsWith("m.json: ops_seen.min: is above max"));
  EXPECT_THAT(set("/counts/measured", 811), StartsWith("m.json: counts.measured: is below fit.n"));
  EXPECT_THAT(set("/models", 1), StartsWith("m.json: models: is not a key of this format"));
}

TEST(CostModel, DoesNotWriteWhatItWouldNotRead) {
  const auto path = std::filesystem::path(testing::TempDir()) / "opline_cost_model_refused.json";
  CostModel file = example();
  file.counts.drawn = 1;
  EXPECT_THROW(write_cost_model(path, file), Error);
  EXPECT_FALSE(std::filesystem::exists(path));
}

// A file with damaged bytes is refused with an Error that names it, or still reads as a model.
TEST(CostModelFuzz, DamagedFilesAreRefusedOrReadAsAModel) {
  const std::string whole = read_file(golden_file);
  int refused = 0;
  for (std::uint64_t sample = 0; sample < 1000; ++sample) {
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
  EXPECT_GT(refused, 300);
  EXPECT_LT(refused, 1000);
}

}  // namespace
}  // namespace opline::costmodel
