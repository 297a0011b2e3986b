#include "runners/simulator/profile/call_tree.h"

#include <algorithm>

namespace opline::simulator {
namespace {

/// Beyond this many, the shorter half of the spans is dropped.
constexpr std::size_t kMostSpans = 200'000;
// What a program can make the tree grow to, whatever it does. Calls beyond are not followed; their
// cycles are those of the caller.
constexpr std::size_t kDeepest = 4096, kMostPaths = 500'000, kMostCalls = 500'000;

}  // namespace

CallTree::CallTree(const FunctionTable& functions, std::optional<std::uint32_t> counted,
                   bool layers)
    : functions_(functions),
      counted_(counted),
      has_layers_(layers),
      paths_(1),
      entered_(functions.size()) {}

// Encodings: DDI 0403, A7.7.

/// BL, BLX.
bool CallTree::calls(const TracedInstruction& one) {
  return one.wide ? (one.bits & 0xF800D000) == 0xF000D000 : (one.bits & 0xFF87) == 0x4780;
}

/// Everything but B, CBZ, CBNZ, TBB and TBH.
bool CallTree::may_return(const TracedInstruction& one) {
  const std::uint32_t bits = one.bits;
  if (one.wide) {
    const bool branch = (bits & 0xF800D000) == 0xF0008000 || (bits & 0xF800D000) == 0xF0009000;
    return !branch && (bits & 0xFFF0FFE0) != 0xE8D0F000;
  }
  return (bits & 0xF000) != 0xD000 && (bits & 0xF800) != 0xE000 && (bits & 0xF500) != 0xB100;
}

void CallTree::take(const TracedInstruction& one, FunctionIndex function) {
  if (!begun_) {
    begun_ = true;
    begin(one, function);
  } else if (!enters_handler(one, function) &&
             (one.address != previous_.next || function != previous_.function)) {
    follow(one, function);
  }
  total_.instructions += 1;
  for (std::size_t i = 0; i < kCycleCauses; ++i) total_.by_cause[i] += one.cycles.by_cause[i];
  previous_ = {one.executed && calls(one), may_return(one), one.address,
               one.next_address(),         one.sp,          function};
  exceptions_ = one.exceptions, exception_ = one.exception;
}

/// Whether the handler of the instruction before has ended: it returned, or another was entered at
/// its return.
bool CallTree::leaves_handler(const TracedInstruction& one) const {
  return one.exceptions < exceptions_ ||
         (one.exceptions == exceptions_ && one.exception != exception_);
}

/// Whether `one` is the first instruction of a handler. Where it is the first after one, what came
/// before the handler is the instruction before it again.
bool CallTree::enters_handler(const TracedInstruction& one, FunctionIndex function) {
  const bool left = leaves_handler(one);
  if (left) return_to_interrupted(one.begin);
  if (one.exceptions < exceptions_ || (one.exceptions == exceptions_ && !left)) return false;
  interrupted_.push_back({previous_, frames_.size()});
  Frame handler;
  handler.function = function;
  handler.site = previous_.address;
  push(handler, one);
  return true;
}

/// Nothing was interrupted where the window began in the handler.
void CallTree::return_to_interrupted(std::uint64_t cycle) {
  if (interrupted_.empty()) return;
  pop_to(interrupted_.back().frames, cycle);
  previous_ = interrupted_.back().previous;
  interrupted_.pop_back();
}

/// Where a window begins with a function, LR still has the return address after its first
/// instruction, and shows the caller; a BL was before that.
void CallTree::begin(const TracedInstruction& one, FunctionIndex function) {
  Frame first;
  first.function = function;
  if (counted_ == one.address) {
    first.return_address = one.lr & ~1U;
    Frame caller;
    caller.function = functions_.at(first.return_address);
    if (caller.function != 0) {
      push(caller, one);
      first.site = first.return_address - 4;
    }
  }
  push(first, one);
}

/// Execution has not gone on with the next instruction of the same function.
void CallTree::follow(const TracedInstruction& one, FunctionIndex function) {
  if (previous_.called && one.address != previous_.next) {
    Frame frame;
    frame.function = function;
    frame.return_address = previous_.next, frame.sp = previous_.sp, frame.site = previous_.address;
    return push(frame, one);
  }
  if (const auto returned =
          previous_.may_return ? frame_of_return(one.address, previous_.sp) : std::nullopt)
    pop_to(*returned, one.begin);
  if (frames_.empty() || frames_.back().function != function) jump(one, function);
}

/// `sp`: after the instruction that returns.
std::optional<std::size_t> CallTree::frame_of_return(std::uint32_t address,
                                                     std::uint32_t sp) const {
  for (std::size_t i = frames_.size(); i-- > 0;) {
    const Frame& frame = frames_[i];
    if (!frame.jumped && frame.return_address == address &&
        (frame.sp == kUnknown || frame.sp == sp))
      return i;
  }
  return std::nullopt;
}

bool CallTree::ends_counted_call(const TracedInstruction& one) const {
  if (!counted_frame_ || one.exceptions > exceptions_) return false;
  const bool left = leaves_handler(one);
  if (left && (interrupted_.empty() || *counted_frame_ >= interrupted_.back().frames)) return true;
  const Previous& previous = left ? interrupted_.back().previous : previous_;
  if (previous.called || !previous.may_return || one.address == previous.next) return false;
  const auto returned = frame_of_return(one.address, previous.sp);
  return returned && *returned <= *counted_frame_;
}

/// Into another function of the same call, or back to one that was left in this way.
void CallTree::jump(const TracedInstruction& one, FunctionIndex function) {
  for (std::size_t i = frames_.size();
       i-- > 0 && (i + 1 == frames_.size() || frames_[i + 1].jumped);) {
    if (frames_[i].function == function) return pop_to(i + 1, one.begin);
  }
  Frame frame;
  frame.function = function;
  frame.jumped = !frames_.empty();
  if (frame.jumped) frame.site = previous_.address;
  push(frame, one);
}

void CallTree::push(Frame frame, const TracedInstruction& one) {
  if (frames_.size() >= kDeepest) return;
  std::size_t parent = frames_.empty() ? 0 : frames_.back().path;
  frame.begin = one.begin;
  frame.at_begin = total_;
  if (counted_ == one.address && !counted_frame_ && frame.function == functions_.at(one.address)) {
    frame.counted = true;
    counted_frame_ = frames_.size();
    if (has_layers_) {
      parent = layer_path(parent);
      layers_.push_back({"", one.begin, {}});
    }
  }
  frame.path = child(parent, frame.function);
  ++paths_[frame.path].calls;
  ++entered_[frame.function];
  go_to(frame.path);
  frames_.push_back(frame);
}

void CallTree::pop(std::uint64_t cycle) {
  const Frame frame = frames_.back();
  frames_.pop_back();
  const Cost inclusive = total_ - frame.at_begin;
  if (frame.site != kUnknown) add_call(frame, inclusive);
  add_span({frame.function, std::nullopt, frame.begin, cycle});
  if (frame.counted) {
    counted_frame_.reset();
    ++returned_;
  }
  if (frame.counted && has_layers_) {
    layers_.back().inclusive = inclusive;
    add_span({std::nullopt, layers_.size() - 1, frame.begin, cycle});
  }
  go_to(frames_.empty() ? 0 : frames_.back().path);
}

void CallTree::add_call(const Frame& frame, const Cost& inclusive) {
  const std::uint64_t key = std::uint64_t{frame.site} << 32 | frame.function;
  if (calls_.size() >= kMostCalls && !calls_.contains(key)) return;
  const ProfiledCall none{frame.site, functions_.at(frame.site), frame.function, 0, {}};
  ProfiledCall& call = calls_.try_emplace(key, none).first->second;
  ++call.calls;
  call.inclusive += inclusive;
}

void CallTree::pop_to(std::size_t count, std::uint64_t cycle) {
  while (frames_.size() > count) pop(cycle);
}

std::size_t CallTree::child(std::size_t parent, FunctionIndex function) {
  if (paths_.size() >= kMostPaths && !children_.contains({parent, function})) return parent;
  const auto [at, added] = children_.try_emplace({parent, function}, paths_.size());
  if (added) paths_.push_back({parent, function, std::nullopt, 0, {}});
  return at->second;
}

std::size_t CallTree::layer_path(std::size_t parent) {
  paths_.push_back({parent, std::nullopt, layers_.size(), 1, {}});
  return paths_.size() - 1;
}

void CallTree::go_to(std::size_t path) {
  paths_[path_].self += total_ - at_path_;
  at_path_ = total_;
  path_ = path;
}

void CallTree::add_span(const CallSpan& span) {
  if (span.end - span.begin < shortest_span_) return;
  spans_.push_back(span);
  if (spans_.size() <= kMostSpans) return;
  std::vector<std::uint64_t> lengths;
  lengths.reserve(spans_.size());
  for (const CallSpan& one : spans_) lengths.push_back(one.end - one.begin);
  const auto middle = lengths.begin() + static_cast<std::ptrdiff_t>(lengths.size() / 2);
  std::nth_element(lengths.begin(), middle, lengths.end());
  shortest_span_ = *middle + 1;
  std::erase_if(spans_, [&](const CallSpan& one) { return one.end - one.begin < shortest_span_; });
}

void CallTree::finish(std::uint64_t end) {
  pop_to(0, end);
  go_to(0);
}

void CallTree::store(Profile& profile) && {
  for (std::size_t i = 0; i < entered_.size(); ++i) profile.functions[i].calls = entered_[i];
  profile.calls.clear();
  for (const auto& [key, call] : calls_) profile.calls.push_back(call);
  std::sort(profile.calls.begin(), profile.calls.end(), [](const auto& a, const auto& b) {
    return std::pair(a.site, a.callee) < std::pair(b.site, b.callee);
  });
  profile.paths = std::move(paths_);
  profile.layers = std::move(layers_);
  std::stable_sort(spans_.begin(), spans_.end(), [](const CallSpan& a, const CallSpan& b) {
    return a.begin != b.begin ? a.begin < b.begin : a.end > b.end;
  });
  profile.spans = std::move(spans_);
  profile.shortest_span = shortest_span_;
}

}  // namespace opline::simulator
