// opline compare: two series of studies and tables against each other.
#include <gmock/gmock.h>

#include "src/base/csv.h"
#include "src/base/json.h"
#include "tests/cli/program.h"

namespace opline::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

/// `n` networks of `ns_per_op` and 1 ms, with an even ripple of one per cent; names begin with
/// `name`.
std::string line_table(int n, double ns_per_op, const std::string& name) {
  std::string text = "model,ops,latency_ms\n";
  for (int i = 1; i <= n; ++i) {
    const double milliseconds = (1.0 + ns_per_op * i) * (i % 3 == 0 ? 1.01 : 0.995);
    text += name + std::to_string(i) + "," + std::to_string(1000000LL * i) + "," +
            std::to_string(milliseconds) + "\n";
  }
  return text;
}

class CompareVerb : public ProgramTest {
 protected:
  Json compare(const std::vector<std::string>& words) {
    std::vector<std::string> arguments = {"compare", "--json"};
    arguments.insert(arguments.end(), words.begin(), words.end());
    const Result result = opline(arguments);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return result.exit_code == 0 ? parse_json(result.out, "comparison")["comparison"] : Json();
  }
  static std::string table(const std::string& file, const std::string& space) {
    return file + ":latency=latency_ms,name=model,space=" + space;
  }
};

TEST_F(CompareVerb, FindsThePlantedDifferenceOfSlopes) {
  write("a.csv", line_table(60, 10, "a"));
  write("b.csv", line_table(60, 12, "b"));
  write("c.csv", line_table(60, 10.1, "c"));
  const Json apart = compare({table("a.csv", "a"), table("b.csv", "b")});
  EXPECT_FALSE(apart["paired"].get<bool>());
  EXPECT_NEAR(apart["slope_difference"]["share"].get<double>(), 0.2, 0.01);
  EXPECT_EQ(apart["slope_difference"]["agreement"], "different");
  EXPECT_EQ(compare({table("a.csv", "a"), table("c.csv", "c")})["slope_difference"]["agreement"],
            "same");
  EXPECT_EQ(compare({table("a.csv", "a"), table("b.csv", "b"), "--margin",
                     "0.3"})["slope_difference"]["agreement"],
            "same");
  EXPECT_NEAR(apart["b_on_a"]["bias_percent"].get<double>(), 20, 2);
  EXPECT_LT(apart["b_on_a"]["scaled_mape_percent"], 2);
}

// Tables that name their networks alike are about the same networks, whatever their files are
// called.
TEST_F(CompareVerb, ComparesTheSameNetworksOneByOne) {
  write("a.csv", line_table(60, 10, "net"));
  write("b.csv", line_table(60, 12, "net"));
  const Json pair = compare({table("a.csv", "nets"), table("b.csv", "others") + ",boards=other"});
  EXPECT_TRUE(pair["paired"].get<bool>());
  EXPECT_TRUE(pair["slope_difference"].is_null());
  EXPECT_EQ(pair["same_networks"]["networks"], 60);
  EXPECT_NEAR(pair["same_networks"]["slope_difference"]["share"].get<double>(), 0.2, 0.01);
  EXPECT_EQ(pair["same_networks"]["slope_difference"]["agreement"], "different");
  EXPECT_EQ(pair["differences"][1]["field"], "board");
}

// The n-th row of a table is not the n-th row of another one, nor is a network of other ops the
// same one.
TEST_F(CompareVerb, RowNumbersAndOtherOpsAreNoSameNetworks) {
  write("a.csv", line_table(60, 10, "net"));
  write("b.csv", line_table(60, 12, "net"));
  const std::string latency = ":latency=latency_ms,space=nets";
  const Json rows = compare({"a.csv" + latency, "b.csv" + latency});
  EXPECT_FALSE(rows["paired"].get<bool>());
  EXPECT_TRUE(rows["same_networks"].is_null());
  EXPECT_NEAR(rows["slope_difference"]["share"].get<double>(), 0.2, 0.01);
  std::string other = "model,ops,latency_ms\n";
  for (int i = 1; i <= 60; ++i)
    other += "net" + std::to_string(i) + "," + std::to_string(1000000LL * i + (i > 20 ? 1 : 0)) +
             "," + std::to_string(1.0 + 12.0 * i) + "\n";
  write("c.csv", other);
  EXPECT_EQ(compare({table("a.csv", "a"), table("c.csv", "c")})["same_networks"]["networks"], 20);
}

TEST_F(CompareVerb, ComparesBoardsOfAStudy) {
  ASSERT_EQ(opline({"run", "--space", "tiny", "--count", "20", "--boards",
                    "nucleo-f446re,nucleo-f746zg", "--db", "tiny.db"})
                .exit_code,
            0);
  const Result text =
      opline({"compare", "tiny.db:boards=nucleo-f446re", "tiny.db:boards=nucleo-f746zg"});
  ASSERT_EQ(text.exit_code, 0) << text.err;
  EXPECT_THAT(text.out, HasSubstr("board            A: nucleo-f446re; B: nucleo-f746zg"));
  EXPECT_THAT(text.out, HasSubstr("20 measured by both"));
  EXPECT_THAT(text.out, HasSubstr("no measurement noise"));
  const Result csv = opline({"compare", "tiny.db:boards=nucleo-f446re",
                             "tiny.db:boards=nucleo-f746zg", "--format", "csv"});
  const CsvTable rows = CsvTable::from_text(csv.out, "comparison.csv");
  EXPECT_EQ(rows.text(0, rows.column("a.setup.board")), "nucleo-f446re");
  EXPECT_GT(rows.number(0, rows.column("same_networks.ratio")), 1);
  const Result several = opline({"compare", "tiny.db", "tiny.db"});
  EXPECT_EQ(several.exit_code, 2);
  EXPECT_THAT(
      several.err,
      HasSubstr("tiny.db:space=tiny,boards=nucleo-f746zg,prior=uniform-decisions,seed=1,setup="));
}

