// Series as plain data: what is fitted, names, titles, and the line.
#include "src/evaluation/series.h"

#include <gmock/gmock.h>

#include "src/evaluation/model_fit.h"
#include "src/evaluation/series_fit.h"
#include "tests/evaluation/planted_series.h"

namespace opline::evaluation {
namespace {

using testing::HasSubstr;

TEST(SeriesRows, EnergyIsMeasuredWhereThereIsAnyElseModelledFromLatency) {
  Series series = planted_series(5, 10);
  EXPECT_THAT(response_rows(series, Response::energy).why_none,
              HasSubstr("no energy was measured"));
  series.power = store::ModelledPower{0.5, "data sheet"};
  const ResponseRows modelled = response_rows(series, Response::energy);
  EXPECT_TRUE(modelled.by_construction);
  EXPECT_DOUBLE_EQ(modelled.y[2], 0.5 * *series.rows[2].seconds);
  series.rows[3].joules = 0.002;
  const ResponseRows measured = response_rows(series, Response::energy);
  EXPECT_FALSE(measured.by_construction);
  ASSERT_EQ(measured.y.size(), 1u);
  EXPECT_EQ(measured.rows[0], &series.rows[3]);
}

TEST(SeriesRows, NetworksWithoutALatencyAreLeftOutOfTheLatenciesOnly) {
  Series series = planted_series(4, 10);
  series.rows[1].seconds.reset();
  const ResponseRows rows = response_rows(series, Response::latency);
  EXPECT_EQ(rows.ops, (std::vector<double>{1e6, 3e6, 4e6}));
  for (Row& row : series.rows) row.seconds.reset();
  EXPECT_THAT(response_rows(series, Response::latency).why_none, HasSubstr("latency"));
}

TEST(SeriesRows, NamesFallBackToLineAndId) {
  Row row;
  row.network = digest("a network");
  EXPECT_EQ(name_of(row), row.network.substr(0, 12));
  row.line = 7;
  EXPECT_EQ(name_of(row), "line 7");
  row.name = "wide";
  EXPECT_EQ(name_of(row), "wide");
}

TEST(SeriesTitles, AreSafeAsFileNamesAndTellPriorsApart) {
  Series series = planted_series(3, 10);
  series.space = "kws";
  series.setup.board = "nucleo-f446re";
  series.prior = "uniform-decisions";
  series.seed = 1;
  EXPECT_EQ(file_stem(series), "kws-nucleo-f446re-seed1");
  EXPECT_EQ(boards_file_stem(series), "kws-boards");
  series.setup.runner = measure::Runner::attached;  // beside the simulated one of that name
  EXPECT_EQ(file_stem(series), "kws-nucleo-f446re-attached-seed1");
  series.setup.runner = measure::Runner::simulated;
  series.prior = "uniform-networks given ops ..60000";
  series.seed = 2;
  EXPECT_THAT(file_stem(series),
              testing::MatchesRegex("kws-nucleo-f446re-uniform-networks-[0-9a-f]+-seed2"));
  EXPECT_EQ(campaign_title(series), "kws, prior uniform-networks given ops ..60000, seed 2");
}

TEST(SeriesFitTest, TheLineIsThePlantedOne) {
  const Series series = planted_series(60, 10);
  const SeriesFit fit = fit_series(series);
  ASSERT_TRUE(fit.line) << fit.why_none;
  EXPECT_NEAR(fit.line->slope, 1e-8, 1e-10);
  EXPECT_FALSE(fit.energy);
}

TEST(SeriesFitTest, OneOpCountOnlyIsAReasonAndNoError) {
  Series series = planted_series(10, 10);
  for (Row& row : series.rows) row.ops = 5;
  const SeriesFit fit = fit_series(series);
  EXPECT_FALSE(fit.line);
  EXPECT_FALSE(fit.why_none.empty());
  const ModelFit model = fit_model(series, {});
  EXPECT_FALSE(model.why_no_fit.empty());
  EXPECT_TRUE(model.coefficients.empty());
}

TEST(ModelFitTest, EveryEstimatorFindsThePlantedSlope) {
  const Series series = planted_series(60, 10);
  for (const Estimator estimator :
       {Estimator::ols, Estimator::relative, Estimator::huber, Estimator::theil_sen}) {
    FitRequest request;
    request.estimator = estimator;
    const ModelFit fit = fit_model(series, request);
    ASSERT_EQ(fit.coefficients.size(), 2u) << to_string(estimator) << fit.why_no_fit;
    EXPECT_NEAR(fit.coefficients[1].estimate, 1e-8, 1e-10) << to_string(estimator);
  }
}

TEST(ModelFitTest, SaysWhatDoesNotGoTogether) {
  FitRequest request;
  EXPECT_EQ(why_impossible(request), "");
  request.estimator = Estimator::theil_sen;
  request.intercept = analysis::Intercept::without;
  EXPECT_THAT(why_impossible(request), HasSubstr("intercept"));
  request = {};
  request.model = ModelKind::per_layer;
  EXPECT_EQ(why_impossible(request), "");
  request.of = Response::energy;  // modelled energy has layers, measured one has not
  EXPECT_EQ(why_impossible(request), "");
}

TEST(ModelFitTest, ModelsOfLayersNeedThem) {
  FitRequest request;
  request.model = ModelKind::per_layer;
  const Series series = planted_series(20, 10);
  EXPECT_THAT(fit_model(series, request).why_no_fit, HasSubstr("layers of 20 of 20 networks"));
}

}  // namespace
}  // namespace opline::evaluation
