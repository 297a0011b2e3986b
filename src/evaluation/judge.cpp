#include "src/evaluation/judge.h"

#include <algorithm>
#include <set>
#include <span>

#include "src/base/error.h"
#include "src/base/files.h"

#include "src/evaluation/observations.h"

namespace opline::evaluation {
namespace {

/// The rows of all series, each network once; and each series' own.
struct Pooled {
  ResponseRows rows;
  std::vector<ResponseRows> groups;
};

void append(ResponseRows& rows, const ResponseRows& more, std::size_t i) {
  rows.rows.push_back(more.rows[i]);
  rows.ops.push_back(more.ops[i]);
  rows.y.push_back(more.y[i]);
}

Pooled pool(const std::vector<const Series*>& series, Response of) {
  Pooled pooled;
  pooled.rows.of = of;
  std::set<std::string_view> seen;
  for (const Series* one : series) {
    const ResponseRows rows = response_rows(*one, of);
    ResponseRows group;
    for (std::size_t i = 0; i < rows.y.size(); ++i) {
      if (series.size() > 1 && !seen.insert(rows.rows[i]->network).second) continue;
      append(group, rows, i);
      append(pooled.rows, rows, i);
    }
    pooled.rows.by_construction = pooled.rows.by_construction || rows.by_construction;
    if (!rows.why_none.empty()) pooled.rows.why_none = rows.why_none;
    if (series.size() == 1) pooled.rows.lack_of_fit = rows.lack_of_fit;
    pooled.groups.push_back(std::move(group));
  }
  return pooled;
}

/// What tells the groups apart: their spaces, else campaigns.
std::string group_name(const std::vector<const Series*>& series, const Series& one) {
  const auto same = [&](const Series* other) { return other->space == one.space; };
  if (std::count_if(series.begin(), series.end(), same) == 1) return one.space;
  return campaign_title(one);
}

std::optional<analysis::CommonSlope> compare_groups(const Judgement& judged,
                                                    const std::vector<ResponseRows>& groups,
                                                    const analysis::Thresholds& thresholds) {
  if (groups.size() < 2) return std::nullopt;
  std::vector<analysis::SlopeGroup> slopes;
  for (std::size_t i = 0; i < groups.size(); ++i)
    slopes.push_back({group_name(judged.series, *judged.series[i]), groups[i].ops, groups[i].y});
  analysis::CommonSlopeOptions options;
  options.margin = thresholds.slope_difference_percent / 100;
  options.whole_enumeration = judged.whole_enumeration;
  return analysis::try_compare_slopes(slopes, options).optional();
}

/// The figures of a table's networks that were judged.
std::vector<analysis::NetworkFeature> figures_of(const Series& series) {
  std::vector<analysis::NetworkFeature> features;
  for (const RowFigure& figure : series.figures) {
    analysis::NetworkFeature feature{figure.name, "", {}};
    for (std::size_t i = 0; i < series.rows.size(); ++i) {
      if (series.rows[i].seconds) feature.values.push_back(figure.values[i]);
    }
    features.push_back(std::move(feature));
  }
  return features;
}

/// Of the first `networks` rows.
void explain_by(Judgement& judged, const std::vector<analysis::NetworkFeature>& features,
                std::size_t networks) {
  const auto found =
      analysis::try_explain_residuals(std::span(judged.rows.ops).first(networks),
                                      std::span(judged.rows.y).first(networks), features);
  judged.features = found.optional();
  judged.why_unexplained = found.reason();
}

/// What the structure of the networks, or the columns of a table, explain of the residuals.
void explain(Judgement& judged) {
  const Series& series = *judged.series.front();
  if (judged.series.size() != 1 || judged.rows.of != Response::latency) {
    judged.why_unexplained = "reported for the latencies of a single series only";
    return;
  }
  const Observations observed = observe(series);
  judged.why_unexplained = observed.why_none;
  if (observed.layers.empty() && series.figures.empty()) return;
  if (observed.layers.empty()) return explain_by(judged, figures_of(series), judged.rows.y.size());
  judged.networks_with_layers = observed.networks;
  explain_by(judged, observed.features, observed.networks);
  analysis::LayerValidationOptions options;
  options.layers_by_construction = observed.by_construction;
  judged.models = analysis::try_validate_layer_models(
                      observed.layers, std::span(judged.rows.y).first(observed.networks), options)
                      .optional();
}

/// Would fewer networks have been enough, and how many should the next campaign have?
void learn(Judgement& judged, const JudgeOptions& options) {
  const analysis::ProxyValidation& validation = *judged.validation;
  if (judged.whole_enumeration) return;
  constexpr std::size_t kFewest = 20;
  if (validation.n >= kFewest) {
    analysis::LearningOptions wanted;
    wanted.seed = options.seed;
    wanted.threads = options.threads;
    judged.learning = analysis::try_learning_curve(judged.rows.ops, judged.rows.y, wanted)
                          .optional()
                          .value_or(std::vector<analysis::LearningPoint>{});
  }
  if (validation.slope_hc3 && validation.slope_hc3->estimate > 0) {
    const analysis::Coefficient& slope = *validation.slope_hc3;
    judged.networks_for_slope = analysis::rows_for_precision(
        validation.n, (slope.interval.high - slope.interval.low) / 2 / slope.estimate,
        kSlopePrecision);
    judged.slope_beyond_reach =
        judged.networks_for_slope.value_or(0) > analysis::kFarthestSample * validation.n;
    if (judged.slope_beyond_reach) judged.networks_for_slope.reset();
  }
}

/// Power of the networks whose energy was measured; of a modelled one it is what the model says.
std::optional<analysis::PowerConstancy> power_of(const Judgement& judged) {
  if (judged.rows.of != Response::energy || judged.rows.by_construction) return std::nullopt;
  std::vector<double> seconds;
  std::vector<double> joules;
  for (const Row* row : judged.rows.rows) {
    if (!row->seconds || !row->joules) continue;
    seconds.push_back(*row->seconds);
    joules.push_back(*row->joules);
  }
  return analysis::power_constancy(seconds, joules);
}

void require_one_setup(const std::vector<const Series*>& series) {
  for (const Series* one : series) {
    if (one->setup_id == series.front()->setup_id) continue;
    throw Error(ErrorCode::usage,
                "cannot pool series measured under different setups: {}; {}. Choose a board or a "
                "setup, or compare them with opline compare",
                title_of(*series.front()), title_of(*one));
  }
}

analysis::ProxyValidationOptions validation_options(const Judgement& judged,
                                                    const JudgeOptions& options) {
  analysis::ProxyValidationOptions wanted;
  wanted.whole_enumeration = judged.whole_enumeration;
  wanted.rows_are_networks = true;  // repeats of a table are already one row
  wanted.false_feasible = options.thresholds.false_feasible();
  wanted.budgets = options.budgets;
  wanted.seed = options.seed;
  wanted.threads = options.threads;
  wanted.progress = options.progress;
  return wanted;
}

/// What advice may offer.
analysis::SourceFacts facts_of(const std::vector<const Series*>& series, Response of) {
  const auto all = [&](const auto& holds) {
    return std::all_of(series.begin(), series.end(),
                       [&](const Series* one) { return holds(*one); });
  };
  analysis::SourceFacts facts;
  facts.layers_known = all([](const Series& one) { return !one.layers.empty(); });
  facts.prior_known = all([](const Series& one) { return one.sampled(); });
  facts.can_draw_more = facts.prior_known;
  facts.from_table = all([](const Series& one) { return !one.seed.has_value(); });
  facts.response = to_string(of);
  if (series.size() == 1) facts.repeats = series.front()->repeat_spread;
  return facts;
}

}  // namespace

std::string title_of(const Judgement& judgement) {
  const std::vector<const Series*>& series = judgement.series;
  if (series.size() == 1) return title_of(*series.front());
  std::string text = "together: ";
  for (const Series* one : series)
    text += (one == series.front() ? "" : "; ") + group_name(series, *one);
  const measure::Setup& setup = series.front()->setup;
  return text + " on " + setup.board + " (" + std::string(to_string(setup.runner)) + ", " +
         setup.runtime.text_or("runtime unknown") + ")";
}

Judgement judge(std::vector<const Series*> series, const JudgeOptions& options) {
  require_one_setup(series);
  Judgement judged;
  judged.series = std::move(series);
  judged.whole_enumeration = std::all_of(judged.series.begin(), judged.series.end(),
                                         [](const Series* one) { return one->covers_whole_space; });
  Pooled pooled = pool(judged.series, options.of);
  judged.rows = std::move(pooled.rows);
  judged.why_none = judged.rows.why_none;
  if (!judged.why_none.empty()) return judged;
  const auto validation = analysis::try_validate_proxy(judged.rows.ops, judged.rows.y,
                                                       validation_options(judged, options));
  judged.validation = validation.optional();
  judged.why_none = validation.reason();
  if (!validation) return judged;
  judged.groups = compare_groups(judged, pooled.groups, options.thresholds);
  learn(judged, options);
  judged.power = power_of(judged);
  explain(judged);
  judged.verdict = analysis::judge(
      *judged.validation, judged.groups ? std::optional(judged.groups->worst) : std::nullopt,
      options.thresholds, facts_of(judged.series, judged.rows.of));
  return judged;
}

std::vector<Judgement> judge_all(const std::vector<Series>& series, bool together,
                                 const JudgeOptions& options) {
  std::vector<const Series*> all;
  all.reserve(series.size());
  for (const Series& one : series) all.push_back(&one);
  std::vector<Judgement> judged;
  if (together) {
    judged.push_back(judge(all, options));
  } else {
    for (const Series* one : all) judged.push_back(judge({one}, options));
  }
  return judged;
}

analysis::Thresholds read_thresholds(const std::string& path) {
  return analysis::parse_thresholds(read_file(path), path);
}

analysis::Thresholds shipped_thresholds() {
  return read_thresholds(resource("data/verdict.toml").string());
}

}  // namespace opline::evaluation
