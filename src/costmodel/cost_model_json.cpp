// The cost model as JSON, both ways; docs/formats/cost-model.md.
#include <cmath>

#include "src/base/error.h"
#include "src/costmodel/cost_model.h"
#include "src/costmodel/strict_json.h"

namespace opline::costmodel {
namespace {

constexpr const char* format_name = "opline-cost-model";
constexpr std::uint64_t format_version = 2;
constexpr const char* kind = "latency ~ ops";
constexpr const char* slope_unit = "s/op";
constexpr const char* intercept_unit = "s";

Json to_json(const Coefficient& coefficient, const char* unit) {
  Json json = {{"unit", unit},
               {"estimate", coefficient.estimate},
               {"standard_error", json_or_null(coefficient.standard_error)},
               {"interval", nullptr}};
  if (coefficient.interval)
    json["interval"] = Json::array({coefficient.interval->low, coefficient.interval->high});
  return json;
}

Coefficient read_coefficient(StrictObject object, const char* unit) {
  object.expect_text("unit", unit,
                     "opline writes no other; convert the figures or write the model again");
  Coefficient result;
  result.estimate = object.number("estimate");
  result.standard_error = object.optional_number("standard_error");
  if (result.standard_error && *result.standard_error < 0)
    object.fail("standard_error", "is negative; it must be 0 or more");
  if (const Json& ends = object.value("interval"); !ends.is_null()) {
    if (!ends.is_array() || ends.size() != 2 || !ends[0].is_number() || !ends[1].is_number()) {
      object.fail("interval", "must be [low, high] or null");
    }
    result.interval = {ends[0].get<double>(), ends[1].get<double>()};
    if (!result.interval->contains(result.estimate))
      object.fail("interval", "does not contain the estimate; write [low, high]");
  }
  if (result.interval.has_value() != result.standard_error.has_value()) {
    object.fail("standard_error",
                "and the interval are known or unknown together; write both or null for both");
  }
  object.reject_unknown_keys();
  return result;
}

void read_fit(StrictObject object, CostModel& model) {
  model.n = object.integer("n");
  if (model.n < 3)
    object.fail("n", fmt::format("is {}; a line needs at least 3 networks", model.n));
  model.confidence = object.number("confidence");
  if (!(model.confidence > 0 && model.confidence < 1))
    object.fail("confidence", "must be a share between 0 and 1");
  model.r_squared = object.optional_number("r_squared");
  if (model.r_squared && !(*model.r_squared >= 0 && *model.r_squared <= 1))
    object.fail("r_squared", "must be from 0 to 1");
  model.rmse_seconds = object.number("rmse_seconds");
  if (model.rmse_seconds < 0) object.fail("rmse_seconds", "is negative; it must be 0 or more");
  model.mape_percent = object.optional_number("mape_percent");
  if (model.mape_percent && *model.mape_percent < 0)
    object.fail("mape_percent", "is negative; it must be 0 or more");
  object.reject_unknown_keys();
}

void read_ops(StrictObject object, CostModel& model) {
  model.ops_min = object.integer("min");
  model.ops_max = object.integer("max");
  if (model.ops_min > model.ops_max) object.fail("min", "is above max; exchange them");
  object.reject_unknown_keys();
}

/// In version 1 `drawn` was the number of different networks, and the draws were not counted.
void read_counts(StrictObject object, std::uint64_t version, CostModel& model) {
  Counts& counts = model.counts;
  counts.different = object.optional_integer(version == 1 ? "drawn" : "different");
  if (version != 1) counts.drawn = object.optional_integer("drawn");
  counts.pending = object.integer("pending");
  counts.fitting = object.optional_integer("fitting");
  counts.measured = object.integer("measured");
  object.reject_unknown_keys();
  if (counts.measured < model.n)
    object.fail("measured", "is below fit.n; a fit uses measured networks only");
  if (counts.fitting && *counts.fitting < counts.measured)
    object.fail("fitting", "is below measured; only what fits is measured");
  const char* const different = version == 1 ? "drawn" : "different";
  if (counts.different && *counts.different < counts.fitting.value_or(counts.measured))
    object.fail(different, "is below fitting or measured; count every network that was drawn");
  if (counts.drawn && *counts.drawn < counts.different.value_or(counts.measured))
    object.fail("drawn", "is below different or measured; count every draw");
}

void read_campaign(StrictObject object, CostModel& model) {
  model.space = object.optional_text("space");
  model.prior = object.optional_text("prior");
  model.seed = object.optional_integer("seed");
  object.reject_unknown_keys();
}

void check_setup(StrictObject object) {
  const std::string runner = object.text("runner");
  if (runner != "simulated" && runner != "attached" && runner != "imported") {
    object.fail("runner",
                fmt::format("is `{}`; it must be simulated, attached or imported", runner));
  }
  (void)object.optional_text("board");
  (void)object.optional_text("runtime");
}

bool digits_where_due(const std::string& time) {
  const std::string pattern = "0000-00-00T00:00:00Z";
  if (time.size() != pattern.size()) return false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const bool digit = time[i] >= '0' && time[i] <= '9';
    if (pattern[i] == '0' ? !digit : time[i] != pattern[i]) return false;
  }
  return true;
}

Provenance read_provenance(StrictObject object) {
  Provenance provenance;
  provenance.opline_version = object.text("opline_version");
  provenance.study = object.text("study");
  provenance.created_utc = object.text("created_utc");
  if (!digits_where_due(provenance.created_utc)) {
    object.fail("created_utc",
                fmt::format("is `{}`; write UTC as 2026-01-31T12:00:00Z", provenance.created_utc));
  }
  provenance.command = object.text("command");
  object.reject_unknown_keys();
  return provenance;
}

}  // namespace

