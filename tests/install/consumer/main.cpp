// Fits a line, writes it as a cost model, loads that and predicts: what a search does with opline's
// libraries.
#include <array>
#include <cmath>
#include <cstdio>
#include <filesystem>

#include "analysis/regression/regression.h"
#include "src/base/error.h"
#include "src/base/version.h"
#include "src/costmodel/cost_model.h"
#include "src/costmodel/prediction.h"

namespace {

opline::costmodel::CostModel model_of(const opline::analysis::LinearFit& fit) {
  opline::costmodel::Model line;
  line.line.emplace();
  line.line->terms = {{"intercept", "s", {}, fit.intercept, {}, {}},
                      {"ops", "s/op", {}, fit.slope, {}, {}}};
  line.fit = {fit.n, fit.r_squared, fit.rmse, fit.mape_percent};
  line.ops = {fit.x_min, fit.x_max};
  opline::costmodel::CostModel model;
  model.models = {line};
  model.counts.measured = fit.n;
  model.setup = {{"runner", "imported"}, {"board", nullptr}, {"runtime", nullptr}};
  model.provenance = {
      std::string(opline::version()), "consumer.csv", "2026-01-31T12:00:00Z", "consumer", {}};
  return model;
}

int run(const std::filesystem::path& folder) {
  // 2 ns per op after 1 ms, exactly.
  const std::array<double, 4> ops = {1e6, 2e6, 5e6, 9e6};
  const std::array<double, 4> seconds = {0.003, 0.005, 0.011, 0.019};
  const opline::analysis::LinearFit fit = opline::analysis::fit_line(ops, seconds);

  const std::filesystem::path file = folder / "model.json";
  opline::costmodel::write_cost_model(file, model_of(fit));
  const opline::costmodel::CostModel loaded = opline::costmodel::load_cost_model(file);
  const double predicted = opline::costmodel::value_at(loaded.models.front(), 4e6);
  std::printf("opline %s predicts %.6f s\n", std::string(opline::version()).c_str(), predicted);
  return std::abs(predicted - 0.009) < 1e-12 ? 0 : 1;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) return 2;
  try {
    return run(arguments[1]);
  } catch (const opline::Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return opline::exit_code(error.code());
  }
}
