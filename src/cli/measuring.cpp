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

std::vector<runners::SimulatedBoard> boards_of(const Options& options,
                                               const runners::FirmwareOptions& firmware) {
  std::vector<runners::SimulatedBoard> boards;
  std::set<std::string> names;
  const std::vector<std::string> off = rules_off(options);
  for (const std::string& name : options.list("boards")) {
    if (runners::parse_attached_port(name)) continue;
    for (const board::Board& board : boards_at_clocks(options, name)) {
      if (!names.insert(fmt::format("{} at {:g} MHz", board.name, board.clock_hz / 1e6)).second)
        options.fail(fmt::format("--boards names {} twice", board.name));
      boards.push_back(runners::SimulatedBoard::load(board, firmware, off));
    }
  }
  return boards;
}

/// Those of --boards that are NAME@PORT.
std::vector<runners::AttachedPort> ports_of(const Options& options) {
  std::vector<runners::AttachedPort> ports;
  for (const std::string& name : options.list("boards")) {
    if (auto port = runners::parse_attached_port(name)) ports.push_back(std::move(*port));
  }
  for (const char* option : {"repeats", "record"}) {
    if (ports.empty() && options.given(option))
      options.fail(fmt::format("--{} is for attached boards (NAME@PORT)", option));
  }
  return ports;
}

std::vector<runners::AttachedBoards> attached_of(const Options& options,
                                                 const runners::FirmwareOptions& firmware) {
  const std::vector<runners::AttachedPort> ports = ports_of(options);
  if (ports.empty()) return {};
  if (firmware.elf)
    options.fail(
        "--firmware is for simulated boards; an attached board executes opline's firmware");
  if (options.has("clock"))
    options.fail("--clock is for simulated boards; an attached board runs at its usual clock");
  if (options.has("dry-run"))
    options.fail("--dry-run estimates simulated boards; leave the attached ones out");
  constexpr std::uint64_t kMostRepeats = 1000;
  runners::AttachedOptions wanted;
  wanted.repeats = static_cast<unsigned>(options.integer("repeats", 1, kMostRepeats));
  if (const auto folder = options.optional_text("record")) wanted.record = *folder;
  return runners::AttachedBoards::connect(ports, wanted);
}

/// Before the boards: a meter may have to supply its board.
std::shared_ptr<runners::EnergyRecorder> recorder_of(const Options& options) {
  for (const char* option : {"volts", "external-volts", "trigger", "shunt"}) {
    if (!options.has("meter") && options.given(option))
      options.fail(fmt::format("--{} is for --meter", option));
  }
  if (!options.has("meter")) return nullptr;
  if (ports_of(options).size() != 1)
    options.fail("--meter supplies one attached board: name one with --boards NAME@PORT");
  const auto positive = [&](const char* name) {
    return options.has(name) ? std::optional(options.number(name, 0, 1e6)) : std::nullopt;
  };
  auto meter = energy::open_meter(energy::parse_meter_address(options.text("meter")),
                                  {.volts = positive("volts"),
                                   .external_volts = positive("external-volts"),
                                   .shunt_ohms = positive("shunt")});
  energy::RecordingOptions recording;
  recording.trigger = options.has("trigger") ? energy::trigger_from_string(options.text("trigger"))
                                             : energy::Trigger::high;
  return std::make_shared<runners::EnergyRecorder>(std::move(meter), recording);
}

/// Energy is modelled: the board's published active power, or the user's figure, times seconds.
void set_power(campaign::Target& target, const board::Board& board, const Asked& asked) {
  if (const auto own = asked.watts.find(board.name); own != asked.watts.end()) {
    target.power = {own->second, "given by the user"};
    target.is_users_power = true;
  } else if (const auto& published = board.active_watts) {
    target.power = {published->value, published->source};
  }
}

campaign::Target attached_target(const runners::AttachedBoards& boards, const Asked& asked) {
  campaign::Target target{boards.setup(), boards.limits(),
                          [boards] { return boards.make_runner(); }};
  if (const auto recorder = asked.recorder) {
    target.make_runner = [boards, recorder]() -> std::unique_ptr<runners::Runner> {
      return std::make_unique<runners::MeteredRunner>(boards.make_runner(), recorder);
    };
    if (const auto volts = recorder->meter().supply().volts) target.setup.supply_volts = volts;
  }
  target.is_available = [boards] { return boards.is_available(); };
  return target;
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

campaign::ExecuteOptions campaign_options(const Options& options) {
  campaign::ExecuteOptions result;
  result.threads = threads_of(options);
  result.now = utc_now;
  return result;
}

}  // namespace

void add_timing_option(Options& options) {
  options.value("timing", "no-RULE,...",
                "simulate without these timing rules (opline boards --timing NAME lists them); the "
                "result is another setup");
}

