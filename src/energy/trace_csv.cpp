#include "src/energy/trace_csv.h"

#include <algorithm>
#include <cmath>

#include "src/base/csv.h"
#include "src/base/csv_mistakes.h"
#include "src/base/csv_number.h"
#include "src/base/csv_scanner.h"
#include "src/base/error.h"
#include "src/base/files.h"
#include "src/base/printable.h"
#include "src/base/version.h"
#include "src/energy/trace_columns.h"

namespace opline::energy {
namespace {

constexpr const char* kMeans = "sampling: mean";

/// The first number that has only one reading decides; else a point.
char decimal_of(CsvScanner rows, const SelectedTraceColumns& columns) {
  while (rows.next()) {
    if (rows.fault()) continue;
    for (const std::size_t position : columns.positions()) {
      if (position >= rows.fields().size()) continue;
      const DecimalEvidence evidence = decimal_evidence(rows.fields()[position].text);
      if (evidence == DecimalEvidence::comma) return ',';
      if (evidence == DecimalEvidence::point) return '.';
    }
  }
  return '.';
}

class TraceReader {
 public:
  TraceReader(const SelectedTraceColumns& columns, const TraceCsvOptions& options, char decimal,
              const std::string& file)
      : columns_(columns), options_(options), decimal_(decimal), mistakes_(file) {}

  void read(const CsvScanner& scanner) {
    line_ = scanner.line();
    if (const auto& fault = scanner.fault()) {
      mistakes_.add(fault->line, std::to_string(fault->column + 1), fault->message);
      return;
    }
    fields_ = scanner.fields();
    const std::optional<double> time = number(columns_.time);
    if (!time) return;
    if (last_time_ && *time <= *last_time_) {
      mistakes_.add(line_, columns_.time.name, "is not after the row above; sort the rows by time");
      return;
    }
    last_time_ = time;
    read_exact_edges();
    read_level(*time);
    if (!missing(columns_.current)) read_sample(*time);
  }

  /// Intervals and gaps are known only now.
  Trace finish(Sampling sampling, const std::string& file) {
    mistakes_.throw_if_any("correct the rows");
    if (trace_.size() < 2)
      throw Error(ErrorCode::input, "{}: has {} with a current; a trace has at least two", file,
                  trace_.size() == 1 ? "one row" : "no row");
    trace_.sampling = sampling;
    std::stable_sort(
        trace_.edges.begin(), trace_.edges.end(),
        [](const TriggerEdge& a, const TriggerEdge& b) { return a.seconds < b.seconds; });
    find_gaps();
    return std::move(trace_);
  }

 private:
  [[nodiscard]] bool missing(const TraceColumn& column) const {
    if (column.position >= fields_.size()) return true;
    const std::string_view text = fields_[column.position].text;
    const auto& words = options_.csv.missing;
    return text.empty() || std::find(words.begin(), words.end(), text) != words.end();
  }

  std::optional<double> number(const TraceColumn& column) {
    if (missing(column)) {
      mistakes_.add(line_, column.name, "is missing; write a number");
      return std::nullopt;
    }
    const std::string_view text = fields_[column.position].text;
    const CsvNumber parsed = parse_csv_number(text, decimal_);
    if (parsed.fault == NumberFault::none && std::isfinite(parsed.value * column.factor))
      return parsed.value * column.factor;
    mistakes_.add(line_, column.name, explain(parsed.fault, text));
    return std::nullopt;
  }

  void read_exact_edges() {
    for (const bool rising : {true, false}) {
      const auto& column = rising ? columns_.rose : columns_.fell;
      if (!column || missing(*column)) continue;
      if (const auto time = number(*column)) trace_.edges.push_back({*time, rising});
    }
  }

  /// A row without a sample need not have a level; one with a sample must: where the trigger is
  /// would be a guess.
  void read_level(double time) {
    if (!columns_.trigger || (missing(*columns_.trigger) && missing(columns_.current))) return;
    const std::optional<double> value = number(*columns_.trigger);
    if (!value) return;
    const bool high = *value >= options_.trigger_threshold;
    if (level_ && *level_ != high) trace_.edges.push_back({(level_time_ + time) / 2, high});
    level_ = high;
    level_time_ = time;
  }

