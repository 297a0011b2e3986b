// runners/simulator/execute/execute.h - what every instruction handler is made of.
//
// A handler does its work and ends with CONTINUE: it calls the next Op's handler in tail position,
// so that the dispatch is one indirect jump per instruction, each with its own prediction. The
// compiler turns these calls into jumps only when it optimises; builds with sanitizers or without
// optimisation define OPLINE_TRAMPOLINE, and then a handler returns and run_ops() calls the next
// one.
#pragma once
#include <cstring>
#include <type_traits>
#include <utility>

#include "runners/simulator/machine/bus.h"
#include "runners/simulator/machine/cpu.h"

#if !defined(OPLINE_TRAMPOLINE) && !defined(__OPTIMIZE__)
#define OPLINE_TRAMPOLINE 1
#endif

#ifdef OPLINE_TRAMPOLINE
#define OPLINE_JUMP(handler, next_op, next_time) \
  do {                                           \
    cpu->at = (next_op);                         \
    cpu->time = (next_time);                     \
    cpu->jump = (handler);                       \
    return;                                      \
  } while (false)
#else
#define OPLINE_JUMP(handler, next_op, next_time)   \
  do {                                             \
    return (handler)((next_op), cpu, (next_time)); \
  } while (false)
#endif

/// Goes on with `next_op`; the present instruction's time must already be in `next_time`.
#define OPLINE_GO(next_op, next_time)      \
  do {                                     \
    const Op* const go_ = (next_op);       \
    OPLINE_JUMP(go_->run, go_, next_time); \
  } while (false)

/// Ends an instruction that falls through.
#define OPLINE_CONTINUE() OPLINE_GO(following(op), time + op->cost)

/// Ends a run at `op`, which is executed again when the run continues. Cpu::reason and why are set
/// before.
#define OPLINE_STOP()    \
  do {                   \
    cpu->at = op;        \
    cpu->time = time;    \
    cpu->jump = nullptr; \
    return;              \
  } while (false)

