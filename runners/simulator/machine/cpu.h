// runners/simulator/machine/cpu.h - the state of the core that instructions work on, and the
// decoded instruction.
//
// An instruction is decoded once into an Op and executed by its handler, which ends by calling the
// next one's (threaded code; execute.h). Time is one 64-bit number that handlers pass on in a
// register: processor cycles in the low half, instructions in the high half, both since
// `CpuState::cycles` and `instructions` were brought up to date, so that accounting for an
// instruction is one addition.
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "runners/simulator/execute/semantics/flags.h"
#include "runners/simulator/machine/stop.h"
#include "runners/simulator/timing/flash_timing.h"
#include "src/board/board.h"
#include "src/board/core.h"

namespace opline::simulator {

class BlockTiming;
class Bus;
class DualIssue;
struct Cpu;
struct IssueInfo;
struct Op;
class Tracer;

using Time = std::uint64_t;
using Handler = void (*)(const Op*, Cpu*, Time);

inline constexpr Time kOneInstruction = Time{1} << 32;
inline std::uint32_t cycles_of(Time time) { return static_cast<std::uint32_t>(time); }

/// A decoded instruction. The meaning of the fields is the handler's.
struct Op {
  Handler run = nullptr;
  Handler inner = nullptr;  ///< What a wrapper (line entry, condition) continues with.
  Time cost = 0;            ///< One instruction and its cycles as far as decoding knows them.
  std::uint32_t imm = 0;    ///< Immediate, absolute address, register list.
  std::uint32_t imm2 = 0;   ///< Second immediate; the encoding where it is undefined.
  std::uint8_t rd = 0, rn = 0, rm = 0, ra = 0;
  std::uint16_t next = 0;  ///< Bytes to the Op that follows in memory.
  std::uint8_t cond = 14;  ///< Condition (14: always).
  std::uint8_t aux = 0;    ///< Shift amount, rotation, flags of the form.
};

/// What a core waits for that does not execute.
enum class Sleep : std::uint8_t { none, interrupt, event };

/// Why a slice ended that is continued between two slices (exception_model.h).
enum class Trap : std::uint8_t {
  none,
  fault,            ///< Cpu::fault says which.
  supervisor_call,  ///< SVC
  exception_return,
  wait_for_interrupt,
  wait_for_event,
  idle_loop,    ///< A branch to itself.
  semihosting,  ///< BKPT 0xAB
  single_step,  ///< The instruction can make an exception pending: it is a slice of its own.
};

/// A fault as the exception model needs it.
struct Fault {
  std::uint32_t status = 0;  ///< CFSR's bit (exceptions.h); 0: not a fault of the architecture.
  std::optional<std::uint32_t> address = std::nullopt;  ///< For BFAR.
  std::optional<std::uint32_t> target = std::nullopt;   ///< Of a branch to where no code is,
  std::optional<std::uint32_t> link = std::nullopt;     ///< and its LR where it is a call.
};

/// All that a snapshot must hold of the core itself; plain data.
struct CpuState {
  std::array<std::uint32_t, 16> r{};  ///< R15 is not kept; see Cpu::pc().
  std::int64_t nz = 1;                ///< N: negative. Z: low 32 bits are zero.
  std::uint32_t carry = 0, overflow = 0;
  std::uint8_t q = 0, ge = 0;
  bool fpu_enabled = false;  ///< CPACR grants full access to CP10 and CP11.
  bool fpu_ready =
      false;  ///< Enabled, and its context begun (CONTROL.FPCA) where FPCCR.ASPEN asks for one.
  bool divide_traps = false;     ///< CCR.DIV_0_TRP
  bool unaligned_traps = false;  ///< CCR.UNALIGN_TRP
  bool exclusive = false;        ///< The local monitor is open.
  std::uint8_t it =
      0;  ///< ITSTATE of the instruction at `pc`, kept for code outside the flash only.
  std::uint32_t primask = 0, basepri = 0, faultmask = 0, control = 0;
  std::uint32_t exception = 0;  ///< IPSR; 0: thread mode.
  bool event = false;           ///< The event register of WFE and SEV.
  Sleep sleep = Sleep::none;
  std::uint32_t other_sp = 0;  ///< The banked stack pointer that is not in use.
  std::array<std::uint32_t, 32> s{};
  std::uint32_t fpscr = 0;
  std::uint32_t pc = 0;  ///< Where to go on; valid while not running.
  std::uint64_t cycles = 0, instructions = 0;

