// runners/simulator/translate/translated.h - what generated code is made of (translator.h). For
// generated files only.
//
// A translated function is a handler (cpu.h) that executes many instructions. Registers and flags
// live in a local State, time and the state of the flash in a local Clock, so that the compiler can
// keep them in the host's registers. `cycles` in the names below is what the instructions cost that
// were executed since the clock was last advanced; the translator knows that sum. Whatever is rare
// is done by the functions of execute.h, with the core's state as the interpreter would have it.
#pragma once
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "runners/simulator/execute/execute.h"
#include "runners/simulator/execute/semantics/access.h"
#include "runners/simulator/execute/semantics/data_processing.h"
#include "runners/simulator/execute/semantics/multiply.h"
#include "runners/simulator/execute/semantics/parallel.h"
#include "runners/simulator/translate/translation.h"

/// Of functions that are called where something rare happens: they save every register that they
/// use, so that what the hot code holds in registers survives the call. They are compiled without
/// vector registers (CMakeLists.txt) and call no function outside translated.cpp.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(OPLINE_TRAMPOLINE)
#define OPLINE_HAVE_SAVES_ALL 1
#define OPLINE_SAVES_ALL [[gnu::no_caller_saved_registers]]
#else
#define OPLINE_SAVES_ALL
#endif

namespace opline::simulator::translated {

/// The fields of Op that operations read.
struct Operands {
  std::uint32_t imm = 0;
  std::uint8_t rd = 0, rn = 0, rm = 0, ra = 0, aux = 0;
};

/// Registers and flags. All indices are constants in generated code. Q and GE, which few
/// instructions write, stay where they are.
struct State {
  std::array<std::uint32_t, 16> r;
  std::int64_t nz;
  std::uint32_t carry, overflow;
  std::uint8_t &q, &ge;

  explicit State(Cpu& cpu)
      : nz(cpu.nz), carry(cpu.carry), overflow(cpu.overflow), q(cpu.q), ge(cpu.ge) {
    for (unsigned i = 0; i < 16; ++i) r[i] = cpu.r[i];
  }
  void store(Cpu& cpu) const {
    for (unsigned i = 0; i < 16; ++i) cpu.r[i] = r[i];
    cpu.nz = nz, cpu.carry = carry, cpu.overflow = overflow;
  }
};

/// Sets the flags as an operation does whose operands rn and rm were n and m.
template <typename Operation>
void set_flags_of(State& s, Operands op, std::uint32_t n, std::uint32_t m) {
  State copy = s;
  op.rd = 0, op.rn = 1, op.rm = 2;
  copy.r[1] = n;
  copy.r[2] = m;
  Operation::apply(op, copy);
  s.nz = copy.nz, s.carry = copy.carry, s.overflow = copy.overflow;
}

// ---- halves ----

// The operands of SMLAD and the like as two 16-bit lanes of a host's vector: SXTB16 is a shift or
// two there, and the sum of products one instruction.
#if defined(__SSE2__)
struct Lanes16 {
  __m128i lanes;
};
struct SignedBytes : Lanes16 {};  ///< Each lane is a signed byte.

inline Lanes16 lanes_of(std::uint32_t word) { return {_mm_cvtsi32_si128(static_cast<int>(word))}; }
/// What SXTB16 makes of `word` rotated right by `by`.
inline SignedBytes signed_bytes(std::uint32_t word, unsigned by) {
  if (by >= 16) word = std::rotr(word, 16);
  const __m128i lanes = _mm_cvtsi32_si128(static_cast<int>(word));
  return {{_mm_srai_epi16(by % 16 == 0 ? _mm_slli_epi16(lanes, 8) : lanes, 8)}};
}
inline std::int32_t sum_of_products(Lanes16 n, Lanes16 m) {
  return _mm_cvtsi128_si32(_mm_madd_epi16(n.lanes, m.lanes));
}
inline Halves halves_of(Lanes16 n) {
  return simulator::halves_of(static_cast<std::uint32_t>(_mm_cvtsi128_si32(n.lanes)));
}
/// As dual_product() of semantics/multiply.h.
template <bool kSubtract, bool kExchange>
std::int64_t dual_product(Lanes16 n, Lanes16 m) {
  if constexpr (kSubtract || kExchange)
    return simulator::dual_product<kSubtract, kExchange>(halves_of(n), halves_of(m));
  const std::int32_t sum = sum_of_products(n, m);
  return sum == INT32_MIN ? -std::int64_t{INT32_MIN} : sum;  // four times -2^15, which wrapped
}
template <bool kSubtract, bool kExchange>
std::int64_t dual_product(SignedBytes n, Lanes16 m) {
  if constexpr (kSubtract || kExchange)
    return simulator::dual_product<kSubtract, kExchange>(halves_of(n), halves_of(m));
  return sum_of_products(n, m);
}
template <bool kSubtract, bool kExchange>
std::int64_t dual_product(Lanes16 n, SignedBytes m) {
  return dual_product<kSubtract, kExchange>(m, n);
}
template <bool kSubtract, bool kExchange>
std::int64_t dual_product(SignedBytes n, SignedBytes m) {
  return dual_product<kSubtract, kExchange>(n, static_cast<Lanes16>(m));
}
#else
using SignedBytes = Halves;
inline Halves lanes_of(std::uint32_t word) { return halves_of(word); }
inline Halves signed_bytes(std::uint32_t word, unsigned by) {
  const std::uint32_t rotated = std::rotr(word, static_cast<int>(by));
  return {static_cast<std::int8_t>(rotated), static_cast<std::int8_t>(rotated >> 16)};
}
#endif

// ---- time ----

/// Time, and of the flash's state what nearly every line needs. Cycles count from Cpu::cycles on.
class Clock {
 public:
  Clock(const Cpu& cpu, Time time) : now_(cycles_of(time)), instructions_(time >> 32) { take(cpu); }

