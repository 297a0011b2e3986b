// src/cli/options.h - a verb's options, with a --help that teaches.
//
//   Options options("spaces", "List the search spaces, or show one.", "opline spaces --show kws");
//   options.value("show", "NAME", "print the backbone, decisions and size of a space");
//   options.flag("json", "print JSON");
//   if (!options.parse(arguments, console)) return 0;   // --help was printed
//   if (options.has("show")) ... options.text("show")
#pragma once
#include <boost/program_options.hpp>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "src/cli/verb.h"

namespace opline::cli {

class Options {
 public:
  /// `examples`: command lines, one a line.
  Options(std::string verb, std::string purpose, std::string examples);

  void flag(const std::string& name, const std::string& help);
  /// `fallback` empty: no default, has() tells.
  void value(const std::string& name, const std::string& what, const std::string& help,
             const std::string& fallback = {});
  /// Arguments without a dash, as many as there are.
  void positional(const std::string& name, const std::string& help);

  /// False when --help was asked for and printed. Throws Error{usage} naming the option and where
  /// help is.
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
  /// A comma-separated list; no empty items.
  [[nodiscard]] std::vector<std::string> list(const std::string& name) const;
  [[nodiscard]] std::vector<std::string> positionals() const;

  [[noreturn]] void fail(const std::string& message) const;

 private:
  std::string verb_, purpose_, examples_, positional_name_;
  boost::program_options::options_description described_;
  boost::program_options::options_description hidden_;
  boost::program_options::variables_map values_;
};

}  // namespace opline::cli