// A space of which every network was drawn samples nothing: no interval for its slope, no test of
// its line.
TEST_F(CompareVerb, AWholeEnumerationHasNoIntervals) {
  write("small.toml",
        "format = \"opline-space\"\nversion = 1\ntitle = \"eight networks\"\ninput = [8, 8, 2]\n"
        "[[block]]\nname = \"conv\"\ntype = \"conv2d\"\nkernel = [3, 3]\nwidth = [4, 6, 8, 10, 12, "
        "14, 16, "
        "18]\n"
        "[[block]]\nname = \"out\"\ntype = \"fully_connected\"\nwidth = 4\n");
  ASSERT_EQ(
      opline({"run", "--space", "small.toml", "--count", "200", "--db", "small.db"}).exit_code, 0);
  ASSERT_EQ(opline({"run", "--space", "tiny", "--count", "20", "--db", "tiny.db"}).exit_code, 0);
  const Json pair = compare({"small.db", "tiny.db"});
  EXPECT_TRUE(pair["a"]["slope"]["interval"].is_null());
  EXPECT_FALSE(pair["b"]["slope"]["interval"].is_null());
  const CsvTable rows = CsvTable::from_text(
      opline({"compare", "small.db", "tiny.db", "--format", "csv"}).out, "comparison.csv");
  EXPECT_EQ(rows.text(0, rows.column("a.slope.interval.low")), "");
  EXPECT_FALSE(rows.has("a.slope.interval"));
  EXPECT_THAT(opline({"compare", "small.db", "tiny.db"}).out,
              testing::ContainsRegex("slope of A      [0-9.e-]+ ns/op, [0-9]+ networks"));
  const Json fit = parse_json(opline({"fit", "--db", "small.db", "--json"}).out, "fit")["fits"][0];
  ASSERT_TRUE(fit["whole_enumeration"].get<bool>());
  EXPECT_TRUE(fit["regression"]["f"]["p"].is_null());
  EXPECT_TRUE(fit["regression"]["errors"].is_null());
  const Result text = opline({"fit", "--db", "small.db", "--diagnostics"});
  EXPECT_THAT(text.out, HasSubstr("ordinary least squares\n"));
  EXPECT_THAT(text.out, Not(HasSubstr("(p ")));
}

TEST_F(CompareVerb, ModelledEnergyIsCalledSoFirst) {
  ASSERT_EQ(opline({"run", "--space", "tiny", "--count", "20", "--boards",
                    "nucleo-f446re,nucleo-f746zg", "--db", "tiny.db"})
                .exit_code,
            0);
  const Result energy = opline({"compare", "tiny.db:boards=nucleo-f446re",
                                "tiny.db:boards=nucleo-f746zg", "--of", "energy"});
  EXPECT_THAT(energy.out,
              testing::StartsWith("energy, modelled as power x latency: by construction what"));
}

TEST_F(CompareVerb, MessagesNameTheSeries) {
  write("good.csv", line_table(9, 10, "net"));
  write("tiny.csv", "ops,latency_s\n1,1\n2,x\n");
  const auto error = [&](const std::string& text) {
    return opline({"compare", "good.csv:latency=latency_ms", text}).err;
  };
  EXPECT_THAT(error("good.csv:foo=1"),
              HasSubstr("good.csv:foo=1: there is no key 'foo' for a table; keys: ops, latency"));
  EXPECT_THAT(error("good.csv:latency=seconds"), HasSubstr("good.csv:1: has no column `seconds`"));
  EXPECT_THAT(error("no.db:csv=1"),
              HasSubstr("no.db:csv=1: there is no key 'csv' for a study; keys: space, prior"));
  EXPECT_THAT(error("tiny.csv"), HasSubstr("opline: tiny.csv:3: "));
}

TEST_F(CompareVerb, SaysWhatIsWrong) {
  write("two.csv", "ops,latency_s\n1,2\n2,3\n");
  EXPECT_EQ(opline({"compare", "a.db"}).exit_code, 2);
  EXPECT_THAT(opline({"compare", "two.csv:board=x", "two.csv"}).err, HasSubstr("board"));
  const Result few = opline({"compare", "two.csv", "two.csv"});
  EXPECT_EQ(few.exit_code, 4);
  EXPECT_THAT(few.err, HasSubstr("fewer than three networks"));
  EXPECT_THAT(opline({"compare", "two.csv", "two.csv", "--margin", "5 %"}).err,
              HasSubstr("--margin is '5 %'"));
}

}  // namespace
}  // namespace opline::cli
