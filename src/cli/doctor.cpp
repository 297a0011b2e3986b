#include <fmt/ostream.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <ostream>
#include <sstream>

#include "runners/attached/attached_board.h"
#include "runners/attached/serial_ports.h"
#include "src/base/error.h"
#include "src/base/files.h"
#include "src/base/printable.h"
#include "src/base/version.h"
#include "src/cli/options.h"

namespace opline::cli {
namespace {

/// Where `program` is in PATH; empty: nowhere.
std::string found_in_path(const std::string& program) {
  const char* const path = std::getenv("PATH");
  std::istringstream folders(path == nullptr ? "" : path);
  for (std::string folder; std::getline(folders, folder, ':');) {
    const std::string file = (std::filesystem::path(folder) / program).string();
    if (access(file.c_str(), X_OK) == 0) return file;
  }
  return {};
}

/// `package`: of Debian 12.
void check_tool(const char* program, const char* package, const char* purpose, std::ostream& out) {
  const std::string file = found_in_path(program);
  if (file.empty()) {
    fmt::print(out, "{}: not installed; it {}: apt-get install {}\n", program, purpose, package);
  } else {
    fmt::print(out, "{}: {}\n", program, printable(file));
  }
}

/// The boards behind the debug probes of this computer. Those that cannot be asked are reported.
std::vector<runners::AttachedPort> plugged_in(bool& all_well, std::ostream& out) {
  std::vector<runners::AttachedPort> boards;
  for (const runners::SerialPort& port : runners::serial_ports()) {
    if (port.probe.empty()) continue;
    const runners::PortAnswer answer = runners::ask_port(port.path);
    if (!answer.board.empty()) {
      boards.push_back({answer.board, port.path});
      continue;
    }
    all_well = false;
    fmt::print(out, "{} ({}): {}\n", printable(port.path), port.probe,
               printable(answer.trouble, 1000));
  }
  return boards;
}

/// Everything that is checked before a board measures.
bool check_board(const runners::AttachedPort& port, std::ostream& out) {
  try {
    const runners::AttachedBoards board = runners::AttachedBoards::connect({port}).front();
    const runners::Capabilities& device = board.capabilities();
    const std::string clock =
        device.clock_hz && device.cycle_counter
            ? fmt::format(
                  "{:g} MHz (clock source: {}), the cycle counter agrees with this "
                  "computer's clock",
                  static_cast<double>(*device.clock_hz) / 1e6, printable(device.clock_source))
            : "no clock or no cycle counter: it executes networks, and cannot time them";
    fmt::print(out, "{}: ready: the firmware of this build ({}), {}\n", printable(port.text()),
               printable(device.runtime), clock);
    return true;
  } catch (const Error& error) {
    fmt::print(out, "{}\n", error.what());
    return false;
  }
}

}  // namespace

int doctor_verb(const std::vector<std::string>& arguments, Console& console) {
  Options options(
      "doctor",
      "Check where opline has its data, and what measuring on real boards needs: tools,\n"
      "serial ports and permissions, and of each board its firmware, its clock and its\n"
      "cycle counter. Says what to do about everything that is missing (docs/boards.md).",
      "opline doctor\nopline doctor --boards nucleo-f446re@/dev/ttyACM0");
  options.value("boards", "NAME@PORT,...",
                "check these boards; default: those behind the debug probes that are plugged in");
  options.completes("boards", Names::boards);
  options.alias("board", "boards");
  options.exits({static_cast<int>(ErrorCode::device)});
  if (!options.parse(arguments, console)) return 0;
  fmt::print(console.out, "opline {}: boards, spaces and firmware images in {}\n", version(),
             printable(resource_root().string()));
  check_tool("gnuplot", "gnuplot-nox", "draws figures", console.out);
  check_tool("arm-none-eabi-gcc", "gcc-arm-none-eabi", "builds firmware for boards of your own",
             console.out);
  check_tool("openocd", "openocd", "writes firmware to boards", console.out);
  bool all_well = true;
  std::vector<runners::AttachedPort> boards;
  if (options.has("boards")) {
    for (const std::string& name : options.list("boards")) {
      auto port = runners::parse_attached_port(name);
      if (!port) options.fail(fmt::format("'{}' is not NAME@PORT", name));
      boards.push_back(std::move(*port));
    }
  } else {
    boards = plugged_in(all_well, console.out);
    if (boards.empty() && all_well)
      fmt::print(console.out,
                 "no debug probe is plugged in; is the USB cable one that carries data?\n");
  }
  for (const runners::AttachedPort& port : boards)
    all_well = check_board(port, console.out) && all_well;
  return all_well ? 0 : static_cast<int>(ErrorCode::device);
}

}  // namespace opline::cli
