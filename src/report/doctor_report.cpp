#include "src/report/doctor_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "src/base/printable.h"
#include "src/base/version.h"

namespace opline::report {
namespace {

constexpr std::size_t kLongestTrouble = 1000;

Json text_or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

Json tool_json(const ToolCheck& tool) {
  return {{"name", tool.name},
          {"package", tool.package},
          {"purpose", tool.purpose},
          {"path", text_or_null(tool.path)}};
}

Json board_json(const BoardCheck& board) {
  Json json = {{"board", text_or_null(board.board)},
               {"port", board.port},
               {"probe", text_or_null(board.probe)},
               {"ready", board.device.has_value()},
               {"trouble", text_or_null(board.trouble)},
               {"runtime", nullptr},
               {"clock_hz", nullptr},
               {"clock_source", nullptr},
               {"cycle_counter", nullptr}};
  if (const auto& device = board.device) {
    json["runtime"] = device->runtime;
    json["clock_hz"] = json_or_null(device->clock_hz);
    json["clock_source"] = device->clock_source;
    json["cycle_counter"] = device->cycle_counter;
  }
  return json;
}

std::string timing_in_words(const runners::Capabilities& device) {
  if (!device.clock_hz || !device.cycle_counter)
    return "no clock or no cycle counter: it executes networks, and cannot time them";
  return fmt::format(
      "{:g} MHz (clock source: {}), the cycle counter agrees with this computer's clock",
      static_cast<double>(*device.clock_hz) / 1e6, printable(device.clock_source));
}

}  // namespace

bool DoctorReport::all_well() const {
  return std::ranges::all_of(boards, [](const BoardCheck& one) { return one.device.has_value(); });
}

std::string data_in_words(const DoctorReport& report) {
  return fmt::format("opline {}: boards, spaces and firmware images in {}\n", version(),
                     printable(report.data));
}

std::string in_words(const ToolCheck& tool) {
  if (!tool.path.empty()) return fmt::format("{}: {}\n", tool.name, printable(tool.path));
  return fmt::format("{}: not installed; it {}: apt-get install --no-install-recommends {}\n",
                     tool.name, tool.purpose, tool.package);
}

std::string in_words(const BoardCheck& board) {
  if (board.device)
    return fmt::format("{}@{}: ready: the firmware of this build ({}), {}\n",
                       printable(board.board), printable(board.port),
                       printable(board.device->runtime), timing_in_words(*board.device));
  const std::string trouble = printable(board.trouble, kLongestTrouble);
  if (!board.board.empty()) return trouble + "\n";  // it names the board
  return fmt::format("{} ({}): {}\n", printable(board.port), board.probe, trouble);
}

Json to_json(const DoctorReport& report) {
  Json tools = Json::array(), boards = Json::array();
  for (const ToolCheck& tool : report.tools) tools.push_back(tool_json(tool));
  for (const BoardCheck& board : report.boards) boards.push_back(board_json(board));
  return {{"format", "opline-doctor"},    {"version", 1},   {"opline", version()},
          {"data", report.data},          {"tools", tools}, {"boards", boards},
          {"all_well", report.all_well()}};
}

}  // namespace opline::report
