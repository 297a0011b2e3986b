#include "src/evaluation/calibration/calibration_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "src/base/error.h"
#include "src/base/files.h"
#include "src/base/strict_json.h"

namespace opline::evaluation {
namespace {

constexpr const char* kFormat = "opline-calibration";
constexpr std::uint64_t kVersion = 1;

// ---- Writing ----

Json interval_json(const analysis::Interval& interval, double unit = 1) {
  return Json::array({unit * interval.low, unit * interval.high});
}

Json coefficient_json(const analysis::Coefficient& one) {
  return {{"estimate", one.estimate},
          {"standard_error", one.standard_error},
          {"interval", interval_json(one.interval)}};
}

Json errors_json(const analysis::RelativeErrors& errors) {
  return {{"mape_percent", errors.mape_percent},
          {"median_percent", errors.median_percent},
          {"worst_percent", errors.worst_percent},
          {"bias_percent", errors.bias_percent}};
}

Json trends_json(const analysis::CalibrationFit& fit) {
  Json trends = Json::array();
  for (const analysis::CalibrationTrend& one : fit.trends)
    trends.push_back({{"name", one.name},
                      {"low", one.low},
                      {"high", one.high},
                      {"effect_percent", 100 * one.effect},
                      {"interval_percent", interval_json(one.interval, 100)},
                      {"matters", one.matters}});
  return trends;
}

Json untested_json(const analysis::CalibrationFit& fit) {
  Json untested = Json::array();
  for (const analysis::LeftOut& one : fit.untested)
    untested.push_back({{"name", one.name}, {"why", one.why}});
  return untested;
}

Json side_json(const CalibrationSide& side) {
  return {{"files", side.files},         {"series", side.titles},
          {"setup_id", side.setup.id()}, {"setup", side.setup.to_json()},
          {"networks", side.networks},   {"data_digest", side.data_digest}};
}

Json pairs_json(const Calibration& calibration) {
  const analysis::CalibrationFit& fit = *calibration.fit;
  Json pairs = Json::array();
  for (std::size_t i = 0; i < calibration.pairs.size(); ++i) {
    const CalibratedPair& one = calibration.pairs[i];
    pairs.push_back({{"name", one.name},
                     {"network", one.network.empty() ? Json(nullptr) : Json(one.network)},
                     {"ops", one.ops},
                     {"simulated_seconds", one.simulated_seconds},
                     {"measured_seconds", one.measured_seconds},
                     {"calibrated_seconds", fit.calibrated[i]},
                     {"residual_percent", 100 * fit.residuals[i]},
                     {"left_out_percent", 100 * fit.left_out_residuals[i]}});
  }
  return pairs;
}

Json verdict_json(const Calibration& calibration) {
  return {{"ruling", name_of(calibration.ruling())},
          {"margin_percent", 100 * calibration.fit->margin},
          {"reasons", calibration.reasons()}};
}

Json entry_json(const Calibration& calibration, const CalibrationProvenance& provenance) {
  const analysis::CalibrationFit& fit = *calibration.fit;
  return {{"scope_id", calibration.scope.id()},
          {"scope", calibration.scope.to_json()},
          {"provenance",
           {{"opline_version", provenance.opline_version},
            {"created_utc", provenance.created_utc},
            {"command", provenance.command}}},
          {"scale", coefficient_json(fit.scale)},
          {"offset_seconds", fit.offset ? coefficient_json(*fit.offset) : Json(nullptr)},
          {"confidence", fit.confidence},
          {"n", fit.n},
          {"range",
           {{"simulated_seconds", interval_json(fit.simulated_range)},
            {"ops", interval_json(fit.ops_range)}}},
          {"fitted", errors_json(fit.fitted)},
          {"left_out", errors_json(fit.left_out)},
          {"further_error_percent", 100 * fit.further_error},
          {"trends", trends_json(fit)},
          {"untested", untested_json(fit)},
          {"verdict", verdict_json(calibration)},
          {"measured", side_json(calibration.measured)},
          {"simulated", side_json(calibration.simulated)},
          {"not_recorded", calibration.not_recorded},
          {"pairs", pairs_json(calibration)}};
}

// ---- Reading ----

void read_provenance(StrictObject json) {
  for (const char* key : {"opline_version", "created_utc", "command"}) (void)json.text(key);
  json.reject_unknown_keys();
}

double read_coefficient(StrictObject json) {
  const double estimate = json.number("estimate");
  (void)json.number("standard_error");
  (void)json.numbers("interval", 2);
  json.reject_unknown_keys();
  return estimate;
}

void read_errors(StrictObject json) {
  for (const char* key : {"mape_percent", "median_percent", "worst_percent", "bias_percent"})
    (void)json.number(key);
  json.reject_unknown_keys();
}

void read_range(StrictObject json) {
  (void)json.numbers("simulated_seconds", 2);
  (void)json.numbers("ops", 2);
  json.reject_unknown_keys();
}

void read_trends(StrictObject& json) {
  for (StrictObject& one : json.objects("trends")) {
    (void)one.text("name");
    for (const char* key : {"low", "high", "effect_percent"}) (void)one.number(key);
    (void)one.numbers("interval_percent", 2);
    (void)one.boolean("matters");
    one.reject_unknown_keys();
  }
  for (StrictObject& one : json.objects("untested")) {
    (void)one.text("name");
    (void)one.text("why");
    one.reject_unknown_keys();
  }
}

analysis::Ruling read_verdict(StrictObject json) {
  using analysis::Ruling;
  const Ruling ruling = json.choice("ruling", {Ruling::valid, Ruling::undecided, Ruling::not_valid},
                                    [](Ruling one) { return std::string(name_of(one)); });
  (void)json.number("margin_percent");
  (void)json.texts("reasons");
  json.reject_unknown_keys();
  return ruling;
}

void read_side(StrictObject json) {
  (void)json.texts("files");
  (void)json.texts("series");
  const measure::Setup setup = measure::Setup::from_json(json.value("setup"));
  if (json.text("setup_id") != setup.id()) json.fail("setup_id", "is not the id of `setup`");
  (void)json.integer("networks");
  (void)json.text("data_digest");
  json.reject_unknown_keys();
}

void read_pairs(StrictObject& json) {
  const std::vector<StrictObject> pairs = json.objects("pairs");
  if (json.integer("n") != pairs.size()) json.fail("n", "is not the number of `pairs`");
  for (StrictObject one : pairs) {
    (void)one.text("name");
    (void)one.optional_text("network");
    (void)one.integer("ops");
    for (const char* key : {"simulated_seconds", "measured_seconds", "calibrated_seconds",
                            "residual_percent", "left_out_percent"})
      (void)one.number(key);
    one.reject_unknown_keys();
  }
}

StoredCalibration read_entry(StrictObject& json) {
  StoredCalibration entry;
  entry.scope = Scope::from_json(json.object("scope"));
  if (json.text("scope_id") != entry.scope.id()) json.fail("scope_id", "is not the id of `scope`");
  read_provenance(json.object("provenance"));
  entry.scale = read_coefficient(json.object("scale"));
  if (!(entry.scale > 0)) json.fail("scale", "must be above 0");
  if (const auto offset = json.optional_object("offset_seconds"))
    entry.offset_seconds = read_coefficient(*offset);
  (void)json.number("confidence");
  read_range(json.object("range"));
  read_errors(json.object("fitted"));
  read_errors(json.object("left_out"));
  entry.further_error = json.number("further_error_percent") / 100;
  read_trends(json);
  entry.ruling = read_verdict(json.object("verdict"));
  read_side(json.object("measured"));
  read_side(json.object("simulated"));
  (void)json.texts("not_recorded");
  read_pairs(json);
  json.reject_unknown_keys();
  return entry;
}

}  // namespace

StoredCalibration stored(const Calibration& calibration, const CalibrationProvenance& provenance) {
  OPLINE_ASSERT(calibration.fit, "a calibration without constants is not stored");
  StoredCalibration entry;
  entry.scope = calibration.scope;
  entry.scale = calibration.fit->scale.estimate;
  if (calibration.fit->offset) entry.offset_seconds = calibration.fit->offset->estimate;
  entry.further_error = calibration.fit->further_error;
  entry.ruling = calibration.ruling();
  entry.json = entry_json(calibration, provenance);
  return entry;
}

CalibrationFile parse_calibrations(const std::string& text, const std::string& name) {
  const Json content = parse_json(text, name);
  StrictObject json(content, name);
  json.expect_text("format", kFormat, "give a file that opline calibrate wrote");
  if (json.integer("version") != kVersion)
    json.fail("version", fmt::format("is {}; this opline reads version {}; calibrate again",
                                     json.integer("version"), kVersion));
  CalibrationFile file{name, {}};
  const Json& entries = json.value("calibrations");
  std::vector<StrictObject> objects = json.objects("calibrations");
  for (std::size_t i = 0; i < objects.size(); ++i) {
    StoredCalibration entry = read_entry(objects[i]);
    entry.json = entries[i];
    for (const StoredCalibration& other : file.calibrations) {
      if (other.scope == entry.scope)
        objects[i].fail("scope", "is that of another calibration of the file; remove one");
    }
    file.calibrations.push_back(std::move(entry));
  }
  if (file.calibrations.empty()) json.fail("calibrations", "is empty; calibrate again");
  json.reject_unknown_keys();
  return file;
}

CalibrationFile load_calibrations(const std::filesystem::path& path) {
  return parse_calibrations(read_file(path), path.string());
}

std::string text_of(const CalibrationFile& file) {
  Json entries = Json::array();
  for (const StoredCalibration& one : file.calibrations) entries.push_back(one.json);
  return to_text(
      Json{{"format", kFormat}, {"version", kVersion}, {"calibrations", std::move(entries)}});
}

void put(CalibrationFile& file, StoredCalibration calibration) {
  const auto same =
      std::find_if(file.calibrations.begin(), file.calibrations.end(),
                   [&](const StoredCalibration& one) { return one.scope == calibration.scope; });
  if (same == file.calibrations.end()) {
    file.calibrations.push_back(std::move(calibration));
  } else {
    *same = std::move(calibration);
  }
}

}  // namespace opline::evaluation
