// The manual pages and the completions say what --help says, of every verb.
#include <gmock/gmock.h>

#include <algorithm>
#include <sstream>

#include "src/cli/completion.h"
#include "src/cli/exit_code.h"
#include "src/cli/manual_page.h"
#include "tests/cli/program.h"

namespace opline::cli {
namespace {

using testing::HasSubstr;

std::vector<VerbCompletion> all_verbs() {
  std::vector<VerbCompletion> all;
  for (const Verb& verb : verbs()) all.push_back({&verb, table_of(verb)});
  return all;
}

std::string help_of(const Verb& verb) {
  std::ostringstream out, err;
  Console console{out, err, false, ""};
  EXPECT_EQ(verb.run({"--help"}, console), 0);
  return out.str();
}

/// "--boards", ... at the start of a line of a --help.
std::vector<std::string> options_in(const std::string& help) {
  std::istringstream lines(help);
  std::vector<std::string> options;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("  --")) options.push_back(line.substr(2, line.find(' ', 2) - 2));
  }
  return options;
}

/// Without the marks of roff.
std::string plain(const std::string& page) {
  std::string text;
  for (std::size_t at = 0; at < page.size(); ++at) {
    if (page[at] == '\\' && page.compare(at, 2, "\\f") == 0) {
      at += 2;
    } else if (page[at] != '\\') {
      text += page[at];
    }
  }
  return text;
}

TEST(Manual, EveryVerbHasAPageWithTheOptionsAndExitCodesOfItsHelp) {
  for (const auto& [verb, table] : all_verbs()) {
    const std::string help = help_of(*verb);
    const std::string page = plain(verb_page(*verb, table, "2026-01-02"));
    EXPECT_THAT(page, HasSubstr("opline-" + std::string(verb->name) + " - "));
    ASSERT_GE(options_in(help).size(), 2U) << verb->name;
    for (const std::string& option : options_in(help))
      EXPECT_THAT(page, HasSubstr("\n.TP\n" + option)) << verb->name;
    for (const ExitCode& code : explained(table.exits)) {
      EXPECT_THAT(help, HasSubstr(std::to_string(code.value) + "  " + std::string(code.meaning)));
      EXPECT_THAT(page, HasSubstr("\n.TP\n" + std::to_string(code.value) + "\n")) << verb->name;
    }
  }
}

TEST(Manual, TheProgramsPageNamesEveryVerbAndExitCode) {
  const std::string page = plain(program_page("2026-01-02"));
  for (const Verb& verb : verbs()) {
    EXPECT_THAT(page, HasSubstr("\n.TP\n" + std::string(verb.name) + "\n"));
    EXPECT_THAT(page, HasSubstr(".BR opline-" + std::string(verb.name) + " (1)"));
  }
  for (const ExitCode& code : kExitCodes)
    EXPECT_THAT(page, HasSubstr("\n.TP\n" + std::to_string(code.value) + "\n"));
}

TEST(Manual, NothingIsReadAsARequestOfRoff) {
  const Verb verb{"ver-b", "one line", nullptr};
  VerbTable table;
  table.verb = "ver-b";
  table.purpose = ".hidden\n'quoted'\nback\\slash and `code-word`";
  table.options = {{"flag", "", ".dot", "", {}, {}, false, false}};
  const std::string page = verb_page(verb, table, "2026-01-02");
  EXPECT_THAT(page, HasSubstr("\n\\&.hidden\n\\&\\(aqquoted\\(aq\n"));
  EXPECT_THAT(page, HasSubstr("back\\eslash and \\fBcode\\-word\\fR\n"));
  EXPECT_THAT(page, HasSubstr("\\fB\\-\\-flag\\fR\n\\&.dot\n"));
}

/// The words of bash's case for `verb`.
std::vector<std::string> offered_by_bash(const std::string& script, const std::string& verb) {
  const std::string start = "    " + verb + ") _opline_words";
  const std::size_t at = script.find(start);
  if (at == std::string::npos) return {};
  std::istringstream words(
      script.substr(at + start.size(), script.find(";;", at) - at - start.size()));
  return {std::istream_iterator<std::string>(words), {}};
}

/// The case of a verb in the script for zsh.
std::string case_of_zsh(const std::string& script, const std::string& verb) {
  const std::size_t at = script.find("    " + verb + ")\n");
  return at == std::string::npos ? "" : script.substr(at, script.find(";;", at) - at);
}

TEST(Completion, EveryOptionOfHelpIsOffered) {
  const std::vector<VerbCompletion> all = all_verbs();
  const std::string bash = bash_completion(all), zsh = zsh_completion(all);
  for (const auto& [verb, table] : all) {
    const std::vector<std::string> options = options_in(help_of(*verb));
    EXPECT_EQ(offered_by_bash(bash, table.verb), options);
    const std::string zsh_case = case_of_zsh(zsh, table.verb);
    for (const std::string& option : options)
      EXPECT_THAT(zsh_case,
                  testing::AnyOf(HasSubstr("'" + option + "["), HasSubstr("'" + option + "=[")))
          << table.verb;
  }
}

// A word that a shell offers is one that --help explains, and the default is among them.
TEST(Completion, WordsAreThoseOfHelp) {
  int sets = 0;
  for (const auto& [verb, table] : all_verbs()) {
    for (const VerbOption& option : table.options) {
      const std::string explained = table.purpose + option.help;
      for (const std::string& word : option.words) {
        const bool is_all = word == "all" || word == "ols";
        EXPECT_TRUE(is_all || explained.find(word) != std::string::npos)
            << table.verb << " --" << option.name << " " << word;
      }
      if (option.words.empty() || option.fallback.empty()) continue;
      ++sets;
      std::istringstream defaults(option.fallback);
      for (std::string word; std::getline(defaults, word, ',');)
        EXPECT_THAT(option.words, testing::Contains(word)) << table.verb << " --" << option.name;
    }
  }
  EXPECT_GT(sets, 20);
}

class NamesTest : public ProgramTest {};

// What the completions ask for: a name at the start of each line.
TEST_F(NamesTest, TheListsStartWithTheNames) {
  const auto has_names = [this](const std::vector<std::string>& arguments,
                                const std::vector<std::string>& wanted) {
    const Result result = opline(arguments);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    for (const std::string& name : wanted)
      EXPECT_THAT("\n" + result.out, HasSubstr("\n" + name + " "));
  };
  has_names({"boards"}, {"nucleo-f446re", "nucleo-f746zg"});
  has_names({"spaces"}, {"kws", "tiny"});
  has_names({"inspect", "--list"}, {"kws-s", "kws-m", "kws-l"});
}

TEST_F(NamesTest, TheKnownNetworksAsJson) {
  const Result result = opline({"inspect", "--list", "--json"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("\"name\": \"kws-s\""));
  EXPECT_EQ(opline({"inspect", "--list", "--network", "kws-s"}).exit_code, 2);
}

}  // namespace
}  // namespace opline::cli
