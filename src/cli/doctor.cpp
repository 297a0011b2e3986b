#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <ostream>
#include <sstream>

#include "runners/attached/attached_board.h"
#include "runners/attached/serial_ports.h"
#include "src/base/error.h"
#include "src/base/files.h"
#include "src/cli/options.h"
#include "src/report/doctor_report.h"

namespace opline::cli {
namespace {

/// Where `program` is in PATH; empty: nowhere.
std::string found_in_path(const std::string& program) {
  const char* const path = std::getenv("PATH");
  std::istringstream folders(path == nullptr ? "" : path);
  for (std::string folder; std::getline(folders, folder, ':');) {
    std::string file = (std::filesystem::path(folder) / program).string();
    if (access(file.c_str(), X_OK) == 0) return file;
  }
  return {};
}

std::vector<report::ToolCheck> check_tools() {
  std::vector<report::ToolCheck> tools = {
      {"gnuplot", "gnuplot-nox", "draws figures", ""},
      {"arm-none-eabi-gcc", "gcc-arm-none-eabi", "builds firmware for boards of your own", ""},
      {"openocd", "openocd", "writes firmware to boards", ""}};
  for (report::ToolCheck& tool : tools) tool.path = found_in_path(tool.name);
  return tools;
}

/// What is behind the debug probes of this computer.
std::vector<report::BoardCheck> plugged_in() {
  std::vector<report::BoardCheck> boards;
  for (const runners::SerialPort& port : runners::serial_ports()) {
    if (port.probe.empty()) continue;
    const runners::PortAnswer answer = runners::ask_port(port.path);
    boards.push_back({answer.board, port.path, port.probe, {}, answer.trouble});
  }
  return boards;
}

/// Those of --boards.
std::vector<report::BoardCheck> named(const Options& options) {
  std::vector<report::BoardCheck> boards;
  for (const std::string& name : options.list("boards")) {
    const auto port = runners::parse_attached_port(name);
    if (!port) options.fail(fmt::format("'{}' is not NAME@PORT", name));
    boards.push_back({port->board, port->port, "", {}, ""});
  }
  return boards;
}

/// Everything that is checked before a board measures.
void check_board(report::BoardCheck& board) {
  if (board.board.empty()) return;  // nothing answers there
  try {
    board.device =
        runners::AttachedBoards::connect({{board.board, board.port}}).front().capabilities();
  } catch (const Error& error) {
    board.trouble = error.what();
  }
}

}  // namespace

int doctor_verb(const std::vector<std::string>& arguments, Console& console) {
  Options options(
      "doctor",
      "Check where opline has its data, and what measuring on real boards needs: tools,\n"
      "serial ports and permissions, and of each board its firmware, its clock and its\n"
      "cycle counter. Says what to do about everything that is missing (docs/boards.md).",
      "opline doctor\nopline doctor --boards nucleo-f446re@/dev/ttyACM0\nopline doctor --json");
  options.value("boards", "NAME@PORT,...",
                "check these boards; default: those behind the debug probes that are plugged in");
  options.completes("boards", Names::boards);
  options.alias("board", "boards");
  options.flag("json", "print JSON");
  options.exits({static_cast<int>(ErrorCode::device)});
  if (!options.parse(arguments, console)) return 0;
  const bool json = options.has("json");
  const auto print = [&](const std::string& line) {
    if (!json) console.out << line << std::flush;  // a board takes seconds
  };
  report::DoctorReport found;
  if (options.has("boards")) found.boards = named(options);
  found.data = resource_root().string();
  print(report::data_in_words(found));
  found.tools = check_tools();
  for (const report::ToolCheck& tool : found.tools) print(in_words(tool));
  if (!options.has("boards")) found.boards = plugged_in();
  if (found.boards.empty())
    print("no debug probe is plugged in; is the USB cable one that carries data?\n");
  for (report::BoardCheck& board : found.boards) {
    check_board(board);
    print(in_words(board));
  }
  if (json) console.out << to_text(to_json(found));
  return found.all_well() ? 0 : static_cast<int>(ErrorCode::device);
}

}  // namespace opline::cli
