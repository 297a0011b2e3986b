// src/evaluation/judge.h - from a series to the verdict: may a search use ops as a stand-in here?
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "analysis/layers/layer_validation.h"
#include "analysis/layers/residual_features.h"
#include "analysis/validation/common_slope.h"
#include "analysis/validation/power.h"
#include "analysis/validation/proxy_validation.h"
#include "analysis/validation/sample_size.h"
#include "analysis/verdict/verdict.h"
#include "src/evaluation/series.h"

namespace opline::evaluation {

/// Half-width of the slope's interval, as a share of the slope, that the size of the next campaign
/// is computed for.
inline constexpr double kSlopePrecision = 0.01;

struct JudgeOptions {
  Response of = Response::latency;
  analysis::Thresholds thresholds;
  std::uint64_t seed = 1;       ///< Of bootstrap, cross-validation and regret.
  std::vector<double> budgets;  ///< In seconds or joules; empty: quartiles of what was measured.
  unsigned threads = 1;         ///< >= 1; changes no figure.
  /// ProxyValidationOptions::progress: units done, of all.
  std::function<void(std::uint64_t, std::uint64_t)> progress = {};
};

/// A judged series, or several series of one setup judged together.
struct Judgement {
  std::vector<const Series*> series;  ///< At least one.
  ResponseRows rows;                  ///< Of all of them; a network of two series counts once.
  bool whole_enumeration = false;
  std::optional<analysis::ProxyValidation> validation;
  std::optional<analysis::CommonSlope> groups;    ///< Of several series.
  std::optional<analysis::Verdict> verdict;       ///< Comes with `validation`.
  std::string why_none;                           ///< Where nothing could be judged.
  std::vector<analysis::LearningPoint> learning;  ///< Empty for few networks or a whole space.
  /// For a slope known to kSlopePrecision; none above kFarthestSample times those measured.
  std::optional<std::size_t> networks_for_slope;
  bool slope_beyond_reach = false;  ///< It takes more than that.
  /// What the networks' structure, or the columns of a table, explain of the residuals; of one
  /// series of latencies.
  /// Networks that `features` and `models` are about where they come from layers: the first of a
  /// long series (kMostNetworksWithLayers).
  std::optional<std::size_t> networks_with_layers;
  std::optional<analysis::ResidualFeatures> features;
  std::optional<analysis::LayerValidation> models;  ///< Other models on held-out networks.
  std::string why_unexplained;                      ///< Where both are missing.
  std::optional<analysis::PowerConstancy> power;    ///< Of measured energy.
};

/// `series` must outlive the result; figures that need layers are given where layers were read
/// (study_series.h). Throws Error{usage} naming two series that are not of one setup.
[[nodiscard]] Judgement judge(std::vector<const Series*> series, const JudgeOptions& options);

/// One verdict for each series, or, with `together`, one for all.
[[nodiscard]] std::vector<Judgement> judge_all(const std::vector<Series>& series, bool together,
                                               const JudgeOptions& options);

/// title_of() the series; of several what they share and what they differ in.
[[nodiscard]] std::string title_of(const Judgement& judgement);

/// The thresholds of a file. Throws as read_file() and analysis::parse_thresholds().
[[nodiscard]] analysis::Thresholds read_thresholds(const std::string& path);
/// The shipped ones, data/verdict.toml.
[[nodiscard]] analysis::Thresholds shipped_thresholds();

}  // namespace opline::evaluation
