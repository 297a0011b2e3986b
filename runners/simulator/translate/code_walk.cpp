#include "runners/simulator/translate/code_walk.h"

#include <algorithm>
#include <utility>

#include "runners/simulator/execute/handlers.h"
#include "runners/simulator/isa/decoder.h"
#include "runners/simulator/isa/prepare.h"

namespace opline::simulator::translation {
namespace {

const Meaning kOther;

/// Takes the wrappers off, which translated code replaces.
void unwrap(const Cpu& cpu, const Prepared& prepared, Instruction& instruction) {
  Op& op = instruction.op;
  op = prepared.op;
  if (cpu.pipeline != nullptr) op.run = prepared.issue.run;
  const bool conditional =
      op.run == conditional_handler() || op.run == line_entry_conditional_handler();
  if (conditional || op.run == line_entry_handler()) op.run = op.inner;
  instruction.in_it = conditional && instruction.in_it;
  if (instruction.in_it) instruction.cond = op.cond;
  // A conditional branch out of the flash is a wrapper outside IT blocks: left to the interpreter.
  if (conditional && !instruction.in_it) op.run = nullptr;
}

class Walk {
 public:
  Walk(const Cpu& cpu, std::uint32_t begin, std::uint32_t end) : cpu_(cpu) {
    function_.begin = begin;
    function_.end = end;
  }

  Function take() {
    function_.entries.insert(function_.begin);
    follow(function_.begin);
    while (!pending_.empty()) {
      const std::uint32_t address = *pending_.begin();
      pending_.erase(pending_.begin());
      follow(address);
    }
    return std::move(function_);
  }

 private:
  [[nodiscard]] bool inside(std::uint32_t address) const {
    return address >= function_.begin && address < function_.end;
  }

  [[nodiscard]] Instruction instruction_at(std::uint32_t address, std::uint8_t it) const {
    const Prepared prepared = prepare(cpu_, address, it);
    Instruction instruction;
    instruction.address = address;
    instruction.halfwords = static_cast<std::uint8_t>(prepared.op.next / sizeof(Op));
    instruction.is_it = prepared.is_it;
    instruction.in_it = (it & 0xF) != 0;
    unwrap(cpu_, prepared, instruction);
    instruction.meaning = &meaning_of(instruction.op.run);
    keep_if_translatable(instruction);
    return instruction;
  }

  /// An IT instruction and its block, or any other instruction alone.
  [[nodiscard]] std::vector<Instruction> unit_at(std::uint32_t address) const {
    std::vector<Instruction> unit{instruction_at(address, 0)};
    if (!unit[0].is_it) return unit;
    for (auto it = static_cast<std::uint8_t>(unit[0].op.imm); (it & 0xF) != 0; it = advance_it(it))
      unit.push_back(instruction_at(unit.back().following(), it));
    return unit;
  }

  /// Straight on from `address`, which is in no IT block.
  void follow(std::uint32_t address) {
    while (inside(address) && !function_.instructions.contains(address)) {
      std::vector<Instruction> unit = unit_at(address);
      address = unit.back().following();
      // A block is translated as a whole or not at all, so that it is entered at its begin only.
      if (std::any_of(unit.begin(), unit.end(),
                      [](const Instruction& i) { return i.meaning->form == Form::other; })) {
        unit.front().meaning = &kOther;
        function_.instructions.emplace(unit.front().address, unit.front());
        return go_on_behind(unit);
      }
      bool goes_on = true;
      for (const Instruction& instruction : unit) {
        function_.instructions.emplace(instruction.address, instruction);
        goes_on = note(instruction);
      }
      if (!goes_on) return;
    }
  }

  /// What moves SP may leave the stack, and branches may leave the function: the interpreter's.
  void keep_if_translatable(Instruction& instruction) const {
    const Meaning& meaning = *instruction.meaning;
    const Op& op = instruction.op;
    const bool by_sp = op.rn == 13 && (meaning.writes & kRn) != 0;
    const bool multiple_by_sp =
        (meaning.form == Form::load_multiple || meaning.form == Form::store_multiple) &&
        op.rn == 13 && (op.aux & kWriteBack) != 0;
    const bool leaves = (meaning.form == Form::branch || meaning.form == Form::branch_cond ||
                         meaning.form == Form::compare_branch) &&
                        (!inside(op.imm) || op.imm == instruction.address);
    if (by_sp || multiple_by_sp || leaves) instruction.meaning = &kOther;
  }

  /// Notes where else control goes from a translated instruction; true: also to the next one.
  bool note(const Instruction& instruction) {
    const Form form = instruction.meaning->form;
    if (form != Form::branch && form != Form::branch_cond && form != Form::compare_branch)
      return true;
    const std::uint32_t target = instruction.op.imm;
    function_.labels.insert(target);
    function_.entries.insert(target);
    pending_.insert(target);
    function_.has_loop = function_.has_loop || target <= instruction.address;
    return form != Form::branch || instruction.in_it;
  }

  /// The interpreter executes the unit; where it comes back, translated code goes on.
  void go_on_behind(const std::vector<Instruction>& unit) {
    const Instruction& last = unit.back();
    if (last.op.run == branch_link_handler()) function_.calls.insert(last.op.imm & ~1U);
    if ((ends_path(last.op.run) && !last.in_it) || !inside(last.following())) return;
    function_.entries.insert(last.following());
    pending_.insert(last.following());
  }

  static bool ends_path(Handler run) {
    return run == bx_handler() || run == branch_register_handler() ||
           run == load_multiple_pc_handler() || run == branch_handler() ||
           run == branch_far_handler() || run == branch_self_handler() ||
           run == add_to_pc_handler() || run == undefined_handler() ||
           run == table_branch_handler(false) || run == table_branch_handler(true);
  }

  const Cpu& cpu_;
  Function function_;
  std::set<std::uint32_t> pending_;
};

}  // namespace

Function walk(const Cpu& cpu, std::uint32_t begin, std::uint32_t end) {
  return Walk(cpu, begin, end).take();
}

std::vector<Function> functions_with_loops(const Cpu& cpu,
                                           const std::map<std::uint32_t, std::uint32_t>& extents) {
  std::map<std::uint32_t, Function> all;
  for (const auto& [begin, end] : extents) all.emplace(begin, walk(cpu, begin, end));
  std::set<std::uint32_t> wanted, next;
  for (const auto& [begin, function] : all)
    if (function.has_loop) next.insert(begin);
  while (!next.empty()) {
    const std::uint32_t begin = *next.begin();
    next.erase(next.begin());
    if (!all.contains(begin) || !wanted.insert(begin).second) continue;
    next.insert(all.at(begin).calls.begin(), all.at(begin).calls.end());
  }
  std::vector<Function> functions;
  for (const std::uint32_t begin : wanted) functions.push_back(std::move(all.at(begin)));
  return functions;
}

}  // namespace opline::simulator::translation
