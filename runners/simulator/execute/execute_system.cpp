// Decoding on first execution, code outside the flash, special registers and stops.
#include <fmt/format.h>

#include <utility>

#include "runners/simulator/execute/execute.h"
#include "runners/simulator/execute/handlers.h"
#include "runners/simulator/isa/decoder.h"
#include "runners/simulator/isa/prepare.h"
#include "runners/simulator/trace/tracer.h"

namespace opline::simulator {

void set_fault(Cpu& cpu, StopReason reason, std::string why, std::uint32_t status) {
  cpu.reason = reason;
  cpu.why = std::move(why);
  if (status == 0) return;
  cpu.trap = Trap::fault;
  cpu.fault = {.status = status};
}

void set_trap(Cpu& cpu, Trap trap, StopReason reason, std::string why) {
  cpu.reason = reason;
  cpu.why = std::move(why);
  cpu.trap = trap;
}

namespace {

bool uses_psp(const Cpu& cpu) { return (cpu.control & 2) != 0; }

}  // namespace

bool stack_overflowed(Cpu& cpu) {
  if (uses_psp(cpu)) return false;  // the limit is that of the main stack
  set_fault(cpu, StopReason::stack_overflow,
            fmt::format("the stack is full: SP would be {:#010x}, its limit is {:#010x}", cpu.r[13],
                        cpu.stack_limit));
  return true;
}

void run_ops(Cpu& cpu) {
#ifdef OPLINE_TRAMPOLINE
  cpu.jump = cpu.at->run;
  while (cpu.jump != nullptr) cpu.jump(cpu.at, &cpu, cpu.time);
#else
  cpu.at->run(cpu.at, &cpu, cpu.time);
#endif
}

namespace {

// The slow work of a handler lives in functions that are not inlined, so that the handler itself
// has no frame.
[[gnu::noinline]] bool install_at(const Op* op, Cpu* cpu) {
  if (op == cpu->ops + cpu->flash_bytes / 2) {
    set_fault(*cpu, StopReason::fault, "execution ran off the end of the flash");
    return false;
  }
  install(*cpu, cpu->address_of(op));
  return true;
}

/// What a decoded Op does; a breakpoint on it has been passed by whoever executes it for the first
/// time.
[[gnu::noinline]] Handler decoded_run(const Op* op, const Cpu* cpu) {
  return op->run == breakpoint_handler() ? cpu->breakpoints.at(cpu->address_of(op)) : op->run;
}

void undecoded(const Op* op, Cpu* cpu, Time time) {
  if (!install_at(op, cpu)) OPLINE_STOP();
  OPLINE_JUMP(decoded_run(op, cpu), op, time);
}

[[gnu::noinline]] bool prepare_scratch(Cpu* cpu) {
  if (!cpu->in_ram(cpu->scratch_pc)) {
    set_fault(*cpu, StopReason::fault, "there is no code at this address",
              fault_status::kFetchError);
    cpu->fault.target = cpu->scratch_pc;
    return false;
  }
  const Prepared prepared = prepare(*cpu, cpu->scratch_pc, cpu->it);
  cpu->scratch[0] = prepared.op;
  if (cpu->scratch_issue != nullptr) *cpu->scratch_issue = prepared.issue;
  cpu->scratch_is_it = prepared.is_it;
  if (cpu->tracer != nullptr) cpu->tracer->wrap_scratch();
  cpu->scratch[1].run = cpu->scratch[2].run = after_scratch_handler();
  return true;
}

void resume_scratch(const Op* op, Cpu* cpu, Time time) {
  if (!prepare_scratch(cpu)) OPLINE_STOP();
  OPLINE_GO(cpu->scratch.data(), time);
}

void after_scratch(const Op* op, Cpu* cpu, Time time) {
  const auto halfwords = static_cast<std::uint32_t>(op - cpu->scratch.data());
  cpu->it =
      cpu->scratch_is_it ? static_cast<std::uint8_t>(cpu->scratch[0].imm) : advance_it(cpu->it);
  cpu->scratch_pc += 2 * halfwords;
  if (cycles_of(time) >= cpu->slice) return end_slice(&cpu->resume, cpu, time);
  OPLINE_GO(&cpu->resume, time);
}

[[gnu::noinline]] Handler behind_breakpoint(const Op* op, Cpu* cpu) {
  if (std::exchange(cpu->past_breakpoint, nullptr) == op)
    return cpu->breakpoints.at(cpu->address_of(op));
  set_fault(*cpu, StopReason::breakpoint, "breakpoint");
  return nullptr;
}

/// Stands for the instruction behind one that is a slice of its own.
void before_next(const Op* op, Cpu* cpu, Time time) { end_slice(op, cpu, time); }

void at_breakpoint(const Op* op, Cpu* cpu, Time time) {
  const Handler behind = behind_breakpoint(op, cpu);
  if (behind == nullptr) OPLINE_STOP();
  OPLINE_JUMP(behind, op, time);
}

void wfi(const Op* op, Cpu* cpu, Time time) {
  set_trap(*cpu, Trap::wait_for_interrupt, StopReason::endless_loop,
           "WFI: no interrupt can wake this core");
  OPLINE_STOP();
}

void wfe(const Op* op, Cpu* cpu, Time time) {
  if (std::exchange(cpu->event, false)) OPLINE_CONTINUE();
  set_trap(*cpu, Trap::wait_for_event, StopReason::endless_loop,
           "WFE: no event can wake this core");
  OPLINE_STOP();
}

// The refill is in the cost; programming FLASH_ACR drops prefetched lines itself.
void isb(const Op* op, Cpu* cpu, Time time) { OPLINE_CONTINUE(); }

void bkpt(const Op* op, Cpu* cpu, Time time) {
  constexpr std::uint32_t kSemihosting = 0xAB;
  set_trap(*cpu, op->imm == kSemihosting ? Trap::semihosting : Trap::none, StopReason::breakpoint,
           fmt::format("BKPT {:#04x}", op->imm));
  OPLINE_STOP();
}

void svc(const Op* op, Cpu* cpu, Time time) {
  set_trap(*cpu, Trap::supervisor_call, StopReason::fault,
           fmt::format("SVC {:#04x}: the vector table has no handler", op->imm));
  OPLINE_STOP();
}

void undefined(const Op* op, Cpu* cpu, Time time) {
  set_fault(*cpu, StopReason::unknown_instruction,
            op->aux == 4 ? fmt::format("undefined instruction {:#010x}", op->imm2)
                         : fmt::format("undefined instruction {:#06x}", op->imm2),
            fault_status::kUndefined);
  OPLINE_STOP();
}

// B5.2.2: APSR, IAPSR, EAPSR, XPSR, -, IPSR, EPSR, IEPSR by the bits of SYSm; EPSR reads as zero.
// Unprivileged code reads the rest as zero, but for CONTROL.
std::uint32_t read_special(const Cpu& cpu, std::uint32_t which) {
  if (which < 8)
    return ((which & 4) == 0 ? application_status(cpu) : 0) |
           ((which & 1) != 0 && cpu.is_privileged() ? cpu.exception : 0);
  if (which < 20 && !cpu.is_privileged()) return 0;
  switch (which) {
    case 8:
      return uses_psp(cpu) ? cpu.other_sp : cpu.r[13];
    case 9:
      return uses_psp(cpu) ? cpu.r[13] : cpu.other_sp;
    case 16:
      return cpu.primask;
    case 17:
    case 18:
      return cpu.basepri;
    case 19:
      return cpu.faultmask;
    case 20:
      return cpu.control;
    default:
      return 0;
  }
}

void set_stack_pointer(Cpu& cpu, bool process, std::uint32_t value) {
  (process == uses_psp(cpu) ? cpu.r[13] : cpu.other_sp) = value & ~3U;
}

/// A handler always uses the main stack (B1.4.4).
void set_control(Cpu& cpu, std::uint32_t value) {
  if (cpu.exception != 0) value &= ~2U;
  const bool switches = ((value ^ cpu.control) & 2) != 0;
  cpu.control = value & 7;
  cpu.fpu_ready = false;  // looked at again: FPCA may have changed
  if (switches) std::swap(cpu.r[13], cpu.other_sp);
}

// B5.2.3. Unprivileged code writes APSR only.
void write_special(Cpu& cpu, std::uint32_t which, unsigned mask, std::uint32_t value) {
  if (which >= 8 && !cpu.is_privileged()) return;
  switch (which) {
    case 0:
    case 1:
    case 2:
    case 3:
      if ((mask & 2) != 0) {
        set_nzcv(cpu, value);
        cpu.q = value >> 27 & 1;
      }
      if ((mask & 1) != 0) cpu.ge = value >> 16 & 0xF;
      break;
    case 8:
      set_stack_pointer(cpu, false, value);
      break;
    case 9:
      set_stack_pointer(cpu, true, value);
      break;
    case 16:
      cpu.primask = value & 1;
      break;
    case 17:
      cpu.basepri = value & 0xFF;
      break;
    case 18:
      value &= 0xFF;
      if (value != 0 && (value < cpu.basepri || cpu.basepri == 0)) cpu.basepri = value;
      break;
    case 19:
      if (cpu.exception != exception::kNmi && cpu.exception != exception::kHardFault)
        cpu.faultmask = value & 1;
      break;
    case 20:
      set_control(cpu, value);
      break;
    default:
      break;
  }
}

/// Ends an instruction after which an exception that is pending may be takeable.
#define OPLINE_CONTINUE_WITH_EXCEPTIONS()                                                 \
  do {                                                                                    \
    if (cpu->bus->system.exceptions.any_pending()) return end_slice_after(op, cpu, time); \
    OPLINE_CONTINUE();                                                                    \
  } while (false)

void end_slice_after(const Op* op, Cpu* cpu, Time time) {
  if (cpu->is_flash_op(op)) return end_slice(following(op), cpu, time + op->cost);
  cpu->slice = 0;  // code outside the flash looks at it after each instruction
  OPLINE_CONTINUE();
}

void msr(const Op* op, Cpu* cpu, Time time) {
  write_special(*cpu, op->imm, op->aux, cpu->r[op->rn]);
  if ((op->imm == 8 || op->imm == 9 || op->imm == 20) && stack_below_limit(*cpu)) OPLINE_STOP();
  OPLINE_CONTINUE_WITH_EXCEPTIONS();
}

// B5.2.1
void cps(const Op* op, Cpu* cpu, Time time) {
  const std::uint32_t value = op->aux & 1U;
  if (cpu->is_privileged() && (op->aux & 2) != 0) cpu->primask = value;
  if (cpu->is_privileged() && (op->aux & 4) != 0 && cpu->exception != exception::kNmi &&
      cpu->exception != exception::kHardFault)
    cpu->faultmask = value;
  OPLINE_CONTINUE_WITH_EXCEPTIONS();
}

}  // namespace

Handler undecoded_handler() { return undecoded; }
Handler after_scratch_handler() { return after_scratch; }
Handler resume_scratch_handler() { return resume_scratch; }
Handler breakpoint_handler() { return at_breakpoint; }
Handler wfi_handler() { return wfi; }
Handler wfe_handler() { return wfe; }
Handler sev_handler() {
  return handler([](const Op&, Cpu& cpu) { cpu.event = true; });
}
Handler isb_handler() { return isb; }
Handler bkpt_handler() { return bkpt; }
Handler svc_handler() { return svc; }
Handler undefined_handler() { return undefined; }
Handler mrs_handler() {
  return handler([](const Op& op, Cpu& cpu) { cpu.r[op.rd] = read_special(cpu, op.imm); });
}
Handler msr_handler() { return msr; }
Handler cps_handler() { return cps; }
Handler slice_end_handler() { return before_next; }

}  // namespace opline::simulator
