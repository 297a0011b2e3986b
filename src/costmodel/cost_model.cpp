#include "src/costmodel/cost_model.h"

#include <cmath>

#include "src/base/error.h"
#include "src/base/files.h"

namespace opline::costmodel {
namespace {

/// Ops travel through a fit as doubles, exact below 2^53.
std::uint64_t whole_ops(double ops) {
  if (ops >= 0 && ops <= 0x1p53 && ops == std::floor(ops)) return static_cast<std::uint64_t>(ops);
  throw Error(ErrorCode::input,
              "cost model: {} is not a number of ops; fit latencies against whole, positive ops",
              ops);
}

}  // namespace

CostModel cost_model_of(const analysis::LinearFit& fit, bool whole_enumeration) {
  CostModel model;
  model.slope.estimate = fit.slope;
  model.intercept.estimate = fit.intercept;
  if (!whole_enumeration) {
    model.slope.standard_error = fit.slope_standard_error;
    model.slope.interval = fit.slope_interval;
    model.intercept.standard_error = fit.intercept_standard_error;
    model.intercept.interval = fit.intercept_interval;
  }
  model.n = fit.n;
  model.confidence = fit.confidence;
  model.r_squared = fit.r_squared;
  model.rmse_seconds = fit.rmse;
  model.mape_percent = fit.mape_percent;
  model.ops_min = whole_ops(fit.x_min);
  model.ops_max = whole_ops(fit.x_max);
  model.counts.measured = fit.n;
  return model;
}

double predict_seconds(const CostModel& model, std::uint64_t ops) {
  return model.intercept.estimate + model.slope.estimate * static_cast<double>(ops);
}

bool outside_range_seen(const CostModel& model, std::uint64_t ops) {
  return ops < model.ops_min || ops > model.ops_max;
}

CostModel load_cost_model(const std::filesystem::path& path) {
  return cost_model_from_json(parse_json(read_file(path), path.string()), path.string());
}

std::string cost_model_text(const CostModel& model, const std::string& name) {
  const Json json = to_json(model);
  (void)cost_model_from_json(json, name);
  return to_text(json);
}

void write_cost_model(const std::filesystem::path& path, const CostModel& model) {
  write_file_atomically(path, cost_model_text(model, path.string()));
}

}  // namespace opline::costmodel
