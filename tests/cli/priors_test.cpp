// Two priors in one study: nothing of one is mixed with, named like or written over the other.
#include <gmock/gmock.h>

#include "src/base/json.h"
#include "src/cli/verb.h"
#include "tests/cli/program.h"

namespace opline::cli {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

TEST(CommandLineOf, IsWhatAShellReadsBack) {
  EXPECT_EQ(command_line_of({}), "opline");
  EXPECT_EQ(command_line_of({"sample", "--ops", "5M..30M", "--where", "a.width=3..6,b.skip=keep"}),
            "opline sample --ops 5M..30M --where a.width=3..6,b.skip=keep");
  EXPECT_EQ(command_line_of(
                {"fit", "--prior", "uniform-networks given ops ..6, a.width 3|4", "", "it's"}),
            R"(opline fit --prior 'uniform-networks given ops ..6, a.width 3|4' '' 'it'\''s')");
}

class TwoPriors : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = fs::path(testing::TempDir()) / ("opline_priors_" + std::to_string(::getpid()));
    fs::create_directories(folder_);
    plain_ = study({});
    constrained_ = study({"--prior", "uniform-networks", "--ops", "20k..60k"});
  }
  static void TearDownTestSuite() { fs::remove_all(folder_); }
  static Result study(const std::vector<std::string>& more) {
    std::vector<std::string> arguments = {
        "study", "--space", "tiny",  "--count", "20", "--boards", "nucleo-f446re,nucleo-f746zg",
        "--db",  "s.db",    "--out", "out"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(folder_, arguments);
  }
  static constexpr const char* kName = "uniform-networks given ops 20000..60000";
  inline static fs::path folder_;
  inline static Result plain_, constrained_;
};

TEST_F(TwoPriors, PicturesOfOneAreNotWrittenOverThoseOfTheOther) {
  ASSERT_EQ(plain_.exit_code, 0) << plain_.err;
  ASSERT_EQ(constrained_.exit_code, 0) << constrained_.err;
  EXPECT_THAT(plain_.out, HasSubstr("out/tiny-boards.svg"));
  EXPECT_THAT(constrained_.out, Not(HasSubstr("out/tiny-boards.svg")));
  EXPECT_THAT(constrained_.out, HasSubstr("out/tiny-boards-uniform-networks-"));
  EXPECT_THAT(read_file(folder_ / "out" / "tiny-boards.svg"), HasSubstr("prior uniform-decisions"));
}

TEST_F(TwoPriors, AcceptanceIsReportedInTextAndJson) {
  EXPECT_THAT(plain_.out, Not(HasSubstr("met the constraint")));
  EXPECT_THAT(constrained_.out, testing::ContainsRegex("20 of [0-9]+ draws met the constraint"));
  const Result again = study({"--prior", "uniform-networks", "--ops", "20k..60k", "--json"});
  const Json json = parse_json(again.out, "study");
  const Json& sampling = json["campaign"]["sampling"];
  EXPECT_EQ(sampling["draws"], 20);
  EXPECT_GT(sampling["infeasible"], 0);
  EXPECT_EQ(sampling["tries"], 20 + sampling["infeasible"].get<int>());
}

TEST_F(TwoPriors, SpacesAreComparedUnderOnePrior) {
  std::string text = read_file(resource("data/spaces/tiny.toml"));
  text.replace(text.find("[6, 8, 11, 16]"), 14, "[24, 32, 40]");
  write_file_atomically(folder_ / "other.toml", text);
  const Result other = run(folder_, {"run", "--space", "other.toml", "--count", "20", "--boards",
                                     "nucleo-f446re", "--db", "s.db"});
  ASSERT_EQ(other.exit_code, 0) << other.err;
  const Result fits = run(folder_, {"fit", "--db", "s.db", "--json"});
  const Json pairs = parse_json(fits.out, "fits")["comparison"]["spaces"];
  ASSERT_EQ(pairs.size(), 1U) << pairs;
  EXPECT_EQ(pairs[0]["prior"], "uniform-decisions");
}

TEST_F(TwoPriors, ExportAsksForOneAndTakesItsWholeName) {
  const std::vector<std::string> arguments = {"export",     "--db",     "s.db",          "--space",
                                              "tiny",       "--boards", "nucleo-f446re", "--out",
                                              "model.json", "--format", "cost-model"};
  const Result both = run(folder_, arguments);
  EXPECT_EQ(both.exit_code, 2);
  EXPECT_THAT(both.err, HasSubstr("2 match; choose with --space, --prior, --seed"));
  std::vector<std::string> one = arguments;
  one.insert(one.end(), {"--prior", kName, "--allow-not-valid"});
  ASSERT_EQ(run(folder_, one).exit_code, 0);
  const Json model = parse_json(read_file(folder_ / "model.json"), "model");
  EXPECT_EQ(model["campaign"]["prior"], kName);
  EXPECT_THAT(model["provenance"]["command"].get<std::string>(),
              HasSubstr(std::string("--prior '") + kName + "'"));
}

}  // namespace
}  // namespace opline::cli
