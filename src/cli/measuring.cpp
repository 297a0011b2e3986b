#include "src/cli/measuring.h"

#include <fmt/ostream.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <ostream>
#include <set>

#include "src/base/units.h"
#include "src/base/utc_now.h"
#include "src/cli/campaign_options.h"
#include "src/cli/progress.h"

namespace opline::cli {
namespace {

std::atomic<bool> interrupted{false};

/// While it lives, SIGINT and SIGTERM ask the campaign to end after the networks in flight.
class InterruptGuard {
 public:
  InterruptGuard() {
    interrupted = false;
    old_int_ = std::signal(SIGINT, [](int) { interrupted = true; });
    old_term_ = std::signal(SIGTERM, [](int) { interrupted = true; });
  }
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;
  ~InterruptGuard() {
    std::signal(SIGINT, old_int_);
    std::signal(SIGTERM, old_term_);
  }

 private:
  void (*old_int_)(int);
  void (*old_term_)(int);
};

/// --firmware, --payload, --output-check, where the verb has them.
runners::FirmwareOptions firmware_of(const Options& options) {
  runners::FirmwareOptions firmware;
  if (const auto elf = options.optional_text("firmware")) firmware.elf = *elf;
  firmware.payload = measure::payload_from_string(options.text("payload"));
  const bool is_plan = firmware.payload == measure::Payload::plan;
  if (!is_plan && !firmware.elf)
    options.fail("--payload tflite needs --firmware FILE: opline's own executes plans");
  if (const auto check = options.optional_text("output-check")) {
    if (is_plan)
      options.fail("--output-check is for --payload tflite; a plan's layers are compared always");
    firmware.output_check = measure::output_check_from_string(*check);
  }
  if (firmware.elf && options.list("boards").size() != 1)
    options.fail("--firmware is an image for one board; name that with --boards");
  return firmware;
}

std::vector<runners::SimulatedBoard> boards_of(const Options& options,
                                               const runners::FirmwareOptions& firmware) {
  std::vector<runners::SimulatedBoard> boards;
  std::set<std::string> names;
  for (const std::string& name : options.list("boards")) {
    if (!names.insert(name).second) options.fail(fmt::format("--boards names {} twice", name));
    boards.push_back(runners::SimulatedBoard::load(name, firmware));
  }
  return boards;
}

std::vector<campaign::Target> targets_of(const std::vector<runners::SimulatedBoard>& boards) {
  std::vector<campaign::Target> targets;
  targets.reserve(boards.size());
  for (const runners::SimulatedBoard& board : boards) targets.push_back(simulated_target(board));
  return targets;
}

/// --active-watts as board -> watts.
std::map<std::string, double> given_watts(const Options& options) {
  std::map<std::string, double> watts;
  if (!options.has("active-watts")) return watts;
  for (const std::string& item : options.list("active-watts")) {
    const std::size_t equals = item.find('=');
    char* end = nullptr;
    const std::string figure = equals == std::string::npos ? "" : item.substr(equals + 1);
    const double value = std::strtod(figure.c_str(), &end);
    if (figure.empty() || *end != '\0' || !(value > 0 && value < 1e6)) {
      options.fail(fmt::format("--active-watts: '{}' is not BOARD=WATTS with watts above 0", item));
    }
    watts[item.substr(0, equals)] = value;
  }
  return watts;
}

/// Energy of a simulated board is modelled: its published active power, or the user's figure, times
/// seconds.
void store_power(store::Study& study, const Asked& asked) {
  for (const runners::SimulatedBoard& board : asked.boards) {
    const auto& published = board.board().active_watts;
    const std::string setup = board.setup().id();
    if (const auto own = asked.watts.find(board.board().name); own != asked.watts.end()) {
      study.set_modelled_power(setup, {own->second, "given by the user"});
    } else if (published && !study.modelled_power(setup)) {
      study.set_modelled_power(setup, {published->value, published->source});
    }
  }
}

campaign::Options campaign_options(const Options& options) {
  campaign::Options result;
  result.threads = threads_of(options);
  result.stop = &interrupted;
  result.now = utc_now;
  return result;
}

}  // namespace

void add_board_options(Options& options) {
  options.value("boards", "NAME,...", "simulated boards to measure on (opline boards)",
                "nucleo-f446re");
  options.value("active-watts", "BOARD=W,...",
                "power while computing, to model energy with; default: the board's file");
  options.value("threads", "N", "threads; 0 = one a core", "0");
  options.value("db", "FILE", "the study file; made when missing, continued when there");
  options.flag("json", "print JSON");
}

void add_campaign_options(Options& options, const std::string& default_count) {
  add_query_options(options, default_count);
  add_board_options(options);
  options.value("firmware", "FILE",
                "an ELF file to measure with, instead of opline's own (docs/own-runtime.md)");
  options.value("payload", "KIND",
                "what that firmware executes: plan (opline's runtime) or tflite (any other)",
                "plan");
  options.value("output-check", "WHAT",
                "of a tflite: final (the output is that of TFLM's arithmetic; default) or none (it "
                "rounds otherwise)");
  options.flag("dry-run",
               "tell how many networks fit and how long it takes; measure and store nothing");
  options.value("shuffle", "SEED", "measure in another order than drawn (the cycles are the same)");
  add_shard_option(options,
                   "measure only part K of N of the networks; every part enters the same campaign "
                   "with all its draws");
}

campaign::Target simulated_target(const runners::SimulatedBoard& board) {
  return {board.setup(), board.limits(), [board] { return board.make_runner(); },
          board.firmware().payload, board.firmware().output_check};
}

namespace {

Asked read_boards_with(const Options& options, const runners::FirmwareOptions& firmware) {
  Asked asked;
  asked.boards = boards_of(options, firmware);
  asked.watts = given_watts(options);
  asked.work = campaign_options(options);
  for (const auto& given : asked.watts) {
    const auto is_named = [&](const runners::SimulatedBoard& board) {
      return board.board().name == given.first;
    };
    if (std::none_of(asked.boards.begin(), asked.boards.end(), is_named)) {
      options.fail(fmt::format("--active-watts names {}, which --boards doesn't", given.first));
    }
  }
  return asked;
}

}  // namespace

Asked read_boards(const Options& options) { return read_boards_with(options, {}); }

Asked read_campaign(const Options& options) {
  campaign::Query query = query_of(options);
  Asked asked = read_boards_with(options, firmware_of(options));
  asked.query = std::move(query);
  if (options.has("shuffle")) asked.work.shuffle_seed = options.integer("shuffle");
  asked.work.shard = shard_of(options);
  return asked;
}

Sampled sample(const Asked& asked) {
  const auto start = std::chrono::steady_clock::now();
  Sampled sampled;
  sampled.drawn = campaign::draw(asked.query, asked.work.threads);
  sampled.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return sampled;
}

Measured measure(const Asked& asked, const Sampled& sampled, store::Study& study,
                 Console& console) {
  Measured measured =
      measure(asked, campaign::identity_of(asked.query), sampled.drawn, study, console);
  measured.draw_seconds += sampled.seconds;
  return measured;
}

Measured measure(const Asked& asked, const campaign::Identity& identity,
                 const campaign::Drawn& drawn, store::Study& study, Console& console) {
  const std::vector<campaign::Target> targets = targets_of(asked.boards);
  Measured measured;
  const auto start = std::chrono::steady_clock::now();
  measured.campaign = campaign::enter(study, identity, drawn, console.command_line, utc_now());
  measured.draw_seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  measured.draws = static_cast<std::int64_t>(drawn.architectures.size());
  measured.tries = drawn.tries;
  for (const campaign::Target& target : targets)
    measured.setups.push_back(study.add_setup(target.setup));
  store_power(study, asked);

  const InterruptGuard guard;
  Progress progress(console, "measuring");
  campaign::Options work = asked.work;
  work.progress = [&](std::uint64_t done, std::uint64_t total) { progress.update(done, total); };
  measured.report = campaign::execute(study, measured.campaign, drawn, targets, work);
  return measured;
}

void print_forecast(const Asked& asked, const Options& options, Console& console) {
  const campaign::Drawn drawn = campaign::draw(asked.query, asked.work.threads);
  std::optional<store::Study> study;
  const auto path = options.optional_text("db");
  if (path && std::filesystem::exists(*path))
    study = store::Study::open(*path, store::Mode::read_only);
  Json all = Json::array();
  for (const campaign::Target& target : targets_of(asked.boards)) {
    const campaign::Forecast forecast =
        campaign::forecast(study ? &*study : nullptr, drawn, target, asked.work);
    all.push_back({{"space", asked.query.space.name},
                   {"board", target.setup.board},
                   {"drawn", asked.query.count},
                   {"sampling", acceptance_json(asked.query.count, drawn.tries)},
                   {"networks", forecast.networks},
                   {"fitting", forecast.fitting},
                   {"pending", forecast.pending},
                   {"seconds", json_or_null(forecast.seconds)}});
    if (options.has("json")) continue;
    fmt::print(
        console.out, "{} on {}: {} drawn, {} different networks, {} fit ({:.1f} %), {} to measure",
        asked.query.space.name, target.setup.board, asked.query.count, forecast.networks,
        forecast.fitting,
        100.0 * static_cast<double>(forecast.fitting) / static_cast<double>(forecast.networks),
        forecast.pending);
    if (forecast.seconds) {
      fmt::print(console.out, ", about {} on {} threads", format_seconds(*forecast.seconds),
                 asked.work.threads);
    }
    fmt::print(console.out, "\n");
  }
  if (options.has("json")) {
    console.out << to_text(all);
  } else if (!asked.query.prior.constraint.is_empty()) {
    fmt::print(console.out, "{}\n", acceptance_text(asked.query.count, drawn.tries));
  }
}

namespace {

Json unmeasured_json(const campaign::Report& report) {
  Json all = Json::object();
  for (const auto& [kind, one] : report.unmeasured) {
    all[std::string(measure::to_string(kind))] = {
        {"count", one.count}, {"network", one.network}, {"reason", one.reason}};
  }
  return all;
}

/// What does not fit is expected and counted by fit; anything else wants to be looked at.
std::string failures_in_words(const campaign::Report& report) {
  std::string text;
  for (const auto& [kind, one] : report.unmeasured) {
    if (kind == measure::OutcomeKind::does_not_fit) continue;
    text += fmt::format("\n{} {}, for instance network {}: {}", one.count, measure::to_string(kind),
                        one.network, one.reason);
  }
  return text;
}

}  // namespace

Json to_json(const Measured& measured) {
  const campaign::Report& report = measured.report;
  return {{"outcomes", report.outcomes},
          {"measured", report.measured},
          {"reused", report.reused},
          {"unmeasured", unmeasured_json(report)},
          {"interrupted", report.interrupted},
          {"sampling", acceptance_json(static_cast<std::uint64_t>(measured.draws), measured.tries)},
          {"wall_seconds", report.wall_seconds + measured.draw_seconds},
          {"thread_seconds",
           {{"draw", measured.draw_seconds},
            {"host_kernels", report.seconds.host},
            {"simulation", report.seconds.simulate},
            {"store", report.seconds.store}}}};
}

std::string in_words(const Measured& measured) {
  const campaign::Report& report = measured.report;
  std::string text =
      fmt::format("{} outcomes ({} measured) in {}", report.outcomes, report.measured,
                  format_seconds(report.wall_seconds + measured.draw_seconds));
  if (report.reused != 0) text += fmt::format(", {} were there already", report.reused);
  const auto draws = static_cast<std::uint64_t>(measured.draws);
  if (measured.tries > draws) text += "\n" + acceptance_text(draws, measured.tries);
  text += failures_in_words(report);
  const campaign::StepSeconds& step = report.seconds;
  const double all = measured.draw_seconds + step.host + step.simulate + step.store;
  if (report.outcomes != 0) {
    text += fmt::format(
        "\nthread time: drawing and entering {:.1f} %, host kernels {:.1f} %, simulation {:.1f} %, "
        "storing "
        "{:.1f} %",
        100 * measured.draw_seconds / all, 100 * step.host / all, 100 * step.simulate / all,
        100 * step.store / all);
  }
  if (report.interrupted)
    text += "\ninterrupted: what was measured is stored; the same command goes on from here";
  return text + "\n";
}

}  // namespace opline::cli
