// runners/simulator/machine/systick.h - the system timer.
//
// ARM DDI 0403, B3.3: a 24-bit counter that counts down with the processor clock, or with an eighth
// of it (RM0390 10.1.3). It is not stepped: its value and the cycle when it next reaches zero
// follow from the cycle when it was last written. Plain data, so that a snapshot is a copy.
#pragma once
#include <cstdint>

namespace opline::simulator {

class SysTick {
 public:
  /// Registers by their word index: CTRL, LOAD, VAL, CALIB. Reading CTRL clears COUNTFLAG.
  std::uint32_t read(unsigned index, std::uint64_t now);
  void write(unsigned index, std::uint32_t value, std::uint64_t now);

  /// True if the counter has reached zero since the last call, and asks for its exception
  /// (TICKINT).
  bool expired(std::uint64_t now);
  /// The cycle after `now` when it reaches zero and asks for its exception; UINT64_MAX: never.
  [[nodiscard]] std::uint64_t next_expiry(std::uint64_t now) const;

 private:
  [[nodiscard]] bool counts() const { return (control_ & 1) != 0 && (count_ != 0 || reload_ != 0); }
  [[nodiscard]] std::uint64_t cycles_per_tick() const { return (control_ & 4) != 0 ? 1 : 8; }
  [[nodiscard]] std::uint64_t ticks(std::uint64_t now) const {
    return (now - from_) / cycles_per_tick();
  }
  [[nodiscard]] std::uint64_t zeros(std::uint64_t now) const;
  [[nodiscard]] std::uint64_t first_zero() const;
  [[nodiscard]] std::uint32_t value(std::uint64_t now) const;
  void note_zeros(std::uint64_t now);
  void restart(std::uint32_t count, std::uint64_t now);

  std::uint32_t control_ = 0, reload_ = 0;
  std::uint32_t count_ = 0;  ///< At the cycle `from_`.
  std::uint64_t from_ = 0;
  std::uint64_t zeros_noted_ =
      0;                       ///< How often it has reached zero since `from_`, as far as noted.
  bool reached_zero_ = false;  ///< CTRL.COUNTFLAG
  bool asks_ = false;          ///< Noted, and not reported by expired().
};

}  // namespace opline::simulator
