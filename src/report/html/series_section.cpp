#include "src/report/html/series_section.h"

#include <fmt/format.h>

#include <algorithm>

#include "src/base/units.h"
#include "src/report/fit_report.h"
#include "src/report/html/markup.h"
#include "src/report/html/plain_words.h"
#include "src/report/judgement_report.h"
#include "src/report/judgement_words.h"
#include "src/report/model_report.h"
#include "src/report/parts.h"

namespace opline::report::html {
namespace {

using evaluation::Series;

std::string heading(const char* text) { return fmt::format("<h3>{}</h3>\n", text); }

std::string titled_list(const char* title, const std::vector<std::string>& texts) {
  return texts.empty() ? "" : heading(title) + sentences(texts);
}

std::string criteria_table(const evaluation::Judgement& judged) {
  std::vector<std::vector<std::string>> rows;
  for (const CriterionWords& one : criteria_of(judged)) {
    std::string result_class = one.result;
    rows.push_back({html_text(one.name), html_text(one.figure), html_text(one.interval),
                    html_text(one.required),
                    fmt::format("<span class=\"result {}\">{}</span>", result_class, one.result)});
  }
  return table(
      "Criteria of the verdict",
      {{"criterion"}, {"figure", true}, {"95 % interval", true}, {"required", true}, {"result"}},
      rows);
}

/// Measured, or power x latency. `energy`: of the fit's record, may be null.
std::string energy_text(const Json& energy) {
  if (energy.is_null()) return "";
  const std::string line =
      fmt::format("energy = {} x ops + {}",
                  number(energy.at("slope_joules_per_op").at("estimate"), "{:.4g} nJ/op", 1e9),
                  number(energy.at("intercept_joules").at("estimate"), "{:.4g} mJ", 1e3));
  if (!energy.at("by_construction").get<bool>())
    return fmt::format("<p>Measured {}, R<sup>2</sup> {}.</p>\n", line,
                       number(energy.at("r_squared"), "{:.4f}"));
  const Json& watts = energy.at("watts");
  return fmt::format(
      "<p>Modelled {}: {} x latency, and so as linear as latency by construction ({}).</p>\n", line,
      number(watts.at("value"), "{:.4g} W"), html_text(watts.at("source").get<std::string>()));
}

/// The line's coefficients and quality.
std::string fit_table(const Json& fit) {
  if (!fit.contains("slope_seconds_per_op"))
    return "<p>No line: " + html_text(fit.value("why_no_fit", "")) + "</p>\n";
  const auto coefficient = [&](const char* name, const char* key, const char* unit, double factor) {
    const Json& one = fit.at(key);
    // To the digits that the standard error leaves; four without one.
    const Json& known = one.at("standard_error");
    const double error = known.is_null() ? 0 : factor * known.get<double>();
    const auto digits = [&](const Json& value) {
      return to_error(factor * value.get<double>(), error);
    };
    const Json& range = one.at("interval");
    return std::vector<std::string>{
        name, digits(one.at("estimate")), number(known, "{:.2g}", factor),
        range.is_null() ? "-" : digits(range.at(0)) + " to " + digits(range.at(1)), unit};
  };
  std::string text = table("latency = slope x ops + intercept",
                           {{"coefficient"},
                            {"estimate", true},
                            {"standard error", true},
                            {"95 % interval", true},
                            {"unit"}},
                           {coefficient("slope", "slope_seconds_per_op", "ns/op", 1e9),
                            coefficient("intercept", "intercept_seconds", "ms", 1e3)});
  text += fmt::format(
      "<p>R<sup>2</sup> {}, mean absolute error {} %, throughput {} Mops/s, {} "
      "networks from {} to {}. Standard errors: {}.</p>\n",
      number(fit.at("r_squared"), "{:.4f}"), number(fit.at("mape_percent"), "{:.2f}"),
      number(fit.at("mops_per_second"), "{:.4g}"), fit.at("n").get<std::size_t>(),
      format_ops(fit.at("ops_min").get<std::uint64_t>()),
      format_ops(fit.at("ops_max").get<std::uint64_t>()),
      fit.at("errors").is_null()  ? "none, the whole space was measured"
      : fit.at("errors") == "hc3" ? "HC3"
                                  : "classical");
  return text + energy_text(fit.at("energy"));
}

struct ModelName {
  const char* key;
  const char* name;
};
constexpr ModelName kModels[] = {{"ops", "ops (the line)"},
                                 {"ops_by_type", "ops by layer type"},
                                 {"per_layer", "per layer, by kernel"},
                                 {"lookup", "lookup table of layers"},
                                 {"unseen_signatures", "per layer, new layer shapes"}};

std::string held_out_table(const Json& models) {
  if (models.is_null()) return "";
  double most = 0;
  std::vector<std::pair<std::string, Json>> found;
  for (const ModelName& model : kModels) {
    const Json& one = models.at(model.key);
    if (one.is_null() || one.at("networks_percent").is_null()) continue;
    found.emplace_back(
        model.name + std::string(one.at("by_construction") ? " (by construction)" : ""),
        one.at("networks_percent"));
    most = std::max(most, found.back().second.at("mape").get<double>());
  }
  std::vector<std::vector<std::string>> rows;
  rows.reserve(found.size());
  for (const auto& [name, errors] : found)
    rows.push_back({html_text(name), number(errors.at("mape"), "{:.2f}"),
                    bar(most > 0 ? errors.at("mape").get<double>() / most : 0),
                    number(errors.at("q50"), "{:.2f}"), number(errors.at("q90"), "{:.2f}"),
                    number(errors.at("q100"), "{:.2f}"), number(errors.at("bias"), "{:+.2f}")});
  const std::string text = table("Error on networks held out of the fit, in %, by model",
                                 {{"model"},
                                  {"mean", true},
                                  {""},
                                  {"50 % below", true},
                                  {"90 % below", true},
                                  {"worst", true},
                                  {"bias", true}},
                                 rows);
  return text.empty() ? text
                      : heading("Held-out error by model") + text +
                            "<p class=\"note\">By construction: both the layers' cycles and the "
                            "totals come from one simulator, so that sums of layers fit its totals "
                            "better than they would fit a board.</p>\n";
}

std::string influential_table(const Json& model) {
  if (!model.contains("diagnostics") || model.at("diagnostics").is_null()) return "";
  std::vector<std::vector<std::string>> rows;
  for (const Json& one : model.at("diagnostics").at("influential")) {
    rows.push_back({html_text(one.at("network").get<std::string>()),
                    format_ops(static_cast<std::uint64_t>(one.at("ops").get<double>())),
                    format_seconds(one.at("latency").get<double>()),
                    number(one.at("studentised_residual"), "{:.2f}"),
                    number(one.at("cooks_distance"), "{:.3g}")});
  }
  return table("The networks with most influence on the line",
               {{"network"},
                {"ops", true},
                {"latency", true},
                {"studentised residual", true},
                {"Cook's distance", true}},
               rows);
}

std::string rate_text(const Json& rate) {
  return number(rate.at("share"), "{:.1f} %", 100) +
         fmt::format(" of {}", rate.at("of").get<std::size_t>());
}

std::string budgets_table(const Json& validation) {
  if (validation.is_null()) return "";
  std::vector<std::vector<std::string>> rows;
  for (const Json& one : validation.at("budgets")) {
    const Json& with = one.at("with_latency_margin");
    rows.push_back({format_seconds(one.at("budget").get<double>()),
                    rate_text(one.at("false_feasible")), rate_text(one.at("false_infeasible")),
                    with.is_null() ? "-" : rate_text(with.at("false_feasible")),
                    with.is_null() ? "-" : rate_text(with.at("false_infeasible"))});
  }
  const std::string text = table("Mistakes of a search that keeps a latency budget by prediction",
                                 {{"budget", true},
                                  {"accepted, but slower", true},
                                  {"refused, but within", true},
                                  {"accepted, but slower, with margin", true},
                                  {"refused, but within, with margin", true}},
                                 rows);
  return text.empty() ? text : heading("Budgets") + text;
}

std::string features_table(const Json& features) {
  if (features.is_null()) return "";
  std::vector<std::vector<std::string>> rows;
  for (const Json& one : features.at("features")) {
    const double share = one.at("partial_r_squared").get<double>();
    rows.push_back({html_text(one.at("name").get<std::string>()), fmt::format("{:.3f}", share),
                    bar(share), number(one.at("effect_percent"), "{:+.1f} %"),
                    interval(one.at("interval"), "{:+.1f}")});
  }
  std::string text = table("What the residuals go with, one feature at a time",
                           {{"feature"},
                            {"partial R^2", true},
                            {""},
                            {"effect on latency", true},
                            {"95 % interval in %", true}},
                           rows);
  if (text.empty()) return text;
  const Json& share = features.at("explained_share");
  return heading("What explains the residuals") + text +
         "<p class=\"note\">Effect: from the feature's 10th to its 90th percentile." +
         (share.is_null() ? ""
                          : " Together these features explain " + number(share, "{:.0f} %", 100) +
                                " of the residuals' variance.") +
         "</p>\n";
}

std::string learning_table(const Json& learning) {
  std::vector<std::vector<std::string>> rows;
  for (const Json& one : learning)
    rows.push_back({std::to_string(one.at("networks").get<std::size_t>()),
                    number(one.at("mape_percent"), "{:.2f} %"),
                    interval(one.at("interval"), "{:.2f}")});
  const std::string text =
      table("Held-out error of lines fitted to fewer networks",
            {{"networks", true}, {"mean error", true}, {"5 to 95 % of draws", true}}, rows);
  return text.empty() ? text : heading("How many networks it takes") + text;
}

std::string setup_list(const JudgedSeries& one, const Json& setup) {
  std::string text = "<details><summary>Setup and provenance</summary>\n<dl>\n";
  const auto item = [&](const std::string& name, const std::string& value) {
    text += "<dt>" + html_text(name) + "</dt><dd>" + html_text(value, 2000) + "</dd>\n";
  };
  item("setup id", one.fit->series->setup_id);
  for (const auto& [key, value] : setup.items()) {
    if (!value.is_null()) item(key, value.is_string() ? value.get<std::string>() : value.dump());
  }
  if (one.campaign != nullptr) {
    if (!one.campaign->campaign.command.empty())
      item("measured by", one.campaign->campaign.command);
    item("campaign created", one.campaign->created_at + " by " + one.campaign->opline_version);
  }
  return text + "</dl></details>\n";
}

}  // namespace

std::string verdict_card(const JudgedSeries& one, std::size_t number, bool alone) {
  const evaluation::Judgement& judged = *one.judged;
  const std::string title = html_text(title_of(*one.fit->series), 1000);
  std::string text = fmt::format(
      "<article class=\"verdict {0}\" data-series=\"{1}\" aria-labelledby=\"verdict-{1}\">\n"
      "<p class=\"ruling\"><span class=\"swatch\" data-swatch=\"{1}\" aria-hidden=\"true\"></span>"
      "{2}</p>\n<p class=\"answer\" id=\"verdict-{1}\">{3}</p>\n",
      ruling_class(judged), number, html_text(ruling_text(judged)),
      html_text(answer_of(judged), 2000));
  text +=
      fmt::format("<p class=\"note\">{}: {}. <a href=\"#series-{}\">Fit and diagnostics</a></p>\n",
                  title, html_text(counts_of(*one.fit->series)), number);
  if (!judged.verdict) return text + "</article>\n";
  if (!alone) text += "<details><summary>Criteria, reasons, what to do next</summary>\n";
  text += criteria_table(judged) + titled_list("Why", judged.verdict->reasons) +
          titled_list("What to do next", advice_of(judged));
  return text + (alone ? "" : "</details>\n") + "</article>\n";
}

std::string series_section(const JudgedSeries& one, std::size_t number) {
  const Series& series = *one.fit->series;
  const Json fit = record_of(*one.fit).json();
  const Json judged = record_of(*one.judged).json();
  const Json model = record_of(*one.model).json();
  std::string text = fmt::format(
      "<section id=\"series-{0}\" class=\"series\" data-series=\"{0}\" "
      "aria-labelledby=\"title-{0}\">\n<h2 id=\"title-{0}\"><span class=\"swatch\" "
      "data-swatch=\"{0}\" aria-hidden=\"true\"></span>{1}</h2>\n<p class=\"note\">{2}. "
      "Networks: {3}.</p>\n",
      number, html_text(one.name), html_text(title_of(series), 1000), html_text(counts_of(series)));
  text += heading("Fit") + fit_table(fit);
  text += titled_list("Diagnostics", diagnostics_of(*one.judged, *one.model)) +
          influential_table(model);
  text += held_out_table(judged.at("models")) + budgets_table(judged.at("validation")) +
          features_table(judged.at("features")) + learning_table(judged.at("learning_curve"));
  return text + titled_list("To keep in mind", caveats_of(*one.judged)) +
         setup_list(one, fit.at("setup")) + "</section>\n";
}

}  // namespace opline::report::html
