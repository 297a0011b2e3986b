#include "src/evaluation/network_values.h"

#include "src/base/csv.h"
#include "src/base/error.h"
#include "src/base/printable.h"

namespace opline::evaluation {
namespace {

std::size_t key_column(const CsvTable& table, const std::filesystem::path& path) {
  for (const char* name : {"network", "architecture", "name"}) {
    if (table.has(name)) return table.column(name);
  }
  throw Error(ErrorCode::input,
              "{}: no column 'network', 'architecture' or 'name' tells which networks the rows are "
              "of; add one, e.g. from opline export --format csv",
              printable(path.string()));
}

}  // namespace

NetworkValues read_network_values(const std::filesystem::path& path, const std::string& column) {
  const CsvTable table = CsvTable::from_file(path);
  const std::size_t key = key_column(table, path);
  const std::size_t wanted = table.column(column);
  NetworkValues values;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const std::optional<double> value = table.optional_number(row, wanted);
    if (!value) continue;
    const auto [known, added] = values.emplace(table.text(row, key), *value);
    if (!added && known->second != *value)
      table.fail(row, wanted,
                 "another row has another value for this network; keep one row per network");
  }
  return values;
}

}  // namespace opline::evaluation
