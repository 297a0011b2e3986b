// --ops, --sram and the like; sampling under them through the program.
#include "src/cli/constraint_options.h"

#include <gmock/gmock.h>

#include "src/base/error.h"
#include "src/base/json.h"
#include "tests/cli/program.h"

namespace opline::cli {
namespace {

namespace fs = std::filesystem;

TEST(ParseRange, ReadsSuffixesExactly) {
  const auto expect = [](const char* text, Quantity unit, std::uint64_t min, std::uint64_t max) {
    const sampler::Range range = parse_range(text, unit);
    EXPECT_EQ(range.min, min) << text;
    EXPECT_EQ(range.max, max) << text;
  };
  expect("5M..30M", Quantity::count, 5'000'000, 30'000'000);
  expect("..1.5M", Quantity::count, 0, 1'500'000);
  expect("800k..", Quantity::count, 800'000, sampler::Range::kOpen);
  expect("7", Quantity::count, 7, 7);
  expect("64KiB..1.5MiB", Quantity::bytes, 65'536, 1'572'864);
  expect("..100kB", Quantity::bytes, 0, 100'000);
  expect("12B..13", Quantity::bytes, 12, 13);
}

TEST(ParseRange, RefusesWhatIsNotARange) {
  for (const char* text : {"", "..", "5..4", "x", "5K", "5m", "1.0001k", "-1..2", "1e6", "1..2..3",
                           "99999999999999999999"}) {
    EXPECT_THROW((void)parse_range(text, Quantity::count), Error) << text;
  }
  for (const char* text : {"5kb", "5m", "0.5B", "1 KB"})
    EXPECT_THROW((void)parse_range(text, Quantity::bytes), Error) << text;
}

class SampleProgram : public ProgramTest {};

TEST_F(SampleProgram, SummaryReportsTheAcceptance) {
  const Result result = run(folder_, {"sample", "--space", "tiny", "--prior", "uniform-networks",
                                      "--ops", "..40k", "--count", "2000", "--summary", "--json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const Json json = parse_json(result.out, "summary");
  EXPECT_EQ(json["prior"], "uniform-networks given ops ..40000");
  EXPECT_EQ(json["sampling"]["draws"], 2000);
  EXPECT_GT(json["sampling"]["infeasible"], 0);
  EXPECT_LE(json["ops"]["max"], 40'000);
  EXPECT_LE(json["ops"]["min"], json["ops"]["median"]);
}

TEST_F(SampleProgram, ShardsPrintTheSamplesOfTheWhole) {
  const auto draws = [&](const std::vector<std::string>& more) {
    std::vector<std::string> arguments = {"sample", "--space", "tiny", "--count", "11", "--json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Result result = run(folder_, arguments);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return parse_json(result.out, "draws");
  };
  const Json whole = draws({});
  Json merged = Json::array();
  const Json parts[] = {draws({"--shard", "1/2"}), draws({"--shard", "2/2"})};
  for (std::size_t i = 0; i < whole.size(); ++i) merged.push_back(parts[i % 2][i / 2]);
  EXPECT_EQ(merged, whole);
  EXPECT_EQ(parts[0].size() + parts[1].size(), whole.size());
}

TEST_F(SampleProgram, AHopelessCampaignLeavesNoFile) {
  const std::vector<std::string> rest = {"--space",          "tiny",   "--prior",
                                         "uniform-networks", "--sram", "..10B"};
  std::vector<std::string> measure = {"run", "--db", "s.db"};
  std::vector<std::string> study = {"study", "--db", "s.db", "--out", "out"};
  measure.insert(measure.end(), rest.begin(), rest.end());
  study.insert(study.end(), rest.begin(), rest.end());
  EXPECT_EQ(run(folder_, measure).exit_code, 2);
  EXPECT_EQ(run(folder_, study).exit_code, 2);
  EXPECT_FALSE(fs::exists(folder_ / "s.db"));
  EXPECT_FALSE(fs::exists(folder_ / "out"));
}

TEST_F(SampleProgram, AForecastReportsTheAcceptance) {
  std::vector<std::string> arguments = {"run",  "--space", "tiny",  "--count", "20",
                                        "--db", "s.db",    "--ops", "..40k",   "--dry-run"};
  EXPECT_THAT(run(folder_, arguments).out,
              testing::ContainsRegex("\n20 of [0-9]+ draws met the constraint"));
  arguments.emplace_back("--json");
  const Json sampling = parse_json(run(folder_, arguments).out, "forecast")["sampling"];
  EXPECT_EQ(sampling["draws"], 20);
  EXPECT_GT(sampling["infeasible"], 0);
}

TEST_F(SampleProgram, MistakesAreNamed) {
  const auto message = [&](const std::vector<std::string>& arguments) {
    const Result result = run(folder_, arguments);
    EXPECT_EQ(result.exit_code, 2);
    return result.err;
  };
  EXPECT_THAT(message({"sample", "--shard", "3/2"}),
              testing::HasSubstr("--shard is '3/2'; write it as K/N"));
  EXPECT_THAT(message({"sample", "--without-replacement"}),
              testing::HasSubstr("needs --prior uniform-networks"));
  EXPECT_THAT(message({"sample", "--ops", "5M..4M"}),
              testing::HasSubstr("'5M..4M' starts above its end; did you mean 4M..5M?"));
  EXPECT_THAT(message({"sample", "--space", "tiny", "--ops", "..3"}),
              testing::HasSubstr("meets the constraint: ops ran from"));
  EXPECT_THAT(message({"sample", "--space", "tiny", "--prior", "uniform-networks",
                       "--without-replacement", "--count", "90000000"}),
              testing::HasSubstr("ask for fewer"));
  EXPECT_THAT(
      message({"sample", "--space", "tiny", "--prior", "uniform-networks", "--without-replacement",
               "--ops", "1G.."}),
      testing::AllOf(testing::HasSubstr("none of 800 draws"), testing::HasSubstr("ops ran from"),
                     testing::Not(testing::HasSubstr("fewer"))));
}

}  // namespace
}  // namespace opline::cli