void add_simulation_options(Options& options) {
  options.value("clock", "MHZ,...",
                "the operating points to simulate, of those in the board's file (opline boards "
                "--show NAME); each is another setup; default: the first");
  add_timing_option(options);
}

std::vector<std::string> rules_off(const Options& options) {
  std::vector<std::string> rules;
  if (!options.has("timing")) return rules;
  for (const std::string& item : options.list("timing")) {
    if (!item.starts_with("no-"))
      options.fail(fmt::format(
          "--timing: '{}' is not no-RULE; opline boards --timing NAME lists the rules", item));
    rules.push_back(item.substr(3));
  }
  return rules;
}

std::vector<board::Board> boards_at_clocks(const Options& options, const std::string& name) {
  const board::Board board = board::load_board(name);
  if (!options.has("clock")) return {board};
  std::vector<board::Board> boards;
  for (const std::string& megahertz : options.list("clock")) {
    char* end = nullptr;
    const double hz = 1e6 * std::strtod(megahertz.c_str(), &end);
    if (*end != '\0' || !(hz >= 1 && hz < 4e9))
      options.fail(fmt::format("--clock: '{}' is not a number of MHz", megahertz));
    boards.push_back(board::at_clock(board, static_cast<std::uint32_t>(std::lround(hz))));
  }
  return boards;
}

board::Board board_at_clock(const Options& options, const std::string& name) {
  const std::vector<board::Board> boards = boards_at_clocks(options, name);
  if (boards.size() != 1) options.fail("--clock: give one clock");
  return boards.front();
}

void add_board_options(Options& options, const std::string& database) {
  options.value("boards", "NAME,...",
                "boards to measure on, by name (opline boards) or the path of a board's file: "
                "simulated, or, as NAME@PORT, attached (docs/boards.md): "
                "nucleo-f446re@/dev/ttyACM0, nucleo-f446re@tcp:localhost:4000",
                "nucleo-f446re");
  options.alias("board", "boards");
  options.value("repeats", "N",
                "measured runs of each network on attached boards; the median counts", "1");
  options.value("meter", "KIND@PORT",
                "with one attached board: measure its energy with lpm01a, ppk2, otii or bridge "
                "(docs/energy.md); otherwise energy is modelled");
  options.value("volts", "V", "with --meter: the supply that the meter switches on");
  options.value("external-volts", "V", "with --meter: a supply of your own, which it measures");
  options.value("shunt", "OHMS", "with --meter bridge: the resistance of its shunt");
  options.value("trigger", "KIND",
                "with --meter: high (default), low or pulse: how the trigger line marks a run");
  options.value("record", "DIR",
                "write what is said to attached boards, and what they answer, to files in this "
                "folder (docs/formats/session.md)");
  add_simulation_options(options);
  options.value("active-watts", "BOARD=W,...",
                "power while computing in watts, for modelled energy; default: the figure in the "
                "board's file");
  options.value("threads", "N", "threads; 0 = one per core", "0");
  if (!database.empty()) options.value("db", "FILE", database);
  options.flag("json", "print JSON");
}