Json to_json(const CostModel& model) {
  const Provenance& provenance = model.provenance;
  return {{"format", format_name},
          {"version", format_version},
          {"provenance",
           {{"opline_version", provenance.opline_version},
            {"study", provenance.study},
            {"created_utc", provenance.created_utc},
            {"command", provenance.command}}},
          {"kind", kind},
          {"coefficients",
           {{"slope", to_json(model.slope, slope_unit)},
            {"intercept", to_json(model.intercept, intercept_unit)}}},
          {"fit",
           {{"n", model.n},
            {"confidence", model.confidence},
            {"r_squared", json_or_null(model.r_squared)},
            {"rmse_seconds", model.rmse_seconds},
            {"mape_percent", json_or_null(model.mape_percent)}}},
          {"ops_seen", {{"min", model.ops_min}, {"max", model.ops_max}}},
          {"counts",
           {{"drawn", json_or_null(model.counts.drawn)},
            {"different", json_or_null(model.counts.different)},
            {"pending", model.counts.pending},
            {"fitting", json_or_null(model.counts.fitting)},
            {"measured", model.counts.measured}}},
          {"campaign",
           {{"space", json_or_null(model.space)},
            {"prior", json_or_null(model.prior)},
            {"seed", json_or_null(model.seed)}}},
          {"setup", model.setup}};
}

CostModel cost_model_from_json(const Json& json, const std::string& name) {
  StrictObject root(json, name);
  root.expect_text("format", format_name, "name a cost model that opline has written");
  const std::uint64_t version = root.integer("version");
  if (version < 1 || version > format_version) {
    root.fail("version",
              fmt::format("is {}; this opline reads versions 1 to {}: use the opline that wrote "
                          "the file, or write it again",
                          version, format_version));
  }
  CostModel model;
  model.provenance = read_provenance(root.object("provenance"));
  root.expect_text("kind", kind, "this version of opline knows no other kind");
  StrictObject coefficients = root.object("coefficients");
  model.slope = read_coefficient(coefficients.object("slope"), slope_unit);
  model.intercept = read_coefficient(coefficients.object("intercept"), intercept_unit);
  coefficients.reject_unknown_keys();
  read_fit(root.object("fit"), model);
  read_ops(root.object("ops_seen"), model);
  read_counts(root.object("counts"), version, model);
  read_campaign(root.object("campaign"), model);
  check_setup(root.object("setup"));
  model.setup = root.value("setup");
  root.reject_unknown_keys();
  return model;
}

}  // namespace opline::costmodel
