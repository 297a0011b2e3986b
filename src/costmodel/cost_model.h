// src/costmodel/cost_model.h - what a search loads: latency as a line in ops, with everything that
// scopes it.
//
// The file is JSON, "opline-cost-model" version 2; docs/formats/cost-model.md is its reference.
// Reading is strict: a missing, unknown or inconsistent key is an error, never a default. A model
// applies to one setup and one prior; outside the range of ops it has seen it is an extrapolation,
// and says so.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "analysis/numerics/interval.h"
#include "analysis/regression/regression.h"
#include "src/base/json.h"

namespace opline::costmodel {

/// An estimated coefficient. Error and interval are unknown for a whole enumeration, which samples
/// nothing.
struct Coefficient {
  double estimate = 0;
  std::optional<double> standard_error;
  std::optional<analysis::Interval> interval;  ///< At CostModel::confidence.
};

/// How many networks the fit is made from, and how many not. drawn >= different >= fitting >=
/// measured >= n.
struct Counts {
  std::optional<std::uint64_t> drawn;      ///< Draws from the prior; unknown for imported data.
  std::optional<std::uint64_t> different;  ///< Different networks among them; as `drawn`.
  std::optional<std::uint64_t> fitting;    ///< Of those tried, within flash and SRAM.
  std::uint64_t measured = 0;              ///< Of these, with a latency.
  std::uint64_t pending =
      0;  ///< Of the different ones, not tried yet: whether they fit is unknown.
};

/// Where the file comes from. Given by the caller, so that the same call writes the same bytes.
struct Provenance {
  std::string opline_version;  ///< "0.1.0"
  std::string study;           ///< File name of the study, or of the table that was imported.
  std::string created_utc;     ///< "2026-01-31T12:00:00Z"
  std::string command;         ///< The command line that made it.
};

/// latency = slope * ops + intercept, with latency in seconds.
struct CostModel {
  Coefficient slope;      ///< Seconds per op.
  Coefficient intercept;  ///< Seconds.
  std::uint64_t n = 0;    ///< Networks in the fit, >= 3.
  double confidence = 0.95;
  std::optional<double> r_squared;     ///< In [0, 1].
  double rmse_seconds = 0;             ///< Divisor n.
  std::optional<double> mape_percent;  ///< Mean of |latency - predicted| / latency, in per cent.
  std::uint64_t ops_min = 0, ops_max = 0;  ///< Range of ops seen.
  Counts counts;
  std::optional<std::string> space;  ///< As do prior and seed: unknown for imported data.
  std::optional<std::string> prior;
  std::optional<std::uint64_t> seed;
  /// Board, clock, runtime, firmware digest, compiler, flags, placement, runner, timing model: an
  /// object. It must hold `runner` ("simulated", "attached" or "imported"), `board` and `runtime`
  /// (text, or null where unknown).
  Json setup = Json::object();
  Provenance provenance;
};

/// A model with the figures of `fit`, in which x is ops and y seconds; the caller adds counts,
/// campaign, setup and provenance. `whole_enumeration`: every network of the space was measured, so
/// no errors and no intervals are stated.
[[nodiscard]] CostModel cost_model_of(const analysis::LinearFit& fit,
                                      bool whole_enumeration = false);

/// Seconds for a network of `ops`. Below the range seen a negative intercept may make it negative.
[[nodiscard]] double predict_seconds(const CostModel& model, std::uint64_t ops);
/// True where predict_seconds extrapolates: `ops` is outside of [ops_min, ops_max].
[[nodiscard]] bool outside_range_seen(const CostModel& model, std::uint64_t ops);

[[nodiscard]] Json to_json(const CostModel& model);
/// Strict, and reads version 1 too (docs/formats/cost-model.md); `name` stands for the file in
/// messages. Throws Error{input} "file: key: what, and what to do".
[[nodiscard]] CostModel cost_model_from_json(const Json& json, const std::string& name);

/// Throws Error{io}, or Error{input} naming file and key.
[[nodiscard]] CostModel load_cost_model(const std::filesystem::path& path);
/// The file's text. Throws Error{input} naming the key, and `name`, when the model could not be
/// read back.
[[nodiscard]] std::string cost_model_text(const CostModel& model, const std::string& name);
/// Writes in one step. Throws Error{io}; Error{input} naming the key when the model could not be
/// read back.
void write_cost_model(const std::filesystem::path& path, const CostModel& model);

}  // namespace opline::costmodel
