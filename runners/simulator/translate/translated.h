// runners/simulator/translate/translated.h - what generated code is made of (translator.h). For
// generated files only.
//
// A translated function is a handler (cpu.h) that executes many instructions: registers and flags
// live in a local `s`, `time` counts as in every handler, and `before` is what the instructions
// since the last label cost, which is added at the next one. Whatever is rare is done by the
// functions of execute.h, with the core's state as the interpreter would have it.
#pragma once
#include <array>
#include <cstdint>
#include <cstring>

#include "runners/simulator/execute/execute.h"
#include "runners/simulator/execute/semantics/access.h"
#include "runners/simulator/execute/semantics/data_processing.h"
#include "runners/simulator/execute/semantics/multiply.h"
#include "runners/simulator/execute/semantics/parallel.h"
#include "runners/simulator/translate/translation.h"

namespace opline::simulator::translated {

/// The fields of Op that operations read.
struct Operands {
  std::uint32_t imm = 0;
  std::uint8_t rd = 0, rn = 0, rm = 0, ra = 0, aux = 0;
};

/// Registers and flags; the compiler keeps them in the host's registers, since all indices are
/// constants.
struct State {
  std::array<std::uint32_t, 16> r;
  std::int64_t nz;
  std::uint32_t carry, overflow;
  std::uint8_t q, ge;

  explicit State(const Cpu& cpu)
      : nz(cpu.nz), carry(cpu.carry), overflow(cpu.overflow), q(cpu.q), ge(cpu.ge) {
    for (unsigned i = 0; i < 16; ++i) r[i] = cpu.r[i];
  }
  void store(Cpu& cpu) const {
    for (unsigned i = 0; i < 16; ++i) cpu.r[i] = r[i];
    cpu.nz = nz, cpu.carry = carry, cpu.overflow = overflow, cpu.q = q, cpu.ge = ge;
  }
};

/// Sets the flags as an operation does whose operands rn, rm and ra were n, m and a.
template <typename Operation>
void set_flags_of(State& s, Operands op, std::uint32_t n, std::uint32_t m) {
  State copy = s;
  op.rd = 0, op.rn = 1, op.rm = 2;
  copy.r[1] = n;
  copy.r[2] = m;
  Operation::apply(op, copy);
  s.nz = copy.nz, s.carry = copy.carry, s.overflow = copy.overflow;
}

/// What SXTB16 makes of `word` rotated right by `by`.
inline Halves signed_bytes(std::uint32_t word, unsigned by) {
  const std::uint32_t rotated = std::rotr(word, static_cast<int>(by));
  return {static_cast<std::int8_t>(rotated), static_cast<std::int8_t>(rotated >> 16)};
}

/// The memories of the board, at addresses that are constants.
template <std::uint32_t kSramBase, std::uint32_t kSramBytes, std::uint32_t kFlashBase,
          std::uint32_t kFlashBytes>
struct Memories {
  std::uint8_t* const sram;
  const std::uint8_t* const flash;

  explicit Memories(const Cpu& cpu) : sram(cpu.sram), flash(cpu.flash_data) {}

  /// An aligned access to SRAM or to a cached line of flash, which costs nothing beyond the
  /// instruction.
  template <typename T>
  bool load(Cpu* cpu, std::uint32_t address, T& value) const {
    if (sizeof(T) > 1 && (address & (sizeof(T) - 1)) != 0) [[unlikely]]
      return false;
    if (address - kSramBase <= kSramBytes - sizeof(T)) [[likely]] {
      std::memcpy(&value, sram + (address - kSramBase), sizeof(T));
      return true;
    }
    const std::uint32_t offset = address - kFlashBase;
    if (offset > kFlashBytes - sizeof(T) ||
        !cpu->flash.read_cached(offset >> cpu->flash.line_shift))
      return false;
    std::memcpy(&value, flash + offset, sizeof(T));
    return true;
  }

