#include <fmt/format.h>
#include <fmt/ranges.h>

#include "src/cli/completion.h"

namespace opline::cli {
namespace {

constexpr const char* kHead = R"sh(#compdef opline
# zsh completion for opline. Written by opline_manual from the tables behind --help.

# What `opline boards` and the like list, the first word of each line; or a file.
_opline_names() {
  local -a names
  names=(${${(f)"$(${~program} ${=1} 2>/dev/null)"}%% *})
  shift
  compadd "$@" -a names
  _files "$@"
}
_opline_boards() { _opline_names boards "$@" }
_opline_spaces() { _opline_names spaces "$@" }
_opline_networks() { _opline_names "inspect --list" "$@" }

_opline_or_file() {
  compadd - "$@"
  _files
}

_opline() {
  local curcontext=$curcontext state line program=$words[1]
  local -a verbs
)sh";

/// Text within single quotes; brackets and colons are marks of _arguments.
std::string quoted(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') result += '\\';
    result += c == '\'' ? std::string("'\\''") : std::string(1, c);
  }
  return result;
}

const char* function_of(Names names) {
  switch (names) {
    case Names::boards:
      return "_opline_boards";
    case Names::spaces:
      return "_opline_spaces";
    case Names::networks:
      return "_opline_networks";
  }
  return "";
}

std::string action_of(const VerbOption& option) {
  const char* const each = option.takes_list() ? "_sequence " : "";
  if (option.names) return fmt::format("{}{}", each, function_of(*option.names));
  const std::string words = fmt::format("{}", fmt::join(option.words, " "));
  if (!words.empty() && option.files) return " _opline_or_file " + words;
  if (!words.empty() && option.takes_list()) return "_sequence compadd - " + words;
  if (!words.empty()) return "(" + words + ")";
  if (option.files) return fmt::format("{}_files", each);
  return option.folders ? "_files -/" : " ";
}

std::string specification(const VerbOption& option) {
  const std::string help = quoted(option.help);
  if (option.value.empty()) return fmt::format("'--{}[{}]'", option.name, help);
  return fmt::format("'--{}=[{}]:{}:{}'", option.name, help, quoted(option.value),
                     action_of(option));
}

}  // namespace

std::string zsh_completion(const std::vector<VerbCompletion>& verbs) {
  std::string text = kHead;
  text += "  verbs=(\n    'help:print the help of a verb'\n";
  for (const auto& [verb, table] : verbs)
    text += fmt::format("    '{}:{}'\n", table.verb, quoted(verb->summary));
  text +=
      "  )\n"
      "  if ((CURRENT == 2)) || [[ $words[2] == help && CURRENT -eq 3 ]]; then\n"
      "    _describe verb verbs\n    compadd - --help --version\n    return\n  fi\n"
      "  shift words\n  ((CURRENT--))\n  case $words[1] in\n";
  for (const auto& [verb, table] : verbs) {
    text += fmt::format("    {})\n      _arguments", table.verb);
    for (const VerbOption& option : table.options) text += " \\\n        " + specification(option);
    if (table.positional)
      text += fmt::format(" \\\n        '*:{}:{}'", quoted(table.positional->name),
                          action_of(*table.positional));
    text += "\n      ;;\n";
  }
  return text + "  esac\n}\n\n_opline \"$@\"\n";
}

}  // namespace opline::cli
