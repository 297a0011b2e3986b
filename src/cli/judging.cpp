#include "src/cli/judging.h"

#include <algorithm>
#include <set>
#include <thread>

#include "src/base/error.h"
#include "src/base/files.h"
#include "src/cli/observations.h"

namespace opline::cli {
namespace {

/// The rows of all series, a network once; and each series' own ones.
struct Pooled {
  ResponseRows rows;
  std::vector<ResponseRows> groups;
};

void append(ResponseRows& rows, const ResponseRows& more, std::size_t i) {
  rows.networks.push_back(more.networks[i]);
  rows.ids.push_back(more.ids[i]);
  rows.positions.push_back(more.positions[i]);
  rows.ops.push_back(more.ops[i]);
  rows.y.push_back(more.y[i]);
}

Pooled pool(const std::vector<const FittedSeries*>& series, Response of) {
  Pooled pooled;
  pooled.rows.of = of;
  std::set<std::string> seen;
  for (const FittedSeries* one : series) {
    const ResponseRows rows = response_rows(*one, of);
    ResponseRows group;
    for (std::size_t i = 0; i < rows.y.size(); ++i) {
      if (!seen.insert(rows.ids[i]).second) continue;
      append(group, rows, i);
      append(pooled.rows, rows, i);
    }
    pooled.rows.by_construction = pooled.rows.by_construction || rows.by_construction;
    if (!rows.why_none.empty()) pooled.rows.why_none = rows.why_none;
    pooled.groups.push_back(std::move(group));
  }
  return pooled;
}

/// What tells the groups apart: their spaces, else the whole title.
std::string group_name(const std::vector<const FittedSeries*>& series, const FittedSeries& one) {
  const auto same = [&](const FittedSeries* other) {
    return other->campaign.space_name == one.campaign.space_name;
  };
  if (std::count_if(series.begin(), series.end(), same) == 1) return one.campaign.space_name;
  return one.campaign.space_name + ", " + one.campaign.campaign.prior +
         (one.campaign.campaign.seed ? ", seed " + std::to_string(*one.campaign.campaign.seed)
                                     : "");
}

std::optional<analysis::CommonSlope> compare_groups(const Judged& judged,
                                                    const std::vector<ResponseRows>& groups,
                                                    const analysis::Thresholds& thresholds) {
  if (groups.size() < 2) return std::nullopt;
  std::vector<analysis::SlopeGroup> slopes;
  for (std::size_t i = 0; i < groups.size(); ++i)
    slopes.push_back({group_name(judged.series, *judged.series[i]), groups[i].ops, groups[i].y});
  analysis::CommonSlopeOptions options;
  options.margin = thresholds.slope_difference_percent / 100;
  options.whole_enumeration = judged.whole_enumeration;
  return analysis::compare_slopes(slopes, options);
}

/// The columns of a table, a value a row.
std::vector<analysis::NetworkFeature> features_of(const Judged& judged,
                                                  const TableFeatures& given) {
  std::vector<analysis::NetworkFeature> features;
  for (std::size_t column = 0; column < given.names.size(); ++column) {
    analysis::NetworkFeature feature{given.names[column], "", {}};
    for (const std::string& network : judged.rows.networks)
      feature.values.push_back(given.by_network.at(network).at(column));
    features.push_back(std::move(feature));
  }
  return features;
}

/// What the structure of the networks, or the columns of a table, say about the rest: of one series
/// of latencies.
void explain(store::Study& study, Judged& judged, const TableFeatures& given) {
  if (judged.series.size() != 1 || judged.rows.of != Response::latency) {
    judged.why_unexplained = "told of the latencies of one series only";
    return;
  }
  const Observations observed = observe(study, *judged.series.front());
  judged.why_unexplained = observed.why_none;
  try {
    if (observed.layers.empty()) {
      if (given.names.empty()) return;
      judged.features =
          analysis::explain_residuals(judged.rows.ops, judged.rows.y, features_of(judged, given));
      return;
    }
    judged.features =
        analysis::explain_residuals(judged.rows.ops, judged.rows.y, observed.features);
    analysis::LayerValidationOptions options;
    options.layers_by_construction = observed.by_construction;
    judged.models = analysis::validate_layer_models(observed.layers, judged.rows.y, options);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::input) throw;
    judged.why_unexplained = error.what();
  }
}

/// Would fewer have done, and how many should the next campaign have?
void learn(Judged& judged, const JudgeOptions& options) {
  const analysis::ProxyValidation& validation = *judged.validation;
  if (judged.whole_enumeration) return;
  constexpr std::size_t kFewest = 20;
  if (validation.n >= kFewest) {
    analysis::LearningOptions wanted;
    wanted.seed = options.seed;
    wanted.threads = std::max(1U, std::thread::hardware_concurrency());
    judged.learning = analysis::learning_curve(judged.rows.ops, judged.rows.y, wanted);
  }
  if (validation.slope_hc3 && validation.slope_hc3->estimate > 0) {
    const analysis::Coefficient& slope = *validation.slope_hc3;
    judged.networks_for_slope = analysis::rows_for_precision(
        validation.n, (slope.interval.high - slope.interval.low) / 2 / slope.estimate,
        kSlopePrecision);
  }
}

/// Power of the networks whose energy was measured; of a modelled one it is what the model says.
std::optional<analysis::PowerConstancy> power_of(const Judged& judged) {
  if (judged.rows.of != Response::energy || judged.rows.by_construction) return std::nullopt;
  std::vector<double> seconds;
  std::vector<double> joules;
  for (const FittedSeries* one : judged.series) {
    for (const store::MeasurementRow& row : one->series.rows) {
      const std::optional<double> latency = latency_of(row, one->series.setup.setup);
      if (!latency || !row.joules) continue;
      seconds.push_back(*latency);
      joules.push_back(*row.joules);
    }
  }
  return analysis::power_constancy(seconds, joules);
}

void require_one_setup(const std::vector<const FittedSeries*>& series) {
  for (const FittedSeries* one : series) {
    if (one->series.setup.id == series.front()->series.setup.id) continue;
    throw Error(ErrorCode::usage,
                "series of different setups are no one proxy: {}; {}. Choose a board or --setup, "
                "or compare "
                "them with opline compare",
                series.front()->title(), one->title());
  }
}

}  // namespace

