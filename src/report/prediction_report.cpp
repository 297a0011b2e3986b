#include "src/report/prediction_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "src/base/printable.h"
#include "src/base/units.h"

namespace opline::report {
namespace {

using costmodel::Model;
using costmodel::Prediction;

/// "245 ms", "40.4 mJ".
std::string amount(const Model& model, double value) {
  if (model.of == costmodel::Response::latency && value >= 0) return format_seconds(value);
  const double size = std::abs(value);
  if (size >= 1) return fmt::format("{:.3g} {}", value, model.unit());
  if (size >= 1e-3) return fmt::format("{:.3g} m{}", 1e3 * value, model.unit());
  return fmt::format("{:.3g} u{}", 1e6 * value, model.unit());
}

std::string line_of(const ModelAnswer& answer) {
  const Model& model = *answer.model;
  const Prediction& one = *answer.prediction;
  return fmt::format(
      "  {:<22} {:>9}   {:<22} {:>9}   {:<18}{}\n", model.title(), amount(model, one.value),
      one.interval ? fmt::format("{} to {}", amount(model, one.interval->low),
                                 amount(model, one.interval->high))
                   : "unknown",
      one.bound ? amount(model, *one.bound) : "unknown",
      model.verdict ? name_of(model.verdict->ruling) : "not judged",
      answer.within_budget ? (*answer.within_budget ? "within budget" : "above budget") : "");
}

/// Why to be careful; what several models say is said once.
void add_remarks(std::string& text, const PredictionView& view) {
  std::vector<std::string> said;
  std::string unanswered;
  for (const ModelAnswer& answer : view.answers) {
    if (!answer.prediction) {
      unanswered += fmt::format("{}{}", unanswered.empty() ? "" : "; ", answer.model->title());
      continue;
    }
    for (const std::string& one : answer.prediction->outside) {
      if (std::find(said.begin(), said.end(), one) != said.end()) continue;
      text += "  extrapolated: " + printable(one, std::string::npos) + "\n";
      said.push_back(one);
    }
  }
  if (unanswered.empty()) return;
  const auto first = std::find_if(view.answers.begin(), view.answers.end(),
                                  [](const ModelAnswer& one) { return !one.prediction; });
  text += fmt::format("  no prediction by {}: {}\n", unanswered,
                      printable(first->prediction.reason(), std::string::npos));
}

Json offered(const ModelAnswer& answer) {
  const Model& model = *answer.model;
  Json json = {
      {"of", to_string(model.of)}, {"kind", to_string(model.kind)}, {"unit", model.unit()}};
  const bool known = answer.prediction.has_value();
  const Prediction none;
  const Prediction& one = known ? *answer.prediction : none;
  json["value"] = known ? Json(one.value) : Json(nullptr);
  json["interval"] =
      one.interval ? Json::array({one.interval->low, one.interval->high}) : Json(nullptr);
  json["bound"] = json_or_null(one.bound);
  json["within_budget"] = json_or_null(answer.within_budget);
  json["outside"] = one.outside;
  json["ruling"] = model.verdict ? Json(name_of(model.verdict->ruling)) : Json(nullptr);
  json["why_none"] = known ? Json(nullptr) : Json(answer.prediction.reason());
  return json;
}

}  // namespace

std::string text_of(const PredictionView& view) {
  std::string text = view.name.empty() ? "network" : printable(view.name);
  if (view.ops) text += ", " + format_ops(*view.ops);
  text += fmt::format("\n  {:<22} {:>9}   {:<22} {:>9}   {}\n", "model", "predicted", "interval",
                      "at most", "verdict");
  for (const ModelAnswer& answer : view.answers) {
    if (answer.prediction) text += line_of(answer);
  }
  if (!view.calibration.empty())
    text += "  simulated, " + printable(view.calibration, std::string::npos) + "\n";
  add_remarks(text, view);
  return text;
}

Json to_json(const PredictionView& view) {
  Json predictions = Json::array();
  for (const ModelAnswer& answer : view.answers) predictions.push_back(offered(answer));
  return {{"name", view.name.empty() ? Json(nullptr) : Json(view.name)},
          {"ops", json_or_null(view.ops)},
          {"predictions", std::move(predictions)}};
}

}  // namespace opline::report
