// `opline predict`: from a study's cost model to predictions.
#include <gmock/gmock.h>

#include <sstream>

#include "src/base/files.h"
#include "src/base/json.h"
#include "tests/cli/program.h"

namespace opline::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

class Predict : public ProgramTest {
 protected:
  void SetUp() override {
    ProgramTest::SetUp();
    ASSERT_EQ(opline({"run", "--space", "tiny", "--count", "40", "--db", "s.db"}).exit_code, 0);
    const Result exported = opline({"export", "--db", "s.db", "--format", "cost-model", "--models",
                                    "all", "--allow-not-valid", "--out", "m.json"});
    ASSERT_EQ(exported.exit_code, 0) << exported.err;
    const Json samples =
        parse_json(opline({"sample", "--space", "tiny", "--count", "3", "--json"}).out, "samples");
    for (const Json& one : samples) architectures_.push_back(one["architecture"]);
  }
  std::vector<std::string> architectures_;
};

TEST_F(Predict, ANetworkThatWasMeasuredIsPredictedToItsCycles) {
  const Result predicted = opline({"predict", "--model", "m.json", "--network", architectures_[0],
                                   "--models", "lookup", "--of", "latency", "--json"});
  ASSERT_EQ(predicted.exit_code, 0) << predicted.err;
  const Json one = parse_json(predicted.out, "prediction")["predictions"][0];
  const Json layers = parse_json(opline({"inspect", "--space", "tiny", "--network",
                                         architectures_[0], "--boards", "nucleo-f446re", "--json"})
                                     .out,
                                 "inspect")["layers"];
  double cycles = 0;
  for (const Json& layer : layers) cycles += layer["cycles"].get<double>();
  EXPECT_NEAR(one["value"].get<double>(), cycles / 180e6, 0.01 * cycles / 180e6);
}

TEST_F(Predict, TextHasEveryModelItsVerdictAndTheBudget) {
  const Result text = opline(
      {"predict", "--model", "m.json", "--network", architectures_[0], "--budget", "1s,1nJ"});
  ASSERT_EQ(text.exit_code, 0) << text.err;
  for (const char* part : {"latency, ops ", "latency, ops-by-type", "energy, per-layer",
                           "latency, lookup", "within budget", "above budget", "verdict"})
    EXPECT_THAT(text.out, HasSubstr(part));
}

TEST_F(Predict, LinesAreAnsweredInOrder) {
  std::string lines;
  for (const std::string& one : architectures_)
    lines += Json{{"architecture", one}}.dump() + "\n\n";
  lines += R"({"ops": 20000, "name": "only ops"})";
  write("n.jsonl", lines);
  const Result answers = opline({"predict", "--model", "m.json", "--input", "n.jsonl", "--models",
                                 "ops,per-layer", "--of", "latency"});
  ASSERT_EQ(answers.exit_code, 0) << answers.err;
  std::istringstream in(answers.out);
  std::vector<Json> all;
  for (std::string line; std::getline(in, line);) all.push_back(parse_json(line, "answer"));
  ASSERT_EQ(all.size(), 4U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(all[i]["name"], architectures_[i]);
    EXPECT_EQ(all[i]["predictions"].size(), 2U);
    EXPECT_GT(all[i]["predictions"][1]["value"].get<double>(), 0);
  }
  EXPECT_EQ(all[3]["name"], "only ops");
  EXPECT_TRUE(all[3]["predictions"][1]["value"].is_null());
  write("n.jsonl", "{\"ops\": 1}\n{\"ops\": -1}\n");
  const Result wrong = opline({"predict", "--model", "m.json", "--input", "n.jsonl"});
  EXPECT_EQ(wrong.exit_code, 4);
  EXPECT_THAT(wrong.err, HasSubstr("n.jsonl:2: ops: must be a whole number"));
}

TEST_F(Predict, ExtrapolationIsSaid) {
  EXPECT_THAT(opline({"predict", "--model", "m.json", "--ops", "20Mops"}).out,
              HasSubstr("extrapolated: ops are 20.0 Mops; the model has seen"));
  const Result file = opline({"predict", "--model", "m.json", "--network", "kws-s"});
  EXPECT_EQ(file.exit_code, 0) << file.err;
  EXPECT_THAT(file.out, HasSubstr("extrapolated: "));
}

TEST_F(Predict, MistakesAreNamed) {
  const auto error = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"predict", "--model", "m.json"});
    return opline(arguments).err;
  };
  EXPECT_THAT(error({}), HasSubstr("name a network"));
  for (const char* ops : {"20", "0ops", "0.4ops", "20000000000Gops", "1e30Mops"})
    EXPECT_THAT(error({"--ops", ops}), HasSubstr("--ops: give a number from 1 to 10^15")) << ops;
  EXPECT_THAT(error({"--ops", "2Mops", "--seed", "7"}), HasSubstr("--seed applies only to"));
  EXPECT_THAT(error({"--ops", "2Mops", "--network", "kws-s"}), HasSubstr("not several"));
  EXPECT_THAT(error({"--ops", "2Mops", "--budget", "5kg"}), HasSubstr("'5kg' is not one latency"));
  EXPECT_THAT(error({"--ops", "2Mops", "--models", "tree"}), HasSubstr("'tree' is not one of ops"));
  EXPECT_THAT(error({"--input", "none.jsonl"}), HasSubstr("none.jsonl: cannot be read"));
  EXPECT_EQ(opline({"predict", "--model", "s.db", "--ops", "2Mops"}).exit_code, 4);
}

}  // namespace
}  // namespace opline::cli
