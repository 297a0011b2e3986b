#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>

#include "src/cli/completion.h"

namespace opline::cli {
namespace {

constexpr const char* kHead =
    R"sh(# bash completion for opline. Written by opline_manual from the tables behind --help.
# shellcheck shell=bash disable=SC2046 # names are split into words

# The words that continue the one before the cursor.
_opline_words() {
  local word
  for word; do
    [[ $word == "$current"* ]] && COMPREPLY+=("$before$word")
  done
}

# The same for a comma-separated list: for its last item.
_opline_list() {
  if [[ $current == *,* ]]; then
    before+=${current%,*},
    current=${current##*,}
  fi
  compopt -o nospace
  _opline_words "$@"
}

# What `opline boards` and the like list: the first word of each line.
_opline_names() {
  local name rest
  "${COMP_WORDS[0]/#\~/$HOME}" "$@" 2>/dev/null | while read -r name rest; do
    printf '%s\n' "$name"
  done
}

_opline_files() {
  local file
  compopt -o filenames
  while IFS= read -r file; do COMPREPLY+=("$before$file"); done < <(compgen "${1:--f}" -- "$current")
}

)sh";

constexpr const char* kTail =
    R"sh(
_opline() {
  local current=${COMP_WORDS[COMP_CWORD]} option=${COMP_WORDS[COMP_CWORD - 1]} verb=${COMP_WORDS[1]}
  local before='' IFS=$' \t\n'
  COMPREPLY=()
  # --option=value is three words, unless COMP_WORDBREAKS lacks the equals sign.
  if [[ $current == = ]]; then
    current=
  elif [[ $option == = ]]; then
    option=${COMP_WORDS[COMP_CWORD - 2]}
  elif [[ $current == --*=* ]]; then
    option=${current%%=*} before=${current%%=*}= current=${current#*=}
  fi
  if ((COMP_CWORD == 1)) || { ((COMP_CWORD == 2)) && [[ $verb == help ]]; }; then
    _opline_verbs
  elif [[ $option == --* ]] && _opline_value "$verb $option"; then
    :
  elif [[ $current == -* ]] || ! _opline_value "$verb"; then
    _opline_options "$verb"
  fi
}
complete -F _opline opline
)sh";

const char* command_of(Names names) {
  switch (names) {
    case Names::boards:
      return "boards";
    case Names::spaces:
      return "spaces";
    case Names::networks:
      return "inspect --list";
  }
  return "";
}

/// A word for bash, which reads neither quotes nor blanks in any of ours.
std::string action_of(const VerbOption& option) {
  std::string words = fmt::format("{}", fmt::join(option.words, " "));
  if (option.names) words = fmt::format("$(_opline_names {})", command_of(*option.names));
  std::string action;
  if (!words.empty())
    action = fmt::format("{} {}; ", option.takes_list() ? "_opline_list" : "_opline_words", words);
  if (option.files || option.names) action += "_opline_files; ";
  if (option.folders) action += "_opline_files -d; ";
  return action.empty() ? ": ; " : action;
}

/// The options with each action, so that an action is written once.
std::string values(const std::vector<VerbCompletion>& verbs) {
  std::map<std::string, std::vector<std::string>> options_of;
  for (const auto& [verb, table] : verbs) {
    if (table.positional) {
      VerbOption arguments = *table.positional;
      options_of[action_of(arguments)].push_back(fmt::format("\"{}\"", table.verb));
    }
    for (const VerbOption& option : table.options) {
      if (!option.value.empty())
        options_of[action_of(option)].push_back(
            fmt::format("\"{} --{}\"", table.verb, option.name));
    }
  }
  std::string text =
      "# Completes the value of an option (\"verb --option\"), or the arguments of a verb; fails "
      "where\n"
      "# there are none.\n_opline_value() {\n  case $1 in\n";
  for (const auto& [action, options] : options_of)
    text += fmt::format("    {})\n      {};;\n", fmt::join(options, " | \\\n    "), action);
  return text + "    *) return 1 ;;\n  esac\n}\n";
}

}  // namespace

std::string bash_completion(const std::vector<VerbCompletion>& verbs) {
  std::string text = kHead;
  text += "_opline_verbs() {\n  _opline_words help --help --version";
  for (const auto& [verb, table] : verbs) text += " " + table.verb;
  text += "\n}\n\n_opline_options() {\n  case $1 in\n";
  for (const auto& [verb, table] : verbs) {
    text += fmt::format("    {}) _opline_words", table.verb);
    for (const VerbOption& option : table.options) text += " --" + option.name;
    text += " ;;\n";
  }
  text += "  esac\n}\n\n";
  return text + values(verbs) + kTail;
}

}  // namespace opline::cli
