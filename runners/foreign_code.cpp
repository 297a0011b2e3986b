#include "runners/foreign_code.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <vector>

#include "src/base/error.h"

namespace opline::runners {

using simulator::CompiledTranslation;
using simulator::FunctionSymbol;
using simulator::Translation;

std::set<std::string> Samples::hot_functions(const simulator::ElfImage& image) const {
  constexpr std::uint32_t kMostBytes = 16 << 10;
  constexpr std::uint64_t kLeastShare = 100;
  struct Found {
    const FunctionSymbol* function;
    std::uint64_t count;
  };
  std::vector<Found> found;
  std::uint64_t all = 0;
  for (const auto& [pc, count] : count_) all += count;
  for (const FunctionSymbol& function : image.functions()) {
    std::uint64_t count = 0;
    const auto end = count_.lower_bound(function.address + function.bytes);
    for (auto at = count_.lower_bound(function.address); at != end; ++at) count += at->second;
    if (count != 0 && count >= all / kLeastShare) found.push_back({&function, count});
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const Found& one, const Found& other) { return one.count > other.count; });
  std::set<std::string> names;
  std::uint32_t bytes = 0;
  for (const Found& one : found) {
    if (one.function->bytes > kMostBytes - bytes) continue;
    bytes += one.function->bytes;
    names.insert(image.describe(one.function->address));
  }
  return names;
}

std::shared_ptr<const Translation> ForeignCode::translation() const {
  const std::scoped_lock lock(mutex_);
  return translation_;
}

std::string ForeignCode::outcome() const {
  const std::scoped_lock lock(mutex_);
  return outcome_;
}

void ForeignCode::translate(const simulator::Machine& machine, const Samples& samples,
                            std::uint64_t cycles) {
  const bool pays =
      cycles >= ForeignCodeOptions::kCyclesThatPay / std::max<std::uint64_t>(options_.networks, 1);
  std::shared_ptr<const Translation> translation;
  std::string outcome;
  const std::string& image = machine.image().name();
  try {
    const std::set<std::string> functions = samples.hot_functions(machine.image());
    if (functions.empty()) throw Error(ErrorCode::input, "it has no symbols of its hot functions");
    const CompiledTranslation compiled(machine, functions, options_.cache);
    translation = compiled.kept();
    if (translation != nullptr) {
      outcome = fmt::format("{}: executed by {}", image, compiled.path().string());
    } else if (pays) {
      translation = compiled.compile();
      outcome = fmt::format("{}: translated, and kept as {}", image, compiled.path().string());
    }
  } catch (const std::exception& error) {
    if (pays) outcome = fmt::format("{}: interpreted, which is slower: {}", image, error.what());
  }
  const std::scoped_lock lock(mutex_);
  translation_ = std::move(translation);
  outcome_ = std::move(outcome);
}

}  // namespace opline::runners