  bool operator==(const CpuState&) const = default;
};

struct Cpu : CpuState {
  // Hot pointers.
  Op* ops = nullptr;            ///< One per halfword of flash.
  const Op* own_ops = nullptr;  ///< The same; `ops` is another table while a trace is recorded.
  std::uint8_t* sram = nullptr;
  const std::uint8_t* flash_data = nullptr;
  std::uint32_t sram_base = 0, sram_bytes = 0;
  std::uint32_t flash_base = 0, flash_bytes = 0, flash_alias = 0;
  std::uint8_t* itcm = nullptr;  ///< Instruction TCM, where the chip has one.
  std::uint32_t itcm_base = 0, itcm_bytes = 0;
  std::uint32_t slice = 0;  ///< Cycles of this slice; checked by taken branches.
  std::uint32_t stack_limit = 0;
  FlashTiming flash;

  // Only where the core issues two instructions a cycle.
  DualIssue* pipeline = nullptr;
  BlockTiming* blocks = nullptr;       ///< Of translated code.
  IssueInfo* issue = nullptr;          ///< One per Op of `ops`.
  IssueInfo* scratch_issue = nullptr;  ///< Of scratch[0].

  Bus* bus = nullptr;
  const board::Core* core = nullptr;
  board::Fpu fpu = board::Fpu::fpv4_single;

  Tracer* tracer = nullptr;  ///< Whose table `ops` is; absent while nothing is traced.
  /// Cycles that interpreted code has waited for lines of the flash, for traces; only their
  /// differences mean something.
  std::uint64_t fetch_waits = 0, data_waits = 0;

  // How a run ended.
  const Op* at = nullptr;  ///< The Op to go on with.
  Time time = 0;
  Handler jump = nullptr;  ///< The handler to call next, in builds with OPLINE_TRAMPOLINE.
  StopReason reason = StopReason::running;
  std::string why;
  Trap trap = Trap::none;
  Fault fault;
  bool stepping = false;  ///< This slice is one instruction.

  /// Code outside the flash is decoded each time it is executed: [0] is the instruction, [1] and
  /// [2] go on.
  std::array<Op, 3> scratch{};
  std::uint32_t scratch_pc = 0;
  bool scratch_is_it = false;  ///< [0] is an IT instruction.
  /// What a flash instruction under a breakpoint does when it continues, by address.
  std::map<std::uint32_t, Handler> breakpoints;
  /// What a flash instruction that translated code begins at does when it is interpreted.
  std::map<std::uint32_t, Handler> entries;
  const Op* past_breakpoint = nullptr;  ///< Its breakpoint is passed once.
  Op resume{};                          ///< Decodes at `scratch_pc` again.

  /// In thread mode with CONTROL.nPRIV (DDI 0403, B1.3.1).
  [[nodiscard]] bool is_privileged() const { return exception != 0 || (control & 1) == 0; }
  [[nodiscard]] std::uint64_t now(Time t) const { return cycles + cycles_of(t); }
  [[nodiscard]] bool in_flash(std::uint32_t address) const {
    return address - flash_base < flash_bytes;
  }
  /// In memory that code can be executed from without having been decoded before.
  [[nodiscard]] bool in_ram(std::uint32_t address) const {
    return address - sram_base < sram_bytes || address - itcm_base < itcm_bytes;
  }
  /// The one behind the last stands for the end of the flash.
  [[nodiscard]] bool is_flash_op(const Op* op) const {
    return op >= ops && op <= ops + flash_bytes / 2;
  }
  [[nodiscard]] std::uint32_t address_of(const Op* op) const {
    return is_flash_op(op) ? flash_base + static_cast<std::uint32_t>(op - ops) * 2 : scratch_pc;
  }
};

}  // namespace opline::simulator
