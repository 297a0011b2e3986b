// runners/simulator/machine/system_control.h - the private peripheral bus of an ARMv7-M core.
//
// ARM DDI 0403: system control block (B3.2), SysTick (B3.3), NVIC (B3.4), FPU (B3.2.20), DWT cycle
// counter (C1.8), DEMCR (C1.6.5), ITM (C1.7): what is written to the first stimulus port is kept,
// as if a debugger listened; it is on after reset, as a debugger leaves it.
#pragma once
#include <array>
#include <cstdint>
#include <string>

#include "runners/simulator/machine/exceptions.h"
#include "runners/simulator/machine/systick.h"

namespace opline::simulator {

struct Cpu;

class SystemControl {
 public:
  /// `vectors`: VTOR after reset, where the core boots; the implementation decides (B3.2.5).
  explicit SystemControl(std::uint32_t vectors = 0) { scb_[2] = vectors; }

  /// Word access at an aligned address from 0xE0000000; false where nothing is modelled. `now` is
  /// the cycle.
  bool read(std::uint32_t address, std::uint32_t& value, Cpu& cpu, std::uint64_t now);
  bool write(std::uint32_t address, std::uint32_t value, Cpu& cpu, std::uint64_t now);

  /// FPCCR.ASPEN, and FPDSCR's modes for a new floating-point context.
  [[nodiscard]] bool automatic_fpu_context() const { return (fpccr_ & 0x80000000U) != 0; }
  [[nodiscard]] std::uint32_t default_fpscr() const { return fpdscr_; }
  /// FPCCR and FPCAR; set_lazy_state() sets FPCAR and FPCCR.LSPACT.
  [[nodiscard]] std::uint32_t float_context_control() const { return fpccr_; }
  [[nodiscard]] std::uint32_t float_context_address() const { return fpcar_; }
  void set_lazy_state(std::uint32_t address, bool pending) {
    fpcar_ = address;
    fpccr_ = (fpccr_ & ~1U) | (pending ? 1U : 0U);
  }
  /// VTOR
  [[nodiscard]] std::uint32_t vector_table() const { return scb_[2]; }
  /// SCR.SLEEPONEXIT, SCR.SEVONPEND, CCR.NONBASETHRDENA, CCR.STKALIGN
  [[nodiscard]] bool sleeps_on_exit() const { return (scb_[4] & 2) != 0; }
  [[nodiscard]] bool pending_is_event() const { return (scb_[4] & 0x10) != 0; }
  [[nodiscard]] bool allows_unbalanced_return() const { return (scb_[5] & 1) != 0; }
  [[nodiscard]] bool aligns_stack() const { return (scb_[5] & 0x200) != 0; }
  /// Whether a write there can make an exception pending or takeable.
  [[nodiscard]] static bool decides_exceptions(std::uint32_t address);

  /// ITM_STIM0 to 255: `size` bytes of `value`. False: nobody takes the output.
  [[nodiscard]] static bool is_stimulus(std::uint32_t address);
  bool write_stimulus(std::uint32_t address, unsigned size, std::uint32_t value);
  /// Whether an MPU region was switched on, which has no effect here.
  [[nodiscard]] bool has_used_mpu() const { return has_used_mpu_; }

  Exceptions exceptions;
  SysTick systick;
  std::string itm_output;  ///< What nobody has taken yet.

 private:
  [[nodiscard]] bool counting() const { return (demcr_ >> 24 & 1) != 0 && (dwt_control_ & 1) != 0; }
  [[nodiscard]] std::uint32_t cycle_count(std::uint64_t now) const;
  void restart_counter(std::uint32_t value, std::uint64_t now);
  bool read_scb(std::uint32_t offset, std::uint32_t& value, const Cpu& cpu) const;
  bool read_mpu(std::uint32_t offset, std::uint32_t& value) const;
  bool write_mpu(std::uint32_t offset, std::uint32_t value);
  static bool write_cache_operation(std::uint32_t address, std::uint32_t value, Cpu& cpu);
  bool write_scb(std::uint32_t offset, std::uint32_t value, Cpu& cpu);

  std::array<std::uint32_t, 36> scb_ = {0, 0, 0, 0, 0, 0x200};  // 0xE000ED00; CCR: STKALIGN
  std::uint32_t demcr_ = 0, dwt_control_ = 0;
  std::uint32_t count_ = 0;  // CYCCNT at `count_from_`
  std::uint64_t count_from_ = 0;
  std::uint32_t auxiliary_control_ = 0;
  std::uint32_t itm_ports_ = 0xFFFFFFFF, itm_control_ = 1;  // TER; TCR: ITMENA
  bool has_used_mpu_ = false;
  // MPU: stored; neither protection nor attributes take effect.
  std::uint32_t mpu_control_ = 0, mpu_region_ = 0;
  std::array<std::array<std::uint32_t, 2>, 8> mpu_regions_ = {};  // RBAR, RASR
  std::array<std::uint32_t, 5> tightly_coupled_ =
      {};  // ITCMCR, DTCMCR, AHBPCR, CACR, AHBSCR as written
  std::uint32_t fpccr_ = 0xC0000000, fpcar_ = 0, fpdscr_ = 0;
};

}  // namespace opline::simulator
