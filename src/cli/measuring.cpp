#include "src/cli/measuring.h"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <ostream>
#include <set>

#include "runners/energy/open_meter.h"
#include "src/base/counted.h"
#include "src/base/utc_now.h"
#include "src/cli/campaign_options.h"
#include "src/cli/progress.h"
#include "src/cli/signals.h"
#include "src/network/host_execution.h"
#include "src/tflite/to_tflite.h"

namespace opline::cli {
namespace {

/// --firmware, --payload, --output-check, where the verb has them.
runners::FirmwareOptions firmware_of(const Options& options) {
  runners::FirmwareOptions firmware;
  if (const auto elf = options.optional_text("firmware")) firmware.elf = *elf;
  firmware.payload = measure::payload_from_string(options.text("payload"));
  const bool is_plan = firmware.payload == measure::Payload::plan;
  if (!is_plan && !firmware.elf)
    options.fail("--payload tflite needs --firmware FILE: opline's own firmware executes plans");
  if (const auto check = options.optional_text("output-check")) {
    if (is_plan)
      options.fail(
          "--output-check is for --payload tflite; the layers of a plan are always compared");
    firmware.output_check = measure::output_check_from_string(*check);
  }
  if (firmware.elf && options.list("boards").size() != 1)
    options.fail("--firmware is an image for one board; name that board with --boards");
  return firmware;
}

}  // namespace

void add_campaign_options(Options& options, const std::string& default_count,
                          const std::string& database) {
  add_query_options(options, default_count);
  add_board_options(options, database);
  options.value("firmware", "FILE",
                "an ELF file to measure with, instead of opline's own (docs/own-runtime.md)");
  options.value("payload", "KIND",
                "what --firmware executes: plan (opline's runtime) or tflite (any other runtime)",
                "plan");
  options.completes("payload", {"plan", "tflite"});
  options.value("output-check", "WHAT",
                "with --payload tflite: final (the output must equal that of TFLM's arithmetic; "
                "default) or none (a runtime that rounds differently)");
  options.completes("output-check", {"final", "none"});
  options.flag(
      "no-translate",
      "interpret --firmware; by default, in long campaigns, the host's compiler translates "
      "what it spends its time in (same cycles; kept in ~/.cache/opline/translations)");
  options.flag("dry-run",
               "print how many networks fit and how long measuring will take; store nothing");
  options.value("shuffle", "SEED", "measure in a shuffled order (the cycles are the same)");
  add_shard_option(options,
                   "measure only part K of N of the networks; every part enters the same campaign "
                   "with all its draws");
}

measure::Request request_for(const NamedNetwork& named, const network::Layout& layout,
                             const campaign::Target& target) {
  if (auto reason = network::reason_not_to_run(layout, target.limits))
    throw Error(ErrorCode::device, "the network doesn't fit {}: {}", target.setup.board, *reason);
  measure::Request request;
  request.network = named.network.id();
  request.budget_cycles = campaign::budget_cycles(named.network);
  request.payload = target.payload;
  request.output_check = target.output_check;
  if (request.payload == measure::Payload::plan) {
    network::CompiledNetwork compiled = compile(named);
    request.expected_digests = std::move(compiled.digests);
    request.plan = std::move(compiled.plan);
    request.tensors = std::move(compiled.tensors);
    return request;
  }
  // A runtime of .tflite files sets the inputs only; what its variables are is in the file.
  const network::QuantisedNetwork numbers = numbers_of(named);
  network::HostRun first =
      network::run_first(numbers, network::compile(numbers), request.input_seed);
  request.expected_output = network::output_digest(first);
  request.expected_digests = std::move(first.digests);
  tflite::TfliteFile file = tflite::write_tflite(numbers);
  request.tensors = std::move(file.bytes);
  request.layer_of_operator = std::move(file.layer_of_operator);
  return request;
}

measure::Measurement measurement_of(const measure::Outcome& outcome) {
  if (outcome.kind != measure::OutcomeKind::measured) {
    throw Error(ErrorCode::device, "{}: {}", measure::to_string(outcome.kind), outcome.reason);
  }
  return *outcome.measurement;
}

Asked read_campaign(const Options& options) {
  campaign::Query query = query_of(options);
  Asked asked{read_boards(options, firmware_of(options)), std::move(query)};
  asked.translate = !options.has("no-translate");
  if (options.has("shuffle")) asked.work.shuffle_seed = options.integer("shuffle");
  asked.work.shard = shard_of(options);
  return asked;
}

std::unique_ptr<campaign::NetworkSource> networks_of(const Asked& asked, Console& console) {
  return source_with_progress(asked.query, asked.work.threads, {}, console);
}

namespace {

AskedBoards translating(AskedBoards asked, std::uint64_t networks) {
  for (runners::SimulatedBoard& board : asked.boards) board = board.translating({networks, {}});
  return asked;
}

void say_what_was_translated(const AskedBoards& asked, Console& console) {
  if (console.quiet) return;
  for (const runners::SimulatedBoard& board : asked.boards) {
    if (const std::string outcome = board.translation_outcome(); !outcome.empty())
      console.err << "opline: " << outcome << "\n";
  }
}

}  // namespace

Measured measure(const AskedBoards& asked, const campaign::Identity& identity,
                 const campaign::NetworkSource& source, store::Study& study, Console& console) {
  Measured measured;
  const auto start = std::chrono::steady_clock::now();
  const campaign::Entered entered =
      campaign::enter(study, identity, source, console.command_line, utc_now());
  measured.draw_seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  measured.campaign = entered.campaign;
  measured.draws = static_cast<std::int64_t>(source.count());
  measured.tries = entered.tries;

  note_that_outcomes_are_stored();
  const OrderlyStop stop("finishing the networks in flight");
  std::optional<Progress> progress(std::in_place, console, "measuring");
  campaign::ExecuteOptions work = asked.work;
  work.stop = &stop.requested();
  work.progress = [&](std::uint64_t done, std::uint64_t total) { progress->update(done, total); };
  const AskedBoards measuring = asked.translate ? translating(asked, source.count()) : asked;
  measured.report =
      campaign::execute(study, measured.campaign, source, targets_of(measuring), work);
  progress.reset();
  say_what_was_translated(measuring, console);
  study.require_in_place();
  return measured;
}

report::ForecastView forecast(const Asked& asked, const Options& options, Console& console) {
  const std::unique_ptr<campaign::NetworkSource> source = networks_of(asked, console);
  std::optional<store::Study> study;
  const auto path = options.optional_text("db");
  if (path && std::filesystem::exists(*path))
    study = store::Study::open(*path, store::Mode::read_only);
  report::ForecastView view;
  view.space = asked.query.space.name;
  view.drawn = asked.query.count;
  view.constrained = !asked.query.prior.constraint.is_empty();
  view.threads = asked.work.threads;
  for (const runners::SimulatedBoard& board : asked.boards)
    view.boards.push_back(board.setup().board);
  view.forecast =
      campaign::forecast(study ? &*study : nullptr, *source, targets_of(asked), asked.work);
  view.tries = view.forecast.tries;
  return view;
}

void print_forecast(const Asked& asked, const Options& options, Console& console) {
  const report::ForecastView view = forecast(asked, options, console);
  console.out << (options.has("json") ? to_text(to_json(view)) : in_words(view));
}

}  // namespace opline::cli