  template <typename T>
  bool store(std::uint32_t address, T value) const {
    if (sizeof(T) > 1 && (address & (sizeof(T) - 1)) != 0) [[unlikely]]
      return false;
    if (address - kSramBase > kSramBytes - sizeof(T)) [[unlikely]]
      return false;
    std::memcpy(sram + (address - kSramBase), &value, sizeof(T));
    return true;
  }
};

/// The handler that interprets `op` alone.
[[gnu::noinline]] Handler interpreted(const Op* op, const Cpu* cpu);

inline void enter_in_sequence(Cpu* cpu, std::uint32_t line, Time& time, Time before) {
  if (cpu->flash.enter_cached(line)) return;
  if (cpu->flash.enter_prefetched(line, cpu->now(time + before), time)) return;
  time = enter_line(cpu, line, time + before) - before;
}
inline void enter_by_branch(Cpu* cpu, std::uint32_t line, Time& time) {
  if (!cpu->flash.enter_cached(line)) time = enter_line(cpu, line, time);
}

// The macros below jump to labels of the generated function, whose names they take. All its locals
// are declared by OPLINE_TRANSLATED, since jumps may not pass a declaration.

#define OPLINE_TRANSLATED()                                           \
  State s(*cpu);                                                      \
  const BoardMemories memory(*cpu);                                   \
  const Op* next = op;    /* where the interpreter goes on */         \
  std::uint32_t line = 0; /* of flash, that `next` is reached from */ \
  [[maybe_unused]] Time start = time;

/// Reads T into `variable`; to `stop` where the core stops.
#define OPLINE_READ(T, variable, address, before, stop)                              \
  T variable{};                                                                      \
  if (const std::uint32_t where_ = (address); !memory.load(cpu, where_, variable)) { \
    const Loaded loaded_ = load_elsewhere(cpu, where_, sizeof(T), time + (before));  \
    if (cpu->reason != StopReason::running) [[unlikely]]                             \
      goto stop;                                                                     \
    variable = static_cast<T>(loaded_.value);                                        \
    time = loaded_.time - (before);                                                  \
  }

#define OPLINE_WRITE(T, value, address, before, stop)                                         \
  if (const std::uint32_t where_ = (address); !memory.store(where_, static_cast<T>(value))) { \
    const Time after_ = store_elsewhere(cpu, where_, sizeof(T), value, time + (before));      \
    if (cpu->reason != StopReason::running) [[unlikely]]                                      \
      goto stop;                                                                              \
    time = after_ - (before);                                                                 \
  }

/// A taken branch to the instruction at `index`, which is in the present line of flash or
/// (OPLINE_TAKE_TO_LINE) in another one.
#define OPLINE_TAKE(label, index, cost, target_line)  \
  do {                                                \
    time += (cost);                                   \
    if (cycles_of(time) >= cpu->slice) [[unlikely]] { \
      next = cpu->ops + (index);                      \
      line = target_line;                             \
      goto end_of_slice;                              \
    }                                                 \
    goto label;                                       \
  } while (false)
#define OPLINE_TAKE_TO_LINE(label, index, cost, target_line) \
  do {                                                       \
    time += (cost);                                          \
    enter_by_branch(cpu, target_line, time);                 \
    OPLINE_TAKE(label, index, 0, target_line);               \
  } while (false)

/// The ends of a generated function.
#define OPLINE_ENDS()                         \
  end_of_slice:                               \
  cpu->reason = StopReason::budget_exhausted; \
  stop:                                       \
  cpu->flash.current_line = line;             \
  s.store(*cpu);                              \
  cpu->at = next;                             \
  cpu->time = time;                           \
  cpu->jump = nullptr;                        \
  return;                                     \
  leave:                                      \
  cpu->flash.current_line = line;             \
  s.store(*cpu);                              \
  OPLINE_JUMP(interpreted(next, cpu), next, time)

}  // namespace opline::simulator::translated
