#include "src/evaluation/table/measured_table.h"

#include <algorithm>

#include "src/base/error.h"
#include "src/base/files.h"
#include "src/evaluation/table/decimal_mark.h"
#include "src/evaluation/table/row_reader.h"
#include "src/evaluation/table/table_columns.h"

namespace opline::evaluation {
namespace {

/// Goes to the header. Throws where there is none.
void read_header(CsvScanner& scanner, const std::string& name) {
  if (!scanner.next()) {
    throw Error(ErrorCode::input,
                "{}: has no header row; the first row must name the columns, as in "
                "\"name,ops,latency_s\"",
                name);
  }
  if (const std::optional<CsvFault>& fault = scanner.fault())
    throw Error(ErrorCode::input, "{}:{}: column {}: {}", name, fault->line, fault->column + 1,
                fault->message);
}

void reserve(MeasuredTable& table, std::string_view text) {
  const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
  table.network.reserve(lines);
  table.ops.reserve(lines);
  table.seconds.reserve(lines);
  table.lines.reserve(lines);
}

void require_rows(const MeasuredTable& table, const CsvMistakes& mistakes) {
  if (table.rows() > 0) return;
  mistakes.throw_if_any("no row is left");
  throw Error(ErrorCode::input,
              "{}: has no row with a latency ({} rows without); write one row per "
              "measurement",
              table.file, table.without_latency.rows);
}

}  // namespace

MeasuredTable read_measured_table(const std::filesystem::path& path, const TableColumns& columns,
                                  const TableOptions& options) {
  return parse_measured_table(read_file(path), path.string(), columns, options);
}

MeasuredTable parse_measured_table(std::string bytes, const std::string& name,
                                   const TableColumns& columns, const TableOptions& options) {
  const CsvText file = open_csv(std::move(bytes), name, options.csv);
  MeasuredTable table;
  table.file = name;
  table.encoding = file.encoding;
  table.dialect = {file.separator, '.', options.csv.missing};
  CsvScanner scanner(file.body(), table.dialect, file.first_line);
  read_header(scanner, name);
  const SelectedColumns selected = select_columns(scanner.fields(), scanner.line(), columns, name);
  table.dialect.decimal = options.csv.decimal
                              ? *options.csv.decimal
                              : detect_decimal(scanner, file.separator, selected.numeric(), name);
  reserve(table, file.body());
  RowReader reader(selected, columns, table);
  while (scanner.next()) reader.read(scanner);
  reader.finish();
  if (!options.skip_bad)
    reader.mistakes().throw_if_any("correct the rows, or leave them out (--skip-bad)");
  require_rows(table, reader.mistakes());
  table.mistakes = reader.mistakes().first();
  return table;
}

}  // namespace opline::evaluation
