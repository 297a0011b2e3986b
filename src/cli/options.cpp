#include "src/cli/options.h"

#include <fmt/ostream.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <ostream>
#include <sstream>

#include "src/base/error.h"
#include "src/base/suggest.h"
#include "src/cli/exit_code.h"

namespace opline::cli {
namespace po = boost::program_options;

namespace {

constexpr unsigned kWidth = 110;

VerbOption entry_of(const std::string& name, const std::string& value, const std::string& help,
                    const std::string& fallback = {}) {
  VerbOption entry{name, value, help, fallback, {}, {}, false, false};
  for (const char* file : {"FILE", "PATH", "PORT", "SERIES", ".db"})
    entry.files = entry.files || value.find(file) != std::string::npos;
  entry.folders = value == "DIR";
  return entry;
}

}  // namespace

bool VerbOption::takes_list() const { return value.ends_with(",...") || value == "LIST"; }

Options::Options(std::string verb, std::string purpose, std::string examples)
    : table_{std::move(verb), std::move(purpose), std::move(examples), {}, {}, {}},
      described_("Options", kWidth, kWidth / 2) {
  flag("help", "print this text");
  flag("quiet", "no progress on standard error");
}

void Options::flag(const std::string& name, const std::string& help) {
  table_.options.push_back(entry_of(name, "", help));
  described_.add_options()(name.c_str(), help.c_str());
}

void Options::value(const std::string& name, const std::string& what, const std::string& help,
                    const std::string& fallback) {
  table_.options.push_back(entry_of(name, what, help, fallback));
  auto* semantic = po::value<std::string>()->value_name(what);
  if (!fallback.empty()) semantic->default_value(fallback);
  described_.add_options()(name.c_str(), semantic, help.c_str());
}

VerbOption& Options::entry(const std::string& name) {
  if (table_.positional && table_.positional->name == name) return *table_.positional;
  const auto found = std::ranges::find(table_.options, name, &VerbOption::name);
  OPLINE_ASSERT(found != table_.options.end(), "{} has no option {}", table_.verb, name);
  return *found;
}

void Options::completes(const std::string& name, std::vector<std::string> words) {
  entry(name).words = std::move(words);
}

void Options::completes(const std::string& name, Names names) { entry(name).names = names; }

void Options::completes_files(const std::string& name) { entry(name).files = true; }

void Options::alias(const std::string& other, const std::string& name) { aliases_[other] = name; }

void Options::positional(const std::string& name, const std::string& help) {
  table_.positional = entry_of(name, name, help);
  hidden_.add_options()(name.c_str(), po::value<std::vector<std::string>>(), help.c_str());
}

void Options::exits(std::vector<int> codes) { table_.exits = std::move(codes); }

std::vector<std::string> Options::canonical(std::vector<std::string> arguments) const {
  for (std::string& argument : arguments) {
    if (argument == "--") break;  // what follows has no options
    if (!argument.starts_with("--")) continue;
    const std::size_t end = std::min(argument.find('='), argument.size());
    const auto found = aliases_.find(argument.substr(2, end - 2));
    if (found != aliases_.end()) argument = "--" + found->second + argument.substr(end);
  }
  return arguments;
}

void Options::fail_unknown(const std::string& option) const {
  std::vector<std::string> known;
  for (const auto& one : described_.options()) known.push_back("--" + one->long_name());
  fail(fmt::format("unknown option {}{}", option, did_you_mean(option, known)));
}

bool Options::parse(const std::vector<std::string>& arguments, Console& console) {
  po::options_description all;
  all.add(described_).add(hidden_);
  po::positional_options_description positions;
  if (console.table != nullptr) {
    *console.table = table_;
    return false;
  }
  if (table_.positional) positions.add(table_.positional->name.c_str(), -1);
  try {
    const int style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
    po::store(po::command_line_parser(canonical(arguments))
                  .options(all)
                  .positional(positions)
                  .style(style)
                  .run(),
              values_);
    po::notify(values_);
  } catch (const po::unknown_option& problem) {
    fail_unknown(problem.get_option_name());
  } catch (const po::too_many_positional_options_error&) {
    fail("takes options only, and there is an argument without `--`");
  } catch (const po::error& problem) {
    fail(problem.what());
  }
  console.quiet = console.quiet || values_.count("quiet") != 0;
  if (values_.count("help") == 0) return true;
  print_help(console.out);
  return false;
}

std::vector<ExitCode> explained(const std::vector<int>& exits) {
  std::vector<ExitCode> codes = {{0, "done"}};
  for (const ExitCode& code : kExitCodes) {
    if (code.value == static_cast<int>(ErrorCode::usage) || std::ranges::count(exits, code.value))
      codes.push_back(code);
  }
  return codes;
}

void Options::print_help(std::ostream& out) const {
  out << table_.purpose << "\n\nUsage: opline " << table_.verb << " [options]"
      << (table_.positional ? " " + table_.positional->name : "") << "\n\n";
  described_.print(out);
  if (!table_.examples.empty()) out << "\nExamples:\n";
  std::istringstream examples(table_.examples);
  for (std::string example; std::getline(examples, example);) out << "  " << example << "\n";
  out << "\nExit codes (all of them: opline --help):\n";
  for (const ExitCode& code : explained(table_.exits))
    fmt::print(out, "{:>4}  {}\n", code.value, code.meaning);
}

void Options::set(const std::string& name, const std::string& value) {
  std::map<std::string, po::variable_value>& values = values_;
  values[name] = po::variable_value(std::string(value), false);
}

bool Options::has(const std::string& name) const { return values_.count(name) != 0; }

bool Options::given(const std::string& name) const {
  return has(name) && !values_[name].defaulted();
}

std::optional<std::string> Options::optional_text(const std::string& name) const {
  if (!has(name)) return std::nullopt;
  std::string value = values_[name].as<std::string>();
  const auto is_control = [](unsigned char letter) { return letter < 0x20 || letter == 0x7f; };
  if (value.empty()) fail(fmt::format("--{} is empty", name));
  if (std::any_of(value.begin(), value.end(), is_control))
    fail(fmt::format("--{} holds a control character", name));
  return value;
}

std::string Options::text(const std::string& name) const {
  if (!has(name)) fail(fmt::format("--{} is needed", name));
  return *optional_text(name);
}

std::uint64_t Options::integer(const std::string& name, std::uint64_t min,
                               std::uint64_t max) const {
  const std::string digits = text(name);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc{} || end != digits.data() + digits.size() || value < min || value > max) {
    const bool open = max == std::numeric_limits<std::uint64_t>::max();
    fail(fmt::format("--{} is '{}'; it must be a whole number from {}{}", name, digits, min,
                     open ? std::string() : fmt::format(" to {}", max)));
  }
  return value;
}