void add_campaign_options(Options& options, const std::string& default_count,
                          const std::string& database) {
  add_query_options(options, default_count);
  add_board_options(options, database);
  options.value("firmware", "FILE",
                "an ELF file to measure with, instead of opline's own (docs/own-runtime.md)");
  options.value("payload", "KIND",
                "what --firmware executes: plan (opline's runtime) or tflite (any other runtime)",
                "plan");
  options.value("output-check", "WHAT",
                "with --payload tflite: final (the output must equal that of TFLM's arithmetic; "
                "default) or none (a runtime that rounds differently)");
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

campaign::Target simulated_target(const runners::SimulatedBoard& board) {
  return {board.setup(), board.limits(), [board] { return board.make_runner(); },
          board.firmware().payload, board.firmware().output_check};
}

std::vector<campaign::Target> targets_of(const Asked& asked) {
  std::vector<campaign::Target> targets;
  for (const runners::SimulatedBoard& board : asked.boards)
    set_power(targets.emplace_back(simulated_target(board)), board.board(), asked);
  for (const runners::AttachedBoards& boards : asked.attached)
    set_power(targets.emplace_back(attached_target(boards, asked)), boards.board(), asked);
  return targets;
}

Asked read_boards(const Options& options, const runners::FirmwareOptions& firmware) {
  Asked asked;
  asked.watts = given_watts(options);
  asked.work = campaign_options(options);
  asked.boards = boards_of(options, firmware);
  asked.recorder = recorder_of(options);
  asked.attached = attached_of(options, firmware);
  for (const auto& given : asked.watts) {
    const auto is_named = [&](const auto& board) { return board.board().name == given.first; };
    if (std::none_of(asked.boards.begin(), asked.boards.end(), is_named) &&
        std::none_of(asked.attached.begin(), asked.attached.end(), is_named)) {
      options.fail(fmt::format("--active-watts names {}, which --boards doesn't", given.first));
    }
  }
  // Threads that wait for an attached board take no processor.
  for (const runners::AttachedBoards& boards : asked.attached)
    asked.work.threads += static_cast<unsigned>(boards.ports().size());
  return asked;
}

measure::Request request_for(const NamedNetwork& named, const network::Layout& layout,
                             const campaign::Target& target) {
  if (auto reason = network::reason_not_to_run(layout, target.limits))
    throw Error(ErrorCode::device, "the network doesn't fit {}: {}", target.setup.board, *reason);
  network::CompiledNetwork compiled = compile(named);
  measure::Request request;
  request.network = named.network.id();
  request.expected_digests = std::move(compiled.digests);
  request.budget_cycles = campaign::budget_cycles(named.network);
  request.payload = target.payload;
  request.output_check = target.output_check;
  if (request.payload == measure::Payload::plan) {
    request.plan = std::move(compiled.plan);
    request.tensors = std::move(compiled.tensors);
    return request;
  }
  tflite::TfliteFile file = tflite::write_tflite(numbers_of(named));
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
  Asked asked = read_boards(options, firmware_of(options));
  asked.query = std::move(query);
  asked.translate = !options.has("no-translate");
  if (options.has("shuffle")) asked.work.shuffle_seed = options.integer("shuffle");
  asked.work.shard = shard_of(options);
  return asked;
}

Sampled sample(const Asked& asked, Console& console) {
  const auto start = std::chrono::steady_clock::now();
  Sampled sampled;
  sampled.drawn = draw_with_progress(asked.query, asked.work.threads, {}, console);
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

namespace {

Asked translating(Asked asked, std::uint64_t networks) {
  for (runners::SimulatedBoard& board : asked.boards) board = board.translating({networks, {}});
  return asked;
}

void say_what_was_translated(const Asked& asked, Console& console) {
  if (console.quiet) return;
  for (const runners::SimulatedBoard& board : asked.boards) {
    if (const std::string outcome = board.translation_outcome(); !outcome.empty())
      console.err << "opline: " << outcome << "\n";
  }
}

}  // namespace

Measured measure(const Asked& asked, const campaign::Identity& identity,
                 const campaign::Drawn& drawn, store::Study& study, Console& console) {
  Measured measured;
  const auto start = std::chrono::steady_clock::now();
  measured.campaign = campaign::enter(study, identity, drawn, console.command_line, utc_now());
  measured.draw_seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  measured.draws = static_cast<std::int64_t>(drawn.architectures.size());
  measured.tries = drawn.tries;

  note_that_outcomes_are_stored();
  const OrderlyStop stop("finishing the networks in flight");
  std::optional<Progress> progress(std::in_place, console, "measuring");
  campaign::ExecuteOptions work = asked.work;
  work.stop = &stop.requested();
  work.progress = [&](std::uint64_t done, std::uint64_t total) { progress->update(done, total); };
  const Asked measuring = asked.translate ? translating(asked, drawn.architectures.size()) : asked;
  measured.report = campaign::execute(study, measured.campaign, drawn, targets_of(measuring), work);
  progress.reset();
  say_what_was_translated(measuring, console);
  for (const std::string& setup : measured.report.setups)
    measured.with_latency += study.summary(measured.campaign, setup).measured.networks;
  study.require_in_place();
  return measured;
}

bool report_set_aside(const Asked& asked, Console& console) {
  bool any = false;
  for (const runners::AttachedBoards& boards : asked.attached) {
    for (const std::string& sentence : boards.set_aside()) {
      fmt::print(console.err, "opline: {}\n", sentence);
      any = true;
    }
  }
  if (asked.recorder) {
    const auto without = asked.recorder->without_energy();
    if (without.networks != 0)
      fmt::print(console.err, "opline: {} measured without energy: {}\n",
                 counted(without.networks, "network"), without.why);
  }
  return any;
}

void print_forecast(const Asked& asked, const Options& options, Console& console) {
  const campaign::Drawn drawn = draw_with_progress(asked.query, asked.work.threads, {}, console);
  std::optional<store::Study> study;
  const auto path = options.optional_text("db");
  if (path && std::filesystem::exists(*path))
    study = store::Study::open(*path, store::Mode::read_only);
  report::ForecastView view;
  view.space = asked.query.space.name;
  view.drawn = asked.query.count;
  view.tries = drawn.tries;
  view.constrained = !asked.query.prior.constraint.is_empty();
  view.threads = asked.work.threads;
  for (const runners::SimulatedBoard& board : asked.boards)
    view.boards.push_back(board.setup().board);
  view.forecast =
      campaign::forecast(study ? &*study : nullptr, drawn, targets_of(asked), asked.work);
  console.out << (options.has("json") ? to_text(to_json(view)) : in_words(view));
}

}  // namespace opline::cli
