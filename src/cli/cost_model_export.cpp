#include "src/cli/cost_model_export.h"

#include <fmt/ostream.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "src/base/error.h"
#include "src/base/parallel.h"
#include "src/base/printable.h"
#include "src/base/utc_now.h"
#include "src/base/version.h"

namespace opline::cli {
namespace {

using evaluation::ModelKind;
using evaluation::Response;

/// The values whose names a comma-separated list has, in the order of `values`; "all" is all.
template <typename Value>
std::vector<Value> named(const Options& options, const std::string& option,
                         const std::vector<Value>& values) {
  std::string known;
  for (const Value value : values) known += std::string(to_string(value)) + ", ";
  std::vector<std::string> wanted = options.list(option);
  std::vector<Value> result;
  for (const Value value : values) {
    const auto found = std::find(wanted.begin(), wanted.end(), to_string(value));
    const bool all = std::find(wanted.begin(), wanted.end(), "all") != wanted.end();
    if (found != wanted.end() || all) result.push_back(value);
    if (found != wanted.end()) std::erase(wanted, to_string(value));
  }
  std::erase(wanted, "all");
  if (!wanted.empty() || result.empty())
    options.fail(fmt::format("--{}: '{}' is not one of {}all", option,
                             wanted.empty() ? std::string() : wanted.front(), known));
  return result;
}

std::optional<sampler::Space> space_of(const evaluation::Series& series, store::Study& study) {
  for (const store::SpaceRow& space : study.spaces()) {
    if (space.id == series.space_id && series.seed)
      return sampler::parse_space(space.text, space.name + ".toml");
  }
  return std::nullopt;
}

/// One line for each thing to know, however many models it is about.
void report(const report::CostModelView& view, const evaluation::Series& series, Console& console) {
  for (const report::LeftOutModels& one : view.left_out)
    fmt::print(console.err, "opline: {}: no model of {}: {}\n", title_of(series),
               fmt::join(one.titles, "; "), printable(one.why, std::string::npos));
  if (view.not_valid_left_out)
    fmt::print(console.err, "opline: --allow-not-valid writes models that are judged not valid\n");
}

}  // namespace

void add_models_choice(Options& options, const std::string& models) {
  options.value("models", "LIST",
                "models of a cost model: ops, ops-by-type, per-layer, lookup (a table of all "
                "layers) or all",
                models);
  options.completes("models", {"ops", "ops-by-type", "per-layer", "lookup", "all"});
  options.value("of", "LIST", "what a cost model predicts: latency, energy or all", "all");
  options.completes("of", {"latency", "energy", "all"});
}

void add_models_options(Options& options) {
  add_models_choice(options, "ops,ops-by-type,per-layer");
  options.flag("allow-not-valid", "also write models that are judged not valid");
}

evaluation::ModelsOptions read_models_options(const Options& options) {
  evaluation::ModelsOptions wanted;
  wanted.kinds = named<ModelKind>(
      options, "models",
      {ModelKind::ops, ModelKind::ops_by_type, ModelKind::per_layer, ModelKind::lookup});
  wanted.responses = named<Response>(options, "of", {Response::latency, Response::energy});
  wanted.judge.thresholds = evaluation::shipped_thresholds();
  wanted.judge.threads = processors();
  return wanted;
}

report::CostModelView view_cost_model(const evaluation::Series& series, store::Study& study,
                                      const evaluation::ModelsOptions& wanted, bool allow_not_valid,
                                      Console& console) {
  const std::optional<sampler::Space> space = space_of(series, study);
  report::CostModelView view = report::cost_model_view(
      series, evaluation::judge_models(series, wanted), space, allow_not_valid,
      {std::string(version()),
       study.path().filename().string(),
       utc_now(),
       console.command_line,
       {}});
  report(view, series, console);
  return view;
}

}  // namespace opline::cli
