// runners/simulator/machine/machine.h - a board that executes a firmware image, with time.
//
//   Machine machine(board, core, ElfImage::from_file("firmware.elf"));
//   Stop stop = machine.run(Budget{.cycles = 1'000'000'000});   // boots, prints, waits
//   machine.send("name%");
//   stop = machine.run({...});                                  // waiting_for_input again
//   std::string reply = machine.take_output();
//
// Every instruction of the image is executed and none is skipped. Anything that is not modelled
// stops the core with the reason, the address and the nearest symbol. Time is part of execution:
// cycles() is what DWT->CYCCNT would show if it had run since reset. The same image and the same
// bytes always give the same cycles, also after restore(). A Machine may be used by one thread at a
// time; different Machines are independent. What is modelled, and what is not: docs/simulator.md.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runners/simulator/machine/elf_image.h"
#include "runners/simulator/machine/stop.h"
#include "runners/simulator/trace/trace.h"
#include "src/board/board.h"
#include "src/board/core.h"

namespace opline::simulator {

struct Cpu;
struct Translation;

/// How long run() may go on. It is checked at taken branches, so a run can end a few instructions
/// later.
struct Budget {
  std::uint64_t cycles = UINT64_MAX;
};

/// What a debugger would show. R15 is the next instruction.
struct Registers {
  std::array<std::uint32_t, 16> r{};
  std::uint32_t apsr = 0;             ///< N, Z, C, V, Q and GE in place.
  std::array<std::uint32_t, 32> s{};  ///< Bit patterns.
  std::uint32_t fpscr = 0;
};

/// What only debuggers look at.
struct SpecialRegisters {
  std::uint32_t xpsr = 0;  ///< With the exception number, T and ITSTATE.
  std::uint32_t msp = 0, psp = 0, primask = 0, basepri = 0, faultmask = 0, control = 0;
};

/// A load or store, with everything it moves.
struct MemoryAccess {
  bool writes = false;
  std::uint32_t address = 0, bytes = 0;
};

class Machine {
 public:
  /// All state that can change while running, including RAM; the flash is shared. About 200 KB.
  class Snapshot;

  /// Loads the image and resets. Throws Error{input} when a segment lies outside the board's flash
  /// and SRAM.
  Machine(board::Board board, board::Core core, std::shared_ptr<const ElfImage> image);
  ~Machine();
  Machine(Machine&&) noexcept;
  Machine& operator=(Machine&&) noexcept;

  /// Power-on: registers, peripherals, caches and counters as after reset; SRAM zeroed, then the
  /// image's SRAM segments. Starts from the vector table at the beginning of the flash, or, where
  /// the image has none there, at the image's entry with the stack at the end of the SRAM.
  void reset();

  /// Queues bytes for the UART's receiver. Never fails; the queue grows as needed.
  void send(std::string_view bytes);
  /// Returns what the UART has sent since the last call.
  std::string take_output();

  /// The same for text written to the ITM's first stimulus port, and by semihosting.
  std::string take_itm_output();
  std::string take_semihosting_output();
  /// What the program ended with (StopReason::exited); 0 is success.
  [[nodiscard]] std::optional<int> exit_status() const;
  /// What the program has used since reset that has no effect here, a sentence each: the MPU.
  [[nodiscard]] std::vector<std::string> notes() const;

  /// Executes until the core stops.
  Stop run(Budget budget = {});

  /// Lets this many cycles pass in which the core polls the empty receiver of its UART: after a
  /// stop with waiting_for_input, of which the time is not counted otherwise.
  void pass_time(std::uint64_t cycles);

  /// Executes one instruction, or enters an exception; budget_exhausted where it was completed.
  /// Passes a breakpoint at it.
  Stop step();

  [[nodiscard]] Snapshot save() const;
  /// The snapshot must be of a Machine with the same board, core and image.
  void restore(const Snapshot& snapshot);

  /// From now on a fault ends run(), although the image has a handler for it; not part of
  /// snapshots.
  void stop_at_faults(bool on);
  /// What the last fault was for which a handler of the image was entered, since reset: "read from
  /// unmapped memory of 4 bytes at 0x60000000 at 0x08001234 (in main+0x24): ldr r0, [r1]".
  [[nodiscard]] std::optional<std::string> last_fault() const;

