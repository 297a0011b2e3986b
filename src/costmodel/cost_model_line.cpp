#include "src/costmodel/cost_model_line.h"

#include "src/costmodel/model_reader.h"

namespace opline::costmodel {
namespace {

Term read_coefficient(StrictObject object, const char* name, const char* unit) {
  object.expect_text("unit", unit,
                     "opline writes no other; convert the figures or write the model again");
  Term term{name, unit, {}, object.number("estimate"), {}, {}};
  read_error_and_interval(object, term);
  object.reject_unknown_keys();
  return term;
}

void read_fit(StrictObject object, Model& model) {
  FitFigures fit;
  fit.n = object.integer("n");
  if (fit.n < 3) object.fail("n", fmt::format("is {}; a line needs at least 3 networks", fit.n));
  model.confidence = object.number("confidence");
  if (!(model.confidence > 0 && model.confidence < 1))
    object.fail("confidence", "must be a share between 0 and 1");
  fit.r_squared = object.optional_number("r_squared");
  if (fit.r_squared && !(*fit.r_squared >= 0 && *fit.r_squared <= 1))
    object.fail("r_squared", "must be from 0 to 1");
  fit.rmse = object.number("rmse_seconds");
  if (fit.rmse < 0) object.fail("rmse_seconds", "is negative; it must be 0 or more");
  fit.mape_percent = object.optional_number("mape_percent");
  if (fit.mape_percent && *fit.mape_percent < 0)
    object.fail("mape_percent", "is negative; it must be 0 or more");
  object.reject_unknown_keys();
  model.fit = fit;
}

}  // namespace

Model read_line_of_version_2(StrictObject& root, const Counts& counts) {
  root.expect_text("kind", "latency ~ ops", "files of this version hold no other");
  Model model;
  StrictObject coefficients = root.object("coefficients");
  model.line.emplace();
  model.line->terms = {read_coefficient(coefficients.object("intercept"), "intercept", "s"),
                       read_coefficient(coefficients.object("slope"), "ops", "s/op")};
  coefficients.reject_unknown_keys();
  read_fit(root.object("fit"), model);
  if (counts.measured < model.fit->n)
    root.fail("counts.measured", "is below fit.n; a fit uses measured networks only");
  StrictObject seen = root.object("ops_seen");
  model.ops = {static_cast<double>(seen.integer("min")), static_cast<double>(seen.integer("max"))};
  if (model.ops.low > model.ops.high) seen.fail("min", "is above max; exchange them");
  seen.reject_unknown_keys();
  return model;
}

}  // namespace opline::costmodel
