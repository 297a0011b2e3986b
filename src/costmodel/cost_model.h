// src/costmodel/cost_model.h - what a search loads: models of latency and energy, with everything
// that scopes and qualifies them.
//
// The file is JSON, "opline-cost-model" version 3; docs/formats/cost-model.md is its reference and
// data/schemas/cost-model.schema.json its JSON Schema. It holds one or several models of the same
// networks on the same setup: a line in ops, a price per op for each layer type, a form for each
// kernel, a table of layers; for latency, for energy or both. Reading is strict: a missing, unknown
// or inconsistent key is an error, never a default. How to predict: prediction.h.
#pragma once
#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "analysis/layers/model_kind.h"
#include "analysis/numerics/interval.h"
#include "analysis/numerics/relative_errors.h"
#include "analysis/regression/linear_model.h"
#include "analysis/validation/latency_margin.h"
#include "analysis/validation/prediction_interval.h"
#include "analysis/verdict/prediction_verdict.h"
#include "src/base/json.h"
#include "src/measure/response.h"

namespace opline::costmodel {

using analysis::ModelKind;
using measure::Response;

/// One addend of a model: estimate x figure, the figure being what the name says. Error and
/// interval are unknown for a whole enumeration, which samples nothing.
struct Term {
  std::string name;  ///< "intercept" (figure 1), "ops", a layer type, "macs", "output_elements",
                     ///< "bytes".
  std::string unit;  ///< Of the estimate, e.g. "s/op".
  std::vector<std::string> types;  ///< Of kind ops_by_type: the layer types whose ops it prices.
  double estimate = 0;
  std::optional<double> standard_error;
  std::optional<analysis::Interval> interval;  ///< At Model::confidence.
};

/// A sum of terms.
struct LinearForm {
  std::vector<Term> terms;  ///< At least one; names differ.
  /// Row-major, terms x terms, in their order; empty where it is unknown.
  std::vector<double> covariance;
  analysis::CovarianceKind covariance_kind = analysis::CovarianceKind::hc3;

  /// Null where there is no such term.
  [[nodiscard]] const Term* term(std::string_view name) const;
  /// The estimate; 0 where there is no such term.
  [[nodiscard]] double estimate(std::string_view name) const;
};

/// What a kernel's layers take: intercept, macs, output_elements, bytes.
struct KernelForm {
  std::string kernel;
  std::uint64_t layers = 0;      ///< Fitted.
  std::uint64_t signatures = 0;  ///< Different ones among them.
  LinearForm form;
  analysis::Interval macs, output_elements, bytes;
};

/// A layer of the lookup table.
struct KnownLayer {
  std::string signature;     ///< network::signature_of().
  std::uint64_t layers = 0;  ///< Measured.
  double mean = 0;           ///< Seconds or joules; what is predicted.
  double smallest = 0, largest = 0;
};

/// In-sample figures of a model of networks.
struct FitFigures {
  std::uint64_t n = 0;                 ///< Networks, >= 3.
  std::optional<double> r_squared;     ///< In [0, 1]; none when every value is the same.
  double rmse = 0;                     ///< Unit of the model; divisor n.
  std::optional<double> mape_percent;  ///< Mean of |value - predicted| / value.
};

struct TypeRange {
  std::string type;
  analysis::Interval ops;
};

/// One model. Which members it has depends on its kind.
struct Model {
  Response of = Response::latency;
  /// What the model is compared with was made from what it was fitted to: energy modelled as a
  /// constant power times latency; a simulator's networks, which are the sums of its layers.
  bool by_construction = false;
  ModelKind kind = ModelKind::ops;
  double confidence = 0.95;  ///< Of the intervals of terms.

  std::optional<LinearForm> line;  ///< Of kinds ops and ops_by_type.
  std::optional<FitFigures> fit;   ///< Likewise.

  bool kernels_known = false;  ///< Forms are of opline's kernels; else layer types stand for them.
  std::vector<KernelForm> forms;       ///< Of kinds per_layer and lookup; kernels differ.
  std::optional<double> layers_share;  ///< Of the networks' latency, what their layers add up to.
  std::vector<KnownLayer> table;       ///< Of kind lookup; signatures differ.

  analysis::Interval ops;              ///< Of the networks seen.
  std::vector<TypeRange> ops_by_type;  ///< Of kind ops_by_type: ops seen, by layer type.

  std::optional<analysis::RelativeErrors> held_out;  ///< On networks the model was not fitted to.
  std::optional<analysis::PredictionInterval> interval;
  std::optional<analysis::LatencyMargin> margin;
  std::optional<analysis::PredictionVerdict> verdict;  ///< Of kind ops that of analysis::judge().
  bool not_valid_allowed = false;  ///< Judged not valid, and written because it was asked for.

  /// "latency, ops-by-type".
  [[nodiscard]] std::string title() const;
  [[nodiscard]] const char* unit() const { return unit_of(of); }
  /// Null for a kernel without a form.
  [[nodiscard]] const KernelForm* form(std::string_view kernel) const;
};

/// How many networks the models are made from, and how many not. drawn >= different >= fitting >=
/// measured.
struct Counts {
  std::optional<std::uint64_t> drawn;      ///< Draws from the prior; unknown for imported data.
  std::optional<std::uint64_t> different;  ///< Different networks among them; as `drawn`.
  std::optional<std::uint64_t> fitting;    ///< Of those tried, within flash and SRAM.
  std::uint64_t measured = 0;              ///< Of these, with a latency.
  /// Of the different ones, not tried yet: whether they fit is unknown.
  std::uint64_t pending = 0;
};

/// Where the file comes from. Given by the caller, so that the same call writes the same bytes.
struct Provenance {
  std::string opline_version;              ///< "0.1.0"
  std::string study;                       ///< File name of the study, or of the imported table.
  std::string created_utc;                 ///< "2026-01-31T12:00:00Z"
  std::string command;                     ///< The command line that made it.
  std::optional<std::string> data_digest;  ///< Of the measurements: 32 hexadecimal digits.
};

/// The search space, so that architectures can be predicted without another file.
struct SpaceText {
  std::string name;
  std::string id;       ///< sampler::Space::id.
  std::string text;     ///< Its TOML file.
  Json structure = {};  ///< sampler::to_json() of it, for readers in other languages.
};

struct CostModel {
  Provenance provenance;
  /// Board, clock, runtime, firmware digest, compiler, flags, placement, runner, timing model: an
  /// object. It must hold `runner` ("simulated", "attached" or "imported"), `board` and `runtime`
  /// (text, or null where unknown).
  Json setup = Json::object();
  std::optional<std::string> space_name;  ///< As do prior and seed: unknown for imported data.
  std::optional<std::string> prior;
  std::optional<std::uint64_t> seed;
  Counts counts;
  std::optional<SpaceText> space;  ///< Unknown for imported data.
  std::vector<Model> models;       ///< At least one; no two of one response and kind.

  /// Null where the file has none.
  [[nodiscard]] const Model* model(Response of, ModelKind kind) const;
};

[[nodiscard]] Json to_json(const CostModel& model);
/// Strict, and reads versions 1 and 2, which hold a line in ops; `name` stands for the file in
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
