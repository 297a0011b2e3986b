// src/cli/judging.h - from a series to the verdict on its proxy: shared by validate and study.
#pragma once
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
#include "src/base/json.h"
#include "src/cli/measured_table.h"
#include "src/cli/model_fit.h"

namespace opline::cli {

/// Exit codes of `opline validate`. `valid` is 0; where nothing could be judged it is that of
/// ErrorCode::input.
inline constexpr int kValidWithMargin = 8;
inline constexpr int kNotValid = 9;
/// Half-width of the slope's interval, as a share of it, that the size of the next campaign is told
/// for.
inline constexpr double kSlopePrecision = 0.01;

struct JudgeOptions {
  Response of = Response::latency;
  analysis::Thresholds thresholds;
  std::uint64_t seed = 1;       ///< Of bootstrap, cross-validation and regret.
  std::vector<double> budgets;  ///< In seconds or joules; empty: the quartiles.
  TableFeatures features;       ///< Of networks whose layers are not known.
  std::function<void(std::uint64_t, std::uint64_t)> progress =
      {};  ///< ProxyValidationOptions::progress.
};

/// One proxy, judged: a series, or several of one setup together.
struct Judged {
  std::vector<const FittedSeries*> series;  ///< At least one.
  ResponseRows rows;  ///< Of all of them; a network of two series counts once.
  bool whole_enumeration = false;
  std::optional<analysis::ProxyValidation> validation;
  std::optional<analysis::CommonSlope> groups;  ///< Of several series.
  std::optional<analysis::Verdict> verdict;     ///< Comes with `validation`.
  std::string why_none;                         ///< Without them: nothing could be judged.
  std::vector<analysis::LearningPoint>
      learning;  ///< Empty for few networks and for a whole enumeration.
  std::optional<std::size_t> networks_for_slope;  ///< For a slope known to kSlopePrecision.
  /// What the structure of the networks says about what ops leave; of one series of latencies.
  std::optional<analysis::ResidualFeatures> features;
  std::optional<analysis::LayerValidation> models;
  std::optional<analysis::PowerConstancy> power;  ///< Of measured energy.
  std::string why_unexplained;                    ///< Where both are missing.

  [[nodiscard]] std::string title() const;
};

/// Of the worst: not valid, then nothing could be judged, then valid with a margin.
[[nodiscard]] int exit_code_of(const std::vector<Judged>& all);

/// `series` must outlive the result. Several must be of one setup: throws Error{usage} that names
/// two that are not.
[[nodiscard]] Judged judge(store::Study& study, std::vector<const FittedSeries*> series,
                           const JudgeOptions& options);

/// Everything, the verdict first. Ends with a newline.
[[nodiscard]] std::string in_words(const Judged& judged);
/// Verdict, reasons and what to do: a few lines. Ends with a newline.
[[nodiscard]] std::string verdict_in_words(const Judged& judged);
/// docs/formats/validation.md.
[[nodiscard]] Json to_json(const Judged& judged);

/// The thresholds of a file, or the defaults.
[[nodiscard]] analysis::Thresholds read_thresholds(const std::optional<std::string>& path);

}  // namespace opline::cli
