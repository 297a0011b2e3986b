#include "runners/simulator/profile/profiler.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "runners/simulator/profile/call_tree.h"
#include "runners/simulator/profile/function_table.h"
#include "runners/simulator/profile/memory_traffic.h"
#include "src/base/error.h"

namespace opline::simulator {

struct Profiler::Impl {
  Machine& machine;
  ProfileWindow window;
  const LineTable& lines;
  FunctionTable functions;
  CallTree calls;
  TrafficCounter traffic;
  std::unordered_map<std::uint32_t, std::size_t> index_of;  // by address
  std::vector<std::size_t> flash_index;                     // 1 + index, by halfword of the flash
  std::uint32_t flash_base = 0;
  Profile profile;
  bool begun = false, done = false;

  Impl(Machine& m, const ProfileWindow& w, const LineTable& l)
      : machine(m),
        window(w),
        lines(l),
        functions(m.image()),
        calls(functions, w.calls != 0 || w.layers ? w.from : std::nullopt, w.layers),
        traffic(m.board()),
        flash_index(m.board().flash.bytes / 2),
        flash_base(m.board().flash.base) {
    const std::string vectors = m.read_memory(m.board().flash.base, 4);
    for (unsigned i = 0; i < 4; ++i)
      profile.stack.top |= std::uint32_t{static_cast<unsigned char>(vectors[i])} << 8 * i;
    profile.stack.lowest = UINT32_MAX;
  }

  ProfiledInstruction& instruction(const TracedInstruction& one) {
    const std::uint32_t halfword = (one.address - flash_base) / 2;
    std::size_t& index =
        halfword < flash_index.size() ? flash_index[halfword] : index_of[one.address];
    if (index == 0) {
      profile.instructions.push_back({.address = one.address,
                                      .bits = one.bits,
                                      .wide = one.wide,
                                      .text = one.text(),
                                      .function = functions.at(one.address),
                                      .source = lines.at(one.address),
                                      .inlined_at = lines.inlined_at(one.address),
                                      .self = {}});
      index = profile.instructions.size();
    }
    return profile.instructions[index - 1];
  }

  void take(const TracedInstruction& one) {
    if (ends_before(one)) return;
    if (!std::exchange(begun, true)) profile.begin = one.begin;
    ProfiledInstruction& here = instruction(one);
    calls.take(one, here.function);
    ++here.self.instructions;
    for (std::size_t i = 0; i < kCycleCauses; ++i) here.self.by_cause[i] += one.cycles.by_cause[i];
    if (!one.executed) ++here.skipped;
    if (one.paired) ++here.paired;
    traffic.take(one);
    if (one.sp < profile.stack.lowest)
      profile.stack.lowest = one.sp, profile.stack.function = here.function;
    profile.end = one.begin + one.cycles.total();
  }

  /// The window's last instruction was the one before.
  bool ends_before(const TracedInstruction& one) {
    if (done) return true;
    const bool last_call = window.calls != 0 && calls.returned() + 1 == window.calls;
    done = begun && (window.to == one.address || (last_call && calls.ends_counted_call(one)));
    if (done) machine.finish_trace();
    return done;
  }

  void add_functions() {
    profile.functions = functions.named();
    for (const ProfiledInstruction& one : profile.instructions) {
      profile.functions[one.function].self += one.self;
      profile.total += one.self;
      profile.skipped += one.skipped;
      profile.paired += one.paired;
    }
  }

  /// A function's inclusive cost is that of its outermost entries in each path.
  void add_inclusive() {
    const std::vector<Cost> costs = inclusive_costs(profile.paths);
    for (std::size_t i = 0; i < costs.size(); ++i) {
      const auto& function = profile.paths[i].function;
      bool outermost = function.has_value();
      for (std::size_t up = i; outermost && up != 0;) {
        up = profile.paths[up].parent;
        outermost = profile.paths[up].function != function;
      }
      if (outermost) profile.functions[*function].inclusive += costs[i];
    }
  }

  void add_lines() {
    std::map<
        std::tuple<std::optional<SourcePosition>, std::optional<SourcePosition>, FunctionIndex>,
        Cost>
        costs;
    for (const ProfiledInstruction& one : profile.instructions)
      costs[{one.source, one.inlined_at, one.function}] += one.self;
    for (const auto& [where, cost] : costs)
      profile.lines.push_back({std::get<0>(where), std::get<1>(where), std::get<2>(where), cost});
    std::stable_sort(profile.lines.begin(), profile.lines.end(),
                     [](const ProfiledLine& a, const ProfiledLine& b) {
                       return a.self.cycles() > b.self.cycles();
                     });
    profile.files = lines.files();
  }

