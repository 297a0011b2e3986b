#include <fmt/ostream.h>

#include <algorithm>
#include <filesystem>
#include <ostream>

#include "runners/simulator/debug/crash_report.h"
#include "runners/simulator/profile/profiler.h"
#include "sampler/space/known_network.h"
#include "src/base/error.h"
#include "src/base/files.h"
#include "src/base/other_file.h"
#include "src/base/output.h"
#include "src/base/suggest.h"
#include "src/cli/measuring.h"
#include "src/cli/network_argument.h"
#include "src/report/profile/callgrind.h"
#include "src/report/profile/flame_graph.h"
#include "src/report/profile/profile_report.h"
#include "src/report/profile/timeline.h"

namespace opline::cli {
namespace {

using report::ProfileView;
using simulator::Machine;

/// Options that name a file, with what is written there.
struct Output {
  const char* option;
  const char* help;
  std::string (*text)(const ProfileView& view);
};
constexpr Output kOutputs[] = {
    {"callgrind", "write the profile in Callgrind's format, for KCachegrind",
     report::callgrind_text},
    {"folded", "write the call paths as folded stacks, with cycles", report::folded_stacks},
    {"flame", "draw the call paths as a flame graph (.svg)", report::flame_graph_svg},
    {"trace", "write layers and functions over time as JSON, for Perfetto", report::timeline_json},
};

bool is_network(const std::string& file) { return file.ends_with(".tflite"); }

void add_profile_options(Options& options) {
  options.positional("FILE", "the firmware, an ELF file for the board; or an int8 .tflite file");
  options.value("board", "NAME", "the simulated board that executes it (opline boards)");
  options.completes("board", Names::boards);
  options.alias("boards", "board");
  add_simulation_options(options);
  add_network_options(options);
  options.value("space", "NAME", "search space: a name or a .toml file; default: kws");
  options.completes("space", Names::spaces);
  options.value("seed", "S", "seed of the random draws; default: 1");
  options.value("db", "FILE", "a study: --network is then also the id of one of its networks");
  options.value("firmware", "FILE",
                "execute the network by this firmware, of another runtime (docs/own-runtime.md)");
  options.value("from", "SYMBOL",
                "of firmware: begin there; without --to, profile one call of that function");
  options.value("to", "SYMBOL", "end before this is executed");
  options.value("cycles", "N", "of firmware: end the run after N cycles", "1000000000");
  options.flag("details", "list every layer, function and line; with --json every instruction");
  options.value("annotate", "FUNCTION", "print the instructions of a function, with their cycles");
  options.flag("json", "print JSON");
  for (const Output& output : kOutputs) options.value(output.option, "FILE", output.help);
  options.exits({static_cast<int>(ErrorCode::missing_tool), static_cast<int>(ErrorCode::input),
                 static_cast<int>(ErrorCode::io), static_cast<int>(ErrorCode::device)});
}

/// The firmware, or a .tflite file; absent where the network is named by options.
std::optional<std::string> file_of(const Options& options) {
  const std::vector<std::string> files = options.positionals();
  if (files.size() > 1) options.fail("give one file");
  if (files.empty()) return std::nullopt;
  const std::vector<std::string> known = sampler::known_network_names();
  if (std::find(known.begin(), known.end(), files.front()) != known.end() &&
      !std::filesystem::exists(files.front()))
    options.fail(fmt::format("there is no file `{0}`; for the network of that name: --network {0}",
                             files.front()));
  return files.front();
}

void require_options_that_apply(const Options& options, bool firmware) {
  if (options.has("annotate") && options.has("json"))
    options.fail("--annotate is text; --json --details has every instruction");
  if (!options.has("board")) options.fail("name a board with --board; opline boards lists them");
  for (const char* option : {"network", "index", "space", "seed", "db", "firmware"}) {
    if (firmware && options.given(option))
      options.fail(fmt::format("--{} is about a network; leave it out with an ELF file", option));
  }
  for (const char* option : {"from", "to", "cycles"}) {
    if (!firmware && options.given(option))
      options.fail(
          fmt::format("--{} applies to an ELF file; of a network its run is profiled", option));
  }
}

void require_other_outputs(const Options& options, const std::optional<std::string>& file) {
  std::vector<std::filesystem::path> taken = files_of_network(options, file);
  for (const char* input : {"db", "firmware"}) {
    if (const auto path = options.optional_text(input)) taken.emplace_back(*path);
  }
  bool printed = options.has("json");
  for (const Output& output : kOutputs) {
    const auto path = options.optional_text(output.option);
    if (!path) continue;
    if (*path == "-") {
      if (std::exchange(printed, true))
        options.fail(
            fmt::format("--{} - and another output both write to standard output; name a "
                        "file",
                        output.option));
      continue;
    }
    require_other_file(*path, taken);
    taken.emplace_back(*path);
  }
}

/// One line: "conv2d 25x5x64".
std::string name_of(const network::Layer& layer) {
  return fmt::format("{} {}x{}x{}", network::to_string(layer.type), layer.output.h, layer.output.w,
                     layer.output.c);
}

/// Another runtime may round differently: its output does not matter here.
runners::SimulatedBoard board_of(const Options& options) {
  const auto firmware = options.optional_text("firmware");
  runners::FirmwareOptions runtime;
  if (firmware) runtime = {*firmware, measure::Payload::tflite, measure::OutputCheck::none};
  return runners::SimulatedBoard::load(board_at_clock(options, options.text("board")), runtime,
                                       rules_off(options));
}

ProfileView profile_network(const Options& options, const std::optional<std::string>& file) {
  const NamedNetwork named = resolve_network(options, file);
  const auto board = board_of(options);
  std::optional<simulator::Profile> profile;
  const auto runner =
      board.make_profiling_runner([&](simulator::Profile one) { profile = std::move(one); });
  const measure::Outcome outcome =
      runner->measure(request_for(named, lay_out(named), simulated_target(board)));
  (void)measurement_of(outcome);  // throws where there is none
  OPLINE_ASSERT(profile, "a measured run without a profile");
  const auto& layers = named.network.layers();
  for (std::size_t i = 0; i < profile->layers.size(); ++i)
    profile->layers[i].name = name_of(layers.at(i));
  return {std::move(*profile),
          named.name.empty() ? named.network.id() : named.name,
          board.image_name(),
          "the measured run",
          board.board().name,
          board.board().title,
          board.setup().timing_model,
          board.setup().clock_hz,
          {},
          std::nullopt,
          false};
}

std::uint32_t address_of(const Options& options, const char* option,
                         const simulator::ElfImage& image) {
  const std::string name = options.text(option);
  if (const auto address = image.symbol(name)) return *address;
  std::vector<std::string> known;
  for (const simulator::FunctionSymbol& one : image.functions()) known.push_back(one.name);
  options.fail(fmt::format("--{}: {} has no symbol `{}`{}", option, image.name(), name,
                           did_you_mean(name, known)));
}

simulator::ProfileWindow window_of(const Options& options, const simulator::ElfImage& image) {
  simulator::ProfileWindow window;
  if (options.has("from")) window.from = address_of(options, "from", image);
  if (options.has("to")) window.to = address_of(options, "to", image);
  if (!window.from || window.to) return window;
  const bool function = std::any_of(image.functions().begin(), image.functions().end(),
                                    [&](const auto& one) { return one.address == *window.from; });
  if (!function)
    options.fail(
        fmt::format("--from {}: this symbol is not a function; say with --to where the "
                    "profile ends",
                    options.text("from")));
  window.calls = 1;
  return window;
}

std::string words_of(const Options& options) {
  if (options.has("from") && options.has("to"))
    return fmt::format("from {} to {}", options.text("from"), options.text("to"));
  if (options.has("from")) return fmt::format("one call of {}", options.text("from"));
  return options.has("to") ? fmt::format("from reset to {}", options.text("to")) : "from reset on";
}

ProfileView profile_firmware(const Options& options, const std::string& file) {
  if (options.has("clock")) options.fail("--clock is for networks: a program sets its own clock");
  const std::string content = read_file(file);
  const auto image = simulator::ElfImage::from_bytes(content, file);
  const board::Board board = board::load_board(options.text("board"));
  const board::Core core = board::without_rules(board::load_core(board.core), rules_off(options));
  const simulator::LineTable lines(content);
  Machine machine(board, core, image);
  simulator::ProfiledRun run = simulator::profile_run(machine, window_of(options, *image), lines,
                                                      {options.integer("cycles", 1)});
  const std::string name = std::filesystem::path(file).filename().string();
  return {std::move(run.profile),
          name,
          name,
          words_of(options),
          board.name,
          board.title,
          core.timing_model,
          machine.core_clock_hz(),
          {},
          run.stop,
          run.stop && simulator::has_crashed(machine, *run.stop)};
}

/// The function that --annotate names.
simulator::FunctionIndex annotated_function(const Options& options,
                                            const simulator::Profile& profile) {
  const std::string name = options.text("annotate");
  std::vector<std::string> known;
  for (std::size_t i = 0; i < profile.functions.size(); ++i) {
    const simulator::ProfiledFunction& one = profile.functions[i];
    if (one.name == name && one.self.instructions != 0)
      return static_cast<simulator::FunctionIndex>(i);
    known.push_back(one.name);
  }
  options.fail(
      fmt::format("--annotate: nothing of `{}` was executed{}", name, did_you_mean(name, known)));
}

void print(const Options& options, const ProfileView& view, std::ostream& out) {
  const auto detail = options.has("details") ? report::ProfileDetail::everything
                                             : report::ProfileDetail::one_screen;
  if (options.has("json")) {
    out << to_text(report::to_json(view, detail));
  } else if (options.has("annotate")) {
    out << report::annotated(view, annotated_function(options, view.profile));
  } else {
    out << report::in_words(view, detail);
  }
}

}  // namespace

int profile_verb(const std::vector<std::string>& arguments, Console& console) {
  Options options(
      "profile",
      "Show where cycles go on a simulated board: by cause, layer, function and source "
      "line, with\n"
      "the memory traffic and the use of the stack. FILE is any bare-metal ELF file "
      "for the board,\n"
      "run from reset; or a network (a .tflite file, --network, --index) is executed "
      "by opline's own\n"
      "runtime, and its measured run is profiled. docs/profile.md explains the output.",
      "opline profile --network kws-s --board nucleo-f446re --flame kws-s.svg\n"
      "opline profile model.tflite --board nucleo-f746zg --details\n"
      "opline profile --network kws-s --board nucleo-f746zg --annotate opline_conv_1x1\n"
      "opline profile firmware.elf --board nucleo-f446re --from fir --callgrind "
      "callgrind.out.fir\n"
      "opline profile firmware.elf --board nucleo-f446re --from start --to end --json");
  add_profile_options(options);
  if (!options.parse(arguments, console)) return 0;
  const std::optional<std::string> file = file_of(options);
  const bool firmware = file && !is_network(*file);
  require_options_that_apply(options, firmware);
  require_other_outputs(options, file);
  ProfileView view = firmware ? profile_firmware(options, *file) : profile_network(options, file);
  if (view.stop && !console.quiet) fmt::print(console.err, "the run ended: {}\n", view.stop->text);
  view.command = console.command_line;
  bool printed = false;
  for (const Output& output : kOutputs) {
    const auto path = options.optional_text(output.option);
    if (path) write_output(*path, output.text(view), console.out);
    printed = printed || path == "-";
  }
  if (!printed) print(options, view, console.out);
  return view.crashed ? static_cast<int>(ErrorCode::device) : 0;
}

}  // namespace opline::cli
