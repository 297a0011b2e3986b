// One network on several boards: the table, the slowest layers and why, what does not fit.
#include "src/report/board_runs.h"

#include <gmock/gmock.h>

#include <sstream>

#include "src/report/slowest_layers.h"
#include "tests/network/example_networks.h"

namespace opline::report {
namespace {

using testing::HasSubstr;

/// every_layer() with cycles by hand: 100 per layer, but the given ones.
std::vector<std::uint64_t> cycles_with(const std::vector<std::pair<std::size_t, int>>& given) {
  std::vector<std::uint64_t> cycles(network::every_layer().layers().size(), 100);
  for (const auto& [layer, own] : given) cycles[layer] = static_cast<std::uint64_t>(own);
  return cycles;
}

BoardRun run_with(const std::string& title, const std::vector<std::uint64_t>& cycles) {
  measure::Measurement measured;
  measured.layer_cycles = cycles;
  measured.cycles = 0;
  for (const std::uint64_t own : cycles) *measured.cycles += own;
  BoardRun run{title, {}, measure::Outcome::measured(measured), ModelledPower{0.5, "data sheet"}};
  run.setup.board = title;
  run.setup.clock_hz = 1'000'000;
  return run;
}

TEST(SlowestLayers, AreOrderedByTheirCyclesAndExplained) {
  // 14580 macs in layer 0, 7560 in layer 1, 7560 in layer 2 of 39 222.
  const std::vector<SlowLayer> slowest = slowest_layers(
      network::every_layer(), cycles_with({{0, 20000}, {2, 30000}, {9, 9000}, {4, 300}}));
  ASSERT_EQ(slowest.size(), 3U);
  EXPECT_EQ(slowest[0].layer, 2);
  EXPECT_THAT(slowest[0].reason, HasSubstr("each input is used for one output channel only"));
  EXPECT_EQ(slowest[1].layer, 0);
  EXPECT_THAT(slowest[1].reason, HasSubstr("% of the macs"));
  EXPECT_EQ(slowest[2].layer, 9);
  EXPECT_THAT(slowest[2].reason, HasSubstr("multiplies nothing; 450.00 cycles per byte"));
  const double all = 20000 + 30000 + 9000 + 300 + 6 * 100;
  EXPECT_DOUBLE_EQ(slowest[0].share, 30000 / all);
}

TEST(BoardRuns, SeveralBoardsAreColumns) {
  BoardRun lost = run_with("third", cycles_with({}));
  lost.outcome = measure::Outcome::failed(measure::OutcomeKind::timed_out, "used up");
  std::ostringstream out;
  print(network::every_layer(),
        {run_with("first", cycles_with({})), run_with("second", cycles_with({{3, 1100}})), lost},
        out);
  EXPECT_THAT(out.str(), HasSubstr("first   share"));
  EXPECT_THAT(
      out.str(),
      HasSubstr("  3 conv2d                            100  10.0 %               1100  55.0 %"));
  EXPECT_THAT(out.str(), HasSubstr("1000 cycles = 1.00 ms on first"));
  EXPECT_THAT(out.str(), HasSubstr("0.5 mJ: modelled as 0.5 W x latency (data sheet)"));
  EXPECT_THAT(out.str(), HasSubstr("third: used up"));
}

TEST(BoardRuns, AsJson) {
  BoardRun lost = run_with("b", cycles_with({}));
  lost.outcome = measure::Outcome::failed(measure::OutcomeKind::does_not_fit, "too large");
  const Json json =
      to_json(network::every_layer(), {run_with("a", cycles_with({{0, 1100}})), lost});
  ASSERT_EQ(json.size(), 2U);
  EXPECT_EQ(json[0]["board"], "a");
  EXPECT_EQ(json[0]["outcome"], "measured");
  EXPECT_EQ(json[0]["cycles"], 2000);
  EXPECT_DOUBLE_EQ(json[0]["seconds"].get<double>(), 0.002);
  EXPECT_DOUBLE_EQ(json[0]["modelled_joules"].get<double>(), 0.001);
  EXPECT_DOUBLE_EQ(json[0]["layers"][0]["share"].get<double>(), 0.55);
  EXPECT_EQ(json[0]["slowest"][0]["layer"], 0);
  EXPECT_EQ(json[1]["outcome"], "does_not_fit");
  EXPECT_EQ(json[1]["reason"], "too large");
  EXPECT_FALSE(json[1].contains("cycles"));
}

TEST(BoardRuns, AShortageNamesTheLayer) {
  const network::Network network = network::every_layer();
  const network::Layout layout = network::lay_out(network);
  const network::DeviceLimits enough{1 << 20, 1 << 20, 1 << 20};
  EXPECT_EQ(shortage(network, layout, enough), std::nullopt);
  network::DeviceLimits limits = enough;
  limits.arena_bytes = 1000;
  EXPECT_THAT(*shortage(network, layout, limits), HasSubstr("most SRAM is in use while layer 2 ("));
  limits = {16, 16, 1 << 20};
  EXPECT_THAT(*shortage(network, layout, limits),
              HasSubstr("most weights are those of layer 0 (conv2d): 243 B"));
}

}  // namespace
}  // namespace opline::report
