#include <fmt/ostream.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <ostream>

#include "runners/attached/flash_tool.h"
#include "runners/attached/serial_ports.h"
#include "runners/firmware/image_builder.h"
#include "runners/simulated_board.h"
#include "src/base/error.h"
#include "src/base/files.h"
#include "src/base/json.h"
#include "src/base/parallel.h"
#include "src/base/shell_word.h"
#include "src/base/units.h"
#include "src/board/board.h"
#include "src/board/board_start.h"
#include "src/cli/network_argument.h"
#include "src/cli/options.h"

namespace opline::cli {
namespace {

namespace fs = std::filesystem;

/// Beside the board's own file; for a board that comes with opline, here.
fs::path image_path(const Options& options, const board::Board& board) {
  if (const auto out = options.optional_text("out")) return *out;
  if (!options.text("board").ends_with(".toml")) return board.name + ".elf";
  return fs::path(board.file).replace_extension(".elf");
}

constexpr std::uint64_t kEnergyBaud = 9600;  // what MLPerf Tiny's I/O manager is set to

/// At the baud rate that is wanted.
board::Board board_to_build(const Options& options) {
  board::Board board = board::load_board(options.text("board"));
  const bool energy = options.has("energy-mode");
  if (energy && !board.trigger)
    options.fail(
        fmt::format("--energy-mode needs a pin that marks inference, and the file of {} has no "
                    "[trigger] (docs/formats/board.md)",
                    board.name));
  if (options.has("baud")) {
    board.uart.baud = static_cast<std::uint32_t>(options.integer("baud", 1200, 10'000'000));
  } else if (energy) {
    board.uart.baud = kEnergyBaud;
  }
  for (const board::OperatingPoint& point : board.clocks) {
    if (const auto reason = board::reason_against_baud(board.uart, point.uart_hz))
      options.fail(*reason + "; choose another rate with --baud");
  }
  return board;
}

struct NetworkToBuild {
  firmware::OwnNetwork own;
  network::Footprint footprint;
};

/// --network and --model. The benchmark sends images as pixels from 0 to 255, which its models take
/// as -128 to 127, and features for keyword spotting as int8.
std::optional<NetworkToBuild> network_to_build(const Options& options) {
  if (options.has("network") != options.has("model"))
    options.fail("--network and --model go together: the network and its name in the benchmark");
  if (!options.has("network")) return std::nullopt;
  const std::string model = options.text("model");
  const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  if (!std::ranges::all_of(model, plain) || model.size() > 40)
    options.fail("--model is a name of lower-case letters and digits, like kws01");
  if (model == "ad01")
    options.fail(
        "ad01 is not possible: its runner sends features as float32 and expects the "
        "reconstruction's error, not the output");
  const NamedNetwork named = resolve_network(options);
  const network::Network& shapes = named.network;
  const auto last = static_cast<network::LayerId>(shapes.layers().size()) - 1;
  if (shapes.inputs().size() != 1 || shapes.outputs() != std::vector{shapes.output_of(last)})
    throw Error(ErrorCode::input,
                "the network has {} inputs and states and {} outputs; the benchmark's protocol "
                "knows one input, and one output that is the last layer's",
                shapes.inputs().size(), shapes.outputs().size());
  const network::CompiledNetwork compiled = compile(named);
  const network::TensorQuantisation output = numbers_of(named).tensors.back();
  const bool is_image = model.starts_with("ic") || model.starts_with("vww");
  return NetworkToBuild{
      {model, compiled.plan, compiled.tensors, is_image, output.scale, output.zero_point},
      compiled.footprint};
}

/// The image's network must have its memory, and room for the copy of its input.
void require_room(network::Footprint footprint, const std::vector<std::uint8_t>& plan,
                  const network::DeviceLimits& limits, const fs::path& elf) {
  opline_plan_header header;
  std::memcpy(&header, plan.data(), sizeof header);
  footprint.arena_bytes += header.input_bytes;
  if (const auto reason = network::reason_not_to_fit(footprint, limits)) {
    fs::remove(elf);
    throw Error(ErrorCode::input, "the network does not fit the board: {}", *reason);
  }
}

firmware::BuildOptions build_options(const Options& options) {
  firmware::BuildOptions build;
  build.sources = firmware::firmware_sources();
  build.compiler_prefix = options.text("compiler-prefix");
  build.optimisation = options.text("optimisation");
  build.portable_kernels = options.has("portable");
  build.energy_mode = options.has("energy-mode");
  build.threads = processors();
  return build;
}

int build(const Options& options, Console& console) {
  const board::Board board = board_to_build(options);
  const std::optional<NetworkToBuild> network = network_to_build(options);
  firmware::BuildOptions build = build_options(options);
  if (network) build.network = network->own;
  const fs::path elf = image_path(options, board);
  if (!console.quiet) fmt::print(console.err, "building the firmware of {}\n", board.title);
  firmware::build_image(board, build, elf);
  Json json = {{"file", elf.string()}, {"board", board.name}};
  std::string text = fmt::format("wrote {}", elf.string());
  if (!board.clocks.empty()) {
    runners::FirmwareOptions firmware;
    firmware.elf = elf;
    const auto limits = runners::SimulatedBoard::load(board, firmware).limits();
    if (network) require_room(network->footprint, network->own.plan, limits, elf);
    json["weights_bytes"] = limits.weight_pool_bytes;
    json["arena_bytes"] = limits.arena_bytes;
    text += fmt::format(": boots in the simulator; room for {} of weights and {} of activations",
                        format_bytes(limits.weight_pool_bytes), format_bytes(limits.arena_bytes));
  }
  console.out << (options.has("json") ? to_text(json) : text + "\n");
  return 0;
}

/// What another runtime's firmware is built with (docs/own-runtime.md).
int sources(const Options& options, Console& console) {
  const board::Board board = board::load_board(options.text("board"));
  const fs::path folder = options.optional_text("out").value_or(board.name + "-firmware");
  std::error_code failed;
  fs::create_directories(folder, failed);
  if (failed || !fs::is_directory(folder))
    throw Error(ErrorCode::io, "--out {}: cannot create the folder ({}); name another",
                folder.string(), failed ? failed.message() : "it is a file");
  if (!fs::is_empty(folder))
    throw Error(ErrorCode::io, "{}: is there and not empty; name another folder with --out",
                folder.string());
  fs::copy(fs::canonical(firmware::firmware_sources() / "firmware"), folder / "firmware",
           fs::copy_options::recursive);
  firmware::write_board_sources(board, folder);
  fmt::print(console.out, "wrote {}: compile with -I{} (docs/own-runtime.md)\n", folder.string(),
             folder.string());
  return 0;
}

/// The serial number of the debug probe behind a serial port.
std::string probe_serial(const std::string& path) {
  for (const runners::SerialPort& port : runners::serial_ports()) {
    if (port.path == path && !port.serial.empty()) return port.serial;
  }
  throw Error(
      ErrorCode::device,
      "{}: is not the port of a debug probe with a serial number; `opline boards --attached` "
      "lists those there are",
      path);
}

int flash(const Options& options, Console& console) {
  const board::Board board = board::load_board(options.text("board"));
  const fs::path elf = runners::own_image_of(board);
  const auto port = options.optional_text("port");
  const std::vector<std::string> command =
      runners::openocd_command(board, elf, port ? probe_serial(*port) : "");
  if (options.has("dry-run")) {
    std::string line;
    for (const std::string& word : command) line += (line.empty() ? "" : " ") + shell_word(word);
    fmt::print(console.out, "{}\n", line);
    return 0;
  }
  runners::run_flash_tool(command);
  fmt::print(console.out, "wrote {} to the flash of {}\n", elf.filename().string(), board.title);
  return 0;
}

}  // namespace

int firmware_verb(const std::vector<std::string>& arguments, Console& console) {
  Options options(
      "firmware",
      "Build the firmware of a board from its file, write its sources, or flash it.\n"
      "`opline firmware build` compiles opline's runtime for the board (docs/formats/board.md) "
      "with\n"
      "arm-none-eabi-gcc and writes the image beside the file, where --boards FILE.toml finds it.\n"
      "`opline firmware sources` writes the sources that the firmware of another runtime needs:\n"
      "start-up, clock and UART of the board, and opline_device.h.\n"
      "`opline firmware flash` writes opline's image to a board that is plugged in, with OpenOCD.",
      "opline firmware build --board my_board.toml\n"
      "opline firmware build --board nucleo-f446re --optimisation -Os --out small.elf\n"
      "opline firmware build --board nucleo-f446re --network kws.tflite --model kws01 "
      "--energy-mode\n"
      "opline firmware sources --board nucleo-f446re --out my_firmware\n"
      "opline firmware flash --board nucleo-f446re --port /dev/ttyACM0");
  options.positional("build|sources|flash", "what to do");
  options.completes("build|sources|flash", {"build", "sources", "flash"});
  options.value("board", "NAME", "a board (opline boards), or the path of a .toml file");
  options.completes("board", Names::boards);
  options.alias("boards", "board");
  options.value("out", "PATH",
                "the image; default: beside the board's file, or ./NAME.elf for a board that comes "
                "with opline. With sources: a folder; default: NAME-firmware");
  options.value("optimisation", "FLAGS",
                "the compiler's flags for optimisation, as one word or "
                "in quotes",
                "-O2");
  options.value("network", "NAME",
                "build this network into the image, for MLPerf Tiny: a .tflite file, with its "
                "weights, or a known network (kws-s)");
  options.completes("network", Names::networks);
  options.value("model", "ID", "with --network: what the benchmark calls it, e.g. kws01");
  options.flag("energy-mode",
               "MLPerf Tiny's energy mode: timestamps are pulses on the board's trigger pin");
  options.value("baud", "RATE", "of the UART; default: the board's, with --energy-mode 9600");
  options.flag("portable", "kernels without packed arithmetic, to cross-check results");
  options.value("compiler-prefix", "PREFIX", "of the cross compiler; may be a path",
                "arm-none-eabi-");
  options.value("port", "PATH",
                "with flash: the serial port of the board, where several are there");
  options.flag("dry-run", "with flash: print the command line, and do nothing");
  options.flag("json", "print JSON");
  options.exits({static_cast<int>(ErrorCode::input), static_cast<int>(ErrorCode::missing_tool),
                 static_cast<int>(ErrorCode::io), static_cast<int>(ErrorCode::device)});
  if (!options.parse(arguments, console)) return 0;
  const std::vector<std::string> words = options.positionals();
  if (words.size() != 1 || (words[0] != "build" && words[0] != "sources" && words[0] != "flash"))
    options.fail(
        "say what to do: opline firmware build --board NAME, opline firmware sources or opline "
        "firmware flash");
  if (words[0] == "flash") return flash(options, console);
  return words[0] == "build" ? build(options, console) : sources(options, console);
}

}  // namespace opline::cli