  void advance(std::uint32_t cycles) { now_ += cycles; }
  void count(std::uint32_t instructions) { instructions_ += instructions; }
  [[nodiscard]] bool ends(const Cpu* cpu) const { return now_ >= std::int64_t{cpu->slice}; }
  [[nodiscard]] std::int64_t now() const { return now_; }
  void set_now(std::int64_t now) { now_ = now; }
  /// As handlers count, after further `cycles` and `instructions`.
  [[nodiscard]] Time time(std::uint32_t cycles, std::uint32_t instructions) const {
    return static_cast<Time>(now_ + cycles) | (instructions_ + instructions) << 32;
  }

  /// Brings the core's flash up to date, before anything else looks at it.
  void put(Cpu& cpu) const {
    cpu.flash.prefetch_ready_ = static_cast<std::uint64_t>(ready_) + cpu.cycles;
    cpu.flash.busy_until_ = static_cast<std::uint64_t>(busy_) + cpu.cycles;
  }
  void take(const Cpu& cpu) {
    ready_ = static_cast<std::int64_t>(cpu.flash.prefetch_ready_ - cpu.cycles);
    busy_ = static_cast<std::int64_t>(cpu.flash.busy_until_ - cpu.cycles);
    wait_states_ = cpu.flash.wait_states_;
    still_ = cpu.flash.prefetch_ && wait_states_ != 0 ? 0 : ~0U;
  }

