#include "src/cli/board_options.h"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <ostream>
#include <set>

#include "runners/energy/open_meter.h"
#include "src/base/counted.h"
#include "src/base/utc_now.h"
#include "src/cli/campaign_options.h"

namespace opline::cli {
namespace {

std::vector<runners::SimulatedBoard> boards_of(const Options& options,
                                               const runners::FirmwareOptions& firmware) {
  std::vector<runners::SimulatedBoard> boards;
  std::set<std::string> names;
  const std::vector<std::string> off = rules_off(options);
  for (const std::string& name : options.list("boards")) {
    if (runners::parse_attached_port(name)) continue;
    for (const board::Board& board : boards_at_clocks(options, name)) {
      if (!names.insert(fmt::format("{} at {:g} MHz", board.name, board.clock_hz / 1e6)).second)
        options.fail(fmt::format("{} at {:g} MHz is named twice by --boards or --clock", board.name,
                                 board.clock_hz / 1e6));
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
                                                 const runners::FirmwareOptions& firmware,
                                                 const runners::EnergyRecorder* recorder) {
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
  if (recorder != nullptr) wanted.trigger_pulses = recorder->trigger() == energy::Trigger::pulse;
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
                                             : meter->usual_trigger();
  return std::make_shared<runners::EnergyRecorder>(std::move(meter), recording);
}

/// Energy is modelled: the board's published active power, or the user's figure, times seconds.
void set_power(campaign::Target& target, const board::Board& board, const AskedBoards& asked) {
  if (const auto own = asked.watts.find(board.name); own != asked.watts.end()) {
    target.power = {own->second, "given by the user"};
    target.is_users_power = true;
  } else if (const auto& published = board.active_watts) {
    target.power = {published->value, published->source};
  }
}

campaign::Target attached_target(const runners::AttachedBoards& boards, const AskedBoards& asked) {
  campaign::Target target{boards.setup(), boards.limits(),
                          [boards] { return boards.make_runner(); }};
  if (const auto recorder = asked.recorder) {
    target.make_runner = [boards, recorder]() -> std::unique_ptr<runners::Runner> {
      return std::make_unique<runners::MeteredRunner>(boards.make_runner(), recorder,
                                                      boards.setup().clock_hz);
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
  options.completes("boards", Names::boards);
  options.alias("board", "boards");
  options.value("repeats", "N",
                "measured runs of each network on attached boards; the median counts", "1");
  options.value("meter", "KIND@PORT",
                "with one attached board: measure its energy with lpm01a, ppk2, otii or bridge "
                "(docs/energy.md); otherwise energy is modelled");
  options.value("volts", "V", "with --meter: the supply that the meter switches on");
  options.value("external-volts", "V", "with --meter: a supply of your own, which it measures");
  options.value("shunt", "OHMS", "with --meter bridge: the resistance of its shunt");
  options.value(
      "trigger", "KIND",
      "with --meter: how the trigger line marks a run: high; low (behind an inverter); or "
      "pulse, a falling edge at its begin and one at its end; default: what the meter "
      "needs, for all but lpm01a high");
  options.completes("trigger", {"high", "low", "pulse"});
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

campaign::Target simulated_target(const runners::SimulatedBoard& board) {
  return {board.setup(), board.limits(), [board] { return board.make_runner(); },
          board.firmware().payload, board.firmware().output_check};
}

std::vector<campaign::Target> targets_of(const AskedBoards& asked) {
  std::vector<campaign::Target> targets;
  for (const runners::SimulatedBoard& board : asked.boards)
    set_power(targets.emplace_back(simulated_target(board)), board.board(), asked);
  for (const runners::AttachedBoards& boards : asked.attached)
    set_power(targets.emplace_back(attached_target(boards, asked)), boards.board(), asked);
  return targets;
}

AskedBoards read_boards(const Options& options, const runners::FirmwareOptions& firmware) {
  AskedBoards asked;
  asked.watts = given_watts(options);
  asked.work = campaign_options(options);
  asked.boards = boards_of(options, firmware);
  asked.recorder = recorder_of(options);
  asked.attached = attached_of(options, firmware, asked.recorder.get());
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

bool report_set_aside(const AskedBoards& asked, Console& console) {
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

}  // namespace opline::cli
