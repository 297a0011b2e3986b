#include "src/cli/manual_page.h"

#include <fmt/format.h>

#include <span>
#include <sstream>

#include "src/base/version.h"
#include "src/cli/exit_code.h"

namespace opline::cli {
namespace {

/// `text` as roff prints it: a hyphen that is typed as one, a backslash, and no request at the
/// start.
std::string roff(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '\\') {
      result += "\\e";
    } else if (c == '-') {
      result += "\\-";
    } else if (c == '\'' || c == '.') {
      result += std::string(result.empty() ? "\\&" : "") + (c == '.' ? "." : "\\(aq");
    } else if (c == '^' || c == '~') {
      result += c == '^' ? "\\(ha" : "\\(ti";
    } else {
      result += c;
    }
  }
  return result;
}

/// With what stands in backquotes in bold.
std::string with_code(std::string_view text) {
  std::string result;
  bool bold = false;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find('`', at), text.size());
    result +=
        bold ? "\\fB" + roff(text.substr(at, end - at)) + "\\fR" : roff(text.substr(at, end - at));
    bold = !bold;
    at = end + 1;
  }
  return result;
}

std::string title(const std::string& name, const std::string& date) {
  std::string upper = name;
  for (char& c : upper) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return fmt::format(
      ".\\\" Written by opline_manual from the tables behind --help.\n"
      ".TH {} 1 {} \"opline {}\" \"opline manual\"\n",
      roff(upper), date, version());
}

/// Lines that --help indents are printed as they are, the others filled.
std::string paragraphs(const std::string& text) {
  std::istringstream lines(text);
  std::string result;
  bool as_is = false;
  for (std::string line; std::getline(lines, line);) {
    const bool indented = line.starts_with("  ");
    if (indented != as_is) result += indented ? ".PP\n.nf\n" : ".fi\n.PP\n";
    as_is = indented;
    if (line.ends_with(':')) result += ".br\n";  // of what follows
    result += with_code(line) + "\n";
  }
  return result + (as_is ? ".fi\n" : "");
}

std::string option_entry(const VerbOption& option, bool positional) {
  std::string entry = ".TP\n";
  if (positional) {
    entry += "\\fI" + roff(option.name) + "\\fR\n";
  } else {
    entry += "\\fB" + roff("--" + option.name) + "\\fR";
    if (!option.value.empty()) entry += " \\fI" + roff(option.value) + "\\fR";
    entry += "\n";
  }
  entry += with_code(option.help);
  if (!option.fallback.empty()) entry += "; default: " + roff(option.fallback);
  return entry + "\n";
}

std::string exit_status(std::span<const ExitCode> codes) {
  std::string section = ".SH EXIT STATUS\n";
  for (const ExitCode& code : codes)
    section += fmt::format(".TP\n{}\n{}\n", code.value, with_code(code.meaning));
  return section;
}

std::string examples(const std::string& commands) {
  if (commands.empty()) return {};
  std::string section = ".SH EXAMPLES\n.nf\n";
  std::istringstream lines(commands);
  for (std::string line; std::getline(lines, line);) section += roff(line) + "\n";
  return section + ".fi\n";
}

constexpr const char* kEnvironmentAndFiles =
    ".SH ENVIRONMENT\n"
    ".TP\nOPLINE_HOME\n"
    "The folder with boards, search spaces and firmware images, in place of the one that belongs "
    "to "
    "the program.\n"
    ".TP\nXDG_CACHE_HOME\n"
    "Where translated firmware is kept, in opline/translations; default: \\(ti/.cache.\n"
    ".SH FILES\n"
    "Of the Debian package; other installations have them below their prefix.\n"
    ".TP\n/usr/share/opline/data\n"
    "Boards, cores, search spaces and thresholds of the verdict, as TOML files.\n"
    ".TP\n/usr/share/opline/firmware\n"
    "The firmware images of the boards.\n"
    ".TP\n/usr/share/opline/device\n"
    "The sources of the firmware, and the C headers for a runtime of your own.\n"
    ".TP\n/usr/share/doc/opline\n"
    "The documentation. A page that --help names as docs/boards.md is docs/boards.md here.\n";

}  // namespace

std::string program_page(const std::string& date) {
  std::string page =
      title("opline", date) + ".SH NAME\nopline \\- op count against latency of " +
      "neural networks on microcontrollers\n.SH SYNOPSIS\n\\fBopline\\fR " +
      "\\fIVERB\\fR [\\fIoptions\\fR]\n.br\n\\fBopline\\fR \\fBhelp\\fR " +
      "\\fIVERB\\fR\n.br\n\\fBopline\\fR \\fB\\-\\-version\\fR\n.SH DESCRIPTION\n" +
      "\\fBopline\\fR answers the question: " + roff(kQuestion) +
      "\nIt draws networks at random from a search space, measures each on a simulated "
      "or an attached board, fits latency against op count and gives a verdict.\n"
      ".SH VERBS\nEach has a page of its own, opline\\-VERB(1).\n";
  std::string see_also = ".SH SEE ALSO\n";
  for (const Verb& verb : verbs()) {
    page += fmt::format(".TP\n\\fB{}\\fR\n{}\n", roff(verb.name), roff(verb.summary));
    see_also += fmt::format("{}.BR opline\\-{} (1)", verb.name == verbs().front().name ? "" : ",\n",
                            roff(verb.name));
  }
  page += exit_status(kExitCodes);
  page += kEnvironmentAndFiles;
  page += examples(
      "opline study --space kws --boards nucleo-f446re --count 200 --seed 1 "
      "--db study.db --out results");
  return page + see_also + "\n";
}

std::string verb_page(const Verb& verb, const VerbTable& table, const std::string& date) {
  std::string page = title("opline-" + table.verb, date);
  page += fmt::format(".SH NAME\nopline\\-{} \\- {}\n", roff(table.verb), roff(verb.summary));
  page += fmt::format(".SH SYNOPSIS\n\\fBopline {}\\fR [\\fIoptions\\fR]", roff(table.verb));
  if (table.positional) page += " \\fI" + roff(table.positional->name) + "\\fR";
  page += "\n.SH DESCRIPTION\n" + paragraphs(table.purpose) + ".SH OPTIONS\n";
  if (table.positional) page += option_entry(*table.positional, true);
  for (const VerbOption& option : table.options) page += option_entry(option, false);
  page += exit_status(explained(table.exits));
  page += examples(table.examples);
  return page + ".SH SEE ALSO\n.BR opline (1)\n";
}

}  // namespace opline::cli