  /// Since reset.
  [[nodiscard]] std::uint64_t cycles() const;
  [[nodiscard]] std::uint64_t instructions() const;

  /// HCLK as the firmware has programmed the clock tree; absent if it selected a clock that is off.
  [[nodiscard]] std::optional<std::uint32_t> core_clock_hz() const;
  /// Wait states of the flash as the firmware has programmed them (FLASH_ACR.LATENCY).
  [[nodiscard]] std::uint32_t flash_wait_states() const;
  /// The protocol UART's rate as programmed; absent while it is off.
  [[nodiscard]] std::optional<std::uint32_t> uart_baud() const;

  [[nodiscard]] Registers registers() const;
  /// Sets all registers; execution continues at r[15] (bit 0 is ignored).
  void set_registers(const Registers& registers);

  /// Flash or SRAM. Throws Error{device} for anything else.
  [[nodiscard]] std::string read_memory(std::uint32_t address, std::uint32_t bytes) const;
  /// SRAM only. Throws Error{device} for anything else.
  void write_memory(std::uint32_t address, std::string_view bytes);
  /// Writes data to the flash, as a flash tool does while the core is stopped. It belongs to this
  /// machine, survives reset() and is not part of snapshots. Throws Error{device} outside the
  /// flash, and where instructions were executed.
  void write_flash(std::uint32_t address, std::string_view bytes);

  /// Whether an instruction was executed in these bytes of the flash since the machine was made.
  [[nodiscard]] bool has_executed(std::uint32_t address, std::size_t bytes) const;

  /// Stops with `breakpoint` before each execution of the flash instruction at `address`. The next
  /// run() continues with that instruction.
  void stop_at(std::uint32_t address);

  /// Takes such a breakpoint away, where there is one.
  void do_not_stop_at(std::uint32_t address);
  [[nodiscard]] bool stops_at(std::uint32_t address) const;

  // For debuggers.
  [[nodiscard]] SpecialRegisters special_registers() const;
  /// What the instruction at the PC will load or store; absent where it does not, or its condition
  /// fails.
  [[nodiscard]] std::optional<MemoryAccess> next_access() const;
  /// Any memory or register, without the effects of reading it; absent where there is none.
  [[nodiscard]] std::optional<std::string> inspect(std::uint32_t address,
                                                   std::uint32_t bytes) const;

  /// Reports every executed instruction of the window to `sink`, while run() executes (trace.h).
  /// Replaces a trace that has not ended. Continues across runs, reset() and restore(). Cycles are
  /// those of a run without it. Searching for a window that begins outside the flash is slow.
  /// Throws Error{usage} if the window is empty or begins where there cannot be code. Must not be
  /// called from a sink.
  void trace(TraceWindow window, TraceSink sink);
  void stop_tracing();
  /// For sinks: the window ends with the record that the sink is called with.
  void finish_trace();
  /// True while the window is not filled.
  [[nodiscard]] bool tracing() const;

  /// Executes these functions of the image as the host's code (translate/translation.h): the same
  /// results and cycles, several times as fast. False, and nothing changes, where they were made
  /// from other code or cycles. Traces and breakpoints work as ever; while there are any, all is
  /// interpreted. Call it once, before run().
  bool use(const Translation& translation);

  /// The core, for the translator.
  [[nodiscard]] const Cpu& cpu() const;

  [[nodiscard]] const ElfImage& image() const;
  [[nodiscard]] const board::Board& board() const;
  [[nodiscard]] const board::Core& core() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

class Machine::Snapshot {
 public:
  Snapshot(const Snapshot&);
  Snapshot(Snapshot&&) noexcept;
  Snapshot& operator=(const Snapshot&);
  Snapshot& operator=(Snapshot&&) noexcept;
  ~Snapshot();

  /// The same registers, memories, time and state of caches; not of the peripherals.
  bool operator==(const Snapshot& other) const;

 private:
  friend class Machine;
  struct Data;
  explicit Snapshot(std::unique_ptr<Data> data);
  std::unique_ptr<Data> data_;
};

}  // namespace opline::simulator
