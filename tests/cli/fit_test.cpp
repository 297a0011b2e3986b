// opline fit: estimators, errors, diagnostics, tables, and the forms of its output.
#include <gmock/gmock.h>

#include <cmath>

#include "src/base/csv.h"
#include "src/base/json.h"
#include "tests/cli/program.h"

namespace opline::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

/// A table of `n` networks: 10 ns/op and 1 ms, with an even ripple of one per cent.
std::string table_of_a_line(int n) {
  std::string text = "model,ops,latency_s\n";
  for (int i = 1; i <= n; ++i) {
    const double ops = 1e6 * i;
    text += "net" + std::to_string(i) + "," + std::to_string(1000000LL * i) + "," +
            std::to_string((1e-3 + 1e-8 * ops) * (i % 2 == 0 ? 1.01 : 0.99)) + "\n";
  }
  return text;
}

class FitVerb : public ProgramTest {
 protected:
  void SetUp() override {
    ProgramTest::SetUp();
    write("mine.csv", table_of_a_line(40));
  }
  Json fit(std::vector<std::string> more) {
    more.insert(more.begin(), {"fit", "--csv", "mine.csv", "--name", "model", "--json"});
    const Result result = opline(more);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return result.exit_code == 0 ? parse_json(result.out, "fit")["fits"][0] : Json();
  }
};

TEST_F(FitVerb, FitsATableAsItsImport) {
  const Json table = fit({});
  ASSERT_EQ(
      opline({"import", "--csv", "mine.csv", "--name", "model", "--board", "b", "--db", "mine.db"})
          .exit_code,
      0);
  const Json study = parse_json(opline({"fit", "--db", "mine.db", "--json"}).out, "fit")["fits"][0];
  EXPECT_EQ(table["regression"], study["regression"]);
  EXPECT_EQ(table["slope_seconds_per_op"], study["slope_seconds_per_op"]);
  EXPECT_EQ(table["regression"]["coefficients"]["ops"]["estimate"],
            table["slope_seconds_per_op"]["estimate"]);
  EXPECT_NEAR(table["slope_seconds_per_op"]["estimate"].get<double>(), 1e-8, 1e-10);
}

TEST_F(FitVerb, DiagnosesInTextAndJson) {
  const Json diagnostics = fit({})["regression"]["diagnostics"];
  for (const char* test : {"reset", "breusch_pagan", "white", "jarque_bera", "shapiro_francia"})
    EXPECT_TRUE(diagnostics[test]["p"].is_number()) << test;
  EXPECT_EQ(diagnostics["influential"].size(), 5);
  EXPECT_LT(diagnostics["breusch_pagan"]["p"], 1e-3);  // the ripple grows with the latency
  EXPECT_GT(diagnostics["reset"]["p"], 0.05);
  const Result text = opline({"fit", "--csv", "mine.csv", "--name", "model", "--diagnostics"});
  for (const char* part :
       {"RESET", "Breusch-Pagan", "White", "Jarque-Bera", "Shapiro-Francia", "condition",
        "most influential", "net40", "adjusted", "AIC", "90 % below"})
    EXPECT_THAT(text.out, HasSubstr(part));
  EXPECT_THAT(opline({"fit", "--csv", "mine.csv", "--name", "model"}).out, Not(HasSubstr("RESET")));
}

TEST_F(FitVerb, WeightsAndErrorsAreThoseAskedFor) {
  const Json hc3 = fit({})["regression"];
  const Json classical = fit({"--errors", "classical"})["regression"];
  EXPECT_EQ(classical["coefficients"]["ops"]["estimate"], hc3["coefficients"]["ops"]["estimate"]);
  EXPECT_NE(classical["coefficients"]["ops"]["standard_error"],
            hc3["coefficients"]["ops"]["standard_error"]);
  EXPECT_EQ(hc3["errors"], "hc3");
  const Json relative = fit({"--estimator", "relative"})["regression"];
  EXPECT_EQ(relative["estimator"], "relative");
  EXPECT_NEAR(relative["coefficients"]["intercept"]["estimate"].get<double>(), 1e-3, 2e-4);
  const Json through_origin = fit({"--no-intercept"})["regression"];
  EXPECT_EQ(through_origin["coefficients"].size(), 1);
  EXPECT_FALSE(through_origin["intercept"].get<bool>());
}

