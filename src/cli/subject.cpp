#include "src/cli/subject.h"

#include <fmt/format.h>

#include <algorithm>
#include <regex>
#include <sstream>

#include "src/base/error.h"

namespace opline::cli {
namespace {

/// Where each "key=" of the text begins: after the first colon, then after commas. A value may hold
/// colons and commas that no key follows, as the names of priors do.
std::vector<std::size_t> keys_of(const std::string& text) {
  static const std::regex key("([:,])[a-z-]+=");
  std::vector<std::size_t> starts;
  for (auto found = std::sregex_iterator(text.begin(), text.end(), key);
       found != std::sregex_iterator(); ++found) {
    const bool opens = (*found)[1] == ":";
    if (opens == starts.empty()) starts.push_back(static_cast<std::size_t>(found->position()));
  }
  return starts;
}

/// "study.db:space=kws" as the options that say the same.
std::vector<std::string> arguments_of(const std::string& text) {
  std::vector<std::size_t> starts = keys_of(text);
  const std::string file = text.substr(0, starts.empty() ? std::string::npos : starts.front());
  const std::size_t dot = file.rfind('.');
  const bool table = dot != std::string::npos && file.substr(dot) == ".csv";
  std::vector<std::string> arguments = {table ? "--csv" : "--db", file};
  starts.push_back(text.size());
  for (std::size_t i = 0; i + 1 < starts.size(); ++i)
    arguments.push_back("--" + text.substr(starts[i] + 1, starts[i + 1] - starts[i] - 1));
  return arguments;
}

/// Of "--db FILE --space=kws": whether there are such keys.
void require_keys(const std::vector<std::string>& arguments, const Options& options) {
  const bool table = arguments.front() == "--csv";
  const std::vector<std::string> known =
      table ? std::vector<std::string>{"ops",     "latency",  "name",  "energy",
                                       "runtime", "clock-hz", "space", "boards"}
            : std::vector<std::string>{"space", "prior", "seed", "boards", "setup"};
  for (std::size_t i = 2; i < arguments.size(); ++i) {
    const std::string key = arguments[i].substr(2, arguments[i].find('=') - 2);
    if (std::find(known.begin(), known.end(), key) == known.end())
      options.fail(fmt::format("there is no key '{}' of a {}; keys: {}", key,
                               table ? "table" : "study", fmt::join(known, ", ")));
  }
}

/// The shortest text that names this series of the file.
std::string text_for(const std::string& file, const FittedSeries& series) {
  std::string text = fmt::format("{}:space={},boards={}", file, series.campaign.space_name,
                                 series.series.setup.setup.board);
  if (series.campaign.campaign.seed)
    text += fmt::format(",prior={},seed={}", series.campaign.campaign.prior,
                        *series.campaign.campaign.seed);
  return text + ",setup=" + series.series.setup.id.substr(0, 8);
}

}  // namespace

Subject::Subject(const std::string& text, Console& console)
    : text_(text), options_(std::make_unique<Options>("compare", "", "")) {
  try {
    open(console);
  } catch (const Error& error) {
    const std::string what = error.what();
    if (what.starts_with(text)) throw;
    throw Error(error.code(), text + ": " + what);
  }
}

void Subject::open(Console& console) {
  add_source_options(*options_);
  std::ostringstream unused;
  Console nowhere{unused, unused, false, console.command_line};
  const std::vector<std::string> arguments = arguments_of(text_);
  require_keys(arguments, *options_);
  if (!options_->parse(arguments, nowhere)) options_->fail("names no series");
  source_ = std::make_unique<Source>(*options_, store::Mode::read_only, console);
  std::vector<FittedSeries> all = source_->series();
  if (all.size() != 1) {
    std::string known;
    for (const FittedSeries& one : all)
      known += "\n  " + command_line_of({text_for(source_->name(), one)}).substr(7);
    options_->fail(
        fmt::format("{} has {} series; name one of them:{}\n", text_, all.size(), known));
  }
  series_ = std::move(all.front());
}

}  // namespace opline::cli
