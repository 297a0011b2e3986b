// opline plot, and the figures of inspect and compare.
#include <gmock/gmock.h>

#include "src/base/csv.h"
#include "tests/cli/program.h"

namespace opline::cli {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class Plot : public ProgramTest {
 protected:
  void measure(const std::string& boards = "nucleo-f446re") {
    ASSERT_EQ(
        opline({"run", "--space", "tiny", "--count", "30", "--boards", boards, "--db", "s.db"})
            .exit_code,
        0);
  }
};

TEST_F(Plot, DrawsEveryFigureThatTheSeriesHasDataFor) {
  measure();
  const Result all = opline({"plot", "--db", "s.db", "--figure", "all", "--preset", "column",
                             "--format", "pdf,csv", "--out", "f"});
  ASSERT_EQ(all.exit_code, 0) << all.err;
  for (const char* name : {"", "-energy", "-layers", "-residuals", "-qq", "-leverage", "-predicted",
                           "-learning", "-pareto"}) {
    const fs::path stem = folder_ / "f" / ("tiny-nucleo-f446re-seed1" + std::string(name));
    EXPECT_TRUE(fs::exists(stem.string() + ".pdf")) << name;
    const CsvTable numbers = CsvTable::from_file(stem.string() + ".csv");
    EXPECT_GT(numbers.rows(), 4U) << name;
    EXPECT_THAT(numbers.comments().at(1), testing::StartsWith("command: opline plot --db s.db"));
  }
  EXPECT_FALSE(fs::exists(folder_ / "f/tiny-nucleo-f446re-seed1-power.pdf"));
  EXPECT_THAT(all.err, HasSubstr("no figure 'power' of tiny on nucleo-f446re"));
  EXPECT_THAT(all.err, HasSubstr("no energy was measured"));
}

TEST_F(Plot, WhatCannotBeDrawnAtAllHasItsExitCode) {
  measure();
  const Result none = opline({"plot", "--db", "s.db", "--figure", "power", "--out", "f"});
  EXPECT_EQ(none.exit_code, 11);
  EXPECT_EQ(none.out, "");
  EXPECT_FALSE(fs::exists(folder_ / "f"));
}

TEST_F(Plot, TakesATableAndItsColumns) {
  write("mine.csv",
        "model,mmacs,latency_ms,accuracy\na,4.1,31,0.81\nb,7.7,52,0.86\nc,12.9,91,0.88\nd,10.2,70,"
        "0.85\n");
  const Result plot =
      opline({"plot", "--csv", "mine.csv", "--ops", "mmacs", "--latency", "latency_ms", "--name",
              "model", "--figure", "latency,pareto", "--against", "accuracy", "--format", "svg,csv",
              "--boards", "mine", "--out", "f"});
  ASSERT_EQ(plot.exit_code, 0) << plot.err;
  EXPECT_EQ(plot.out,
            "f/mine-mine.svg\nf/mine-mine.csv\nf/mine-mine-pareto.svg\nf/mine-mine-pareto.csv\n");
  EXPECT_THAT(read_file(folder_ / "f/mine-mine.svg"), HasSubstr("mine on mine, imported"));
  const std::string pareto = read_file(folder_ / "f/mine-mine-pareto.csv");
  EXPECT_THAT(pareto,
              AllOf(HasSubstr("\non the front,,b,0.052"), Not(HasSubstr("\non the front,,d,"))));
}

TEST_F(Plot, ParetoOfAStudyTakesValuesOfSomeNetworks) {
  measure();
  const std::string raw = opline({"export", "--db", "s.db", "--format", "csv", "--out", "-"}).out;
  const CsvTable table = CsvTable::from_text(raw, "raw");
  std::string values = "network,accuracy\n";
  for (const std::size_t row : {0, 1, 2})
    values += std::string(table.text(row, table.column("network"))) + ",0." +
              std::to_string(row + 5) + "\n";
  write("acc.csv", values);
  const Result plot = opline({"plot", "--db", "s.db", "--figure", "pareto", "--against", "accuracy",
                              "--values", "acc.csv", "--format", "csv", "--out", "f"});
  ASSERT_EQ(plot.exit_code, 0) << plot.err;
  const std::string numbers = read_file(folder_ / "f/tiny-nucleo-f446re-seed1-pareto.csv");
  std::size_t networks = 0;
  for (std::size_t at = numbers.find("\nnetworks,"); at != std::string::npos;
       at = numbers.find("\nnetworks,", at + 1))
    ++networks;
  EXPECT_EQ(networks, 3U);
}

TEST_F(Plot, WrongUseIsRefusedBeforeAnythingIsRead) {
  const auto refusal = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"plot", "--db", "none.db"});
    const Result result = opline(more);
    EXPECT_EQ(result.exit_code, 2) << result.err;
    return result.err;
  };
  EXPECT_THAT(refusal({"--figure", "pie"}),
              HasSubstr("choose from latency, energy, power, layers"));
  EXPECT_THAT(refusal({"--format", "gif"}), HasSubstr("choose from svg, pdf, png, csv"));
  EXPECT_THAT(refusal({"--preset", "poster"}), HasSubstr("column, double or slide"));
  EXPECT_THAT(refusal({"--width", "10"}), HasSubstr("40 to 1000"));
  EXPECT_THAT(refusal({"--against", "accuracy"}), HasSubstr("--values"));
  EXPECT_THAT(refusal({"--less-is-better"}), HasSubstr("--against"));
  EXPECT_THAT(refusal({"--file-name", "x"}), HasSubstr("--together"));
  EXPECT_THAT(refusal({"--axes", "cubic"}), HasSubstr("auto, linear or log"));
  const Result unused = opline({"inspect", "--network", "kws-s", "--width", "84"});
  EXPECT_EQ(unused.exit_code, 2);
  EXPECT_THAT(unused.err, HasSubstr("--width applies only to figures"));
}

TEST_F(Plot, TwoSeriesAgainstEachOther) {
  measure("nucleo-f446re,nucleo-f746zg");
  const Result pair = opline({"compare", "s.db:boards=nucleo-f446re", "s.db:boards=nucleo-f746zg",
                              "--plot", "pair.svg", "--preset", "column"});
  ASSERT_EQ(pair.exit_code, 0) << pair.err;
  EXPECT_EQ(pair.err, "pair.svg\npair.csv\n");
  EXPECT_THAT(read_file(folder_ / "pair.svg"),
              AllOf(HasSubstr("width=\"84.00mm\""), HasSubstr("latency of nucleo-f746zg")));
}

// A network that does not fit was not drawn, where its SRAM tells why.
TEST_F(Plot, SramOfANetworkThatDoesNotFitIsDrawn) {
  const Result fits = opline({"inspect", "--network", "kws-s", "--boards", "nucleo-f446re",
                              "--plot", "s.svg", "--plot-latency", "l.svg"});
  EXPECT_EQ(fits.exit_code, 0) << fits.err;
  EXPECT_EQ(fits.err, "s.svg\ns.csv\nl.svg\nl.csv\n");
  EXPECT_THAT(read_file(folder_ / "s.svg"),
              AllOf(HasSubstr("peak "), Not(HasSubstr("does not fit"))));
  EXPECT_THAT(read_file(folder_ / "l.svg"), HasSubstr("latency (ms)"));
  const Result large =
      opline({"inspect", "--network", "kws-l", "--boards", "nucleo-f446re", "--plot", "large.svg"});
  EXPECT_EQ(large.exit_code, 6) << large.err;
  EXPECT_THAT(read_file(folder_ / "large.svg"), HasSubstr("does not fit the board"));
}

}  // namespace
}  // namespace opline::cli