  /// Looks which of the 16 lines from `line` on, which is the present one, are cached. All seem
  /// cached where nothing is prefetched, or the next one is neither cached nor being read.
  void look_ahead(const Cpu* cpu, std::uint32_t line) {
    const std::uint8_t* const slots = cpu->flash.instruction_.slot_of_.data() + line;
#if defined(__SSE2__)
    const __m128i absent =
        _mm_cmpeq_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(slots)), _mm_set1_epi8(-1));
    held_ = ~static_cast<std::uint32_t>(_mm_movemask_epi8(absent)) | still_;
#else
    held_ = ~0U;
    for (unsigned i = 0; i < 16; ++i) held_ ^= slots[i] == LineCache::kAbsent ? 1U << i : 0;
    held_ |= still_;
#endif
    if (cpu->flash.prefetch_line_ != line + 1 && (held_ & 2) == 0) [[unlikely]]
      held_ = ~0U;
  }
  /// Notes in the core's flash that the line `next`, number kBit of those looked at, is being read
  /// where it is not cached: after look_ahead() only the clock knows.
  template <unsigned kBit>
  void note_read(Cpu* cpu, std::uint32_t next) const {
    if ((held_ >> kBit & 1) == 0) cpu->flash.prefetch_line_ = next;
  }

  /// Goes on in `line`, number kBit of those looked at. Where neither it nor the next one is
  /// cached, the line has been read meanwhile, and now the next one is.
  template <unsigned kBit>
  void next_line(Cpu* cpu, std::uint32_t line) {
    if ((held_ & 3U << kBit) == 0) [[likely]] {
      now_ = now_ > ready_ ? now_ : ready_;
      ready_ = busy_ = (now_ > busy_ ? now_ : busy_) + wait_states_ + 1;
      return;
    }
    note_read<kBit>(cpu, line);
    enter(cpu, line);
  }

  /// Goes on in `line` by a taken branch.
  void branch_to_line(Cpu* cpu, std::uint32_t line) {
    LineCache& cache = cpu->flash.instruction_;
    if (!cache.holds(line)) [[unlikely]]
      return enter(cpu, line);
    cache.touch(line);
    if (cache.holds(line + 1) || cpu->flash.prefetch_line_ == line + 1 || still_ != 0) return;
    cpu->flash.prefetch_line_ = line + 1;
    ready_ = busy_ = (now_ > busy_ ? now_ : busy_) + wait_states_ + 1;
  }

  /// FlashTiming::enter.
  void enter(Cpu* cpu, std::uint32_t line) {
    put(*cpu);
    now_ += enter_flash_line(cpu, line, now_);
    take(*cpu);
  }
  /// FlashTiming::read of a line that is not cached, after further `cycles`.
  void read_flash(Cpu* cpu, std::uint32_t line, std::uint32_t cycles) {
    if (wait_states_ == 0) return;
    const std::int64_t at = now_ + cycles;
    busy_ = (at > busy_ ? at : busy_) + wait_states_;
    now_ = busy_ - cycles;
    if (cpu->flash.cache_data_) insert_data(cpu, line);
  }

  /// An access that is not aligned, to SRAM or flash, after further `cycles`; false, and nothing
  /// done, for any other.
  template <typename T>
  bool load_unaligned(Cpu* cpu, std::uint32_t address, T& value, std::uint32_t cycles) {
    const Access access = load_unaligned(cpu, address, sizeof(T), now_ + cycles, busy_);
    if (access.busy == kNone) return false;
    value = static_cast<T>(access.value);
    now_ += access.value >> 32;
    busy_ = access.busy;
    return true;
  }
  bool store_unaligned(Cpu* cpu, std::uint32_t address, unsigned size, std::uint32_t value) {
    const std::int64_t wait = store_to_sram(cpu, address, size, value);
    if (wait < 0) return false;
    now_ += wait;
    return true;
  }

 private:
  OPLINE_SAVES_ALL static std::uint32_t enter_flash_line(Cpu* cpu, std::uint32_t line,
                                                         std::int64_t now);
  OPLINE_SAVES_ALL static void insert_data(Cpu* cpu, std::uint32_t line);
  static constexpr std::int64_t kNone = INT64_MIN;
  /// A value with the cycles it waited in the high half, and until when the flash is then busy.
  struct Access {
    std::uint64_t value;
    std::int64_t busy;
  };
  OPLINE_SAVES_ALL static Access load_unaligned(Cpu* cpu, std::uint32_t address, unsigned size,
                                                std::int64_t now, std::int64_t busy);
  OPLINE_SAVES_ALL static std::int64_t store_to_sram(Cpu* cpu, std::uint32_t address, unsigned size,
                                                     std::uint32_t value);

  std::int64_t now_;
  std::uint64_t instructions_;
  std::int64_t ready_ = 0, busy_ = 0;  // FlashTiming::prefetch_ready_ and busy_until_
  std::uint32_t wait_states_ = 0;
  std::uint32_t still_ = 0;   // all ones where no line is prefetched
  std::uint32_t held_ = ~0U;  // see look_ahead()
};

// ---- memory ----

/// Bytes of SRAM or flash, with 1 in the high half; 0 where they are not there, or would trap.
OPLINE_SAVES_ALL std::uint64_t read_unaligned(const Cpu* cpu, std::uint32_t address, unsigned size);
OPLINE_SAVES_ALL bool write_unaligned(Cpu* cpu, std::uint32_t address, unsigned size,
                                      std::uint32_t value);

/// The memories of the board, at addresses that are constants.
template <std::uint32_t kSramBase, std::uint32_t kSramBytes, std::uint32_t kFlashBase,
          std::uint32_t kFlashBytes, std::uint32_t kLineShift>
struct Memories {
  std::uint8_t* const sram;
  const std::uint8_t* const flash;

  explicit Memories(const Cpu& cpu) : sram(cpu.sram), flash(cpu.flash_data) {}

  /// The place in a memory of kBytes in units of T, or one beyond its end where the access is not
  /// aligned: what is rotated out makes it large.
  template <typename T>
  static std::uint32_t unit(std::uint32_t offset) {
    return std::rotr(offset, std::countr_zero(sizeof(T)));
  }

