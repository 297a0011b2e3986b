// src/cli/options.h - a verb's options, with a --help that teaches.
//
//   Options options("spaces", "List the search spaces, or show one.", "opline spaces --show kws");
//   options.value("show", "NAME", "print the backbone, decisions and size of a space");
//   options.flag("json", "print JSON");
//   options.completes("show", Names::spaces);       // what a shell offers as its value
//   options.exits({10});                            // exit codes worth a line in --help
//   if (!options.parse(arguments, console)) return 0;   // --help was printed
//   if (options.has("show")) ... options.text("show")
//
// Every verb has --help and --quiet.
#pragma once
#include <boost/program_options.hpp>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "src/cli/verb.h"
#include "src/cli/verb_table.h"

namespace opline::cli {

class Options {
 public:
  /// `examples`: command lines, separated by newlines.
  Options(std::string verb, std::string purpose, std::string examples);

  void flag(const std::string& name, const std::string& help);
  /// `fallback` empty: no default, has() tells.
  void value(const std::string& name, const std::string& what, const std::string& help,
             const std::string& fallback = {});
  /// What a shell offers as the value of the option or positional `name`. Files and folders are
  /// offered without being named here where the value is called FILE, PATH, PORT, SERIES, X.db or
  /// DIR.
  void completes(const std::string& name, std::vector<std::string> words);
  void completes(const std::string& name, Names names);
  void completes_files(const std::string& name);
  /// Another spelling of the option `name`, accepted and not shown by --help.
  void alias(const std::string& other, const std::string& name);
  /// Arguments without a dash, any number of them.
  void positional(const std::string& name, const std::string& help);
  /// Exit codes of exit_code.h besides 0 and 2 that --help explains.
  void exits(std::vector<int> codes);

  /// False when --help was asked for and printed, or console.table was filled. Sets console.quiet.
  /// Throws Error{usage} naming
  /// the option, the one that was probably meant, and where help is.
  [[nodiscard]] bool parse(const std::vector<std::string>& arguments, Console& console);

  /// Gives `name` this value as if it had been written on the command line; after parse().
  void set(const std::string& name, const std::string& value);

  [[nodiscard]] bool has(const std::string& name) const;
  /// Whether it was written, rather than its default.
  [[nodiscard]] bool given(const std::string& name) const;
  /// Throws Error{usage} when the option is needed and missing.
  [[nodiscard]] std::string text(const std::string& name) const;
  [[nodiscard]] std::optional<std::string> optional_text(const std::string& name) const;
  [[nodiscard]] std::uint64_t integer(
      const std::string& name, std::uint64_t min = 0,
      std::uint64_t max = std::numeric_limits<std::uint64_t>::max()) const;
  /// A decimal number above `above` and below `below`.
  [[nodiscard]] double number(const std::string& name, double above, double below) const;
  /// Which of the words of completes() it is; nothing else is accepted.
  [[nodiscard]] std::size_t choice(const std::string& name) const;
  /// A comma-separated list; no empty items.
  [[nodiscard]] std::vector<std::string> list(const std::string& name) const;
  [[nodiscard]] std::vector<std::string> positionals() const;

  [[noreturn]] void fail(const std::string& message) const;

 private:
  /// `arguments` with every alias replaced by what it stands for.
  [[nodiscard]] std::vector<std::string> canonical(std::vector<std::string> arguments) const;
  [[noreturn]] void fail_unknown(const std::string& option) const;
  [[nodiscard]] VerbOption& entry(const std::string& name);
  void print_help(std::ostream& out) const;

  VerbTable table_;
  std::map<std::string, std::string> aliases_;
  boost::program_options::options_description described_;
  boost::program_options::options_description hidden_;
  boost::program_options::variables_map values_;
};

}  // namespace opline::cli
