#include "src/evaluation/table/row_reader.h"

#include <charconv>
#include <cmath>
#include <limits>

#include "src/base/csv_number.h"
#include "src/base/error.h"
#include "src/base/printable.h"
#include "src/evaluation/table/network_identity.h"

namespace opline::evaluation {
namespace {

struct Range {
  double low;
  double high;
};
/// What an inference on any processor may take: beyond these a unit is mistaken, and ratios of
/// figures may overflow.
constexpr Range kSeconds{1e-12, 1e9};
constexpr Range kJoules{1e-15, 1e9};
constexpr double kMostOps = 9e18;
/// Columns of ops and macs are counts; of larger units a network's ops may be a fraction.
constexpr double kOpsPerMac = 2;
/// Every whole number up to here is a double.
constexpr double kMostCycles = 9007199254740992;

/// Empty when `value` is in `range`.
std::string implausible(double value, const Range& range, const char* unit) {
  if (value >= range.low && value <= range.high) return "";
  return fmt::format("is {:.3g} {}, which no inference takes ({:g} to {:g} {}); check the unit",
                     value, unit, range.low, range.high, unit);
}

}  // namespace

MissingValues::MissingValues(const std::vector<std::string>& words) : words_(words) {
  for (const std::string& word : words) {
    if (!word.empty()) first_[static_cast<unsigned char>(word[0])] = true;
  }
}

bool MissingValues::contains(const CsvField& field) const {
  if (field.text.empty()) return true;
  if (!first_[static_cast<unsigned char>(field.text[0])]) return false;
  for (const std::string& word : words_) {
    if (field.text == word) return true;
  }
  return false;
}

RowReader::RowReader(const SelectedColumns& columns, const TableColumns& given,
                     MeasuredTable& table)
    : columns_(columns),
      given_(given),
      table_(table),
      missing_(table.dialect.missing),
      mistakes_(table.file) {
  table_.features.resize(columns.features.size());
  for (const SelectedColumn& feature : columns.features)
    table_.feature_names.push_back(feature.name);
}

void RowReader::read(const CsvScanner& scanner) {
  record_ = &scanner;
  ++table_.rows_in_file;
  const std::size_t before = mistakes_.count();
  if (has_fields()) {
    if (missing(columns_.latency)) {
      leave_out(table_.without_latency);
      return;
    }
    Row row;
    read_ops(row);
    read_latency(row);
    if (columns_.energy) read_energy(row);
    read_features();
    if (mistakes_.count() == before) read_name(row);
    if (mistakes_.count() == before) append(row);
  }
  if (mistakes_.count() != before) leave_out(table_.bad);
}

void RowReader::finish() { table_.names = numbering_.take(); }

/// Whether the record could be split and has a field for every column. Further fields must be
/// empty: some programs write a separator behind the last field.
bool RowReader::has_fields() {
  const std::vector<std::string>& header = columns_.header;
  if (const std::optional<CsvFault>& fault = record_->fault()) {
    const bool known = fault->column < header.size() && !header[fault->column].empty();
    mistakes_.add(fault->line, known ? header[fault->column] : std::to_string(fault->column + 1),
                  fault->message);
    return false;
  }
  const std::span<const CsvField> fields = record_->fields();
  std::size_t count = fields.size();
  while (count > header.size() && fields[count - 1].text.empty()) --count;
  if (count >= columns_.least_fields && count <= header.size()) return true;
  mistakes_.add(record_->line(), "",
                fmt::format("has {} field{} where the header has {}; write one field for each "
                            "column, and put text that holds the separator ({}) in quotes",
                            count, count == 1 ? "" : "s", header.size(),
                            separator_name(table_.dialect.separator)));
  return false;
}

void RowReader::mistake(const SelectedColumn& column, std::string message) {
  mistakes_.add(record_->line(), column.name, std::move(message));
}

const CsvField& RowReader::field(const SelectedColumn& column) const {
  return record_->fields()[column.position];
}

bool RowReader::missing(const SelectedColumn& column) const {
  return missing_.contains(field(column));
}

/// Nothing, and a mistake, where it is not a number.
std::optional<double> RowReader::number(const SelectedColumn& column) {
  const std::string_view text = field(column).text;
  if (missing(column)) {
    mistake(column, fmt::format("is missing{} in a row with a latency; fill it in, or leave the "
                                "latency empty",
                                text.empty() ? "" : fmt::format(" (`{}`)", printable(text, 40))));
    return std::nullopt;
  }
  const CsvNumber number = parse_csv_number(text, table_.dialect.decimal);
  if (number.fault == NumberFault::none) return number.value;
  mistake(column, explain(number.fault, text));
  return std::nullopt;
}

void RowReader::read_ops(Row& row) {
  const std::optional<double> value = number(columns_.ops);
  if (!value) return;
  const double ops = *value * columns_.ops.factor;
  if (!(ops >= 1)) {
    mistake(columns_.ops, "must be at least one op");
  } else if (columns_.ops.factor <= kOpsPerMac && *value != std::floor(*value)) {
    mistake(columns_.ops, "must be a whole number");
  } else if (!(ops <= kMostOps)) {
    mistake(columns_.ops, fmt::format("is {:.3g} ops, which no network has (up to {:g}); check the "
                                      "unit",
                                      ops, kMostOps));
  } else {
    row.ops = static_cast<std::uint64_t>(std::llround(ops));
  }
}

void RowReader::read_latency(Row& row) {
  const std::optional<double> value = number(columns_.latency);
  if (!value) return;
  if (!(*value > 0)) {
    mistake(columns_.latency, "must be above 0; leave it empty where nothing was measured");
    return;
  }
  if (columns_.latency.cycles) {
    if (*value != std::floor(*value) || *value > kMostCycles) {
      mistake(columns_.latency, "must be a whole number of cycles, up to 2^53");
      return;
    }
    row.cycles = static_cast<std::uint64_t>(*value);
    row.seconds = *value / static_cast<double>(given_.clock_hz.value());
  } else {
    row.seconds = *value * columns_.latency.factor;
  }
  const std::string problem = implausible(row.seconds, kSeconds, "s");
  if (!problem.empty()) mistake(columns_.latency, problem);
}

void RowReader::read_energy(Row& row) {
  if (missing(*columns_.energy)) return;
  const std::optional<double> value = number(*columns_.energy);
  if (!value) return;
  if (!(*value > 0)) {
    mistake(*columns_.energy, "must be above 0, or empty where it was not measured");
    return;
  }
  row.joules = *value * columns_.energy->factor;
  const std::string problem = implausible(*row.joules, kJoules, "J");
  if (!problem.empty()) mistake(*columns_.energy, problem);
}

void RowReader::read_features() {
  features_.clear();
  for (const SelectedColumn& feature : columns_.features) {
    const std::optional<double> value = number(feature);
    features_.push_back(value.value_or(std::numeric_limits<double>::quiet_NaN()));
  }
}

/// Which network the record belongs to. Last, so that rows with mistakes do not name networks.
void RowReader::read_name(const Row& row) {
  if (!columns_.name) {
    network_ = static_cast<std::uint32_t>(table_.rows());
    return;
  }
  const CsvField& name = field(*columns_.name);
  if (name.text.empty()) {
    mistake(*columns_.name, "is empty; every measured network needs a name");
    return;
  }
  network_ = numbering_.number(name.doubled ? name.value() : name.text);
  if (network_ == first_row_.size()) {
    first_row_.push_back(table_.rows());
    if (columns_.identity) read_identity();
    return;
  }
  const std::size_t first = first_row_[network_];
  if (table_.ops[first] == row.ops) return;
  mistake(columns_.ops,
          fmt::format("`{}` has {} ops here and {} on line {}; rows with the same name are repeats "
                      "of one network",
                      printable(name.text, 40), row.ops, table_.ops[first], table_.lines[first]));
}

/// Of the network that the record names first; further rows of the name are repeats of it.
void RowReader::read_identity() {
  const std::string_view text = field(*columns_.identity).text;
  const Result<std::string> id =
      given_.id ? parse_network_id(text)
                : network_id_of_tflite(text, std::filesystem::path(table_.file).parent_path());
  if (!id) mistake(*columns_.identity, id.reason());
  table_.ids.push_back(id ? *id : std::string());
}

void RowReader::append(const Row& row) {
  table_.network.push_back(network_);
  table_.ops.push_back(row.ops);
  table_.seconds.push_back(row.seconds);
  if (row.cycles) table_.cycles.push_back(*row.cycles);
  if (columns_.energy) table_.joules.push_back(row.joules);
  for (std::size_t i = 0; i < features_.size(); ++i) table_.features[i].push_back(features_[i]);
  table_.lines.push_back(record_->line());
}

void RowReader::leave_out(LeftOut& rows) const {
  if (rows.rows++ < CsvMistakes::kShown) rows.lines.push_back(record_->line());
}

}  // namespace opline::evaluation
