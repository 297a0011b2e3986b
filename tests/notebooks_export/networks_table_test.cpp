#include "notebooks_export/networks_table.h"

#include <gmock/gmock.h>

#include <map>
#include <set>
#include <sstream>

#include "sampler/space/architecture.h"
#include "src/base/csv.h"
#include "src/base/json.h"
#include "tests/notebooks_export/drawn_study.h"

namespace opline::notebooks_export {
namespace {

class NetworksTable : public DrawnStudy {
 protected:
  CsvTable csv() {
    return CsvTable::from_text(networks_table(TableForm::csv, study_, series(), {"provenance"}),
                               "t");
  }
};

TEST_F(NetworksTable, DecisionsAreColumns) {
  draw();
  const CsvTable table = csv();
  const sampler::Space space = sampler::parse_space(kSmallSpace, "small.toml");
  std::set<std::string> skips;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const auto of = [&](const char* name) {
      return std::string(table.text(row, table.column(name)));
    };
    skips.insert(of("block.skip"));
    const bool skipped = of("block.skip") == "skip";
    EXPECT_EQ(of("block.width").empty(), skipped) << "the width of a skipped block does not matter";
    EXPECT_EQ(of("architecture"),
              "conv=" + of("conv.width") + " block=" + (skipped ? "skip" : of("block.width")));
    EXPECT_EQ(to_text(space, sampler::parse_architecture(space, of("architecture"))),
              of("architecture"));
  }
  EXPECT_EQ(skips, (std::set<std::string>{"keep", "skip"}));
  EXPECT_FALSE(table.has("classes.width")) << "not a decision";
}

TEST_F(NetworksTable, EveryNetworkIsThereOnceWithWhatCameOfIt) {
  draw();
  study_.set_modelled_power(board_setup().id(), {0.5, "datasheet"});
  const CsvTable table = csv();
  std::map<std::string, std::size_t> outcomes;
  std::uint64_t draws = 0;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const std::string outcome(table.text(row, table.column("outcome")));
    ++outcomes[outcome];
    draws += table.integer(row, table.column("draws"));
    const store::NetworkRecord network =
        *study_.network(std::string(table.text(row, table.column("network"))));
    EXPECT_EQ(table.integer(row, table.column("ops")), network.ops);
    EXPECT_EQ(table.integer(row, table.column("sram_bytes")), network.arena_bytes);
    EXPECT_EQ(table.integer(row, table.column("flash_bytes")),
              *network.weight_bytes + *network.channel_bytes);
    EXPECT_EQ(table.integer(row, table.column("layers")), network.layers.size());
    const auto cycles = table.optional_integer(row, table.column("cycles"));
    const auto seconds = table.optional_number(row, table.column("latency_s"));
    ASSERT_EQ(cycles.has_value(), outcome == "measured");
    ASSERT_EQ(seconds.has_value(), outcome == "measured");
    EXPECT_EQ(table.text(row, table.column("reason")),
              outcome == "does_not_fit" ? "needs \"more\", a lot" : "");
    EXPECT_EQ(table.text(row, table.column("calibration")), "uncalibrated");
    EXPECT_EQ(table.text(row, table.column("energy_origin")), cycles ? "modelled" : "");
    if (!cycles) continue;
    EXPECT_DOUBLE_EQ(*seconds, static_cast<double>(*cycles) / 1e8);
    EXPECT_DOUBLE_EQ(table.number(row, table.column("energy_j")), 0.5 * *seconds);
  }
  EXPECT_EQ(draws, 40U);
  EXPECT_EQ(outcomes["does_not_fit"], 1U);
  EXPECT_EQ(outcomes["pending"], 1U);
  EXPECT_EQ(outcomes["measured"], table.rows() - 2);
  EXPECT_EQ(table.integer(0, table.column("position")), 0U);
}

TEST_F(NetworksTable, AnotherSpaceAddsItsDecisions) {
  draw();
  std::string other = kSmallSpace;
  other.replace(other.find("\"block\""), 7, "\"neck\"");
  draw(other, "other");
  const CsvTable table = csv();
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const bool small = table.text(row, table.column("space")) == "small";
    EXPECT_EQ(table.text(row, table.column("block.skip")).empty(), !small);
    EXPECT_EQ(table.text(row, table.column("neck.skip")).empty(), small);
    EXPECT_NE(table.text(row, table.column("conv.width")), "");
  }
}

TEST_F(NetworksTable, OfATableThereIsWhatItSays) {
  import();
  const CsvTable table = csv();
  ASSERT_EQ(table.rows(), 3U);
  EXPECT_EQ(table.columns().back(), "setup") << "no decisions";
  EXPECT_EQ(table.text(2, table.column("architecture")), "net #2\n");
  EXPECT_EQ(table.text(2, table.column("seed")), "");
  EXPECT_EQ(table.text(2, table.column("macs")), "");
  EXPECT_EQ(table.text(2, table.column("layers")), "");
  EXPECT_EQ(table.text(2, table.column("flash_bytes")), "");
  EXPECT_EQ(table.text(2, table.column("calibration")), "");
  EXPECT_EQ(table.number(2, table.column("latency_s")), 4.5);
  EXPECT_EQ(table.number(2, table.column("energy_j")), 2.25);
  EXPECT_EQ(table.text(2, table.column("energy_origin")), "measured");
}

TEST_F(NetworksTable, JsonLinesSayTheSame) {
  draw();
  import();
  const CsvTable table = csv();
  std::istringstream lines(networks_table(TableForm::json_lines, study_, series(), {}));
  std::size_t row = 0;
  for (std::string line; std::getline(lines, line); ++row) {
    const Json json = parse_json(line, "line");
    ASSERT_EQ(json.size(), table.columns().size() + 1) << "and `format`";
    for (const std::string& column : table.columns()) {
      const std::string_view field = table.text(row, table.column(column));
      const Json& value = json.at(column);
      EXPECT_EQ(value.is_null()     ? ""
                : value.is_string() ? value.get<std::string>()
                                    : value.dump(),
                field)
          << column;
    }
  }
  EXPECT_EQ(row, table.rows());
}

}  // namespace
}  // namespace opline::notebooks_export
