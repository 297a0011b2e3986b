#include "src/evaluation/series_fit.h"

namespace opline::evaluation {
namespace {

std::optional<analysis::LinearFit> fit_energy(const Series& series) {
  std::vector<double> ops;
  std::vector<double> joules;
  for (const Row& row : series.rows) {
    if (!row.joules) continue;
    ops.push_back(static_cast<double>(row.ops));
    joules.push_back(*row.joules);
  }
  return analysis::try_fit_line(ops, joules).optional();
}

}  // namespace

SeriesFit fit_series(const Series& series) {
  SeriesFit fit;
  fit.series = &series;
  fit.rows = response_rows(series, Response::latency);
  const Result<analysis::LinearFit> line = analysis::try_fit_line(fit.rows.ops, fit.rows.y);
  fit.line = line.optional();
  fit.why_none = line.reason();
  fit.energy = fit_energy(series);
  return fit;
}

}  // namespace opline::evaluation
