// runners/simulator/machine/system_control.h - the private peripheral bus of an ARMv7-M core.
//
// ARM DDI 0403: system control block (B3.2), SysTick (B3.3; it counts, but there are no exceptions,
// so TICKINT is refused), NVIC (B3.4; stored), FPU (B3.2.20), DWT cycle counter (C1.8), DEMCR
// (C1.6.5), ITM stimulus (ignored).
#pragma once
#include <array>
#include <cstdint>

namespace opline::simulator {

struct Cpu;

class SystemControl {
 public:
  /// Word access at an aligned address from 0xE0000000; false where nothing is modelled. `now` is
  /// the cycle.
  bool read(std::uint32_t address, std::uint32_t& value, Cpu& cpu, std::uint64_t now);
  bool write(std::uint32_t address, std::uint32_t value, Cpu& cpu, std::uint64_t now);

  /// FPCCR.ASPEN, and FPDSCR's modes for a new floating-point context.
  [[nodiscard]] bool automatic_fpu_context() const { return (fpccr_ & 0x80000000U) != 0; }
  [[nodiscard]] std::uint32_t default_fpscr() const { return fpdscr_; }

 private:
  [[nodiscard]] bool counting() const { return (demcr_ >> 24 & 1) != 0 && (dwt_control_ & 1) != 0; }
  [[nodiscard]] std::uint32_t cycle_count(std::uint64_t now) const;
  void restart_counter(std::uint32_t value, std::uint64_t now);
  [[nodiscard]] std::uint32_t systick_value(std::uint64_t now) const;
  bool read_scb(std::uint32_t offset, std::uint32_t& value, const Cpu& cpu) const;
  bool read_mpu(std::uint32_t offset, std::uint32_t& value) const;
  bool write_mpu(std::uint32_t offset, std::uint32_t value);
  static bool write_cache_operation(std::uint32_t address, std::uint32_t value, Cpu& cpu);
  bool write_scb(std::uint32_t offset, std::uint32_t value, Cpu& cpu);

  std::array<std::uint32_t, 36> scb_ = {};    // 0xE000ED00..0xE000ED8F
  std::array<std::uint32_t, 320> nvic_ = {};  // 0xE000E100..0xE000E5FF
  std::uint32_t demcr_ = 0, dwt_control_ = 0;
  std::uint32_t count_ = 0;  // CYCCNT at `count_from_`
  std::uint64_t count_from_ = 0;
  std::uint32_t systick_control_ = 0, systick_reload_ = 0, systick_count_ = 0;
  std::uint64_t systick_from_ = 0;
  std::uint32_t auxiliary_control_ = 0;
  // MPU: stored; neither protection nor attributes take effect.
  std::uint32_t mpu_control_ = 0, mpu_region_ = 0;
  std::array<std::array<std::uint32_t, 2>, 8> mpu_regions_ = {};  // RBAR, RASR
  std::array<std::uint32_t, 5> tightly_coupled_ =
      {};  // ITCMCR, DTCMCR, AHBPCR, CACR, AHBSCR as written
  std::uint32_t fpccr_ = 0xC0000000, fpcar_ = 0, fpdscr_ = 0;
};

}  // namespace opline::simulator
