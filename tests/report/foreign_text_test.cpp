// Names and titles of files of others reach the terminal escaped and shortened, in every view.
#include <gmock/gmock.h>

#include <sstream>

#include "src/network/network.h"
#include "src/report/board_report.h"
#include "src/report/campaign_report.h"
#include "src/report/fit_report.h"
#include "src/report/memory_report.h"
#include "src/report/model_report.h"
#include "src/report/network_view.h"
#include "src/report/published_figures.h"
#include "src/report/sample_summary.h"
#include "src/report/space_report.h"

namespace opline::report {
namespace {

using testing::HasSubstr;
using testing::Not;

/// Red text, a bell, a line of its own, and 100 kB of length.
const std::string kHostile = "\033[31mred\007\nopline: done" + std::string(100'000, 'x');

void expect_harmless(const std::string& text) {
  EXPECT_THAT(text, Not(HasSubstr("\033")));
  EXPECT_THAT(text, Not(HasSubstr("\007")));
  EXPECT_THAT(text, Not(HasSubstr("\nopline: done")));
  EXPECT_THAT(text, HasSubstr("\\x1b[31mred"));
  EXPECT_LT(text.size(), 20'000U);
}

TEST(ForeignText, OfASpace) {
  sampler::SpaceView view;
  view.name = view.title = kHostile;
  expect_harmless(in_one_line(view));
  view.architectures = "1";
  expect_harmless(in_words(view));
}

TEST(ForeignText, OfABoard) {
  board::Board board;
  board.name = board.title = board.mcu = board.core = kHostile;
  board.active_watts = {0.1, kHostile};
  expect_harmless(in_one_line(board));
  expect_harmless(in_words(board));
  EXPECT_EQ(to_json(board)["title"], kHostile) << "data stay as they are";
}

TEST(ForeignText, OfANetwork) {
  network::NetworkBuilder builder(network::Shape{4, 4, 1});
  (void)builder.fully_connected(0, 2, network::Activation::none);
  const network::Network network = std::move(builder).build();
  const network::Layout layout = network::lay_out(network);
  std::ostringstream out;
  print(NetworkView{kHostile, kHostile, network, layout}, out);
  expect_harmless(out.str());
}

TEST(ForeignText, OfPublishedFigures) {
  MemoryReport report;
  report.published.emplace();
  sampler::PublishedFigures& published = *report.published;
  published.source = published.url = published.note = kHostile;
  published.runs = {{kHostile, 1, 0.1, kHostile, kHostile}};
  std::ostringstream out;
  print(report, out);
  print(published, {}, out);
  expect_harmless(out.str());
}

TEST(ForeignText, OfADevice) {
  CampaignRun run;
  run.report.outcomes = 1;
  run.report.unmeasured[measure::OutcomeKind::crashed] = {1, "0123", kHostile};
  expect_harmless(in_words(run));
}

TEST(ForeignText, OfASample) {
  SampleSummary summary;
  summary.space = summary.prior = kHostile;
  expect_harmless(in_words(summary));
}

TEST(ForeignText, OfAForecast) {
  ForecastView view;
  view.space = kHostile;
  view.boards = {kHostile};
  view.forecast.targets.resize(1);
  expect_harmless(in_words(view));
}

TEST(ForeignText, OfASeries) {
  evaluation::Series series;
  series.space = series.prior = series.setup.board = kHostile;
  series.setup.runtime.name = kHostile;
  series.seed = 1;
  for (const std::uint64_t ops : {1000U, 2000U, 3000U, 5000U, 8000U})
    series.rows.push_back(
        {"0123", kHostile, ops, static_cast<double>(ops * ops) * 1e-9, {}, {}, 1});
  series.power = {0.1, kHostile};
  expect_harmless(title_of(series));
  expect_harmless(campaign_title(series));
  const evaluation::SeriesFit fit = evaluation::fit_series(series);
  expect_harmless(text_of(fit));
  expect_harmless(table_of({fit}));
  const evaluation::ModelFit model = evaluation::fit_model(series, {});
  EXPECT_THAT(text_of(model), HasSubstr("most influential"));
  expect_harmless(text_of(model));
}

}  // namespace
}  // namespace opline::report