  /// Functions that were executed, most inclusive cycles first; everything refers to the new order.
  void order_functions() {
    std::vector<FunctionIndex> order;
    for (FunctionIndex i = 0; i < profile.functions.size(); ++i) {
      if (profile.functions[i].inclusive.instructions != 0) order.push_back(i);
    }
    std::stable_sort(order.begin(), order.end(), [&](FunctionIndex a, FunctionIndex b) {
      return profile.functions[a].inclusive.cycles() > profile.functions[b].inclusive.cycles();
    });
    std::vector<FunctionIndex> place(profile.functions.size());
    std::vector<ProfiledFunction> ordered;
    for (const FunctionIndex old : order) {
      place[old] = static_cast<FunctionIndex>(ordered.size());
      ordered.push_back(std::move(profile.functions[old]));
    }
    profile.functions = std::move(ordered);
    for (ProfiledInstruction& one : profile.instructions) one.function = place[one.function];
    for (ProfiledLine& one : profile.lines) one.function = place[one.function];
    for (ProfiledCall& one : profile.calls)
      one.caller = place[one.caller], one.callee = place[one.callee];
    for (CallPath& one : profile.paths) {
      if (one.function) one.function = place[*one.function];
    }
    for (CallSpan& one : profile.spans) {
      if (one.function) one.function = place[*one.function];
    }
    profile.stack.function = place[profile.stack.function];
  }

  void require_window() const {
    if (!begun) throw Error(ErrorCode::usage, "nothing was executed where the profile begins");
    if (!done && (window.to || window.calls != 0))
      throw Error(ErrorCode::usage, "the run ended before the profile did");
  }
};

Profiler::Profiler(Machine& machine, const ProfileWindow& window, const LineTable& lines)
    : impl_(std::make_unique<Impl>(machine, window, lines)) {
  Impl& impl = *impl_;
  if (impl.window.from) *impl.window.from &= ~1U;
  if (impl.window.to) *impl.window.to &= ~1U;
  machine.trace({.from_address = window.from,
                 .instructions = UINT64_MAX,
                 .skip = window.skip,
                 .changes = false},
                [&impl](const TracedInstruction& one) { impl.take(one); });
}

Profiler::~Profiler() {
  if (impl_) impl_->machine.stop_tracing();
}

bool Profiler::begun() const { return impl_->begun; }
bool Profiler::done() const { return impl_->done; }

Profile Profiler::finish() && {
  Impl& impl = *impl_;
  impl.machine.stop_tracing();
  impl.require_window();
  impl.calls.finish(impl.profile.end);
  Profile& profile = impl.profile;
  std::sort(profile.instructions.begin(), profile.instructions.end(),
            [](const auto& a, const auto& b) { return a.address < b.address; });
  impl.add_functions();
  const std::uint64_t cycles = profile.total.cycles();
  OPLINE_ASSERT(cycles == profile.end - profile.begin && profile.total == impl.calls.total(),
                "{} cycles by cause of {}", cycles, profile.end - profile.begin);
  std::move(impl.calls).store(profile);
  impl.add_inclusive();
  impl.add_lines();
  impl.order_functions();
  profile.traffic = impl.traffic.used();
  if (const auto limit = impl.machine.image().symbol("opline_stack_limit");
      limit && *limit < profile.stack.top)
    profile.stack.available = profile.stack.top - *limit;
  return std::move(profile);
}

ProfiledRun profile_run(Machine& machine, const ProfileWindow& window, const LineTable& lines,
                        Budget budget) {
  // Looks this often whether the window has ended.
  constexpr std::uint64_t kPiece = 1'000'000;
  Profiler profiler(machine, window, lines);
  std::optional<Stop> stop;
  const std::uint64_t start = machine.cycles();
  while (!profiler.done() && !stop) {
    const std::uint64_t used = machine.cycles() - start;
    const Stop piece =
        machine.run({std::min(kPiece, budget.cycles - std::min(used, budget.cycles))});
    if (piece.reason != StopReason::budget_exhausted || machine.cycles() - start >= budget.cycles)
      stop = piece;
  }
  if (profiler.done()) stop.reset();
  const bool ends_elsewhere = window.to || window.calls != 0;
  if (!profiler.begun() || (ends_elsewhere && !profiler.done())) {
    throw Error(ErrorCode::device, "the run stopped before the profile {}: {}",
                profiler.begun() ? "ended" : "began", stop->text);
  }
  return {std::move(profiler).finish(), stop};
}

std::vector<Cost> inclusive_costs(const std::vector<CallPath>& paths) {
  std::vector<Cost> costs;
  costs.reserve(paths.size());
  for (const CallPath& path : paths) costs.push_back(path.self);
  for (std::size_t i = paths.size(); i-- > 1;) costs[paths[i].parent] += costs[i];
  return costs;
}

}  // namespace opline::simulator
