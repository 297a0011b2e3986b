#include "runners/simulator/machine/exception_model.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "runners/simulator/isa/decoder.h"
#include "runners/simulator/isa/prepare.h"
#include "runners/simulator/machine/bus.h"
#include "runners/simulator/timing/dual_issue.h"
#include "runners/simulator/trace/tracer.h"

namespace opline::simulator {
namespace {

using namespace exception;

// Cycles with memories that do not wait. TI SLAU356, section 1.5.8 (Cortex-M4F): at most 12 from an
// interrupt to the first instruction of its handler, 12 for a return, of which the BX counts one
// itself, 6 for tail-chaining. The Cortex-M7 is assumed to be alike. Stacking S0 to S15 and FPSCR
// at once takes 17 words more (Arm application note 298: 29 instead of 12); lazily, the latency
// stays, and they are stored when they are needed.
constexpr std::uint64_t kEntryCycles = 12, kReturnCycles = 11, kTailChainCycles = 6,
                        kFloatWordsCycles = 17;

constexpr std::uint32_t kFrameBytes = 0x20, kFloatFrameBytes = 0x68;
constexpr std::uint32_t kFloatContext = 4, kProcessStack = 2;   // CONTROL.FPCA, CONTROL.SPSEL
constexpr std::uint32_t kLazy = 1U << 30, kLazyPending = 1;     // FPCCR.LSPEN, FPCCR.LSPACT
constexpr std::uint32_t kThumb = 1U << 24, kAligned = 1U << 9;  // of xPSR
constexpr std::uint32_t kBasicFrame = 0x10, kToThread = 8, kToProcessStack = 4;  // of EXC_RETURN

/// xPSR<26:25,15:10> and ITSTATE.
std::uint32_t it_bits(std::uint8_t it) { return (it & 3U) << 25 | (it >> 2 & 0x3FU) << 10; }
std::uint8_t it_of(std::uint32_t xpsr) {
  return static_cast<std::uint8_t>((xpsr >> 25 & 3) | (xpsr >> 10 & 0x3F) << 2);
}

/// Code cannot be executed from there: peripherals and devices (B3.1, table B3-1).
bool is_execute_never(std::uint32_t address) {
  return address - 0x40000000U < 0x20000000U || address >= 0xA0000000U;
}

}  // namespace

std::uint8_t it_state(const Cpu& cpu) {
  const std::uint32_t address = cpu.pc;
  if (!cpu.in_flash(address)) return cpu.it;
  if (cpu.own_ops[(address - cpu.flash_base) / 2].cond >= 14) return 0;
  // An IT block has up to four instructions of up to four bytes behind its IT.
  for (std::uint32_t back = 2; back <= 14 && cpu.in_flash(address - back); back += 2) {
    const CodeAt code = code_of(cpu, address - back, nullptr);
    if (code.wide || (code.bits & 0xFF00) != 0xBF00 || (code.bits & 0xF) == 0) continue;
    auto it = static_cast<std::uint8_t>(code.bits);
    for (std::uint32_t at = address - back + 2; (it & 0xF) != 0; it = advance_it(it)) {
      if (at == address) return it;
      at += code_of(cpu, at, nullptr).wide ? 4 : 2;
    }
  }
  return 0;
}

Exceptions& ExceptionModel::exceptions() { return bus_.system.exceptions; }
const Exceptions& ExceptionModel::exceptions() const { return bus_.system.exceptions; }

std::uint32_t ExceptionModel::load_word(std::uint32_t address) {
  const Read read = bus_.read(address, 4, 0);
  stack_failed_ = stack_failed_ || !read.ok;
  return read.value;
}

void ExceptionModel::store_word(std::uint32_t address, std::uint32_t value) {
  stack_failed_ = !bus_.write(address, 4, value, 0) || stack_failed_;
}

std::uint32_t ExceptionModel::vector(unsigned number) const {
  const std::uint32_t address = bus_.system.vector_table() + 4 * number;
  // The table is in flash, its alias, or SRAM; anything else has no vectors.
  if (!cpu_.in_flash(address) && !cpu_.in_ram(address) &&
      address - cpu_.flash_alias >= cpu_.flash_bytes)
    return 0;
  return bus_.read(address, 4, 0).value;
}

bool ExceptionModel::has_handler(unsigned number) const {
  const std::uint32_t address = vector(number);
  return (address & 1) != 0 && (cpu_.in_flash(address) || cpu_.in_ram(address));
}

void ExceptionModel::update() {
  if (bus_.system.systick.expired(cpu_.cycles)) exceptions().set_pending(kSysTick);
  // A level: while it is asked for, it becomes pending again when its handler returns (B3.4.1).
  if (const auto position = bus_.peripherals.requested_interrupt()) {
    const unsigned number = kFirstInterrupt + *position;
    if (!exceptions().is_active(number)) exceptions().set_pending(number);
  }
}

/// Nothing can go on before SysTick; a byte from the host may.
bool ExceptionModel::can_wait_for_input() {
  if (!bus_.peripherals.interrupts_on_input()) return false;
  cpu_.reason = StopReason::waiting_for_input;
  cpu_.why = "the core waits for the interrupt of the UART's receiver";
  return true;
}

std::uint64_t ExceptionModel::next_event() const {
  if (exceptions().is_pending(kSysTick)) return UINT64_MAX;  // a second one changes nothing
  return bus_.system.systick.next_expiry(cpu_.cycles);
}

void ExceptionModel::spend(std::uint64_t cycles) {
  cpu_.cycles += cycles;
  if (cpu_.pipeline != nullptr) cpu_.pipeline->wait(static_cast<std::int64_t>(cycles));
}

void ExceptionModel::complete_instruction() {
  const bool in_flash = cpu_.in_flash(cpu_.pc);
  const Op& op = in_flash ? *cpu_.at : cpu_.scratch[0];
  if (!in_flash) {
    cpu_.it = cpu_.scratch_is_it ? static_cast<std::uint8_t>(op.imm) : advance_it(cpu_.it);
  }
  cpu_.pc += op.next / static_cast<std::uint32_t>(sizeof(Op)) * 2;
  cpu_.instructions += 1;
  spend(cycles_of(op.cost));
  if (cpu_.pipeline != nullptr) cpu_.pipeline->restart(cpu_.pc);
  if (cpu_.tracer != nullptr) cpu_.tracer->completed();
}

// ---- entry (B1.5.6) ----

bool ExceptionModel::take_pending() {
  update();
  const std::optional<unsigned> number = exceptions().takeable(cpu_);
  if (!number) return true;
  const bool interrupts_fault = *number >= kSvc;
  if (!has_handler(*number)) {
    cpu_.reason = StopReason::fault;
    cpu_.why = fmt::format("{} is pending, but its vector {:#010x} is not the address of code",
                           exception_name(*number), vector(*number));
    return false;
  }
  const bool with_float = (cpu_.control & kFloatContext) != 0;
  const std::uint32_t bytes = with_float ? kFloatFrameBytes : kFrameBytes;
  if (interrupts_fault && cpu_.r[13] - bytes < cpu_.stack_limit &&
      (cpu_.control & kProcessStack) == 0) {
    cpu_.reason = StopReason::stack_overflow;
    cpu_.why = fmt::format("the stack is full: the frame of {} would be below {:#010x}",
                           exception_name(*number), cpu_.stack_limit);
    return false;
  }
  const std::uint32_t exc_return = 0xFFFFFFE1U | (with_float ? 0 : kBasicFrame) |
                                   (cpu_.exception == kThread ? kToThread : 0) |
                                   ((cpu_.control & kProcessStack) != 0 ? kToProcessStack : 0);
  push_frame(*number);
  spend(kEntryCycles);
  return enter(*number, exc_return);
}

/// For exception `number`. Where the stack cannot be written, both faults are told: the first one
/// is often that the stack is full.
void ExceptionModel::push_frame(unsigned number) {
  const bool with_float = (cpu_.control & kFloatContext) != 0;
  const std::uint32_t align = with_float || bus_.system.aligns_stack() ? 4 : 0;
  const std::uint32_t was_aligned_by = cpu_.r[13] & align;
  const std::uint32_t frame = (cpu_.r[13] - (with_float ? kFloatFrameBytes : kFrameBytes)) & ~align;
  const std::uint32_t xpsr = application_status(cpu_) | kThumb | it_bits(it_state(cpu_)) |
                             (was_aligned_by != 0 ? kAligned : 0) | cpu_.exception;
  stack_failed_ = false;
  const std::array<std::uint32_t, 8> words = {cpu_.r[0],  cpu_.r[1],  cpu_.r[2], cpu_.r[3],
                                              cpu_.r[12], cpu_.r[14], cpu_.pc,   xpsr};
  for (std::uint32_t i = 0; i < words.size(); ++i) store_word(frame + 4 * i, words[i]);
  if (with_float) push_float_registers(frame + kFrameBytes);
  cpu_.r[13] = frame;
  if (std::exchange(stack_failed_, false)) {
    exceptions().record_fault(fault_status::kStackingError, std::nullopt);
    std::string where =
        fmt::format("stacking for {} at {:#010x} failed", exception_name(number), frame);
    if (number >= kHardFault && number <= kUsageFault)
      where = exceptions().last_fault + "; then, " + where;
    pend_fault(kBusFault, where);
  }
}

void ExceptionModel::push_float_registers(std::uint32_t address) {
  SystemControl& system = bus_.system;
  if ((system.float_context_control() & kLazy) != 0) {
    system.set_lazy_state(address, true);
    return;
  }
  for (std::uint32_t i = 0; i < 16; ++i) store_word(address + 4 * i, cpu_.s[i]);
  store_word(address + 64, cpu_.fpscr);
  spend(kFloatWordsCycles);
}

/// Begins the handler: of `number`, or of a more urgent exception that arrived while the frame was
/// stored (late arrival).
bool ExceptionModel::enter(unsigned number, std::uint32_t exc_return) {
  update();
  number = exceptions().takeable(cpu_).value_or(number);
  if ((cpu_.control & kProcessStack) != 0) std::swap(cpu_.r[13], cpu_.other_sp);
  cpu_.control &= ~(kProcessStack | kFloatContext);
  cpu_.fpu_ready = false;
  cpu_.exclusive = false;
  cpu_.event = true;
  cpu_.sleep = Sleep::none;
  cpu_.it = 0;
  cpu_.r[14] = exc_return;
  cpu_.exception = number;
  cpu_.pc = vector(number) & ~1U;
  exceptions().clear_pending(number);
  exceptions().set_active(number, true);
  if (cpu_.pipeline != nullptr) cpu_.pipeline->restart(cpu_.pc);
  return true;
}

// ---- return (B1.5.8) ----

bool ExceptionModel::is_valid_return(std::uint32_t exc_return) const {
  if (exc_return < 0xFFFFFFE0U || !exceptions().is_active(cpu_.exception)) return false;
  const bool nested = exceptions().active_count() > 1;
  switch (exc_return & 0xF) {
    case 0x1:
      return nested;
    case 0x9:
    case 0xD:
      return !nested || bus_.system.allows_unbalanced_return();
    default:
      return false;
  }
}

bool ExceptionModel::leave(std::uint32_t exc_return) {
  const unsigned returning = cpu_.exception;
  const bool valid = is_valid_return(exc_return);
  exceptions().set_active(returning, false);
  if (returning != kNmi) cpu_.faultmask = 0;
  if (!valid) {
    const std::string text = fmt::format("exception return {:#010x} in the handler of {}",
                                         exc_return, exception_name(returning));
    cpu_.why = text + ", which does not match what is active";
    exceptions().record_fault(fault_status::kInvalidReturn, std::nullopt);
    if (!pend_fault(kUsageFault, text)) return false;
    return enter(kUsageFault, exc_return);
  }
  update();
  if (const std::optional<unsigned> next = exceptions().takeable(cpu_);
      next && has_handler(*next)) {
    spend(kTailChainCycles);
    return enter(*next, exc_return);
  }
  pop_frame(exc_return);
  spend(kReturnCycles);
  if (cpu_.exception == kThread && bus_.system.sleeps_on_exit()) cpu_.sleep = Sleep::interrupt;
  if (!std::exchange(stack_failed_, false)) return true;
  exceptions().record_fault(fault_status::kUnstackingError, std::nullopt);
  return pend_fault(kBusFault, "unstacking failed");
}

void ExceptionModel::pop_frame(std::uint32_t exc_return) {
  if ((exc_return & kToProcessStack) != 0) {
    std::swap(cpu_.r[13], cpu_.other_sp);
    cpu_.control |= kProcessStack;
  }
  const bool with_float = (exc_return & kBasicFrame) == 0;
  const std::uint32_t frame = cpu_.r[13];
  std::array<std::uint32_t, 8> words{};
  stack_failed_ = false;
  for (std::uint32_t i = 0; i < words.size(); ++i) words[i] = load_word(frame + 4 * i);
  if (with_float) pop_float_registers(frame + kFrameBytes);
  cpu_.control = (cpu_.control & ~kFloatContext) | (with_float ? kFloatContext : 0);
  cpu_.fpu_ready = false;
  const std::uint32_t xpsr = words[7];
  const std::uint32_t align = with_float || bus_.system.aligns_stack() ? (xpsr >> 9 & 1) << 2 : 0;
  cpu_.r[13] = (frame + (with_float ? kFloatFrameBytes : kFrameBytes)) | align;
  for (unsigned i = 0; i < 4; ++i) cpu_.r[i] = words[i];
  cpu_.r[12] = words[4];
  cpu_.r[14] = words[5];
  cpu_.pc = words[6] & ~1U;
  set_nzcv(cpu_, xpsr);
  cpu_.q = xpsr >> 27 & 1;
  cpu_.ge = xpsr >> 16 & 0xF;
  cpu_.it = it_of(xpsr);
  cpu_.exception = (exc_return & kToThread) != 0 ? kThread : xpsr & 0x1FF;
  cpu_.exclusive = false;
  cpu_.event = true;
  if (cpu_.pipeline != nullptr) cpu_.pipeline->restart(cpu_.pc);
}

void ExceptionModel::pop_float_registers(std::uint32_t address) {
  SystemControl& system = bus_.system;
  if ((system.float_context_control() & kLazyPending) != 0) {
    system.set_lazy_state(address, false);  // never stored, so the registers are still there
    return;
  }
  for (std::uint32_t i = 0; i < 16; ++i) cpu_.s[i] = load_word(address + 4 * i);
  cpu_.fpscr = load_word(address + 64);
  spend(kFloatWordsCycles);
}

void begin_float_context(Cpu& cpu) {
  SystemControl& system = cpu.bus->system;
  if ((system.float_context_control() & kLazyPending) != 0) {
    const std::uint32_t address = system.float_context_address();
    for (std::uint32_t i = 0; i < 16; ++i) cpu.bus->write(address + 4 * i, 4, cpu.s[i], 0);
    cpu.bus->write(address + 64, 4, cpu.fpscr, 0);
    system.set_lazy_state(address, false);
    cpu.cycles += kFloatWordsCycles;
    if (cpu.pipeline != nullptr) cpu.pipeline->wait(kFloatWordsCycles);
  }
  if (system.automatic_fpu_context() && (cpu.control & kFloatContext) == 0) {
    constexpr std::uint32_t kModes = 0x07C00000;  // AHP, DN, FZ, RMode
    cpu.fpscr = (cpu.fpscr & ~kModes) | system.default_fpscr();
    cpu.control |= kFloatContext;
  }
  cpu.fpu_ready = true;
}

// ---- faults and SVC (B1.5.12 to B1.5.15) ----

bool ExceptionModel::lockup(const std::string& where) {
  exceptions().last_fault = where;
  cpu_.why = fmt::format("lockup: a fault in the handler of {}: {}", exception_name(cpu_.exception),
                         cpu_.why);
  return false;
}

bool ExceptionModel::pend_fault(unsigned number, const std::string& where) {
  Exceptions& all = exceptions();
  const int now = all.execution_priority(cpu_);
  const bool escalates = !all.is_enabled(number) || all.group_priority(all.priority(number)) >= now;
  if (escalates && now < 0) return lockup(where);
  const unsigned taken = escalates ? kHardFault : number;
  if (!has_handler(taken)) return false;
  if (escalates) all.record_escalation();
  all.last_fault = where;
  all.set_pending(taken);
  return true;
}

bool ExceptionModel::fault(const std::string& where) {
  const Fault& what = cpu_.fault;
  if (what.status == 0 || stops_at_faults) return false;
  std::uint32_t status = what.status;
  if (status == fault_status::kFetchError && is_execute_never(what.target.value_or(0)))
    status = fault_status::kFetchViolation;
  const unsigned number = status < 1U << 8    ? kMemManage
                          : status < 1U << 16 ? kBusFault
                                              : kUsageFault;
  if (!pend_fault(number, where)) return false;
  exceptions().record_fault(status, what.address);
  if (what.link) cpu_.r[14] = *what.link;
  if (what.target) cpu_.pc = *what.target & ~1U;  // the branch was executed, what it led to was not
  return true;
}

bool ExceptionModel::supervisor_call(const std::string& where) {
  Exceptions& all = exceptions();
  if (all.group_priority(all.priority(kSvc)) >= all.execution_priority(cpu_))
    return pend_fault(kSvc, where);
  if (!has_handler(kSvc)) return false;
  complete_instruction();
  all.set_pending(kSvc);
  return true;
}

bool ExceptionModel::call_host() {
  Semihosting& host = bus_.semihosting;
  if (host.call(cpu_, bus_)) {
    complete_instruction();
    return true;
  }
  cpu_.reason = host.exit_status ? StopReason::exited : StopReason::fault;
  cpu_.why = host.exit_status
                 ? fmt::format("the program has ended with status {}", *host.exit_status)
                 : "semihosting has sent 1 MiB without a pause";
  return false;
}

bool ExceptionModel::resolve_trap(const std::string& where, std::uint64_t last_cycle) {
  switch (cpu_.trap) {
    case Trap::none:
    case Trap::single_step:
      return false;
    case Trap::exception_return:
      return leave(cpu_.pc | 1);
    case Trap::fault:
      return fault(where);
    case Trap::supervisor_call:
      return supervisor_call(where);
    case Trap::semihosting:
      return call_host();
    case Trap::wait_for_interrupt:
    case Trap::wait_for_event:
      return begin_sleep(last_cycle);
    case Trap::idle_loop:
      return skip_idle_loop(last_cycle);
  }
  return false;
}

// ---- sleep (B1.5.18, B1.5.19) ----

bool ExceptionModel::begin_sleep(std::uint64_t last_cycle) {
  update();
  const bool for_event = cpu_.trap == Trap::wait_for_event;
  if (!exceptions().wakes(cpu_) && next_event() == UINT64_MAX) {
    can_wait_for_input();
    return false;
  }
  complete_instruction();
  cpu_.sleep = for_event ? Sleep::event : Sleep::interrupt;
  return sleep(last_cycle);
}

bool ExceptionModel::sleep(std::uint64_t last_cycle) {
  update();
  const bool event = cpu_.sleep == Sleep::event &&
                     (cpu_.event || (bus_.system.pending_is_event() && exceptions().any_pending()));
  if (event || exceptions().wakes(cpu_)) {
    if (event) cpu_.event = false;
    cpu_.sleep = Sleep::none;
    return true;
  }
  const std::uint64_t wakes_at = next_event();
  if (wakes_at == UINT64_MAX) {
    if (!can_wait_for_input()) cpu_.why = "asleep, and no interrupt can wake this core";
    return false;
  }
  spend(std::min(wakes_at, last_cycle) - cpu_.cycles);
  return true;
}

/// A branch to itself, until SysTick ends it.
bool ExceptionModel::skip_idle_loop(std::uint64_t last_cycle) {
  const std::uint64_t expires = next_event();
  Exceptions then = exceptions();
  then.set_pending(kSysTick);
  if (expires == UINT64_MAX || then.takeable(cpu_) != kSysTick) {
    can_wait_for_input();
    return false;
  }
  const bool in_flash = cpu_.in_flash(cpu_.pc);
  const std::uint64_t round =
      std::max<std::uint64_t>(1, cycles_of((in_flash ? *cpu_.at : cpu_.scratch[0]).cost));
  const std::uint64_t rounds = (std::min(expires, last_cycle) - cpu_.cycles + round - 1) / round;
  cpu_.instructions += rounds;
  spend(rounds * round);
  if (cpu_.pipeline != nullptr) cpu_.pipeline->restart(cpu_.pc);
  return true;
}

}  // namespace opline::simulator
