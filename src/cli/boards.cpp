#include <ostream>

#include "src/base/error.h"
#include "src/cli/board_check.h"
#include "src/cli/options.h"
#include "src/cli/unreadable.h"
#include "src/report/board_report.h"
#include "src/report/serial_port_report.h"

namespace opline::cli {
namespace {

int show(const std::string& name, bool json, std::ostream& out) {
  const board::Board board = board::load_board(name);
  out << (json ? to_text(report::to_json(board)) : report::in_words(board));
  return 0;
}

int show_timing(const std::string& name, bool json, std::ostream& out) {
  const board::Core core = board::load_core(board::load_board(name).core);
  out << (json ? to_text(report::rules_to_json(core)) : report::rules_in_words(core));
  return 0;
}

/// Files that cannot be read are named, and the others are listed.
int list(bool json, Console& console) {
  const DataFiles<board::Board> files = board::load_boards();
  Json all = Json::array();
  for (const board::Board& board : files.loaded) {
    all.push_back(report::to_json(board));
    if (!json) console.out << report::in_one_line(board);
  }
  if (json) console.out << to_text(all);
  return report_unreadable(files.unreadable, console);
}

/// Debug probes are asked which firmware the board behind them executes.
int list_attached(bool json, std::ostream& out) {
  std::vector<report::PortView> ports;
  for (const runners::SerialPort& port : runners::serial_ports()) {
    report::PortView& view = ports.emplace_back(report::PortView{port, {}});
    if (!port.probe.empty()) view.answer = runners::ask_port(port.path);
  }
  out << (json ? to_text(report::to_json(ports)) : report::in_words(ports));
  return 0;
}

}  // namespace

int boards_verb(const std::vector<std::string>& arguments, Console& console) {
  Options options(
      "boards",
      "List the boards that come with opline, show one, or list those that are plugged in.\n"
      "A board is a TOML file (docs/formats/board.md); every figure in it names its\n"
      "source. --show also takes the path of your own.\n"
      "`opline boards check FILE` lists every mistake in a board's file, or shows what\n"
      "it says.",
      "opline boards\nopline boards --attached\nopline boards --show nucleo-f446re\n"
      "opline boards --timing nucleo-f446re\nopline boards check my_board.toml\nopline boards "
      "--json");
  options.value("show", "NAME", "the name of a board, or the path of a .toml file");
  options.completes("show", Names::boards);
  options.flag("attached",
               "list the serial ports of this computer; debug probes are asked which board and "
               "firmware is behind them");
  options.value("timing", "NAME",
                "list the timing rules of this board's core, each with its source; --timing "
                "no-RULE of the verbs that simulate switches one off");
  options.completes("timing", Names::boards);
  options.flag("json", "print JSON");
  options.positional("[check FILE]", "`check` and the path of a board's file");
  options.completes("[check FILE]", {"check"});
  options.exits({static_cast<int>(ErrorCode::input), static_cast<int>(ErrorCode::io)});
  if (!options.parse(arguments, console)) return 0;
  if (options.has("show") + options.has("timing") + options.has("attached") > 1)
    options.fail("--show, --timing and --attached print different things; give one");
  if (const std::vector<std::string> words = options.positionals(); !words.empty()) {
    if (words.size() != 2 || words[0] != "check" || options.has("show") || options.has("timing") ||
        options.has("attached"))
      options.fail("usage: opline boards check FILE");
    return check_board_file(words[1], options.has("json"), console);
  }
  if (options.has("attached")) return list_attached(options.has("json"), console.out);
  if (const auto name = options.optional_text("show"))
    return show(*name, options.has("json"), console.out);
  if (const auto name = options.optional_text("timing"))
    return show_timing(*name, options.has("json"), console.out);
  return list(options.has("json"), console);
}

}  // namespace opline::cli