  void read_sample(double time) {
    const std::optional<double> current = number(columns_.current);
    const std::optional<double> voltage =
        columns_.voltage ? number(*columns_.voltage) : options_.volts;
    if (current && voltage) trace_.add(time, *current, *voltage);
  }

  void find_gaps() {
    constexpr double kLongestStep = 1.5;  // of the median: half a sample of jitter is no loss
    constexpr double kMostLost = 1e15;
    std::vector<double> steps(trace_.size() - 1);
    for (std::size_t i = 0; i < steps.size(); ++i)
      steps[i] = trace_.seconds[i + 1] - trace_.seconds[i];
    std::vector<double> sorted = steps;
    const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
    std::nth_element(sorted.begin(), middle, sorted.end());
    trace_.interval = *middle;
    for (std::size_t i = 0; i < steps.size(); ++i) {
      if (steps[i] <= kLongestStep * trace_.interval) continue;
      const double lost = std::min(kMostLost, std::round(steps[i] / trace_.interval) - 1);
      if (lost >= 1) trace_.gaps.push_back({i + 1, static_cast<std::uint64_t>(lost)});
    }
  }

  const SelectedTraceColumns& columns_;
  const TraceCsvOptions& options_;
  char decimal_;
  CsvMistakes mistakes_;
  std::span<const CsvField> fields_;
  std::size_t line_ = 0;
  std::optional<double> last_time_;
  std::optional<bool> level_;
  double level_time_ = 0;
  Trace trace_;
};

}  // namespace

Trace read_trace(const std::filesystem::path& path, const TraceColumns& columns,
                 const TraceCsvOptions& options) {
  return parse_trace(read_file(path), path.string(), columns, options);
}

Trace parse_trace(std::string bytes, const std::string& name, const TraceColumns& columns,
                  const TraceCsvOptions& options) {
  const CsvText file = open_csv(std::move(bytes), name, options.csv);
  CsvScanner scanner(file.body(), {file.separator, '.', options.csv.missing}, file.first_line);
  if (!scanner.next() || scanner.fault())
    throw Error(ErrorCode::input,
                "{}: has no header row; the first row must name the columns, as in "
                "\"time_s,current_a,trigger\"",
                name);
  const auto& comments = scanner.comments();
  const bool means = std::find(comments.begin(), comments.end(), kMeans) != comments.end();
  SelectedTraceColumns selected =
      select_trace_columns(scanner.fields(), scanner.line(), columns, name);
  if (options.volts && !columns.voltage) selected.voltage.reset();
  if (!selected.voltage && !options.volts)
    throw Error(ErrorCode::usage,
                "{}: has no column `voltage_v`; name the voltage's column (--voltage), or give the "
                "supply in volts (--external-volts)",
                name);
  const char decimal = options.csv.decimal.value_or(decimal_of(scanner, selected));
  TraceReader reader(selected, options, decimal, name);
  while (scanner.next()) reader.read(scanner);
  return reader.finish(means ? Sampling::mean : Sampling::instant, name);
}

std::string trace_as_csv(const Trace& trace, const std::string& command) {
  std::vector<std::string> comments = {"opline-energy-trace 1", fmt::format("opline {}", version()),
                                       command};
  if (trace.sampling == Sampling::mean) comments.emplace_back(kMeans);
  CsvWriter csv({"time_s", "current_a", "voltage_v", "rose_s", "fell_s"}, comments);
  auto edge = trace.edges.begin();
  const auto add_edge = [&](bool due) {
    std::optional<double> rose, fell;
    if (due && edge != trace.edges.end()) {
      (edge->rising ? rose : fell) = edge->seconds;
      ++edge;
    }
    csv.number(rose).number(fell).end_row();
  };
  for (std::size_t i = 0; i < trace.size(); ++i) {
    csv.number(trace.seconds[i]).number(trace.amperes[i]).number(trace.volts[i]);
    add_edge(edge != trace.edges.end() && edge->seconds <= trace.seconds[i]);
  }
  // A row has room for one edge; what is left over follows in rows without a sample.
  for (double row = 1; edge != trace.edges.end(); ++row) {
    csv.number(trace.seconds.back() + row * trace.interval).number({}).number({});
    add_edge(true);
  }
  return csv.str();
}

}  // namespace opline::energy
