// src/cli/verb_table.h - a verb's --help as data, from which its manual page and what shells
// complete are made (manual_page.h, completion.h).
#pragma once
#include <optional>
#include <string>
#include <vector>

namespace opline::cli {

/// What `opline boards`, `opline spaces` and `opline inspect --list` print, a name at the start of
/// each line. A shell asks the program when it completes.
enum class Names { boards, spaces, networks };

/// An option, or the arguments without a dash.
struct VerbOption {
  std::string name;   ///< "boards"; of arguments without a dash what --help calls them.
  std::string value;  ///< "NAME,..."; empty: a flag.
  std::string help;
  std::string fallback;  ///< Empty: none.
  // What a shell offers as the value.
  std::vector<std::string> words;
  std::optional<Names> names;  ///< Files are offered, too: a board, space or network may be one.
  bool files = false;
  bool folders = false;

  /// The value is a comma-separated list.
  [[nodiscard]] bool takes_list() const;
};

struct VerbTable {
  std::string verb, purpose;
  std::string examples;  ///< Command lines, separated by newlines.
  std::vector<VerbOption> options;
  std::optional<VerbOption> positional;
  std::vector<int> exits;  ///< Exit codes besides 0 and 2 that are explained.
};

struct Verb;

/// The table of a verb, which does nothing else.
[[nodiscard]] VerbTable table_of(const Verb& verb);

}  // namespace opline::cli
