#include <fmt/ostream.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iostream>
#include <ostream>

#include "sampler/draw/sample.h"
#include "sampler/space/architecture.h"
#include "src/base/error.h"
#include "src/base/printable.h"
#include "src/base/units.h"
#include "src/cli/cost_model_export.h"
#include "src/cli/network_argument.h"
#include "src/cli/options.h"
#include "src/costmodel/network_request.h"
#include "src/report/prediction_report.h"

namespace opline::cli {
namespace {

using costmodel::CostModel;
using costmodel::Model;
using costmodel::NetworkRequest;
using measure::Response;

constexpr double kMostOps = 1e15;

/// What is asked of each network.
struct Question {
  std::vector<const Model*> models;     ///< At least one.
  std::optional<sampler::Space> space;  ///< For architectures.
  std::optional<double> seconds, joules;

  [[nodiscard]] std::optional<double> budget_of(const Model& model) const {
    return model.of == Response::latency ? seconds : joules;
  }
};

/// "100ms" or "20mJ", each at most once.
void read_budgets(const Options& options, Question& question) {
  if (!options.has("budget")) return;
  for (const std::string& item : options.list("budget")) {
    const auto seconds = parse_quantity(item, Quantity::seconds);
    const auto joules = parse_quantity(item, Quantity::joules);
    std::optional<double>& budget = seconds ? question.seconds : question.joules;
    const double value = seconds ? *seconds : joules.value_or(0);
    if (!(value > 0) || budget)
      options.fail(fmt::format(
          "--budget: '{}' is not one latency or energy above 0, e.g. 100ms or 20mJ; units: {}, {}",
          printable(item, 40), known_units(Quantity::seconds), known_units(Quantity::joules)));
    budget = value;
  }
}

/// As the export says; empty where nothing was calibrated.
std::string calibration_of(const CostModel& file) {
  const auto found = file.setup.find("calibration");
  if (found == file.setup.end() || !found->is_string()) return {};
  const auto text = found->get<std::string>();
  return text.starts_with("calibrated") ? text : std::string();
}

std::vector<const Model*> models_of(const CostModel& file, const Options& options) {
  const evaluation::ModelsOptions wanted = read_models_options(options);
  std::vector<const Model*> models;
  for (const Model& model : file.models) {
    const auto has = [&](const auto& list, auto value) {
      return std::find(list.begin(), list.end(), value) != list.end();
    };
    if (has(wanted.kinds, model.kind) && has(wanted.responses, model.of)) models.push_back(&model);
  }
  if (!models.empty()) return models;
  std::string known;
  for (const Model& model : file.models) known += (known.empty() ? "" : "; ") + model.title();
  options.fail("the cost model has none of the models asked for; it has: " + known);
}

std::optional<sampler::Space> space_of(const CostModel& file, const Options& options) {
  if (const auto name = options.optional_text("space")) return sampler::load_space(*name);
  if (!file.space) return std::nullopt;
  return sampler::parse_space(file.space->text, file.space->name + ".toml");
}

report::PredictionView answer(const Question& question, const std::string& name,
                              std::optional<std::uint64_t> ops,
                              const std::vector<network::Layer>& layers) {
  report::PredictionView view{name, ops, {}};
  if (!layers.empty()) view.ops = costmodel::ops_of(layers);
  for (const Model* model : question.models) {
    report::ModelAnswer one{
        model,
        layers.empty() ? costmodel::predict(*model, *ops) : costmodel::predict(*model, layers),
        {}};
    const std::optional<double> budget = question.budget_of(*model);
    if (budget && one.prediction && one.prediction->bound)
      one.within_budget = *one.prediction->bound <= *budget;
    view.answers.push_back(std::move(one));
  }
  return view;
}

/// One document per line, as they come: a search may wait for each.
void answer_lines(const Question& question, const std::string& path, Console& console) {
  std::ifstream file;
  if (path != "-") file.open(path);
  if (path != "-" && !file)
    throw Error(ErrorCode::io,
                "{}: cannot be read; name a file of JSON lines, or - for standard "
                "input",
                path);
  std::istream& in = path == "-" ? std::cin : file;
  std::string line;
  for (std::size_t number = 1; std::getline(in, line); ++number) {
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    const std::string where = fmt::format("{}:{}", path == "-" ? "standard input" : path, number);
    const NetworkRequest request = costmodel::read_network_request(line, where);
    try {
      const std::vector<network::Layer> layers = costmodel::layers_of(request, question.space);
      const std::string name = request.name.value_or(request.architecture);
      console.out << to_json(answer(question, name, request.ops, layers)).dump() << "\n";
    } catch (const Error& error) {
      throw Error(error.code(), "{}: {}", where, error.what());
    }
    console.out.flush();
  }
  if (in.bad()) throw Error(ErrorCode::io, "{}: reading failed", path);
}

/// Decisions of the cost model's space, given or sampled; empty where another network is named.
std::string architecture_of(const Question& question, const Options& options) {
  if (!question.space || !options.positionals().empty()) return "";
  if (const auto text = options.optional_text("network"))
    return text->find('=') != std::string::npos || *text == "fixed" ? *text : "";
  if (!options.has("index")) return "";
  const std::uint64_t seed = options.has("seed") ? options.integer("seed") : 1;
  return to_text(*question.space,
                 sampler::sample(*question.space, sampler::Prior::uniform_decisions, seed,
                                 options.integer("index")));
}

report::PredictionView answer_one(const Question& question, const Options& options) {
  const std::vector<std::string> files = options.positionals();
  if (files.size() > 1) options.fail("give one file");
  if (options.given("seed") && !options.has("index"))
    options.fail("--seed applies only to --index");
  if (options.has("ops")) {
    if (options.has("network") || options.has("index") || !files.empty())
      options.fail("give --ops, --network, --index or a file, not several");
    const auto ops = parse_quantity(options.text("ops"), Quantity::ops);
    if (!ops || !(*ops >= 1 && *ops <= kMostOps))
      options.fail(
          fmt::format("--ops: give a number from 1 to 10^15 with its unit, e.g. 12.3Mops "
                      "or 6Mmacs; units: {}",
                      known_units(Quantity::ops)));
    return answer(question, "", static_cast<std::uint64_t>(std::llround(*ops)), {});
  }
  if (const std::string text = architecture_of(question, options); !text.empty()) {
    NetworkRequest request;
    request.architecture = text;
    return answer(question, text, {}, layers_of(request, question.space));
  }
  const NamedNetwork named =
      resolve_network(options, files.empty() ? std::nullopt : std::optional(files.front()));
  return answer(question, named.name.empty() ? named.architecture : named.name, {},
                named.network.layers());
}

}  // namespace

int predict_verb(const std::vector<std::string>& arguments, Console& console) {
  Options options(
      "predict",
      "Predict latency and energy of a network with a cost model (opline export): by its ops, by\n"
      "the ops of each layer type, or layer by layer. `interval` is where a further network lies\n"
      "(95 %), `at most` what 99 % of them keep; --budget says whether that keeps a budget. FILE "
      "is\n"
      "an int8 .tflite file. --input reads JSON lines, one network each, and answers each with "
      "one\n"
      "line (docs/formats/predictions.md).",
      "opline predict --model kws.json --network kws-s --budget 150ms\n"
      "opline predict --model kws.json --ops 20Mops\n"
      "opline predict --model kws.json model.tflite --json\n"
      "opline predict --model kws.json --input networks.jsonl --models per-layer");
  options.positional("FILE", "an int8 .tflite file");
  options.value("model", "FILE", "the cost model");
  options.value("ops", "N", "only the ops are known, e.g. 12.3Mops or 6Mmacs (1 mac: 2 ops)");
  add_network_options(options);
  options.value("space", "NAME",
                "space of --network and of architectures; default: that of the cost model");
  options.completes("space", Names::spaces);
  options.value("seed", "S", "seed of --index; default: 1");
  options.value("input", "FILE", "JSON lines; - is standard input");
  options.value("budget", "LIMIT,...", "a latency, an energy or both, e.g. 100ms,20mJ");
  add_models_choice(options, "all");
  options.flag("json", "print JSON");
  options.exits({static_cast<int>(ErrorCode::input), static_cast<int>(ErrorCode::io)});
  if (!options.parse(arguments, console)) return 0;

  const CostModel file = costmodel::load_cost_model(options.text("model"));
  Question question{models_of(file, options), space_of(file, options), {}, {}};
  read_budgets(options, question);
  if (const auto path = options.optional_text("input")) {
    if (options.has("network") || options.has("ops") || !options.positionals().empty())
      options.fail("--input names the networks; leave out --network, --ops and the file");
    answer_lines(question, *path, console);
    return 0;
  }
  report::PredictionView view = answer_one(question, options);
  view.calibration = calibration_of(file);
  if (options.has("json")) {
    console.out << to_text(to_json(view));
  } else {
    console.out << report::text_of(view);
  }
  return 0;
}

}  // namespace opline::cli