double Options::number(const std::string& name, double above, double below) const {
  const std::string digits = text(name);
  double value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc{} || end != digits.data() + digits.size() ||
      !(value > above && value < below))
    fail(fmt::format("--{} is '{}'; it must be a number above {} and below {}", name, digits, above,
                     below));
  return value;
}

std::size_t Options::choice(const std::string& name) const {
  const auto entry = std::ranges::find(table_.options, name, &VerbOption::name);
  OPLINE_ASSERT(entry != table_.options.end(), "{} has no option {}", table_.verb, name);
  const std::string given = text(name);
  std::string known;
  for (std::size_t i = 0; i < entry->words.size(); ++i) {
    if (entry->words[i] == given) return i;
    known += (i == 0 ? "" : i + 1 == entry->words.size() ? " or " : ", ") + entry->words[i];
  }
  fail(fmt::format("--{} is '{}'; it must be {}", name, given, known));
}

std::vector<std::string> Options::list(const std::string& name) const {
  std::vector<std::string> items;
  const std::string joined = text(name);
  for (std::size_t at = 0; at <= joined.size();) {
    const std::size_t end = std::min(joined.find(',', at), joined.size());
    if (end == at) fail(fmt::format("--{} is '{}'; separate names by single commas", name, joined));
    items.push_back(joined.substr(at, end - at));
    at = end + 1;
  }
  return items;
}

std::vector<std::string> Options::positionals() const {
  if (!table_.positional || !has(table_.positional->name)) return {};
  return values_[table_.positional->name].as<std::vector<std::string>>();
}

void Options::fail(const std::string& message) const {
  throw Error(ErrorCode::usage, "{}; see opline {} --help", message, table_.verb);
}

}  // namespace opline::cli