TEST_F(FitVerb, CsvHasARowAFit) {
  const Result result = opline({"fit", "--csv", "mine.csv", "--format", "csv"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const CsvTable table = CsvTable::from_text(result.out, "fit.csv");
  EXPECT_EQ(table.rows(), 1);
  EXPECT_EQ(table.number(0, table.column("regression.coefficients.ops.estimate")),
            fit({})["slope_seconds_per_op"]["estimate"]);
  EXPECT_TRUE(table.has("slope_seconds_per_op.interval.low"));
  EXPECT_THAT(table.comments()[0], HasSubstr("opline-fits"));
}

TEST_F(FitVerb, EnergyIsMeasuredOrSaidToBeModelled) {
  write("mine.csv",
        "model,ops,latency_s,joules\na,1000000,0.01,0.002\nb,2000000,0.02,0.0041\nc,3000000,0.03,0."
        "006\nd,"
        "4000000,0.04,\n");
  const Json measured = fit({"--of", "energy", "--energy", "joules"})["regression"];
  EXPECT_EQ(measured["n"], 3);
  EXPECT_FALSE(measured["by_construction"].get<bool>());
  EXPECT_EQ(measured["unit"], "J");
  const Json none = parse_json(
      opline({"fit", "--csv", "mine.csv", "--name", "model", "--of", "energy", "--json"}).out,
      "fit")["fits"][0]["regression"];
  EXPECT_THAT(none["why_no_fit"].get<std::string>(), HasSubstr("no energy was measured"));
  ASSERT_EQ(opline({"run", "--space", "tiny", "--count", "12", "--db", "tiny.db"}).exit_code, 0);
  const Result modelled = opline({"fit", "--db", "tiny.db", "--of", "energy"});
  EXPECT_THAT(modelled.out, HasSubstr("by construction: power x latency"));
}

TEST_F(FitVerb, SaysWhatDoesNotGoTogether) {
  const auto error = [&](std::vector<std::string> options) {
    options.insert(options.begin(), "fit");
    const Result result = opline(options);
    EXPECT_EQ(result.exit_code, 2) << result.out;
    return result.err;
  };
  EXPECT_THAT(error({}), HasSubstr("--db FILE (a study) or --csv FILE"));
  EXPECT_THAT(error({"--db", "a.db", "--csv", "mine.csv"}), HasSubstr("both given"));
  EXPECT_THAT(error({"--csv", "mine.csv", "--estimator", "lasso"}),
              HasSubstr("ols, relative, huber or theil-sen"));
  EXPECT_THAT(error({"--csv", "mine.csv", "--format", "xml"}), HasSubstr("text, json or csv"));
  EXPECT_THAT(error({"--csv", "mine.csv", "--estimator", "huber", "--errors", "hc3"}),
              HasSubstr("least squares"));
  EXPECT_THAT(error({"--csv", "mine.csv", "--json", "--format", "csv"}),
              HasSubstr("--json and --format csv are both given"));
  ASSERT_EQ(opline({"run", "--space", "tiny", "--count", "5", "--db", "tiny.db"}).exit_code, 0);
  EXPECT_THAT(error({"--db", "tiny.db", "--ops", "mmacs"}),
              HasSubstr("--ops applies only to a table (--csv)"));
  EXPECT_THAT(error({"--db", "tiny.db", "--name", "model"}),
              HasSubstr("--name applies only to a table"));
  EXPECT_THAT(error({"--db", "tiny.db", "--boards", "nucleo-f446re,nucleo-x"}),
              HasSubstr("the study has no board 'nucleo-x'; its boards: nucleo-f446re"));
}

TEST_F(FitVerb, EnergyIsInTheUnitOfItsColumn) {
  write("mine.csv",
        "model,ops,latency_s,energy_mJ,e,joules\na,1000000,0.01,2,2000,0.002\nb,2000000,0.02,4.1,"
        "4100,0.0041\n"
        "c,3000000,0.03,6,6000,0.006\n");
  const auto slope = [&](const std::string& column) {
    const Json found = fit({"--of", "energy", "--energy", column})["regression"];
    return found["coefficients"]["ops"]["estimate"].get<double>();
  };
  EXPECT_NEAR(slope("joules"), 2e-9, 1e-15);
  EXPECT_NEAR(slope("energy_mJ"), 2e-9, 1e-15);
  EXPECT_NEAR(slope("e:uj"), 2e-9, 1e-15);
  const Result unknown = opline({"fit", "--csv", "mine.csv", "--energy", "e"});
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_THAT(unknown.err,
              HasSubstr("the unit of the energy column `e` is not known; write `e:UNIT`"));
}

// Denormal latencies once ended in an assertion; so small or large ones are a mistaken unit.
TEST_F(FitVerb, FiguresThatNoInferenceHasAreRefusedWhereTheyAre) {
  struct Case {
    const char* row;
    const char* says;
  };
  for (const Case& one :
       {Case{"1000,5e-324,1",
             "bad.csv:3: column `latency_s`: is 4.94e-324 s, which no inference takes"},
        Case{"1000,2e9,1", "bad.csv:3: column `latency_s`: is 2e+09 s"},
        Case{"1000,1,1e-16", "bad.csv:3: column `energy_j`: is 1e-16 J"},
        Case{"1000,1,1e10", "bad.csv:3: column `energy_j`: is 1e+10 J"},
        Case{"9.1e18,1,1", "bad.csv:3: column `ops`: is 9.1e+18 ops, which no network has"},
        Case{"0.5,1,1", "bad.csv:3: column `ops`: must be at least one op"}}) {
    write("bad.csv", std::string("ops,latency_s,energy_j\n1,1,1\n") + one.row + "\n3,3,3\n4,4,4\n");
    for (const char* verb : {"fit", "validate"}) {
      const Result result = opline({verb, "--csv", "bad.csv", "--energy", "energy_j"});
      EXPECT_EQ(result.exit_code, 4) << one.row;
      EXPECT_THAT(result.err, HasSubstr(one.says)) << one.row;
    }
    EXPECT_THAT(opline({"compare", "bad.csv:energy=energy_j", "bad.csv"}).err, HasSubstr(one.says));
  }
}

// Rows that a table has without a latency (as opline's own exports have them) are no measurements.
TEST_F(FitVerb, RowsWithoutALatencyAreLeftOut) {
  write("gaps.csv", "ops,latency_s\n1,0.1\n2,\n3,0.3\n4,0.41\n");
  const Result imported =
      opline({"import", "--csv", "gaps.csv", "--board", "b", "--db", "gaps.db"});
  EXPECT_THAT(imported.out, HasSubstr("3 rows read, 3 networks, 3 new"));
  EXPECT_THAT(imported.err,
              HasSubstr("1 of 4 rows without a latency left out, the first in line 3"));
  const Result fitted = opline({"fit", "--csv", "gaps.csv"});
  EXPECT_THAT(fitted.err, HasSubstr("1 of 4 rows without a latency left out"));
}

}  // namespace
}  // namespace opline::cli
