// runners/simulator/profile/call_tree.h - who called whom: a shadow of the call stack, followed
// along the executed instructions.
//
// BL and BLX call. An instruction that goes on at the return address of an open call, with the
// stack pointer of its beginning, returns from it and from all that is open above it. Anything else
// that leads to another function (a tail call, a jump in assembly) nests like a call that returns
// to the same place as the function that it leaves; going back to that function ends it. The
// handler of an exception nests in what it interrupts, also where it is entered at the return of
// another (tail-chaining); afterwards the interrupted code goes on as if nothing had happened.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "runners/simulator/profile/function_table.h"
#include "runners/simulator/profile/profile.h"
#include "runners/simulator/trace/trace.h"

namespace opline::simulator {

class CallTree {
 public:
  /// `counted`: the first address of the function whose outermost calls are counted, and are layers
  /// where `layers` says so.
  CallTree(const FunctionTable& functions, std::optional<std::uint32_t> counted, bool layers);

  /// `function`: that of `one`.
  void take(const TracedInstruction& one, FunctionIndex function);
  /// Closes all open calls; `end`: the cycle.
  void finish(std::uint64_t end);

  /// Counted calls that have returned.
  [[nodiscard]] std::uint64_t returned() const { return returned_; }
  /// Whether such a call has returned before `one`, the next instruction.
  [[nodiscard]] bool ends_counted_call(const TracedInstruction& one) const;
  [[nodiscard]] const Cost& total() const { return total_; }

  /// Into `profile`: calls, paths, layers, spans; calls and inclusive cost of the functions.
  void store(Profile& profile) &&;

 private:
  static constexpr std::uint32_t kUnknown = 1;  // odd: never an address

  struct Frame {
    FunctionIndex function = 0;
    std::uint32_t return_address = kUnknown, sp = kUnknown;
    std::uint32_t site = kUnknown;
    std::size_t path = 0;     // Profile::paths
    Cost at_begin;            // `total_`
    std::uint64_t begin = 0;  // cycle
    bool jumped = false;      // not called: left with the one below it
    bool counted = false;
  };
  [[nodiscard]] static bool calls(const TracedInstruction& one);
  [[nodiscard]] static bool may_return(const TracedInstruction& one);
  void begin(const TracedInstruction& one, FunctionIndex function);
  [[nodiscard]] bool leaves_handler(const TracedInstruction& one) const;
  [[nodiscard]] bool enters_handler(const TracedInstruction& one, FunctionIndex function);
  void return_to_interrupted(std::uint64_t cycle);
  void follow(const TracedInstruction& one, FunctionIndex function);
  void jump(const TracedInstruction& one, FunctionIndex function);
  [[nodiscard]] std::optional<std::size_t> frame_of_return(std::uint32_t address,
                                                           std::uint32_t sp) const;
  void push(Frame frame, const TracedInstruction& one);
  void pop(std::uint64_t cycle);
  void add_call(const Frame& frame, const Cost& inclusive);
  void pop_to(std::size_t count, std::uint64_t cycle);
  std::size_t child(std::size_t parent, FunctionIndex function);
  std::size_t layer_path(std::size_t parent);
  void go_to(std::size_t path);
  void add_span(const CallSpan& span);

  const FunctionTable& functions_;
  std::optional<std::uint32_t> counted_;
  bool has_layers_ = false;
  std::vector<Frame> frames_;
  std::optional<std::size_t> counted_frame_;
  std::uint64_t returned_ = 0;
  Cost total_;
  struct Previous {  // the instruction before
    bool called = false, may_return = false;
    std::uint32_t address = 0, next = 0, sp = 0;
    FunctionIndex function = 0;
  };
  struct Interrupted {
    Previous previous;
    std::size_t frames = 0;  // below the handler's
  };
  bool begun_ = false;
  Previous previous_;
  std::uint16_t exceptions_ = 0, exception_ = 0;  // of it
  std::vector<Interrupted> interrupted_;
  // Results.
  std::vector<CallPath> paths_;
  std::map<std::pair<std::size_t, FunctionIndex>, std::size_t> children_;
  std::size_t path_ = 0;
  Cost at_path_;                                           // `total_` when `path_` was entered
  std::unordered_map<std::uint64_t, ProfiledCall> calls_;  // by site and callee
  std::vector<std::uint64_t> entered_;                     // by function
  std::vector<ProfiledLayer> layers_;
  std::vector<CallSpan> spans_;
  std::uint64_t shortest_span_ = 0;
};

}  // namespace opline::simulator
