// What figures of series show: values, words and reasons, without drawing them.
#include "src/report/figures/series_figures.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <numeric>

#include "src/base/files.h"
#include "src/figures/figure_csv.h"
#include "src/report/figures/figure_files.h"
#include "tests/error_message.h"
#include "tests/evaluation/planted_series.h"

namespace opline::report {
namespace {

using evaluation::planted_series;
using evaluation::Series;
using figures::Element;
using figures::Figure;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

enum class Judged { no, yes };

/// Series with their fits and, where a test needs them, verdicts.
class Results {
 public:
  explicit Results(std::vector<Series> series, Judged judged = Judged::no)
      : series_(std::move(series)) {
    for (const Series& one : series_) fits_.push_back(evaluation::fit_series(one));
    if (judged == Judged::yes) judgements_ = evaluation::judge_all(series_, false, {});
    for (std::size_t i = 0; i < series_.size(); ++i)
      all.push_back({&fits_[i], judged == Judged::yes ? &judgements_[i] : nullptr});
  }
  std::vector<SeriesResult> all;
  [[nodiscard]] const evaluation::SeriesFit& fit(std::size_t i) const { return fits_[i]; }

 private:
  std::vector<Series> series_;
  std::vector<evaluation::SeriesFit> fits_;
  std::vector<evaluation::Judgement> judgements_;
};

Figure drawn(const char* name, const Results& results, const ParetoAxis& against = {}) {
  const SeriesFigure* wanted = find_series_figure(name);
  EXPECT_NE(wanted, nullptr) << name;
  Result<Figure> figure = figure_of(*wanted, results.all, against);
  EXPECT_TRUE(figure) << name << ": " << figure.reason();
  require_drawable(*figure);
  return *figure;
}

std::string reason(const char* name, const Results& results, const ParetoAxis& against = {}) {
  return figure_of(*find_series_figure(name), results.all, against).reason();
}

const Element& element(const Figure& figure, const std::string& role) {
  for (const Element& one : figure.elements) {
    if (one.role == role) return one;
  }
  ADD_FAILURE() << "no element " << role;
  return figure.elements.front();
}

std::string caption(const Figure& figure) {
  return fmt::format("{}", fmt::join(figure.caption, " "));
}

/// A campaign of 60 draws, 3 of which do not fit.
Series campaign(const std::string& board = "nucleo-f446re") {
  Series series = planted_series(57, 7, "net", board);
  series.prior = "uniform-decisions";
  series.seed = 1;
  series.setup.runner = measure::Runner::simulated;
  series.setup.runtime = measure::parse_runtime("opline 0.1.0");
  series.counts.drawn = {61, 60};
  series.unfit_ops = {70'000'000, 80'000'000, 90'000'000};
  return series;
}

// Its residuals were drawn as if they were more than rounding, and one figure said there is no
// line.
TEST(SeriesFigures, ResidualsOfAPerfectFitAreNotDrawn) {
  evaluation::Series series = campaign();
  for (evaluation::Row& row : series.rows) row.seconds = 1e-9 * static_cast<double>(row.ops);
  const Results results({series}, Judged::yes);
  for (const char* name : {"residuals", "qq", "leverage"})
    EXPECT_THAT(reason(name, results), HasSubstr("the fit is perfect")) << name;
}

TEST(SeriesFigures, LatencyShowsNetworksLineVerdictAndScope) {
  const Results results({campaign()}, Judged::yes);
  const Figure figure = drawn("latency", results);
  EXPECT_EQ(figure.title, "Latency against ops: planted on nucleo-f446re");
  EXPECT_EQ(element(figure, "networks").x.size(), 57U);
  EXPECT_EQ(element(figure, "networks").labels[0], "net1");
  EXPECT_EQ(element(figure, "does not fit the board").x, (std::vector<double>{7e7, 8e7, 9e7}));
  const Element& line = element(figure, "line");
  EXPECT_NEAR(line.y.back(), results.fit(0).line->predict(57e6).value, 1e-12);
  EXPECT_GT(element(figure, "95 % prediction interval, high").y.back(), line.y.back());
  ASSERT_EQ(figure.notes.size(), 4U);
  EXPECT_THAT(figure.notes[0], HasSubstr("latency = 7.0"));
  EXPECT_THAT(figure.notes[0], testing::EndsWith(" ms"));
  EXPECT_THAT(figure.notes[1], testing::MatchesRegex("slope .* to .* ns/op .95 %."));
  EXPECT_THAT(figure.notes[2], HasSubstr("n = 57 of 60 networks"));
  EXPECT_THAT(figure.notes[3], HasSubstr("valid"));
  EXPECT_THAT(caption(figure),
              HasSubstr("planted on nucleo-f446re, simulated, uncalibrated; opline 0.1.0; prior "
                        "uniform-decisions, seed 1."));
  EXPECT_THAT(
      caption(figure),
      HasSubstr("strokes at the bottom: ops of 3 networks that do not fit, up to 90.0 Mops."));
}

TEST(SeriesFigures, SeveralSeriesAreNamedByWhatDiffers) {
  const Results results({campaign("a"), campaign("b"), planted_series(40, 3, "net", "c")});
  const Figure figure = drawn("latency", results);
  EXPECT_EQ(figure.title, "Latency against ops: planted");
  std::vector<std::string> legends;
  for (const Element& one : figure.elements)
    if (!one.legend.empty()) legends.push_back(one.legend);
  ASSERT_EQ(legends.size(), 3U);
  EXPECT_THAT(legends[0], testing::StartsWith("a, simulated, uncalibrated"));
  EXPECT_THAT(legends[2], testing::StartsWith("c, imported"));
  EXPECT_EQ(figure.notes.size(), 3U);
  EXPECT_THAT(figure.notes[2], HasSubstr("3.0"));
  EXPECT_THAT(caption(figure), Not(HasSubstr("prior")));
}

TEST(SeriesFigures, AWholeEnumerationShowsNoInterval) {
  Series series = campaign();
  series.covers_whole_space = true;
  const Figure figure = drawn("latency", Results({series}));
  for (const Element& one : figure.elements) EXPECT_THAT(one.role, Not(HasSubstr("interval")));
  EXPECT_THAT(caption(figure), HasSubstr("no interval"));
}

TEST(SeriesFigures, EnergySaysWhetherItIsModelled) {
  EXPECT_THAT(reason("energy", Results({campaign()})), HasSubstr("no energy was measured"));
  Series modelled = campaign();
  modelled.power = store::ModelledPower{0.2, "given"};
  const Figure figure = drawn("energy", Results({modelled}));
  EXPECT_NEAR(element(figure, "networks").y[0], 0.2 * *modelled.rows[0].seconds, 1e-12);
  EXPECT_THAT(caption(figure), HasSubstr("modelled, 0.2 W × latency: by construction"));
  EXPECT_THAT(reason("power", Results({modelled})), HasSubstr("one power by construction"));
}

TEST(SeriesFigures, PowerIsMeasuredEnergyOverLatency) {
  Series series = planted_series(20, 7);
  for (std::size_t i = 0; i < series.rows.size(); ++i)
    series.rows[i].joules = *series.rows[i].seconds * (i % 2 == 0 ? 0.10 : 0.12);
  const Figure figure = drawn("power", Results({series}));
  EXPECT_NEAR(element(figure, "networks").y[1], 0.12, 1e-12);
  EXPECT_NEAR(element(figure, "mean").y[0], 0.11, 1e-12);
  EXPECT_THAT(figure.notes, ElementsAre("mean 110 mW, σ/μ = 0.0933, n = 20"));
}

TEST(SeriesFigures, ResidualsAddUpToNothing) {
  const Figure figure = drawn("residuals", Results({campaign()}));
  const Element& networks = element(figure, "networks");
  double sum = 0;
  double largest = 0;
  for (const double y : networks.y) {
    sum += y;
    largest = std::max(largest, std::abs(y));
  }
  EXPECT_LT(std::abs(sum), 1e-9 * largest * 57);
  EXPECT_THAT(figure.notes[0], HasSubstr("standard deviation"));
  EXPECT_THAT(figure.notes[1], HasSubstr("Breusch-Pagan p = "));
}

TEST(SeriesFigures, QuantilesAreInOrderAndSymmetric) {
  const Figure figure = drawn("qq", Results({campaign()}));
  const Element& networks = element(figure, "networks");
  ASSERT_EQ(networks.x.size(), 57U);
  EXPECT_NEAR(networks.x[0], -networks.x[56], 1e-9);
  EXPECT_NEAR(networks.x[28], 0, 1e-9);
  EXPECT_NEAR(networks.x[56], 2.293242, 1e-6);  // normal quantile of 56.625 / 57.25
  EXPECT_TRUE(std::is_sorted(networks.y.begin(), networks.y.end()));
}

TEST(SeriesFigures, LeverageMarksTheMostInfluential) {
  Series series = planted_series(40, 7);
  series.rows[39].seconds = *series.rows[39].seconds * 1.5;
  const Figure figure = drawn("leverage", Results({series}));
  ASSERT_EQ(figure.marks.size(), 3U);
  EXPECT_EQ(figure.marks[0].text, "net40");
  const Element& networks = element(figure, "networks");
  EXPECT_EQ(figure.marks[0].x, networks.x[39]);
  EXPECT_EQ(figure.marks[0].y, networks.y[39]);
  EXPECT_NEAR(std::accumulate(networks.x.begin(), networks.x.end(), 0.0), 2, 1e-9);
  EXPECT_THAT(caption(figure), HasSubstr("Cook's distance 0.5 and 1"));
}

TEST(SeriesFigures, PredictionsAreHeldOutAndHaveTheMargin) {
  const Results results({campaign()}, Judged::yes);
  const Figure figure = drawn("predicted", results);
  EXPECT_TRUE(figure.same_ranges);
  const Element& networks = element(figure, "networks");
  EXPECT_EQ(networks.x, results.fit(0).rows.y);
  const Element& margin = element(figure, "margin");
  for (std::size_t i = 0; i < margin.x.size(); ++i) EXPECT_GT(margin.x[i], margin.y[i]);
  EXPECT_THAT(figure.notes[0], HasSubstr("held-out MAPE"));
  EXPECT_THAT(reason("predicted", Results({planted_series(5, 7)})), HasSubstr("10 folds"));
}

TEST(SeriesFigures, TheLearningCurveFalls) {
  const Results results({campaign()}, Judged::yes);
  const Figure figure = drawn("learning", results);
  const Element& mean = element(figure, "mean");
  ASSERT_GE(mean.x.size(), 3U);
  EXPECT_EQ(mean.x[0], 10);
  EXPECT_GT(mean.y.front(), mean.y.back());
  EXPECT_THAT(reason("learning", Results({planted_series(5, 7)}, Judged::yes)),
              HasSubstr("12 networks"));
}

TEST(SeriesFigures, ParetoFrontIsWhatNoNetworkBeats) {
  Series series = planted_series(6, 7);
  series.figures = {{"accuracy", {80, 85, 84, 90, 90, 89}}};
  const Results results({series});
  const Figure figure = drawn("pareto", results, {"accuracy", {}, true});
  EXPECT_THAT(element(figure, "on the front").labels, ElementsAre("net1", "net2", "net4"));
  EXPECT_THAT(element(drawn("pareto", results, {"accuracy", {}, false}), "on the front").labels,
              ElementsAre("net1"));
  EXPECT_THAT(reason("pareto", results, {"precision", {}, true}),
              HasSubstr("no figure 'precision'"));
  EXPECT_THAT(reason("pareto", results), HasSubstr("--against"));
}

TEST(SeriesFigures, ParetoTakesValuesOfSomeNetworksByIdOrName) {
  const Series series = planted_series(6, 7);
  const ParetoAxis against{
      "accuracy", {{series.rows[4].network, 0.9}, {"net2", 0.8}, {"x", 1}}, true};
  const Figure figure = drawn("pareto", Results({series}), against);
  EXPECT_THAT(element(figure, "networks").labels, ElementsAre("net2", "net5"));
  EXPECT_THAT(element(figure, "on the front").labels, ElementsAre("net2", "net5"));
  EXPECT_THAT(reason("pareto", Results({series}), {"accuracy", {{"x", 1}}, true}),
              HasSubstr("none of its networks"));
}

TEST(SeriesFigures, ParetoOfAStudyIsAgainstSram) {
  Series series = planted_series(3, 7);
  const std::array<std::uint64_t, 3> bytes{3000, 1000, 2000};
  for (std::size_t i = 0; i < bytes.size(); ++i) series.rows[i].activation_bytes = bytes[i];
  const Figure figure = drawn("pareto", Results({series}));
  EXPECT_THAT(element(figure, "on the front").labels, ElementsAre("net1", "net2"));
  EXPECT_EQ(figure.y.column, "activation_bytes");
}

TEST(SeriesFigures, TwoSeriesAreDrawnByNetwork) {
  const Series a = planted_series(20, 8, "net", "slow");
  const Series b = planted_series(30, 4, "net", "fast");
  const Result<Figure> figure = pair_figure(evaluation::compare_series(a, b, {}));
  ASSERT_TRUE(figure) << figure.reason();
  EXPECT_EQ(figure->title, "fast against slow: planted");
  EXPECT_EQ(figure->x.label, "latency of slow");
  EXPECT_EQ(element(*figure, "networks").x.size(), 20U);
  EXPECT_EQ(element(*figure, "networks").y[4], *b.rows[4].seconds);
  EXPECT_THAT(figure->notes[0], HasSubstr("ratio 1."));
  const Series c = planted_series(20, 4, "other", "fast");
  EXPECT_THAT(pair_figure(evaluation::compare_series(a, c, {})).reason(),
              HasSubstr("fewer than 3 networks in common"));
}

TEST(SeriesFigures, LayersNeedThemAndOneSeries) {
  EXPECT_THAT(reason("layers", Results({campaign()})), HasSubstr("layers of 57 of 57 networks"));
  EXPECT_THAT(reason("layers", Results({campaign("a"), campaign("b")})), HasSubstr("one series"));
}

TEST(SeriesFigures, NamesOfOthersAreEscaped) {
  Series series = planted_series(20, 7, "net", "evil\x1b[31m\nboard");
  const Figure figure = drawn("latency", Results({series}));
  EXPECT_THAT(figure.title, HasSubstr("evil\\x1b[31m\\nboard"));
  EXPECT_THAT(caption(figure), Not(HasSubstr("\x1b")));
}

TEST(SeriesFigures, NothingIsDrawnOfNothing) {
  const Results empty({planted_series(0, 7)});
  for (const SeriesFigure& one : series_figures())
    EXPECT_FALSE(figure_of(one, empty.all)) << one.name;
  EXPECT_EQ(find_series_figure("pie"), nullptr);
  const Results many(std::vector<Series>(9, planted_series(3, 7)));
  EXPECT_THAT(message_of([&] { (void)figure_of(series_figures()[0], many.all); }, ErrorCode::input),
              HasSubstr("9 series"));
}

TEST(FigureFiles, AreWrittenWithTheirNumbers) {
  if (std::system("gnuplot --version >/dev/null 2>&1") != 0)
    GTEST_SKIP() << "needs: sudo apt-get install --no-install-recommends gnuplot-nox";
  namespace fs = std::filesystem;
  const fs::path folder = fs::path(testing::TempDir()) / "opline_figure_files";
  fs::remove_all(folder);
  const Figure figure = drawn("latency", Results({campaign()}));
  FigureOutput output;
  output.images = {figures::ImageFormat::svg, figures::ImageFormat::pdf};
  const std::string stem = (folder / "a").string();
  EXPECT_THAT(write_figure(figure, stem, output),
              ElementsAre(stem + ".svg", stem + ".pdf", stem + ".csv"));
  EXPECT_EQ(read_file(stem + ".csv"), figures::csv_of(figure));
  EXPECT_THAT(write_figure_as(figure, folder / "b.png", output),
              ElementsAre((folder / "b.png").string(), (folder / "b.csv").string()));
  output.check = [](const fs::path& path) {
    if (path.extension() == ".csv") throw Error(ErrorCode::usage, "taken");
  };
  EXPECT_EQ(message_of([&] { write_figure(figure, folder / "c", output); }, ErrorCode::usage),
            "taken");
  EXPECT_FALSE(fs::exists(folder / "c.svg")) << "nothing is written before everything is checked";
  fs::remove_all(folder);
}

}  // namespace
}  // namespace opline::report
