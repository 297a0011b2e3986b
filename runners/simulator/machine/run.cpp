// How a machine runs: slices of code, and what happens between two of them.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "runners/simulator/execute/execute.h"
#include "runners/simulator/execute/handlers.h"
#include "runners/simulator/execute/soft_float.h"
#include "runners/simulator/isa/prepare.h"
#include "runners/simulator/machine/machine_impl.h"

namespace opline::simulator {
namespace {

/// So that the 32-bit cycle count of a slice never wraps, whatever is executed without a taken
/// branch after its end.
constexpr std::uint64_t kLongestSlice = 1U << 30;

/// From so many cycles before SysTick's exception on, each instruction is a slice of its own: a
/// slice ends where a branch is taken, and straight-line code is rarely longer.
constexpr std::uint64_t kApproach = 512;

}  // namespace

const Op* Machine::Impl::resume_point() {
  if (cpu.in_flash(cpu.pc)) {
    const std::uint32_t offset = cpu.pc - cpu.flash_base;
    if (offset >> cpu.flash.line_shift != cpu.flash.current_line)
      cpu.time = enter_line(&cpu, offset >> cpu.flash.line_shift, cpu.time);
    return cpu.ops + offset / 2;
  }
  cpu.scratch_pc = cpu.pc;
  cpu.flash.leave();
  return &cpu.resume;
}

void Machine::Impl::run_slice(std::uint64_t most_cycles, bool is_instruction) {
  cpu.slice = static_cast<std::uint32_t>(std::min(most_cycles, kLongestSlice));
  cpu.time = 0;
  cpu.reason = StopReason::running;
  if (tracer) tracer->begin_slice();
  cpu.trap = Trap::none;
  cpu.stepping = is_instruction;
  cpu.at = resume_point();
  cpu.past_breakpoint = at_breakpoint ? cpu.at : nullptr;
  (void)soft_float::take_flags();  // of other code in this thread
  run_ops(cpu);
  cpu.fpscr |= soft_float::take_flags();
  at_breakpoint = cpu.reason == StopReason::breakpoint;
  cpu.pc = cpu.address_of(cpu.at);
  if (pipeline)
    pipeline->stopped_at(
        cpu.pc, cpu.reason == StopReason::budget_exhausted && cpu.trap != Trap::single_step);
  cpu.cycles += cycles_of(cpu.time);
  cpu.instructions += cpu.time >> 32;
  cpu.time = 0;
  if (tracer) tracer->end_slice();
}

void Machine::Impl::run_instruction() {
  struct Replaced {
    Op* op = nullptr;
    Handler run = nullptr;
    void replace(Op& by) {
      op = &by;
      run = std::exchange(by.run, slice_end_handler());
    }
    ~Replaced() {
      if (op != nullptr) op->run = run;
    }
  };
  choose_engine(true);
  Replaced own, traced;
  if (cpu.in_flash(cpu.pc)) {
    const std::uint32_t index = (cpu.pc - cpu.flash_base) / 2;
    decode(index);
    const std::uint32_t next = index + ops[index].next / std::uint32_t{sizeof(Op)};
    own.replace(ops[next]);
    if (cpu.ops != ops.data()) traced.replace(cpu.ops[next]);
  }
  run_slice(0, true);
}

void Machine::Impl::resume_it_block() {
  if (!cpu.in_flash(cpu.pc)) return;
  if (cpu.it != 0) decode((cpu.pc - cpu.flash_base) / 2, cpu.it);
  cpu.it = 0;  // the decoded instructions hold their conditions
}

void Machine::Impl::decode(std::uint32_t index, std::uint8_t it) {
  const std::uint32_t address = cpu.flash_base + 2 * index;
  const auto found = cpu.breakpoints.find(address);
  if ((found != cpu.breakpoints.end() ? found->second : ops[index].run) != undecoded_handler())
    return;
  Op* const table = std::exchange(cpu.ops, ops.data());
  install(cpu, address, it);
  cpu.ops = table;
}

std::uint64_t Machine::Impl::approach_trace(std::uint64_t end) {
  if (!tracer || tracer->attached()) return end;
  if (tracer->done()) {
    end_trace();
    return end;
  }
  const TraceWindow& window = tracer->window();
  if (window.from_cycle && *window.from_cycle > cpu.cycles + Tracer::kLead)
    return std::min(end, *window.from_cycle - Tracer::kLead);
  if (!window.from_address || !cpu.in_flash(*window.from_address) || at_beginning(window)) {
    remove_trigger();
    tracer->attach();
  } else if (!trigger && !cpu.breakpoints.contains(*window.from_address)) {
    set_breakpoint(*window.from_address);
    trigger = window.from_address;
  }
  return end;
}

bool Machine::Impl::at_beginning(const TraceWindow& window) {
  if (window.from_address != cpu.pc) return false;
  if (!tracer->passes_over()) return true;
  if (at_breakpoint && trigger == cpu.pc) tracer->pass_over();
  return false;
}

void Machine::Impl::choose_engine(bool by_instruction) {
  const bool may = cpu.breakpoints.empty() && !tracer && !by_instruction;
  if (translated.empty() || may != cpu.entries.empty()) return;
  if (may) {
    for (const Translation::Entry& entry : translated) {
      Op& op = ops[(entry.address - board.flash.base) / 2];
      cpu.entries.emplace(entry.address, std::exchange(op.run, entry.run));
    }
  } else {
    for (const auto& [address, run] : cpu.entries) ops[(address - board.flash.base) / 2].run = run;
    cpu.entries.clear();
  }
}

bool Machine::Impl::use(const Translation& translation) {
  if (digest_of(cpu, translation.addresses) != translation.digest) return false;
  for (const std::uint32_t address : translation.addresses)  // an IT block with its IT
    if (ops[(address - board.flash.base) / 2].run == undecoded_handler()) install(cpu, address);
  translated = translation.entries;
  if (pipeline) {
    blocks = std::make_unique<BlockTiming>(*pipeline, cpu, translation.blocks);
    cpu.blocks = blocks.get();
  }
  return true;
}

void Machine::Impl::set_breakpoint(std::uint32_t address) {
  Op& op = ops[(address - board.flash.base) / 2];
  if (cpu.breakpoints.emplace(address, op.run).second) op.run = breakpoint_handler();
}

void Machine::Impl::remove_breakpoint(std::uint32_t address) {
  const auto found = cpu.breakpoints.find(address);
  if (found == cpu.breakpoints.end()) return;
  ops[(address - board.flash.base) / 2].run = found->second;
  cpu.breakpoints.erase(found);
  at_breakpoint = false;
}

void Machine::Impl::remove_trigger() {
  if (!trigger) return;
  remove_breakpoint(*trigger);
  trigger.reset();
}

void Machine::Impl::end_trace() {
  remove_trigger();
  if (tracer) tracer->detach();
  tracer.reset();
}

Stop Machine::Impl::run(Budget budget) {
  const std::uint64_t end =
      budget.cycles > UINT64_MAX - cpu.cycles ? UINT64_MAX : cpu.cycles + budget.cycles;
  do {
    cpu.reason = StopReason::budget_exhausted;
  } while (cpu.cycles < end && advance(end));
  if (cpu.reason == StopReason::budget_exhausted) cpu.why = "the cycles it was given are used up";
  return {cpu.reason, cpu.pc, describe_end()};
}

Stop Machine::Impl::step() {
  if (advance(UINT64_MAX, true)) {
    cpu.reason = StopReason::budget_exhausted;
    cpu.why = "one instruction was executed";
  }
  return {cpu.reason, cpu.pc, describe_end()};
}

bool Machine::Impl::advance(std::uint64_t end, bool by_instruction) {
  if (cpu.sleep != Sleep::none) cpu.reason = StopReason::endless_loop;
  if (cpu.sleep != Sleep::none && !exception_model.sleep(end)) return false;
  cpu.reason = StopReason::budget_exhausted;
  if (cpu.sleep != Sleep::none) return true;
  const std::uint32_t before = cpu.exception;
  if (!exception_model.take_pending()) return false;
  if (cpu.exception != before) at_breakpoint = false;
  if (by_instruction && cpu.exception != before) return true;
  at_breakpoint = at_breakpoint || by_instruction;
  const std::uint64_t event = exception_model.next_event();
  if (by_instruction || event - cpu.cycles <= kApproach) {
    approach_trace(end);
    run_instruction();
  } else {
    const std::uint64_t slice_end = std::min(approach_trace(end), event - kApproach);
    choose_engine(false);
    run_slice(slice_end - cpu.cycles);
  }
  if (cpu.trap == Trap::single_step) run_instruction();
  if (cpu.reason == StopReason::budget_exhausted && cpu.trap == Trap::none) return true;
  if (cpu.trap == Trap::none) return at_trigger();
  const bool may_fault = cpu.trap == Trap::fault || cpu.trap == Trap::supervisor_call;
  if (!exception_model.resolve_trap(may_fault ? describe_stop() : std::string{}, end)) return false;
  resume_it_block();
  return true;
}

std::string Machine::Impl::describe_end() const {
  const std::string& fault = bus.system.exceptions.last_fault;
  const bool expected = cpu.exception == 0 && (cpu.reason == StopReason::waiting_for_input ||
                                               cpu.reason == StopReason::budget_exhausted ||
                                               cpu.reason == StopReason::breakpoint);
  if (fault.empty() || expected || cpu.reason == StopReason::exited) return describe_stop();
  return fmt::format("{}; then, {}: {}", fault,
                     cpu.exception == 0
                         ? "after its handler"
                         : fmt::format("in the handler of {}", exception_name(cpu.exception)),
                     describe_stop());
}

std::string Machine::Impl::describe_stop() const {
  std::string text =
      fmt::format("{} at {:#010x} (in {})", cpu.why, cpu.pc, image->describe(cpu.pc));
  const bool wrong = cpu.reason == StopReason::fault || cpu.reason == StopReason::stack_overflow ||
                     cpu.reason == StopReason::endless_loop;
  if (!wrong) return text;
  const std::string instruction = instruction_text(cpu, cpu.pc, cpu.at);
  return instruction.empty() ? text : text + ": " + instruction;
}

}  // namespace opline::simulator
