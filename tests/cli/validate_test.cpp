// opline validate: verdicts on planted tables, their exit codes, and what they are told with.
#include <gmock/gmock.h>

#include <cmath>

#include "src/base/csv.h"
#include "src/base/json.h"
#include "src/base/random.h"
#include "tests/cli/program.h"

namespace opline::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

/// `n` networks of 1 to 100 Mops, ops to the power of `power`, and a spread of about `noise` (a
/// share).
std::string planted(int n, double noise, double power = 1, std::uint64_t seed = 1) {
  RandomStream stream(seed, 0);
  std::string text = "model,ops,latency_s\n";
  for (int i = 0; i < n; ++i) {
    const std::uint64_t ops = 1'000'000 + stream.below(99'000'000);
    const double e =
        (stream.below(1000) + stream.below(1000) + stream.below(1000)) / 500.0 - 3;  // sd 1
    const double seconds = 1e-3 + 1e-8 * 1e8 * std::pow(static_cast<double>(ops) / 1e8, power);
    text += "n" + std::to_string(i) + "," + std::to_string(ops) + "," +
            std::to_string(std::max(seconds * (1 + noise * e), 1e-4)) + "\n";
  }
  return text;
}

class ValidateVerb : public ProgramTest {
 protected:
  Json validate(const std::vector<std::string>& more, int exit_code) {
    std::vector<std::string> arguments = {"validate", "--csv", "mine.csv",
                                          "--name",   "model", "--json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Result result = opline(arguments);
    EXPECT_EQ(result.exit_code, exit_code) << result.err << result.out;
    return parse_json(result.out, "validation")["results"][0];
  }
};

TEST_F(ValidateVerb, ALineIsValid) {
  write("mine.csv", planted(200, 0.02));
  const Json result = validate({}, 0);
  EXPECT_EQ(result["verdict"]["ruling"], "valid");
  EXPECT_EQ(result["verdict"]["criteria"]["R^2"]["standing"], "met");
  EXPECT_LT(result["verdict"]["margin"], 0.1);
  EXPECT_GT(result["validation"]["budgets"].size(), 2);
  EXPECT_GT(result["networks_for_slope"], 10);
  EXPECT_EQ(result["verdict"]["reasons"].size(), 0);
}

TEST_F(ValidateVerb, ABendAndABigSpreadAreFound) {
  write("mine.csv", planted(200, 0.02, 1.6));
  EXPECT_EQ(validate({}, 9)["verdict"]["ruling"],
            "not valid");  // its line is below 0 at the small end
  write("mine.csv", planted(200, 0.01, 0.75));
  const Json bent = validate({}, 8);
  EXPECT_EQ(bent["verdict"]["ruling"], "valid with margin");
  EXPECT_EQ(bent["verdict"]["criteria"]["curvature"]["standing"], "missed");
  EXPECT_GT(bent["verdict"]["reasons"].size(), 0);
  write("mine.csv", planted(200, 0.4));
  const Json noisy = validate({}, 9);
  EXPECT_EQ(noisy["verdict"]["ruling"], "not valid");
  EXPECT_GT(noisy["verdict"]["advice"].size(), 0);
}

TEST_F(ValidateVerb, FewNetworksAreNoVerdict) {
  write("mine.csv", planted(12, 0.01));
  EXPECT_EQ(validate({}, 9)["verdict"]["criteria"]["networks"]["standing"], "missed");
  write("mine.csv", planted(2, 0.01));
  const Json none = validate({}, 4)["verdict"];
  EXPECT_THAT(none["why_none"].get<std::string>(), Not(testing::IsEmpty()));
  EXPECT_TRUE(none["ruling"].is_null());
  EXPECT_THAT(opline({"validate", "--csv", "mine.csv"}).out,
              HasSubstr("NOTHING CAN BE JUDGED: ops as a stand-in"));
  write("mine.csv", planted(0, 0.01));
  const Result empty = opline({"validate", "--csv", "mine.csv"});
  EXPECT_EQ(empty.exit_code, 4);
  EXPECT_THAT(empty.err, HasSubstr("mine.csv"));
}

TEST_F(ValidateVerb, ThresholdsAreTheUsers) {
  write("mine.csv", planted(200, 0.02));
  write("strict.toml", "format = \"opline-verdict\"\nversion = 1\nr_squared = 0.99999\n");
  EXPECT_EQ(validate({"--thresholds", "strict.toml"}, 8)["verdict"]["criteria"]["R^2"]["standing"],
            "missed");
  write("wrong.toml", "format = \"opline-verdict\"\nversion = 1\nr2 = 0.9\n");
  const Result wrong = opline({"validate", "--csv", "mine.csv", "--thresholds", "wrong.toml"});
  EXPECT_EQ(wrong.exit_code, 4);
  EXPECT_THAT(wrong.err, HasSubstr("wrong.toml:3"));
}

TEST_F(ValidateVerb, BudgetsAreTheUsers) {
  write("mine.csv", planted(200, 0.02));
  const Json budgets = validate({"--budget", "300ms,0.5s"}, 0)["validation"]["budgets"];
  ASSERT_EQ(budgets.size(), 2);
  EXPECT_DOUBLE_EQ(budgets[0]["budget"], 0.3);
  EXPECT_DOUBLE_EQ(budgets[1]["budget"], 0.5);
  EXPECT_NEAR(budgets[1]["quantile"].get<double>(), 0.5, 0.1);
  for (const char* wrong : {"300", "0ms", "-1s", "20mJ", "1s2"}) {
    const Result result = opline({"validate", "--csv", "mine.csv", "--budget", wrong});
    EXPECT_EQ(result.exit_code, 2) << wrong;
    EXPECT_THAT(result.err, HasSubstr("--budget")) << wrong;
  }
}

// Such a budget turned "valid with a margin" into valid: the refused share was left out.
TEST_F(ValidateVerb, ABudgetThatNoNetworkMeetsIsNotMet) {
  write("mine.csv", planted(200, 0.02));
  const Json refused = validate({"--budget", "1us,0.5s"},
                                8)["verdict"]["criteria"]["refused at the tightest budget"];
  EXPECT_EQ(refused["standing"], "undecided");
  EXPECT_EQ(refused["note"], "no network is within that budget");
}

TEST_F(ValidateVerb, ResultsAreAFunctionOfTheSeed) {
  write("mine.csv", planted(200, 0.02));
  EXPECT_EQ(validate({}, 0), validate({}, 0));
  const Json one = validate({}, 0)["verdict"]["criteria"]["Kendall's tau-b"];
  const Json other =
      validate({"--resampling-seed", "2"}, 0)["verdict"]["criteria"]["Kendall's tau-b"];
  EXPECT_EQ(one["value"], other["value"]);
  EXPECT_NE(one["interval"], other["interval"]);
}

TEST_F(ValidateVerb, AStudyIsExplainedAndItsScopeNamed) {
  ASSERT_EQ(opline({"run", "--space", "kws", "--count", "60", "--boards", "nucleo-f446re", "--db",
                    "kws.db"})
                .exit_code,
            0);
  const Result text = opline({"validate", "--db", "kws.db", "--details"});
  EXPECT_EQ(text.exit_code, 10);  // undecided
  for (const char* part :
       {": ops as a stand-in for latency", "runtime opline", "prior uniform-decisions", "criterion",
        "residuals of ops", "by construction", "no measurement noise", "regret", "budgets"})
    EXPECT_THAT(text.out, HasSubstr(part));
  const Result csv = opline({"validate", "--db", "kws.db", "--format", "csv"});
  EXPECT_EQ(csv.exit_code, text.exit_code);
  const CsvTable table = CsvTable::from_text(csv.out, "validation.csv");
  EXPECT_EQ(table.rows(), 1);
  EXPECT_TRUE(table.has("verdict.criteria.R^2.interval.low"));
  const Result energy = opline({"validate", "--db", "kws.db", "--of", "energy", "--details"});
  EXPECT_EQ(energy.exit_code, text.exit_code);
  EXPECT_THAT(
      energy.out,
      HasSubstr("ops as a stand-in for energy, modelled as power x latency (by construction"));
  EXPECT_THAT(energy.out, HasSubstr("takes less energy in"));
  for (const char* word : {"fast", "slow"}) EXPECT_THAT(energy.out, Not(HasSubstr(word)));
}

// A study that is lent: neither it nor its folder can be written.
TEST_F(ValidateVerb, AStudyIsReadWhereNothingCanBeWritten) {
  namespace fs = std::filesystem;
  fs::create_directories(folder_ / "lent");
  ASSERT_EQ(opline({"run", "--space", "tiny", "--count", "40", "--db", "lent/tiny.db"}).exit_code,
            0);
  const Result usual = opline({"validate", "--db", "lent/tiny.db"});
  const fs::perms read = fs::perms::owner_read | fs::perms::group_read | fs::perms::others_read;
  const fs::perms enter = fs::perms::owner_exec | fs::perms::group_exec | fs::perms::others_exec;
  fs::permissions(folder_ / "lent" / "tiny.db", read);
  fs::permissions(folder_ / "lent", read | enter);
  const Result lent = run(folder_, {"validate", "--db", "lent/tiny.db"}, true);
  const Result fit = run(folder_, {"fit", "--db", "lent/tiny.db"}, true);
  fs::permissions(folder_ / "lent", fs::perms::owner_all);
  EXPECT_EQ(lent.exit_code, usual.exit_code) << lent.err;
  EXPECT_EQ(lent.out, usual.out);
  // A fit was refused on such a study; now it is printed, and said not to be stored.
  EXPECT_EQ(fit.exit_code, 0) << fit.err;
  EXPECT_THAT(fit.out, HasSubstr("latency    = "));
  EXPECT_THAT(fit.err, HasSubstr("the fits are not stored in the study"));
}

TEST_F(ValidateVerb, CountsAreToldAndWhatIsPending) {
  const std::vector<std::string> run = {"run",           "--space", "tiny",   "--boards",
                                        "nucleo-f446re", "--db",    "tiny.db"};
  std::vector<std::string> shard = run;
  shard.insert(shard.end(), {"--count", "60", "--shard", "1/2"});
  ASSERT_EQ(opline(shard).exit_code, 0);
  const std::string text = opline({"validate", "--db", "tiny.db", "--details"}).out;
  const std::string fit = opline({"fit", "--db", "tiny.db"}).out;
  const std::size_t at = fit.find("  networks   60 drawn");
  ASSERT_NE(at, std::string::npos) << fit;
  EXPECT_THAT(text, HasSubstr(fit.substr(at, fit.find('\n', at) - at)));
  EXPECT_THAT(
      text, testing::ContainsRegex("of them pending; ([0-9]+) of the other [0-9]+ fit the board"));
  EXPECT_THAT(text, HasSubstr("pending: the verdict applies to what is measured so far"));
}

// A column that the latency was made of is found as what explains the rest; one of chance is not.
TEST_F(ValidateVerb, FeaturesOfATableExplainTheRest) {
  RandomStream stream(3, 0);
  std::string text = "model,ops,latency_s,depth,chance\n";
  for (int i = 0; i < 120; ++i) {
    const std::uint64_t ops = 1'000'000 + stream.below(99'000'000);
    const std::uint32_t depth = stream.below(12);
    text += "n" + std::to_string(i) + "," + std::to_string(ops) + "," +
            std::to_string(5e-3 + 1e-8 * static_cast<double>(ops) + 3e-4 * depth +
                           1e-6 * stream.below(100)) +
            "," + std::to_string(depth) + "," + std::to_string(stream.below(1000)) + "\n";
  }
  write("mine.csv", text);
  const Json features = validate({"--features", "chance,depth"}, 0)["features"]["features"];
  ASSERT_EQ(features.size(), 2);
  EXPECT_EQ(features[0]["name"], "depth");
  EXPECT_GT(features[0]["partial_r_squared"], 0.99);
  EXPECT_LT(features[1]["partial_r_squared"], 0.1);
  EXPECT_THAT(opline({"validate", "--csv", "mine.csv", "--features", "width"}).err,
              HasSubstr("width"));
  EXPECT_EQ(opline({"validate", "--db", "no.db", "--features", "depth"}).exit_code, 2);
}

// Two priors of one space on one board may share a line or not; two boards never are one proxy.
TEST_F(ValidateVerb, TogetherAsksForOneSlope) {
  for (const char* prior : {"uniform-decisions", "uniform-networks"})
    ASSERT_EQ(opline({"run", "--space", "tiny", "--count", "40", "--prior", prior, "--boards",
                      "nucleo-f446re,nucleo-f746zg", "--db", "two.db"})
                  .exit_code,
              0);
  const Result one =
      opline({"validate", "--db", "two.db", "--boards", "nucleo-f446re", "--together", "--json"});
  const Json result = parse_json(one.out, "validation")["results"][0];
  EXPECT_EQ(result["groups"]["slopes"].size(), 2);
  EXPECT_NE(result["verdict"]["criteria"]["slope difference"]["standing"], "not applicable");
  const Result boards = opline({"validate", "--db", "two.db", "--together"});
  EXPECT_EQ(boards.exit_code, 2);
  EXPECT_THAT(boards.err, HasSubstr("cannot pool series measured under different setups"));
}

}  // namespace
}  // namespace opline::cli
