// Logs and results of MLPerf Tiny's runners.
#include <algorithm>

#include "src/base/error.h"
#include "src/evaluation/logs/log_kinds.h"
#include "src/evaluation/logs/log_lines.h"

namespace opline::evaluation {
namespace {

// MLPerfTiny_Rules.adoc: a window has at least 10 iterations and lasts at least 10 s.
constexpr double kFewestInferences = 10;
constexpr double kShortestSeconds = 10;

struct Window {
  double inferences = 0;
  double seconds = 0;
};

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

class Reader {
 public:
  explicit Reader(const std::string& file) { log_.file = file; }

  void read(std::string_view line, std::size_t number) {
    read_names(line);
    read_messages(line, number);
    read_results(line);
  }

  BenchmarkLog finish() {
    std::vector<double> latencies;
    for (const Window& one : windows_) {
      if (one.inferences >= kFewestInferences && one.seconds >= kShortestSeconds)
        latencies.push_back(one.seconds / one.inferences);
    }
    if (latencies.empty())
      throw Error(ErrorCode::input,
                  "{}: has no window of at least {} inferences and {} s among {}; give the log.txt "
                  "or results.txt of a performance run",
                  log_.file, kFewestInferences, kShortestSeconds, windows_.size());
    log_.seconds = median(latencies);
    log_.windows = latencies.size();
    return std::move(log_);
  }

 private:
  void read_names(std::string_view line) {
    if (const auto name = between(line, "m-name-dut-[", "]")) log_.device = *name;
    if (const auto model = between(line, "m-model-[", "]")) log_.model = *model;
  }

  /// "m-infer-start-120", then "m-lap-us-T" twice: what the device sends.
  void read_messages(std::string_view line, std::size_t number) {
    if (const auto count = after(line, "m-infer-start-")) {
      inferences_ = leading_number(*count);
      first_lap_.reset();
    }
    const auto lap = after(line, "m-lap-us-");
    const std::optional<double> microseconds = lap ? leading_number(*lap) : std::nullopt;
    if (!microseconds || !inferences_) return;
    if (!first_lap_) {
      first_lap_ = microseconds;
      return;
    }
    if (*microseconds <= *first_lap_)
      throw Error(ErrorCode::input,
                  "{}:{}: the window ends at {:.0f} us and began at {:.0f} us: the device's clock "
                  "wrapped; measure again after a reset",
                  log_.file, number, *microseconds, *first_lap_);
    windows_.push_back({*inferences_, (*microseconds - *first_lap_) * 1e-6});
    inferences_.reset();
  }

  /// "# Inferences :  120", "Runtime :  11.718 sec.": what the runner prints.
  void read_results(std::string_view line) {
    if (const auto count = value_behind(line, "# Inferences")) inferences_ = leading_number(*count);
    const auto runtime = value_behind(line, "Runtime");
    const std::optional<double> seconds = runtime ? leading_number(*runtime) : std::nullopt;
    if (seconds && inferences_) {
      windows_.push_back({*inferences_, *seconds});
      inferences_.reset();
    }
    const auto energy = after(line, "Median energy cost is");
    const std::optional<double> microjoules = energy ? leading_number(*energy) : std::nullopt;
    if (microjoules && *microjoules > 0) log_.joules = *microjoules * 1e-6;
  }

  /// The runner may put a time and "ulp-mlperf:" in front.
  static std::optional<std::string_view> value_behind(std::string_view line, std::string_view key) {
    const std::size_t at = line.find(key);
    return at == std::string_view::npos ? std::nullopt : value_of(line.substr(at), key);
  }

  BenchmarkLog log_;
  std::vector<Window> windows_;
  std::optional<double> inferences_, first_lap_;  ///< Of a window that has begun.
};

}  // namespace

bool is_mlperf_tiny(const std::string& text) {
  return text.find("m-lap-us-") != std::string::npos || text.find("inf./sec.") != std::string::npos;
}

BenchmarkLog parse_mlperf_tiny(const std::string& text, const std::string& file) {
  Reader reader(file);
  each_line(text, [&](std::string_view line, std::size_t number) { reader.read(line, number); });
  return reader.finish();
}

}  // namespace opline::evaluation
