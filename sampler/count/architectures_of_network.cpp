#include "sampler/count/architectures_of_network.h"

#include <algorithm>

namespace opline::sampler {
namespace {

/// The option chosen of a decision; nothing was chosen where there is no decision or it was bound.
struct Chosen {
  std::optional<std::size_t> decision;
  std::uint16_t option = 0;
};

template <class Bound>
std::uint32_t bound_value(const Bound& bound, std::size_t key) {
  for (const auto& [known, value] : bound) {
    if (known == key) return value;
  }
  return 0;
}

/// Of a number among the options, which ascend, mostly in even steps.
std::optional<std::uint16_t> position_of(const std::vector<int>& options, int number) {
  const int span = options.back() - options.front();
  const int behind = number - options.front();
  if (behind < 0 || behind > span) return std::nullopt;
  const auto last = static_cast<std::int64_t>(options.size()) - 1;
  const std::int64_t guess = span == 0 ? 0 : behind * last / span;
  if (options[static_cast<std::size_t>(guess)] == number) return static_cast<std::uint16_t>(guess);
  const auto found = std::lower_bound(options.begin(), options.end(), number);
  if (*found != number) return std::nullopt;
  return static_cast<std::uint16_t>(found - options.begin());
}

Bindings with(const Bindings& bound, std::size_t key, int value) {
  Bindings more = bound;
  more.emplace_back(static_cast<std::uint32_t>(key), static_cast<std::uint32_t>(value));
  std::sort(more.begin(), more.end());
  return more;
}

}  // namespace

/// Whether the next symbols can be those of the branch, as far as kinds tell.
bool ArchitecturesOfNetwork::may_read(const StepRange& range, std::uint32_t position) const {
  return range.allowed && sequence_.size() - position >= range.end - range.begin &&
         (range.empty() || sequence_[position].kind == graph_.steps()[range.begin].kind);
}

std::uint32_t ArchitecturesOfNetwork::channels(const Reading& reading, int tensor) const {
  const auto position = static_cast<std::int64_t>(reading.begin) + tensor;
  return position < 0 ? static_cast<std::uint32_t>(graph_.space().input.c)
                      : sequence_[static_cast<std::size_t>(position)].channels;
}

bool ArchitecturesOfNetwork::guard_admits(const Reading& reading, const LayerStep& step,
                                          const LayerSymbol& symbol) const {
  const Guard guard = step.layer.guard;
  if (guard == Guard::none) return true;
  return (symbol.channels == channels(reading, kBlockInput)) == (guard == Guard::same);
}

/// Calls `visit(bindings, value, chosen)` with every option that the decision can have until it
/// returns true; once, with value 0, without one.
template <class Visit>
bool ArchitecturesOfNetwork::for_each_option(std::optional<std::size_t> decision, bool binds,
                                             const Bindings& bound, const Visit& visit) const {
  if (!decision) return visit(bound, 0, Chosen{});
  if (const std::uint32_t value = bound_value(bound, *decision); value != 0)
    return visit(bound, static_cast<int>(value), Chosen{});
  const std::vector<int>& options = graph_.space().decisions[*decision].options;
  for (std::size_t i = 0; i < options.size(); ++i) {
    if (!graph_.allows(*decision, i)) continue;
    const Chosen chosen{decision, static_cast<std::uint16_t>(i)};
    if (visit(binds ? with(bound, *decision, options[i]) : bound, options[i], chosen)) return true;
  }
  return false;
}

/// Calls `visit(bindings, chosen width, chosen multiplier)` with every choice that makes the symbol
/// of layer `number` of the branch until it returns true.
template <class Visit>
bool ArchitecturesOfNetwork::for_each_choice(const Reading& reading, std::uint32_t number,
                                             const Bindings& bound, const Visit& visit) const {
  const LayerStep& step = graph_.steps()[reading.range.begin + number];
  const LayerSymbol& symbol = sequence_[reading.begin + number];
  const Width& width = step.layer.width;
  if (symbol.kind != step.kind) return false;
  if (!guard_admits(reading, step, symbol)) return false;
  const auto of = [&](int tensor) -> std::int64_t { return channels(reading, tensor); };
  const auto decision = width.is_decided() ? std::optional(width.decision) : std::nullopt;
  return for_each_option(
      decision, step.binds, bound, [&](const Bindings& one, int option, const Chosen& own) {
        return for_each_option(width.multiplier, step.multiplier_binds, one,
                               [&](const Bindings& both, int percent, const Chosen& multiplier) {
                                 const auto chosen = [&](std::size_t d) {
                                   return d == decision ? option : percent;
                                 };
                                 return channels_of(step.layer, of, chosen) == symbol.channels &&
                                        visit(both, own, multiplier);
                               });
      });
}

/// Whether the channels of the step's layer leave no choice.
bool ArchitecturesOfNetwork::is_simple(const LayerStep& step) {
  const Width& width = step.layer.width;
  return step.is_option || (!width.is_decided() && !width.multiplier);
}

/// Whether the symbol of layer `number`, which is simple, can be that of the branch; takes its
/// option.
bool ArchitecturesOfNetwork::take_simple(const Reading& reading, std::uint32_t number) {
  const LayerStep& step = graph_.steps()[reading.range.begin + number];
  const LayerSymbol& symbol = sequence_[reading.begin + number];
  if (symbol.kind != step.kind || !guard_admits(reading, step, symbol)) return false;
  const auto made = static_cast<int>(symbol.channels);
  if (!step.is_option) {
    const auto of = [&](int tensor) -> std::int64_t { return channels(reading, tensor); };
    return channels_of(step.layer, of, [](std::size_t) { return 0; }) == made;
  }
  const auto decision = static_cast<std::uint32_t>(step.layer.width.decision);
  if (const std::uint32_t value = bound_value(bound_, decision); value != 0)
    return value == symbol.channels;
  const auto option = position_of(graph_.space().decisions[decision].options, made);
  if (!option || !graph_.allows(decision, *option)) return false;
  chosen_.emplace_back(decision, *option);
  if (step.binds) bound_.emplace_back(decision, symbol.channels);
  return true;
}

/// Whether layer `number`, which is not simple, and what follows it can be read.
bool ArchitecturesOfNetwork::take_any(const Reading& reading, std::uint32_t number) {
  const Bound before = bound_;
  return for_each_choice(reading, number, bindings(),
                         [&](const Bindings& more, const Chosen& own, const Chosen& scale) {
                           bound_.assign(more.begin(), more.end());
                           if (!find_in(reading, number + 1)) {
                             bound_ = before;
                             return false;
                           }
                           for (const Chosen* chosen : {&own, &scale}) {
                             if (chosen->decision)
                               chosen_.emplace_back(*chosen->decision, chosen->option);
                           }
                           return true;
                         });
}

Bindings ArchitecturesOfNetwork::bindings() const {
  Bindings bindings(bound_.begin(), bound_.end());
  std::sort(bindings.begin(), bindings.end());
  return bindings;
}

/// Whether a path from the place makes the sequence from `position` on; appends its options to
/// `chosen_`.
bool ArchitecturesOfNetwork::find(std::uint32_t place, std::uint32_t position) {
  if (place == graph_.end()) return position == sequence_.size();
  const auto at = [&] { return At(place, position, graph_.still_binding(bindings(), place)); };
  if (!dead_ends_.empty() && dead_ends_.contains(at())) return false;
  for (const StepRange& range : graph_.branches(place)) {
    if (!may_read(range, position) || !find_in({range, position}, 0)) continue;
    for (const Selection& one : range.branch->when) {
      if (one.decides()) chosen_.emplace_back(one.decision, one.first);
    }
    return true;
  }
  dead_ends_.insert(at());
  return false;
}

/// Whether the branch can be read from layer `number` on, and a path behind it. What it chose and
/// bound is forgotten where not.
bool ArchitecturesOfNetwork::find_in(const Reading& reading, std::uint32_t number) {
  const StepRange& range = reading.range;
  const std::size_t chosen = chosen_.size();
  const std::size_t bound = bound_.size();
  bool found = true;
  while (found && number < range.end - range.begin &&
         is_simple(graph_.steps()[range.begin + number]))
    found = take_simple(reading, number++);
  if (found) {
    found = number == range.end - range.begin
                ? find(static_cast<std::uint32_t>(range.branch->next), reading.begin + number)
                : take_any(reading, number);
  }
  if (found) return true;
  chosen_.resize(chosen);
  bound_.resize(bound);
  return false;
}

bool ArchitecturesOfNetwork::first(Architecture& architecture) {
  if (!find(0, 0)) return false;
  architecture.options.assign(graph_.space().decisions.size(), 0);
  for (const auto& [decision, option] : chosen_) architecture.options[decision] = option;
  return true;
}

/// Sum over all architectures from `at` on, each weighted by the product of `factor(decision)` over
/// the decisions that matter.
template <class Weight, class Factor>
Weight ArchitecturesOfNetwork::sum(const At& at, std::map<At, Weight>& known,
                                   const Factor& factor) {
  const auto& [place, position, bound] = at;
  if (place == graph_.end()) return Weight(position == sequence_.size() ? 1 : 0);
  if (const auto before = known.find(at); before != known.end()) return before->second;
  Weight total(0);
  for (const StepRange& range : graph_.branches(place)) {
    if (!may_read(range, position)) continue;
    Weight ways = sum_in({range, position}, 0, bound, known, factor);
    for (const Selection& one : range.branch->when) {
      if (one.decides()) ways *= factor(one.decision);
    }
    total += ways;
  }
  known.emplace(at, total);
  return total;
}

template <class Weight, class Factor>
Weight ArchitecturesOfNetwork::sum_in(const Reading& reading, std::uint32_t number,
                                      const Bindings& bound, std::map<At, Weight>& known,
                                      const Factor& factor) {
  const StepRange& range = reading.range;
  if (number == range.end - range.begin) {
    const std::size_t next = range.branch->next;
    return sum({static_cast<std::uint32_t>(next), reading.begin + number,
                graph_.still_binding(bound, next)},
               known, factor);
  }
  Weight total(0);
  for_each_choice(reading, number, bound,
                  [&](const Bindings& more, const Chosen& own, const Chosen& scale) {
                    Weight ways = sum_in(reading, number + 1, more, known, factor);
                    for (const Chosen* chosen : {&own, &scale}) {
                      if (chosen->decision) ways *= factor(*chosen->decision);
                    }
                    total += ways;
                    return false;
                  });
  return total;
}

BigCount ArchitecturesOfNetwork::count() {
  std::map<At, BigCount> known;
  return sum<BigCount>(At(), known, [](std::size_t) { return BigCount(1); });
}

double ArchitecturesOfNetwork::probability() {
  std::map<At, double> known;
  return sum<double>(At(), known, [&](std::size_t decision) {
    return 1 / static_cast<double>(graph_.space().decisions[decision].options.size());
  });
}

}  // namespace opline::sampler
