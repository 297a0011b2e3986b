#include "src/evaluation/table/measured_table.h"

#include <gmock/gmock.h>

#include "src/base/error.h"
#include "tests/error_message.h"

namespace opline::evaluation {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Optional;
using testing::StartsWith;

constexpr const char* kHeader = "ops,latency_s\n";

MeasuredTable parse(const std::string& text, const TableColumns& columns = {},
                    const TableOptions& options = {}) {
  return parse_measured_table(text, "t.csv", columns, options);
}

std::string refusal(const std::string& text, const TableColumns& columns = {},
                    const TableOptions& options = {}) {
  return message_of([&] { (void)parse(text, columns, options); });
}

std::string usage(const std::string& text, const TableColumns& columns) {
  return message_of([&] { (void)parse(text, columns); }, ErrorCode::usage);
}

TEST(MeasuredTable, ColumnsByNameWithTheirUnits) {
  const MeasuredTable table =
      parse("model,mmacs,latency (ms),E,kernel\nnet-1,2.5,13.2,4,3\nnet-2,1,7,,5\n",
            {.ops = "mmacs",
             .latency = "latency (ms)",
             .name = "model",
             .energy = "E:mJ",
             .features = {"kernel"}});
  EXPECT_THAT(table.ops, ElementsAre(5'000'000U, 2'000'000U));
  EXPECT_THAT(table.seconds, ElementsAre(13.2 * 1e-3, 7 * 1e-3));
  EXPECT_THAT(table.joules, ElementsAre(Optional(4 * 1e-3), std::nullopt));
  EXPECT_THAT(table.features, ElementsAre(ElementsAre(3, 5)));
  EXPECT_THAT(table.feature_names, ElementsAre("kernel"));
  EXPECT_EQ(table.names[1], "net-2");
  EXPECT_THAT(table.lines, ElementsAre(2U, 3U));
  EXPECT_THAT(table.cycles, IsEmpty());
  EXPECT_EQ(table.networks(), 2U);
  EXPECT_EQ(table.rows_in_file, 2U);
}

TEST(MeasuredTable, CyclesNeedAClockAndStayWhole) {
  const TableColumns columns{.latency = "t_cycles", .clock_hz = 100'000'000};
  const MeasuredTable table = parse("ops,t_cycles\n10,1.5e6\n20,3000001\n", columns);
  EXPECT_THAT(table.cycles, ElementsAre(1'500'000U, 3'000'001U));
  EXPECT_EQ(table.seconds[0], 0.015);
  EXPECT_THAT(refusal("ops,t_cycles\n10,1.5\n", columns), HasSubstr("whole number of cycles"));
  EXPECT_THAT(usage("ops,t_cycles\n10,1\n", {.latency = "t_cycles"}), HasSubstr("clock"));
}

// 1.5 ops were rounded to 2 without a word. Of larger units a fraction is how they are rounded.
TEST(MeasuredTable, OpsAreAWholeNumberUpToTheLargest) {
  EXPECT_THAT(refusal("ops,latency_s\n1.5,1\n"), HasSubstr("column `ops`: must be a whole number"));
  EXPECT_THAT(refusal("macs,latency_s\n1.5,1\n", {.ops = "macs"}), HasSubstr("whole number"));
  EXPECT_THAT(parse("mmacs,latency_s\n1.2345678,1\n", {.ops = "mmacs"}).ops,
              ElementsAre(2'469'136U));
  EXPECT_THAT(parse("ops,latency_s\n9e18,1\n").ops, ElementsAre(9'000'000'000'000'000'000U));
  EXPECT_THAT(refusal("ops,latency_s\n9.1e18,1\n"), HasSubstr("up to 9e+18"));
}

TEST(MeasuredTable, AColumnInAnotherCaseIsSuggested) {
  EXPECT_THAT(refusal("Ops,latency_s\n1,2\n"),
              HasSubstr("has no column `ops` (did you mean `Ops`?); it has `Ops`"));
}

// semi.csv of the trials: semicolons, decimal commas, most with three digits behind them.
TEST(MeasuredTable, GermanSpreadsheet) {
  const MeasuredTable table = parse(
      "\xEF\xBB\xBFsep=;\r\nmodel;mmacs;latency_ms;\r\nnet0;2,059;21,413;\r\nnet1;17,16;129,1;"
      "\r\n",
      {.ops = "mmacs", .latency = "latency_ms", .name = "model"});
  EXPECT_THAT(table.ops, ElementsAre(4'118'000U, 34'320'000U));
  EXPECT_THAT(table.seconds, ElementsAre(21.413 * 1e-3, 129.1 * 1e-3));
  EXPECT_EQ(table.dialect.separator, ';');
  EXPECT_EQ(table.dialect.decimal, ',');
  EXPECT_THAT(table.lines, ElementsAre(3U, 4U));
}

TEST(MeasuredTable, IndexColumnOfPandasIsIgnored) {
  const MeasuredTable table = parse(",ops,latency_s\n0,10,0.5\n1,20,0.6\n");
  EXPECT_THAT(table.ops, ElementsAre(10U, 20U));
  EXPECT_THAT(refusal(",ops,latency_s\n0,10,0.5\n", {.name = ""}), HasSubstr("has no column ``"));
}

TEST(MeasuredTable, TrailingSeparatorsAreNoColumns) {
  for (const char* text : {"ops,latency_s,\n10,0.5,\n", "ops,latency_s\n10,0.5,\n",
                           "ops,latency_s,\n10,0.5\n", "ops,latency_s,,\n10,0.5,,,\n"})
    EXPECT_THAT(parse(text).ops, ElementsAre(10U)) << text;
  EXPECT_THAT(refusal("ops,latency_s\n10,0.5,7\n"), StartsWith("t.csv:2: has 3 fields where"));
}

TEST(MeasuredTable, PlusSignsBlanksAndThousands) {
  const MeasuredTable table =
      parse("ops, latency_s\n+1e6, 0.5\n 2000000 ,0.25\n\"3,000,000\", 1\n4 000 000,2\n");
  EXPECT_THAT(table.ops, ElementsAre(1'000'000U, 2'000'000U, 3'000'000U, 4'000'000U));
  EXPECT_THAT(table.seconds, ElementsAre(0.5, 0.25, 1, 2));
}

TEST(MeasuredTable, RowsWithoutLatencyAreCounted) {
  const MeasuredTable table = parse(
      "ops,latency_s\n#N/A,\n10,0.5\n20,\n30,NA\n40,NaN\n50,nan\n60,-\n70,null\n80,#N/A\n90, \n");
  EXPECT_THAT(table.ops, ElementsAre(10U));
  EXPECT_EQ(table.without_latency.rows, 9U);
  EXPECT_THAT(table.without_latency.lines, ElementsAre(2U, 4U, 5U, 6U, 7U, 8U, 9U, 10U, 11U));
  EXPECT_EQ(table.rows_in_file, 10U);
  EXPECT_EQ(table.bad.rows, 0U);
  EXPECT_THAT(refusal("ops,latency_s\n10,\n20,NA\n"),
              StartsWith("t.csv: has no row with a latency (2 rows without)"));
}

TEST(MeasuredTable, OtherMissingValuesReplaceTheUsualOnes) {
  const TableOptions options{.csv = {.missing = {"?", "-1"}}};
  EXPECT_EQ(parse("ops,latency_s\n1,?\n2,-1\n3,\n4,0.5\n", {}, options).without_latency.rows, 3U);
  EXPECT_THAT(refusal("ops,latency_s\n1,NA\n", {}, options), HasSubstr("is `NA`, not a number"));
  EXPECT_THAT(refusal("ops,latency_s,f\n1,2,-1\n", {.features = {"f"}}, options),
              HasSubstr("column `f`: is missing (`-1`)"));
}

TEST(MeasuredTable, RowCommentedOutBelowTheHeaderIsNotFitted) {
  EXPECT_THAT(parse("ops,latency_s\n10,0.5\n#20,0.7\n30,0.9\n").ops, ElementsAre(10U, 30U));
}

TEST(MeasuredTable, RepeatsKeepTheirRows) {
  const MeasuredTable table =
      parse("name,ops,latency_s\nb,10,0.5\na,20,0.7\nb,10,0.6\n", {.name = "name"});
  EXPECT_THAT(table.network, ElementsAre(0U, 1U, 0U));
  EXPECT_EQ(table.names.size(), 2U);
  EXPECT_EQ(table.names[0], "b");
  EXPECT_THAT(table.seconds, ElementsAre(0.5, 0.7, 0.6));
  EXPECT_THAT(refusal("name,ops,latency_s\nb,10,0.5\nb,12,0.6\n", {.name = "name"}),
              StartsWith("t.csv:3: column `ops`: `b` has 12 ops here and 10 on line 2"));
}

TEST(MeasuredTable, WithoutNamesEachRowIsANetwork) {
  const MeasuredTable table = parse("ops,latency_s\n10,0.5\n10,\n10,0.6\n");
  EXPECT_TRUE(table.names.empty());
  EXPECT_THAT(table.network, ElementsAre(0U, 1U));
  EXPECT_EQ(table.networks(), 2U);
}

TEST(MeasuredTable, NamesInQuotesAreUnescaped) {
  const MeasuredTable table =
      parse("name,ops,latency_s\n\"a \"\"b\"\", c\n d\",10,0.5\nNA,10,0.5\n", {.name = "name"});
  EXPECT_EQ(table.names[0], "a \"b\", c\n d");
  EXPECT_EQ(table.names[1], "NA");
  EXPECT_THAT(table.lines, ElementsAre(2U, 4U));
}

TEST(MeasuredTable, AllMistakesAtOnceWithTheirLines) {
  EXPECT_EQ(
      refusal("name,ops,latency_s\n"
              "a,10,0.5\n"
              "b,ten,0,5\n"
              "c,x,y\n"
              "d,10,-1\n"
              ",10,1\n"
              "f,NA,1\n"
              "g,1\"0,1\n",
              {.name = "name"}),
      "t.csv:3: has 4 fields where the header has 3; write one field for each column, and "
      "put text that holds the separator (`,`) in quotes\n"
      "t.csv:4: column `ops`: is `x`, not a number; write it as 1234.5 or 1.2e-3, nothing "
      "around it\n"
      "t.csv:4: column `latency_s`: is `y`, not a number; write it as 1234.5 or 1.2e-3, "
      "nothing around it\n"
      "t.csv:5: column `latency_s`: must be above 0; leave it empty where nothing was "
      "measured\n"
      "t.csv:6: column `name`: is empty; every measured network needs a name\n"
      "t.csv:7: column `ops`: is missing (`NA`) in a row with a latency; fill it in, or leave "
      "the latency empty\n"
      "t.csv:8: column `ops`: a quote inside a field without quotes; put the field in quotes "
      "and double the quote\n"
      "correct the rows, or leave them out (--skip-bad)");
}

TEST(MeasuredTable, OnlyTheFirstMistakesAreShown) {
  std::string text = kHeader;
  for (int i = 0; i < 1000; ++i) text += "x,1\n";
  const std::string message = refusal(text);
  EXPECT_THAT(message, AllOf(HasSubstr("t.csv:21: "), Not(HasSubstr("t.csv:22: ")),
                             HasSubstr("\n... and 980 more mistakes, 1000 in all\n")));
}

TEST(MeasuredTable, SkippedRowsAreCountedWithTheirReasons) {
  const MeasuredTable table =
      parse("ops,latency_s\n10,0.5\nx,y\n20\n30,0.6\n\"40,1\n50,\n", {}, {.skip_bad = true});
  EXPECT_THAT(table.ops, ElementsAre(10U, 30U));
  EXPECT_EQ(table.bad.rows, 3U);
  EXPECT_THAT(table.bad.lines, ElementsAre(3U, 4U, 6U));
  EXPECT_EQ(table.without_latency.rows, 1U);
  EXPECT_EQ(table.rows_in_file, 6U);
  ASSERT_EQ(table.mistakes.size(), 4U);
  EXPECT_EQ(table.mistakes[1].line, 3U);
  EXPECT_EQ(table.mistakes[1].column, "latency_s");
  EXPECT_THAT(refusal("ops,latency_s\nx,1\n", {}, {.skip_bad = true}),
              AllOf(StartsWith("t.csv:2: column `ops`"), HasSubstr("no row is left")));
}

TEST(MeasuredTable, NumberWithTheOtherMarkIsAMistakeOfItsRow) {
  EXPECT_THAT(refusal("ops;latency_s\n10;0.5\n10;0,6\n"),
              StartsWith("t.csv:3: column `latency_s`: is `0,6`, a number with a decimal comma"));
  EXPECT_THAT(refusal("ops;latency_s\n10;0.5\n", {}, {.csv = {.decimal = ','}}),
              StartsWith("t.csv:2: column `latency_s`: is `0.5`, a number with a decimal point"));
}

TEST(MeasuredTable, UnitsThatAreMistakenAreRefused) {
  EXPECT_THAT(refusal("ops,latency_s\n10,2e9\n"), HasSubstr("which no inference takes"));
  EXPECT_THAT(refusal("ops,latency_s,e_j\n10,1,1e-20\n", {.energy = "e_j"}),
              HasSubstr("which no inference takes"));
  EXPECT_THAT(refusal("gmacs,latency_s\n1e12,1\n", {.ops = "gmacs"}),
              HasSubstr("which no network has"));
  EXPECT_THAT(refusal("ops,latency_s\n0.5,1\n"), HasSubstr("at least one op"));
  EXPECT_THAT(usage("n,latency_s\n1,1\n", {.ops = "n"}),
              AllOf(HasSubstr("write `n:UNIT`"), HasSubstr("Mmacs")));
}

TEST(MeasuredTable, HeadersThatCannotBeUsed) {
  EXPECT_THAT(refusal(""), StartsWith("t.csv: has no header row"));
  EXPECT_THAT(refusal("# ops,latency_s\n10,0.5\n20,0.6\n"),
              StartsWith("t.csv:2: the first row holds numbers only; it must name the columns"));
  EXPECT_THAT(refusal("a,b\n1,2\n"), StartsWith("t.csv:1: has no column `ops`; it has `a`, `b`"));
  EXPECT_THAT(refusal("ops latency_s\n1 2\n"), HasSubstr("--sep"));
  EXPECT_THAT(refusal("ops,latency_s,ops\n1,2,3\n"),
              StartsWith("t.csv:1: columns 1 and 3 are both named `ops`"));
  EXPECT_THAT(parse("ops,latency_s,x,x\n1,2,3,4\n").ops, ElementsAre(1U));
  EXPECT_THAT(refusal("ops,\"latency_s\n1,2\n"),
              StartsWith("t.csv:1: column 2: a quote is opened"));
}

TEST(MeasuredTable, Latin1NamesAreRefusedOrConverted) {
  const std::string text = "name,ops,latency_s\nb\xEAta,10,0.5\n";
  EXPECT_THAT(refusal(text, {.name = "name"}), StartsWith("t.csv:2: byte 0xea is not UTF-8"));
  EXPECT_EQ(parse(text, {.name = "name"}, {.csv = {.encoding = CsvEncoding::latin1}}).names[0],
            "b\u00EAta");
}

TEST(MeasuredTable, FileThatIsNotThereIsAnInputOutputError) {
  EXPECT_THAT(
      message_of([] { (void)read_measured_table("/nonexistent/t.csv", {}); }, ErrorCode::io),
      StartsWith("/nonexistent/t.csv: "));
}

}  // namespace
}  // namespace opline::evaluation