  template <typename T>
  bool load_sram(std::uint32_t address, T& value) const {
    const std::uint32_t at = unit<T>(address - kSramBase);
    if (at >= kSramBytes / sizeof(T)) return false;
    std::memcpy(&value, sram + std::size_t{at} * sizeof(T), sizeof(T));
    return true;
  }
  /// From flash, after further `cycles`, with what it waits.
  template <typename T>
  bool load_flash(Cpu* cpu, Clock& clock, std::uint32_t address, T& value,
                  std::uint32_t cycles) const {
    const std::uint32_t at = unit<T>(address - kFlashBase);
    if (at >= kFlashBytes / sizeof(T)) return false;
    const std::uint32_t line = (address - kFlashBase) >> kLineShift;
    if (!cpu->flash.read_cached(line)) clock.read_flash(cpu, line, cycles);
    std::memcpy(&value, flash + std::size_t{at} * sizeof(T), sizeof(T));
    return true;
  }
  /// From SRAM or flash, whatever its alignment, where time is another matter (pace.h).
  template <typename T>
  bool load_any(Cpu* cpu, std::uint32_t address, T& value) const {
    if (load_sram(address, value)) return true;
    if (const std::uint32_t at = unit<T>(address - kFlashBase); at < kFlashBytes / sizeof(T)) {
      std::memcpy(&value, flash + std::size_t{at} * sizeof(T), sizeof(T));
      return true;
    }
    const std::uint64_t read = read_unaligned(cpu, address, sizeof(T));
    value = static_cast<T>(read);
    return (read >> 32) != 0;
  }
  template <typename T>
  bool store_any(Cpu* cpu, std::uint32_t address, T value) const {
    return store_sram(address, value) || write_unaligned(cpu, address, sizeof(T), value);
  }
  [[nodiscard]] static bool within(std::uint32_t offset, std::uint32_t bytes, std::uint32_t size) {
    return offset < bytes && bytes - offset >= size;
  }
  [[nodiscard]] bool takes_words(std::uint32_t first, std::uint32_t words) const {
    return (first & 3) == 0 && within(first - kSramBase, kSramBytes, 4 * words);
  }
  [[nodiscard]] bool holds_words(std::uint32_t first, std::uint32_t words) const {
    return takes_words(first, words) ||
           ((first & 3) == 0 && within(first - kFlashBase, kFlashBytes, 4 * words));
  }
  [[nodiscard]] std::uint32_t word(std::uint32_t address) const {
    std::uint32_t value = 0;
    if (!load_sram(address, value)) std::memcpy(&value, flash + (address - kFlashBase), 4);
    return value;
  }
  template <typename T>
  bool store_sram(std::uint32_t address, T value) const {
    const std::uint32_t at = unit<T>(address - kSramBase);
    if (at >= kSramBytes / sizeof(T)) return false;
    std::memcpy(sram + std::size_t{at} * sizeof(T), &value, sizeof(T));
    return true;
  }
};

/// The handler that interprets `op` alone.
Handler interpreted(const Op* op, const Cpu* cpu);

// The macros below jump to labels of the generated function, whose names they take. All its locals
// are declared by OPLINE_TRANSLATED, since jumps may not pass a declaration.

#define OPLINE_TRANSLATED()                                           \
  State s(*cpu);                                                      \
  Clock clock(*cpu, time);                                            \
  const BoardMemories memory(*cpu);                                   \
  const Op* next = op;    /* where the interpreter goes on */         \
  std::uint32_t line = 0; /* of flash, that `next` is reached from */ \
  [[maybe_unused]] std::int64_t start = 0;

/// Reads T into `variable` after further `cycles`; goes to `leave` where the interpreter shall do
/// that.
#define OPLINE_READ(T, variable, address, cycles, leave)                 \
  T variable{};                                                          \
  if (const std::uint32_t where_ = (address);                            \
      !memory.load_sram(where_, variable) &&                             \
      !memory.load_flash(cpu, clock, where_, variable, cycles) &&        \
      !clock.load_unaligned(cpu, where_, variable, cycles)) [[unlikely]] \
  goto leave
#define OPLINE_WRITE(T, value, address, leave)                            \
  if (const std::uint32_t where_ = (address);                             \
      !memory.store_sram(where_, static_cast<T>(value)) &&                \
      !clock.store_unaligned(cpu, where_, sizeof(T), value)) [[unlikely]] \
  goto leave

/// A taken branch to the instruction at `index` in `target_line`; `enter` goes to that line.
#define OPLINE_TAKE(label, index, cycles, instructions, sync, enter, target_line) \
  do {                                                                            \
    sync;                                                                         \
    clock.advance(cycles);                                                        \
    clock.count(instructions);                                                    \
    enter;                                                                        \
    if (clock.ends(cpu)) [[unlikely]] {                                           \
      next = cpu->ops + (index);                                                  \
      line = target_line;                                                         \
      goto end_of_slice;                                                          \
    }                                                                             \
    goto label;                                                                   \
  } while (false)

/// The ends of a generated function.
#define OPLINE_ENDS()                         \
  end_of_slice:                               \
  cpu->reason = StopReason::budget_exhausted; \
  cpu->flash.current_line = line;             \
  clock.put(*cpu);                            \
  s.store(*cpu);                              \
  cpu->at = next;                             \
  cpu->time = clock.time(0, 0);               \
  cpu->jump = nullptr;                        \
  return;                                     \
  leave:                                      \
  cpu->flash.current_line = line;             \
  clock.put(*cpu);                            \
  s.store(*cpu);                              \
  OPLINE_JUMP(interpreted(next, cpu), next, clock.time(0, 0))

}  // namespace opline::simulator::translated
