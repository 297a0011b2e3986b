// The data dictionaries: the columns that are written are those of the pages in docs/formats, in
// their order.
#include <gmock/gmock.h>

#include <regex>
#include <sstream>

#include "notebooks_export/layers_table.h"
#include "notebooks_export/measurements_csv.h"
#include "notebooks_export/networks_table.h"
#include "src/base/csv.h"
#include "src/base/files.h"
#include "tests/notebooks_export/drawn_study.h"

namespace opline::notebooks_export {
namespace {

/// The names in the first cells of the page's last table with a column `column`.
std::vector<std::string> documented_columns(const std::string& page) {
  std::istringstream text(
      read_file(std::filesystem::path(OPLINE_SOURCE_DIR) / "docs/formats" / page));
  std::vector<std::string> names;
  bool table = false;
  for (std::string line; std::getline(text, line);) {
    if (line.starts_with("| column |")) {
      table = true;
      names.clear();
    } else if (!line.starts_with("|")) {
      table = false;
    } else if (table) {
      const std::string cell = line.substr(0, line.find(" | "));
      const std::regex name("`([^`]+)`");
      for (std::sregex_iterator at(cell.begin(), cell.end(), name), end; at != end; ++at)
        names.push_back((*at)[1]);
    }
  }
  return names;
}

std::vector<std::string> columns_of(const std::string& csv) {
  return CsvTable::from_text(csv, "t").columns();
}

class TablePages : public DrawnStudy {};

TEST_F(TablePages, OfNetworks) {
  draw();
  std::vector<std::string> written =
      columns_of(networks_table(TableForm::csv, study_, series(), {}));
  std::erase_if(written,
                [](const std::string& name) { return name.find('.') != std::string::npos; });
  EXPECT_EQ(documented_columns("networks-table.md"), written);
}

TEST_F(TablePages, OfLayers) {
  draw();
  EXPECT_EQ(documented_columns("layers-table.md"),
            columns_of(layers_table(TableForm::csv, study_, series(), {})));
}

TEST_F(TablePages, OfMeasurements) {
  EXPECT_EQ(documented_columns("measurements-csv.md"), columns_of(measurements_csv({}, {})));
}

}  // namespace
}  // namespace opline::notebooks_export