int exit_code_of(const std::vector<Judged>& all) {
  const auto any = [&](const auto& holds) { return std::any_of(all.begin(), all.end(), holds); };
  const auto ruled = [&](analysis::Ruling ruling) {
    return any([&](const Judged& one) { return one.verdict && one.verdict->ruling == ruling; });
  };
  if (ruled(analysis::Ruling::not_valid)) return kNotValid;
  if (any([](const Judged& one) { return !one.verdict; }))
    return static_cast<int>(ErrorCode::input);
  return ruled(analysis::Ruling::valid_with_margin) ? kValidWithMargin : 0;
}

std::string Judged::title() const {
  if (series.size() == 1) return series.front()->title();
  std::string text = "together: ";
  for (const FittedSeries* one : series)
    text += (one == series.front() ? "" : "; ") + group_name(series, *one);
  const measure::Setup& setup = series.front()->series.setup.setup;
  return text + " on " + setup.board + " (" + std::string(to_string(setup.runner)) + ", " +
         (setup.runtime.empty() ? "runtime unknown" : setup.runtime) + ")";
}

Judged judge(store::Study& study, std::vector<const FittedSeries*> series,
             const JudgeOptions& options) {
  require_one_setup(series);
  Judged judged;
  judged.series = std::move(series);
  judged.whole_enumeration =
      std::all_of(judged.series.begin(), judged.series.end(),
                  [](const FittedSeries* one) { return one->whole_enumeration; });
  Pooled pooled = pool(judged.series, options.of);
  judged.rows = std::move(pooled.rows);
  judged.why_none = judged.rows.why_none;
  if (!judged.why_none.empty()) return judged;
  analysis::ProxyValidationOptions wanted;
  wanted.whole_enumeration = judged.whole_enumeration;
  wanted.false_feasible = options.thresholds.false_feasible();
  wanted.budgets = options.budgets;
  wanted.seed = options.seed;
  wanted.threads = std::max(1U, std::thread::hardware_concurrency());
  wanted.progress = options.progress;
  try {
    judged.validation = analysis::validate_proxy(judged.rows.ops, judged.rows.y, wanted);
    judged.groups = compare_groups(judged, pooled.groups, options.thresholds);
    learn(judged, options);
    judged.power = power_of(judged);
    explain(study, judged, options.features);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::input) throw;
    judged.why_none = error.what();
    judged.validation.reset();
    return judged;
  }
  judged.verdict = analysis::judge(
      *judged.validation, judged.groups ? std::optional(judged.groups->worst) : std::nullopt,
      options.thresholds);
  return judged;
}

analysis::Thresholds read_thresholds(const std::optional<std::string>& path) {
  const std::filesystem::path file =
      path ? std::filesystem::path(*path) : resource("data/verdict.toml");
  return analysis::parse_thresholds(read_file(file), file.string());
}

}  // namespace opline::cli