namespace opline::simulator {

inline const Op* following(const Op* op) {
  return reinterpret_cast<const Op*>(reinterpret_cast<const char*>(op) + op->next);
}

template <typename Work>
void plain(const Op* op, Cpu* cpu, Time time) {
  Work{}(*op, *cpu);
  OPLINE_CONTINUE();
}
/// A handler from a lambda (const Op&, Cpu&) whose work only touches the core.
template <typename Work>
Handler handler(Work) {
  return plain<Work>;
}

template <typename Operation>
void operation(const Op* op, Cpu* cpu, Time time) {
  Operation::apply(*op, *cpu);
  OPLINE_CONTINUE();
}
/// The handler of an operation of semantics/, which only touches the core.
template <typename Operation>
Handler handler() {
  return operation<Operation>;
}

/// pick(std::integral_constant<unsigned, index>{}), for an index below kCount.
template <unsigned kCount>
Handler choose(unsigned index, auto pick) {
  Handler chosen = nullptr;
  [&]<unsigned... kIndices>(std::integer_sequence<unsigned, kIndices...>) {
    ((index == kIndices ? void(chosen = pick(std::integral_constant<unsigned, kIndices>{}))
                        : void()),
     ...);
  }
  (std::make_integer_sequence<unsigned, kCount>{});
  return chosen;
}

/// Runs from cpu.at until Cpu::reason is set.
void run_ops(Cpu& cpu);

/// Records why the core stops; the handler then ends with OPLINE_STOP. `status`: CFSR's bit of the
/// fault that the hardware would take (exceptions.h).
void set_fault(Cpu& cpu, StopReason reason, std::string why, std::uint32_t status = 0);
/// The same for what is resolved between two slices (exception_model.h).
void set_trap(Cpu& cpu, Trap trap, StopReason reason, std::string why);

/// True, and the reason set, when SP left the main stack.
[[gnu::cold]] bool stack_overflowed(Cpu& cpu);
inline bool stack_below_limit(Cpu& cpu) {
  return cpu.r[13] < cpu.stack_limit && stack_overflowed(cpu);
}

// ---- memory ----

/// A value and the new time, which travel in two registers; Cpu::reason tells failure.
struct Loaded {
  std::uint64_t value;
  Time time;
};
/// Loads and stores of every kind, with what they cost beyond the instruction.
Loaded load_elsewhere(Cpu* cpu, std::uint32_t address, unsigned size, Time time);
Time store_elsewhere(Cpu* cpu, std::uint32_t address, unsigned size, std::uint32_t value,
                     Time time);

/// What an access costs more because it is not aligned.
inline std::uint32_t unaligned_cycles(const board::Core& core, std::uint32_t address,
                                      unsigned size) {
  if ((address & (size - 1)) == 0) return 0;
  return size == 4 && (address & 1) != 0 ? core.memory.unaligned_bytes
                                         : core.memory.unaligned_halfwords;
}

/// The common case of a load: aligned, in SRAM or in a cached line of flash; no cost beyond the
/// instruction's.
template <typename T>
inline bool load_quickly(Cpu* cpu, std::uint32_t address, T& value) {
  if (sizeof(T) > 1 && (address & (sizeof(T) - 1)) != 0) [[unlikely]]
    return false;
  const std::uint32_t offset = address - cpu->sram_base;
  if (offset <= cpu->sram_bytes - sizeof(T)) [[likely]] {
    std::memcpy(&value, cpu->sram + offset, sizeof(T));
    return true;
  }
  const std::uint32_t in_flash = address - cpu->flash_base;
  if (in_flash > cpu->flash_bytes - sizeof(T) ||
      !cpu->flash.read_cached(in_flash >> cpu->flash.line_shift))
    return false;
  std::memcpy(&value, cpu->flash_data + in_flash, sizeof(T));
  return true;
}

template <typename T>
inline bool store_quickly(Cpu* cpu, std::uint32_t address, T value) {
  if (sizeof(T) > 1 && (address & (sizeof(T) - 1)) != 0) [[unlikely]]
    return false;
  const std::uint32_t offset = address - cpu->sram_base;
  if (offset > cpu->sram_bytes - sizeof(T)) [[unlikely]]
    return false;
  std::memcpy(cpu->sram + offset, &value, sizeof(T));
  return true;
}

/// Reads T at `address`; adds what the memory costs to `time`. False: the core stopped.
template <typename T>
inline bool load(Cpu* cpu, std::uint32_t address, T& value, Time& time) {
  if (load_quickly(cpu, address, value)) return true;
  const Loaded loaded = load_elsewhere(cpu, address, sizeof(T), time);
  value = static_cast<T>(loaded.value);
  time = loaded.time;
  return cpu->reason == StopReason::running;
}

template <typename T>
inline bool store(Cpu* cpu, std::uint32_t address, T value, Time& time) {
  if (store_quickly(cpu, address, value)) return true;
  time = store_elsewhere(cpu, address, sizeof(T), static_cast<std::uint32_t>(value), time);
  return cpu->reason == StopReason::running;
}

// ---- branches ----

/// Cycles that entering `line` waits, added to `time`.
Time enter_line(Cpu* cpu, std::uint32_t line, Time time);

/// True when execution can go on at a flash offset without waiting; the line is then the current
/// one.
inline bool enter_quickly(Cpu* cpu, std::uint32_t flash_offset) {
  const std::uint32_t line = flash_offset >> cpu->flash.line_shift;
  return line == cpu->flash.current_line || cpu->flash.enter_cached(line);
}

/// Goes on at `target`, whose line is not cached.
void enter_slowly(const Op* target, Cpu* cpu, Time time);

/// Goes on at `address` (bit 0 clear), wherever it is; `time` includes the branch.
void branch_elsewhere(const Op* op, Cpu* cpu, Time time, std::uint32_t address);

/// The slice is used up: stop before `target`.
void end_slice(const Op* target, Cpu* cpu, Time time);

/// Ends a taken branch to a record in flash.
#define OPLINE_BRANCH_IN_FLASH(target_offset, branch_time)                          \
  do {                                                                              \
    const std::uint32_t offset_ = (target_offset);                                  \
    const Time branched_ = (branch_time);                                           \
    const Op* const target_ = cpu->ops + (offset_ >> 1);                            \
    if (!enter_quickly(cpu, offset_)) return enter_slowly(target_, cpu, branched_); \
    if (cycles_of(branched_) >= cpu->slice) [[unlikely]] {                          \
      return end_slice(target_, cpu, branched_);                                    \
    }                                                                               \
    OPLINE_GO(target_, branched_);                                                  \
  } while (false)

/// Ends a taken branch to a computed address with bit 0 already checked and cleared.
#define OPLINE_BRANCH_TO(target_address, branch_time)                                      \
  do {                                                                                     \
    const std::uint32_t address_ = (target_address);                                       \
    if (!cpu->in_flash(address_)) return branch_elsewhere(op, cpu, branch_time, address_); \
    OPLINE_BRANCH_IN_FLASH(address_ - cpu->flash_base, branch_time);                       \
  } while (false)

/// Ends BX, BLX, POP {PC} and loads of PC: bit 0 must say Thumb; EXC_RETURN values need exceptions.
bool interworks(Cpu* cpu, std::uint32_t target);

}  // namespace opline::simulator
