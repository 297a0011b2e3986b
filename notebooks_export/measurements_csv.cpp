#include "notebooks_export/measurements_csv.h"

#include "src/base/csv.h"

namespace opline::notebooks_export {

std::string measurements_csv(const std::vector<store::Series>& series,
                             const std::vector<std::string>& comments) {
  CsvWriter csv({"network", "architecture", "draws", "ops", "macs", "parameters", "layers", "cycles",
                 "latency_s", "energy_j", "board", "runner", "runtime", "clock_hz", "timing_model", "setup"},
                comments);
  for (const store::Series& one : series) {
    const measure::Setup& setup = one.setup.setup;
    for (const store::MeasurementRow& row : one.rows) {
      std::optional<double> seconds = row.seconds;
      if (!seconds && row.cycles && setup.clock_hz) {
        seconds = static_cast<double>(*row.cycles) / static_cast<double>(*setup.clock_hz);
      }
      csv.text(row.network).text(row.architecture).integer(static_cast<std::uint64_t>(row.draws));
      csv.integer(row.ops)
          .integer(row.macs)
          .integer(row.parameters)
          .integer(row.layer_count)
          .integer(row.cycles);
      csv.number(seconds).number(row.joules);
      csv.text(setup.board).text(to_string(setup.runner)).text(setup.runtime).integer(setup.clock_hz);
      csv.text(setup.timing_model).text(one.setup.id);
      csv.end_row();
    }
  }
  return csv.str();
}

}  // namespace opline::notebooks_export
