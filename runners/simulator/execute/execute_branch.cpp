// Branches, and the wrappers that enter flash lines and test conditions: ARM DDI 0403, A4.3.
#include <fmt/format.h>

#include "runners/simulator/execute/execute.h"
#include "runners/simulator/execute/handlers.h"

namespace opline::simulator {

Time enter_line(Cpu* cpu, std::uint32_t line, Time time) {
  const std::uint32_t wait = cpu->flash.enter(line, cpu->now(time));
  cpu->fetch_waits += wait;
  return time + wait;
}

void end_slice(const Op* target, Cpu* cpu, Time time) {
  cpu->reason = StopReason::budget_exhausted;
  const Op* const op = target;
  OPLINE_STOP();
}

void enter_slowly(const Op* target, Cpu* cpu, Time time) {
  const auto offset = static_cast<std::uint32_t>(target - cpu->ops) * 2;
  const Time entered = enter_line(cpu, offset >> cpu->flash.line_shift, time);
  if (cycles_of(entered) >= cpu->slice) return end_slice(target, cpu, entered);
  OPLINE_GO(target, entered);
}

namespace {

constexpr std::uint32_t kExceptionReturn = 0xF0000000;  // from here on (DDI 0403, B1.5.8)

/// The branch has been executed; its refill is part of the return's cycles.
void return_from(Cpu* cpu, Time time, std::uint32_t exc_return) {
  cpu->scratch_pc = exc_return;
  cpu->trap = Trap::exception_return;
  end_slice(&cpu->resume, cpu, time - cpu->core->integer.refill);
}

}  // namespace

void branch_elsewhere(const Op* op, Cpu* cpu, Time time, std::uint32_t address) {
  if (address >= kExceptionReturn && cpu->exception != 0) return return_from(cpu, time, address);
  if (!cpu->in_ram(address)) {
    set_fault(*cpu, StopReason::fault,
              fmt::format("branch to {:#010x}, which holds no code", address),
              fault_status::kFetchError);
    cpu->fault.target = address;
    time -= op->cost;  // the branch was not executed
    OPLINE_STOP();
  }
  cpu->flash.leave();
  cpu->scratch_pc = address;
  cpu->it = 0;
  cpu->resume.run = resume_scratch_handler();
  if (cycles_of(time) >= cpu->slice) return end_slice(&cpu->resume, cpu, time);
  OPLINE_GO(&cpu->resume, time);
}

bool interworks(Cpu* cpu, std::uint32_t target) {
  if (target >= kExceptionReturn && cpu->exception == 0) {
    set_fault(*cpu, StopReason::fault,
              fmt::format("branch to {:#010x}: an exception return outside of a handler", target),
              fault_status::kFetchViolation);
  } else if ((target & 1) == 0) {
    set_fault(*cpu, StopReason::fault,
              fmt::format("branch to {:#010x}, which is not Thumb code (bit 0 is clear)", target),
              fault_status::kInvalidState);
  } else {
    return true;
  }
  cpu->fault.target = target;
  return false;
}

namespace {

void branch(const Op* op, Cpu* cpu, Time time) {
  OPLINE_BRANCH_IN_FLASH(op->imm2, time + op->cost);
}

void branch_far(const Op* op, Cpu* cpu, Time time) { OPLINE_BRANCH_TO(op->imm, time + op->cost); }

template <unsigned kCond>
void branch_cond(const Op* op, Cpu* cpu, Time time) {
  if (!passes(*cpu, kCond)) OPLINE_CONTINUE();
  OPLINE_BRANCH_IN_FLASH(op->imm2, time + op->cost + op->aux);
}

void branch_link(const Op* op, Cpu* cpu, Time time) {
  cpu->r[14] = op->imm2;
  OPLINE_BRANCH_TO(op->imm, time + op->cost);
}

void branch_self(const Op* op, Cpu* cpu, Time time) {
  set_trap(*cpu, Trap::idle_loop, StopReason::endless_loop, "endless loop: a branch to itself");
  OPLINE_STOP();
}

void bx(const Op* op, Cpu* cpu, Time time) {
  const std::uint32_t target = cpu->r[op->rm];
  if (!interworks(cpu, target)) OPLINE_STOP();
  OPLINE_BRANCH_TO(target & ~1U, time + op->cost);
}

void blx(const Op* op, Cpu* cpu, Time time) {
  const std::uint32_t target = cpu->r[op->rm];
  if (!interworks(cpu, target)) {
    cpu->fault.link = op->imm2;
    OPLINE_STOP();
  }
  cpu->r[14] = op->imm2;
  OPLINE_BRANCH_TO(target & ~1U, time + op->cost);
}

void branch_register(const Op* op, Cpu* cpu, Time time) {
  OPLINE_BRANCH_TO(cpu->r[op->rm] & ~1U, time + op->cost);
}

void add_to_pc(const Op* op, Cpu* cpu, Time time) {
  OPLINE_BRANCH_TO((op->imm + cpu->r[op->rm]) & ~1U, time + op->cost);
}

template <bool kNonzero>
void compare_branch(const Op* op, Cpu* cpu, Time time) {
  if ((cpu->r[op->rn] != 0) != kNonzero) OPLINE_CONTINUE();
  OPLINE_BRANCH_TO(op->imm, time + op->cost + op->aux);
}

template <bool kHalfwords>
void table_branch(const Op* op, Cpu* cpu, Time start) {
  Time time = start;
  const std::uint32_t base = op->aux != 0 ? op->imm : cpu->r[op->rn], index = cpu->r[op->rm];
  std::uint32_t offset = 0;
  bool loaded = false;
  if constexpr (kHalfwords) {
    std::uint16_t entry = 0;
    loaded = load(cpu, base + 2 * index, entry, time);
    offset = entry;
  } else {
    std::uint8_t entry = 0;
    loaded = load(cpu, base + index, entry, time);
    offset = entry;
  }
  if (!loaded) {
    time = start;
    OPLINE_STOP();
  }
  OPLINE_BRANCH_TO(op->imm + 2 * offset, time + op->cost);
}

/// The flash offset of the last halfword of `op`.
inline std::uint32_t last_halfword(const Op* op, const Cpu* cpu) {
  const auto halfword = (op - cpu->ops) + op->next / static_cast<std::ptrdiff_t>(sizeof(Op)) - 1;
  return static_cast<std::uint32_t>(halfword) * 2;
}

[[gnu::noinline]] void line_entry_slowly(const Op* op, Cpu* cpu, Time time) {
  const Time entered = enter_line(cpu, last_halfword(op, cpu) >> cpu->flash.line_shift, time);
  OPLINE_JUMP(op->inner, op, entered);
}

void line_entry(const Op* op, Cpu* cpu, Time time) {
  const std::uint32_t offset = last_halfword(op, cpu);
  if (!enter_quickly(cpu, offset) &&
      !cpu->flash.enter_prefetched(offset >> cpu->flash.line_shift, cpu->now(time), time))
    return line_entry_slowly(op, cpu, time);
  OPLINE_JUMP(op->inner, op, time);
}

void conditional(const Op* op, Cpu* cpu, Time time) {
  if (!passes(*cpu, op->cond))
    OPLINE_GO(following(op), time + kOneInstruction + cpu->core->integer.skipped);
  OPLINE_JUMP(op->inner, op, time);
}

void line_entry_conditional(const Op* op, Cpu* cpu, Time time) {
  if (enter_quickly(cpu, last_halfword(op, cpu))) OPLINE_JUMP(conditional, op, time);
  const Time entered = enter_line(cpu, last_halfword(op, cpu) >> cpu->flash.line_shift, time);
  OPLINE_JUMP(conditional, op, entered);
}

}  // namespace

Handler branch_handler() { return branch; }
Handler branch_far_handler() { return branch_far; }
Handler branch_cond_handler(unsigned cond) {
  static constexpr std::array<Handler, 14> kHandlers = {
      branch_cond<0>,  branch_cond<1>,  branch_cond<2>,  branch_cond<3>, branch_cond<4>,
      branch_cond<5>,  branch_cond<6>,  branch_cond<7>,  branch_cond<8>, branch_cond<9>,
      branch_cond<10>, branch_cond<11>, branch_cond<12>, branch_cond<13>};
  return kHandlers.at(cond);
}
Handler branch_link_handler() { return branch_link; }
Handler branch_self_handler() { return branch_self; }
Handler bx_handler() { return bx; }
Handler blx_handler() { return blx; }
Handler branch_register_handler() { return branch_register; }
Handler add_to_pc_handler() { return add_to_pc; }
Handler compare_branch_handler(bool nonzero) {
  return nonzero ? compare_branch<true> : compare_branch<false>;
}
Handler table_branch_handler(bool halfwords) {
  return halfwords ? table_branch<true> : table_branch<false>;
}
Handler line_entry_handler() { return line_entry; }
Handler conditional_handler() { return conditional; }
Handler line_entry_conditional_handler() { return line_entry_conditional; }

}  // namespace opline::simulator
