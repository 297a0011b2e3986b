#include <fmt/ostream.h>

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
#include "src/base/units.h"
#include "src/board/board.h"
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

int build(const Options& options, Console& console) {
  const board::Board board = board::load_board(options.text("board"));
  firmware::BuildOptions build;
  build.sources = firmware::firmware_sources();
  build.compiler_prefix = options.text("compiler-prefix");
  build.optimisation = options.text("optimisation");
  build.portable_kernels = options.has("portable");
  build.threads = processors();
  const fs::path elf = image_path(options, board);
  if (!console.quiet) fmt::print(console.err, "building the firmware of {}\n", board.title);
  firmware::build_image(board, build, elf);
  Json json = {{"file", elf.string()}, {"board", board.name}};
  std::string text = fmt::format("wrote {}", elf.string());
  if (!board.clocks.empty()) {
    runners::FirmwareOptions firmware;
    firmware.elf = elf;
    const auto limits = runners::SimulatedBoard::load(board, firmware).limits();
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
  if (fs::exists(folder) && !fs::is_empty(folder))
    throw Error(ErrorCode::io, "{}: is there and not empty; name another folder with --out",
                folder.string());
  fs::create_directories(folder);
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
      "opline firmware sources --board nucleo-f446re --out my_firmware\n"
      "opline firmware flash --board nucleo-f446re --port /dev/ttyACM0");
  options.positional("build|sources|flash", "what to do");
  options.value("board", "NAME", "a board (opline boards), or the path of a .toml file");
  options.alias("boards", "board");
  options.value("out", "PATH",
                "the image; default: beside the board's file, or ./NAME.elf for a board that comes "
                "with opline. With sources: a folder; default: NAME-firmware");
  options.value("optimisation", "FLAGS",
                "the compiler's flags for optimisation, as one word or "
                "in quotes",
                "-O2");
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
