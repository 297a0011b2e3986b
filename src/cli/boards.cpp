#include <ostream>

#include "src/base/error.h"
#include "src/cli/options.h"
#include "src/cli/unreadable.h"
#include "src/report/board_report.h"

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

}  // namespace

int boards_verb(const std::vector<std::string>& arguments, Console& console) {
  Options options("boards",
                  "List the boards that can be simulated, or show one. A board is a TOML file in\n"
                  "data/boards; every figure in it names its source.",
                  "opline boards\nopline boards --show nucleo-f446re\nopline boards --timing "
                  "nucleo-f446re\nopline boards --json");
  options.value("show", "NAME", "the name of a board");
  options.value("timing", "NAME",
                "list the timing rules of this board's core, each with its source; --timing "
                "no-RULE of the verbs that simulate switches one off");
  options.flag("json", "print JSON");
  options.exits({static_cast<int>(ErrorCode::input), static_cast<int>(ErrorCode::io)});
  if (!options.parse(arguments, console)) return 0;
  if (options.has("show") && options.has("timing"))
    options.fail("--show and --timing print different things; give one");
  if (const auto name = options.optional_text("show"))
    return show(*name, options.has("json"), console.out);
  if (const auto name = options.optional_text("timing"))
    return show_timing(*name, options.has("json"), console.out);
  return list(options.has("json"), console);
}

}  // namespace opline::cli
