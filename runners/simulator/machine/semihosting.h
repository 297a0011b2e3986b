// runners/simulator/machine/semihosting.h - calls of the program to the debugger (BKPT 0xAB).
//
// Arm, "Semihosting for AArch32 and AArch64" (ABI, release 2.0), chapters 5 and 6: R0 is the
// operation, R1 its parameter or the address of its parameter block, R0 the result. There is a
// console (":tt") that takes output and whose input is at its end, the list of extensions
// (":semihosting-features", 5.3), and a clock that counts the core's cycles. Nothing of the host
// can be reached: any other file is not found, and commands, temporary names and the command line
// are refused or empty. Plain data, so that a snapshot is a copy.
#pragma once
#include <cstdint>
#include <optional>
#include <string>

namespace opline::simulator {

class Bus;
struct Cpu;

class Semihosting {
 public:
  /// Executes the call of `cpu` and sets its R0. False: the program has ended (exit_status), or
  /// nobody takes the output.
  bool call(Cpu& cpu, Bus& bus);

  std::string output;              ///< What nobody has taken yet.
  std::optional<int> exit_status;  ///< Of SYS_EXIT; 0 is success.

 private:
  std::uint32_t execute(std::uint32_t operation, std::uint32_t parameter, Cpu& cpu, const Bus& bus);
  std::uint32_t open(std::uint32_t block, const Cpu& cpu);
  std::uint32_t read_features(std::uint32_t block, Cpu& cpu);
  std::uint32_t seek(std::uint32_t block, const Cpu& cpu);
  std::uint32_t write(std::uint32_t block, const Cpu& cpu);
  std::uint32_t write_text(std::uint32_t address, const Cpu& cpu);
  std::uint32_t store_words(std::uint32_t address, std::uint32_t count, std::uint64_t value,
                            Cpu& cpu);
  std::uint32_t fail(std::uint32_t error);

  std::uint32_t error_ = 0;              ///< SYS_ERRNO
  std::uint32_t features_position_ = 0;  ///< In ":semihosting-features".
};

/// Output that is kept for the host on each channel; more stops the core, so that the host's memory
/// does not follow what firmware sends. The longest reply of opline's protocol has some 100 kB.
inline constexpr std::size_t kMostUnreadOutput = std::size_t{1} << 20;

}  // namespace opline::simulator
