#include "src/report/figures/figure_scope.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "src/base/printable.h"
#include "src/report/judgement_words.h"

namespace opline::report {
namespace {

using evaluation::Series;

constexpr std::size_t kLongestName = 60;
constexpr std::size_t kLongestPrior = 400;  // its constraint is a part of its name

std::string prior_of(const Series& series) {
  if (!series.seed) return {};
  return fmt::format("prior {}, seed {}", printable(series.prior, kLongestPrior), *series.seed);
}

/// A property of every series, in the order in which scopes state them.
using Values = std::vector<std::string>;
struct Properties {
  Values space, board, origin, runtime, prior;
};

Properties properties_of(const std::vector<SeriesResult>& all) {
  Properties found;
  for (const SeriesResult& one : all) {
    const Series& series = one.series();
    found.space.push_back(printable(series.marked_space(), kLongestName));
    found.board.push_back(printable(series.marked_board(), kLongestName));
    found.origin.push_back(evaluation::origin_of(series));
    found.runtime.push_back(
        printable(series.setup.runtime.text_or("runtime unknown"), kLongestName));
    found.prior.push_back(prior_of(series));
  }
  return found;
}

bool shared(const Values& values) {
  return std::all_of(values.begin(), values.end(),
                     [&](const std::string& value) { return value == values.front(); });
}

/// Clock, compiler, firmware or placement differ, which have no name of their own here.
Values setups_of(const std::vector<SeriesResult>& all) {
  Values ids;
  for (const SeriesResult& one : all) ids.push_back("setup " + one.series().setup_id.substr(0, 8));
  return ids;
}

}  // namespace

std::vector<std::string> names_of(const std::vector<SeriesResult>& all) {
  const Properties found = properties_of(all);
  const auto names_by = [&](std::initializer_list<const Values*> by) {
    std::vector<std::string> names(all.size());
    for (const Values* values : by) {
      if (shared(*values)) continue;
      for (std::size_t i = 0; i < all.size(); ++i)
        if (!(*values)[i].empty()) names[i] += (names[i].empty() ? "" : ", ") + (*values)[i];
    }
    return names;
  };
  std::vector<std::string> names =
      names_by({&found.space, &found.board, &found.origin, &found.runtime, &found.prior});
  Values setups = setups_of(all);
  if (names.front().empty() && !shared(setups)) return setups;
  for (std::size_t i = 0; i < names.size(); ++i)
    if (names[i].empty()) names[i] = fmt::format("series {}", i + 1);
  return names;
}

std::string place_of(const std::vector<SeriesResult>& all) {
  const Properties found = properties_of(all);
  std::string text = shared(found.space) ? found.space.front() : "";
  if (shared(found.board)) text += (text.empty() ? "" : " on ") + found.board.front();
  return text;
}

std::string scope_of(const std::vector<SeriesResult>& all) {
  const Properties found = properties_of(all);
  std::string text = place_of(all);
  const auto add = [&](const Values& values, const char* separator) {
    if (shared(values) && !values.front().empty())
      text += (text.empty() ? "" : separator) + values.front();
  };
  add(found.origin, ", ");
  add(found.runtime, "; ");
  add(found.prior, "; ");
  return text.empty() ? text : text + ".";
}

std::string size_of(const Series& series, std::size_t n) {
  return series.seed ? fmt::format("n = {} of {} networks", n, series.counts.drawn.networks)
                     : fmt::format("n = {}", n);
}

std::string verdict_of(const SeriesResult& result) {
  if (result.judgement == nullptr || !result.judgement->verdict) return {};
  std::string text = ruling_text(*result.judgement);
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

}  // namespace opline::report
