#include "notebooks_export/layers_table.h"

#include <gmock/gmock.h>

#include <set>

#include "src/base/csv.h"
#include "tests/notebooks_export/drawn_study.h"

namespace opline::notebooks_export {
namespace {

class LayersTable : public DrawnStudy {
 protected:
  CsvTable csv() {
    return CsvTable::from_text(layers_table(TableForm::csv, study_, series(), {}), "t");
  }
};

TEST_F(LayersTable, HasEveryLayerOfEveryNetwork) {
  draw();
  const CsvTable table = csv();
  std::size_t row = 0;
  for (const evaluation::Series& one : series()) {
    std::set<std::string> networks;
    for (const store::Draw& draw : study_.draws(one.campaign)) {
      if (!networks.insert(draw.network).second) continue;
      const std::vector<store::LayerRecord> layers = study_.network(draw.network)->layers;
      for (std::size_t i = 0; i < layers.size(); ++i, ++row) {
        const network::Layer& layer = layers[i].layer;
        ASSERT_EQ(table.text(row, table.column("network")), draw.network);
        ASSERT_EQ(table.integer(row, table.column("layer")), i);
        EXPECT_EQ(table.text(row, table.column("type")), network::to_string(layer.type));
        EXPECT_EQ(table.integer(row, table.column("ops")), 2 * layers[i].macs);
        EXPECT_EQ(table.integer(row, table.column("out_c")),
                  static_cast<std::uint64_t>(layer.output.c));
        const bool slides = network::slides(layer.type);
        EXPECT_EQ(table.text(row, table.column("kernel_h")),
                  slides ? std::to_string(layer.window.kernel_h) : "");
        EXPECT_EQ(table.text(row, table.column("padding")), slides ? "same" : "");
        const bool measured = table.text(row, table.column("outcome")) == "measured";
        EXPECT_EQ(table.optional_integer(row, table.column("cycles")),
                  measured ? std::optional(planted_cycles(layers[i])) : std::nullopt);
        EXPECT_EQ(table.optional_number(row, table.column("latency_s")).has_value(), measured);
      }
    }
  }
  EXPECT_EQ(row, table.rows());
}

TEST_F(LayersTable, OfATableNoLayersAreKnown) {
  import();
  EXPECT_EQ(csv().rows(), 0U);
}

}  // namespace
}  // namespace opline::notebooks_export
