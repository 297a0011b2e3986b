#include "src/evaluation/logs/benchmark_log.h"

#include <algorithm>

#include "src/base/error.h"
#include "src/base/files.h"
#include "src/base/printable.h"
#include "src/evaluation/logs/log_kinds.h"

namespace opline::evaluation {
namespace {

constexpr std::uint64_t kOpsPerMac = 2;

void set_setup(measure::Setup& setup, const BenchmarkLog& log) {
  if (log.clock_hz && setup.clock_hz && *log.clock_hz != *setup.clock_hz)
    throw Error(ErrorCode::input,
                "{}: was measured at {} Hz, not at {} Hz; import logs of one clock together",
                log.file, *log.clock_hz, *setup.clock_hz);
  if (log.clock_hz) setup.clock_hz = log.clock_hz;
  if (setup.runtime.name.empty() && !log.tool.empty())
    setup.runtime = measure::parse_runtime(log.tool);
}

Row row_of(const LoggedNetwork& one) {
  Row row;
  row.network = one.id;
  row.name = !one.name.empty()        ? one.name
             : !one.log.model.empty() ? one.log.model
                                      : std::filesystem::path(one.log.file).stem().string();
  if (!one.ops && !one.log.macc)
    throw Error(ErrorCode::input,
                "{}: does not say how many ops `{}` has; name the networks of the logs (--networks "
                "FILE.tflite,... or kws-s,...)",
                one.log.file, printable(row.name, 60));
  row.ops = one.ops ? *one.ops : kOpsPerMac * *one.log.macc;
  row.seconds = one.log.seconds;
  row.joules = one.log.joules;
  row.repeats = one.log.windows;
  return row;
}

}  // namespace

BenchmarkLog parse_benchmark_log(const std::string& text, const std::string& file) {
  if (is_mlperf_tiny(text)) return parse_mlperf_tiny(text, file);
  if (is_stm32cube_ai(text)) return parse_stm32cube_ai(text, file);
  throw Error(
      ErrorCode::input,
      "{}: is neither a log.txt or results.txt of MLPerf Tiny nor a report of STM32Cube.AI; "
      "write other measurements as a table (--csv)",
      file);
}

BenchmarkLog read_benchmark_log(const std::filesystem::path& path) {
  return parse_benchmark_log(read_file(path), path.string());
}

Series series_of(const std::vector<LoggedNetwork>& logs, const std::string& space,
                 measure::Setup setup) {
  Series series;
  series.space = space;
  series.prior = "imported";
  for (const LoggedNetwork& one : logs) {
    set_setup(setup, one.log);
    Row row = row_of(one);
    const auto same = std::find_if(series.rows.begin(), series.rows.end(),
                                   [&](const Row& other) { return other.name == row.name; });
    if (same != series.rows.end())
      throw Error(ErrorCode::input,
                  "{}: is about `{}`, as an earlier one is; give one log per network", one.log.file,
                  printable(row.name, 60));
    series.rows.push_back(std::move(row));
  }
  series.setup = setup;
  series.setup_id = setup.id();
  series.counts.measured.networks = static_cast<std::int64_t>(series.rows.size());
  return series;
}

}  // namespace opline::evaluation
