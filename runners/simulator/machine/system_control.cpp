#include "runners/simulator/machine/system_control.h"

#include <bit>

#include "runners/simulator/machine/cpu.h"
#include "runners/simulator/machine/semihosting.h"
#include "runners/simulator/timing/dual_issue.h"

namespace opline::simulator {
namespace {

constexpr std::uint32_t kDwt = 0xE0001000, kSysTick = 0xE000E010, kScb = 0xE000ED00,
                        kDemcr = 0xE000EDFC, kItm = 0xE0000000;
constexpr std::uint32_t kItmPorts = 0xE0000E00, kItmControl = 0xE0000E80;
constexpr std::uint32_t kMpu = 0xE000ED90, kCacheOperations = 0xE000EF50, kTcm = 0xE000EF90;
constexpr std::uint32_t kCpuid = 0x410FC241;    // Cortex-M4 r0p1 (DDI 0439, table 4-1)
constexpr std::uint32_t kCpuidM7 = 0x411FC271;  // Cortex-M7 r1p1 (DDI 0489, table 3-1)

// AIRCR (B3.2.6): a write without the key is ignored; resets by software are not modelled.
bool has_key(std::uint32_t value) { return value >> 16 == 0x05FA; }

std::uint32_t tcm_size(std::uint32_t bytes) {
  return bytes == 0 ? 0 : (static_cast<std::uint32_t>(std::bit_width(bytes / 1024))) << 3 | 1;
}

}  // namespace

std::uint32_t SystemControl::cycle_count(std::uint64_t now) const {
  return counting() ? count_ + static_cast<std::uint32_t>(now - count_from_) : count_;
}

void SystemControl::restart_counter(std::uint32_t value, std::uint64_t now) {
  count_ = value;
  count_from_ = now;
}

bool SystemControl::is_stimulus(std::uint32_t address) { return address - kItm < 0x400; }

bool SystemControl::write_stimulus(std::uint32_t address, unsigned size, std::uint32_t value) {
  if (address - kItm >= 4 || (itm_control_ & 1) == 0 || (itm_ports_ & 1) == 0) return true;
  if (itm_output.size() + size > kMostUnreadOutput) return false;
  for (unsigned i = 0; i < size; ++i) itm_output.push_back(static_cast<char>(value >> 8 * i));
  return true;
}

bool SystemControl::decides_exceptions(std::uint32_t address) {
  return Exceptions::decides(address) || address - kSysTick < 16;
}

bool SystemControl::read(std::uint32_t address, std::uint32_t& value, Cpu& cpu, std::uint64_t now) {
  value = 0;
  if (address - kSysTick < 16) {
    value = systick.read((address - kSysTick) / 4, now);
  } else if (systick.expired(now)) {  // ICSR shows it
    exceptions.set_pending(exception::kSysTick);
  }
  if (address - kSysTick < 16 || exceptions.read(address, value, cpu)) return true;
  if (address == kDwt + 4) {
    value = cycle_count(now);
  } else if (address == kDwt) {
    value =
        0x40000000U | dwt_control_;  // four comparators, which are not modelled beyond their count
  } else if (address == kDemcr) {
    value = demcr_;
  } else if (address - kScb < scb_.size() * 4) {
    return read_scb(address - kScb, value, cpu);
  } else if (address - kMpu < 0x2C) {
    return read_mpu(address - kMpu, value);
  } else if (address - kItm < 0x1000) {
    value = is_stimulus(address)     ? 1  // the FIFO always takes
            : address == kItmPorts   ? itm_ports_
            : address == kItmControl ? itm_control_
                                     : 0;
  } else if (address == 0xE000E008) {
    value = auxiliary_control_;
  } else if (address == 0xE000E004) {
    value = 3;  // ICTR: up to 128 interrupt lines; the F446 has 97, the F767 110
  } else if (address == 0xE000EF34) {
    value = fpccr_;
  } else if (address == 0xE000EF38) {
    value = fpcar_;
  } else if (address == 0xE000EF3C) {
    value = fpdscr_;
  } else if (address == 0xE000EF40) {
    value = cpu.fpu == board::Fpu::fpv5_double
                ? 0x10110221
                : 0x10110021;  // MVFR0 (DDI 0439, table 7-2; DDI 0489, 8.3)
  } else if (address == 0xE000EF44) {
    value = cpu.fpu == board::Fpu::fpv5_double ? 0x12000011 : 0x11000011;  // MVFR1
  } else if (address == 0xE000EF48) {
    value = cpu.fpu == board::Fpu::fpv4_single ? 0 : 0x40;  // MVFR2: FPv5's instructions
  } else if (cpu.pipeline != nullptr && address - kTcm < 20) {
    value = tightly_coupled_[(address - kTcm) / 4];
    // DDI 0489, 3.3.13: sizes are log2(KB) + 1 from bit 3 on, and the TCMs are on (bit 0).
    if (address == kTcm) value |= tcm_size(cpu.pipeline->itcm_bytes());
    if (address == kTcm + 4) value |= tcm_size(cpu.pipeline->dtcm_bytes());
  } else if (address == 0xE000EDF0 || (cpu.pipeline != nullptr && address == kDwt + 0xFB4)) {
    value = 0;  // DHCSR: no debugger; LSR: the lock is open
  } else {
    return false;
  }
  return true;
}

bool SystemControl::write(std::uint32_t address, std::uint32_t value, Cpu& cpu, std::uint64_t now) {
  if (address == 0xE000ED0C && !has_key(value)) return true;
  if (address == 0xE000ED0C && (value & 7) != 0) return false;
  if (exceptions.write(address, value)) return true;
  if (address == kDwt + 4) {
    restart_counter(value, now);
  } else if (address == kDwt) {
    restart_counter(cycle_count(now), now);
    dwt_control_ = value & 0x0FFFFFFF;
  } else if (address == kDemcr) {
    restart_counter(cycle_count(now), now);
    demcr_ = value;
  } else if (address - kScb < scb_.size() * 4) {
    return write_scb(address - kScb, value, cpu);
  } else if (address - kMpu < 0x2C) {
    return write_mpu(address - kMpu, value);
  } else if (cpu.pipeline != nullptr && address - kTcm < 20) {
    tightly_coupled_[(address - kTcm) / 4] = value;
  } else if (cpu.pipeline != nullptr && address - kCacheOperations < 0x2C) {
    return write_cache_operation(address - kCacheOperations, value, cpu);
  } else if (address - kSysTick < 16) {
    systick.write((address - kSysTick) / 4, value, now);
  } else if (address == kItmPorts) {
    itm_ports_ = value;
  } else if (address == kItmControl) {
    itm_control_ = value & 0x00FF0F1F;
  } else if (address - kItm < 0x1000 || address == kDwt + 0xFB0) {
    // Privileges of ports, lock access: nothing to do.
  } else if (address == 0xE000E008) {
    auxiliary_control_ = value;
  } else if (address == 0xE000EF34) {
    fpccr_ = value & 0xC0000001;
  } else if (address == 0xE000EF38) {
    fpcar_ = value & ~7U;
  } else if (address == 0xE000EF3C) {
    fpdscr_ = value & 0x07C00000;
  } else {
    return false;
  }
  return true;
}

bool SystemControl::read_scb(std::uint32_t offset, std::uint32_t& value, const Cpu& cpu) const {
  switch (offset) {
    case 0x00:
      value = cpu.pipeline != nullptr ? kCpuidM7 : kCpuid;
      return true;
    case 0x78:
    case 0x7C:
    case 0x80:
      if (cpu.pipeline == nullptr) break;
      // CLIDR: one level, split; CTR: lines of 8 words; CCSIDR by CSSELR (DDI 0489, 3.3.3
      // and 3.3.5).
      value = offset == 0x78   ? 0x09000003U
              : offset == 0x7C ? 0x8303C003U
                               : cpu.pipeline->cache_geometry((scb_[0x84 / 4] & 1) != 0);
      return true;
    case 0x40:
      value = 0x00000030;
      return true;  // ID_PFR0..: DDI 0439, table 4-1
    case 0x44:
      value = 0x00000200;
      return true;
    case 0x48:
      value = 0x00100000;
      return true;
    case 0x50:
      value = 0x00100030;
      return true;
    case 0x58:
      value = 0x01000000;
      return true;
    case 0x60:
      value = 0x01101110;
      return true;
    case 0x64:
      value = 0x02112000;
      return true;
    case 0x68:
      value = 0x21232231;
      return true;
    case 0x6C:
      value = 0x01111131;
      return true;
    case 0x70:
      value = 0x01310132;
      return true;
    default:
      break;
  }
  value = scb_[offset / 4];
  return true;
}

// ARM DDI 0403, B3.5: TYPE, CTRL, RNR, and RBAR and RASR with three aliases.
bool SystemControl::read_mpu(std::uint32_t offset, std::uint32_t& value) const {
  switch (offset) {
    case 0:
      value = 0x800;  // eight regions
      return true;
    case 4:
      value = mpu_control_;
      return true;
    case 8:
      value = mpu_region_;
      return true;
    default:
      value = mpu_regions_[mpu_region_][(offset - 12) / 4 % 2];
      if ((offset - 12) % 8 == 0) value |= mpu_region_;
      return true;
  }
}

bool SystemControl::write_mpu(std::uint32_t offset, std::uint32_t value) {
  switch (offset) {
    case 0:
      return true;
    case 4:
      mpu_control_ = value & 7;
      has_used_mpu_ = has_used_mpu_ || (value & 1) != 0;
      return true;
    case 8:
      mpu_region_ = value & 7;
      return true;
    default:
      break;
  }
  if ((offset - 12) % 8 != 0) {
    mpu_regions_[mpu_region_][1] = value;
  } else {
    if ((value & 0x10) != 0)
      mpu_region_ = value & 7;  // VALID: the region's number comes with its base
    mpu_regions_[mpu_region_][0] = value & ~0x1FU;
  }
  return true;
}

// DDI 0403, B3.2.3, from 0xE000EF50: ICIALLU, -, ICIMVAU, DCIMVAC, DCISW, DCCMVAU, DCCMVAC, DCCSW,
// DCCIMVAC, DCCISW, BPIALL.
bool SystemControl::write_cache_operation(std::uint32_t offset, std::uint32_t value, Cpu& cpu) {
  DualIssue& pipeline = *cpu.pipeline;
  switch (offset) {
    case 0x00:
    case 0x08:  // by address: the whole cache is emptied, which is allowed (B2.2.7)
      pipeline.invalidate_instructions();
      return true;
    case 0x0C:
      pipeline.maintain_line(value, false, true);
      return true;
    case 0x10:
      pipeline.maintain_slot(value, false, true);
      return true;
    case 0x14:
    case 0x18:
      pipeline.maintain_line(value, true, false);
      return true;
    case 0x1C:
      pipeline.maintain_slot(value, true, false);
      return true;
    case 0x20:
      pipeline.maintain_line(value, true, true);
      return true;
    case 0x24:
      pipeline.maintain_slot(value, true, true);
      return true;
    case 0x28:
      pipeline.forget_branches();
      return true;
    default:
      return false;
  }
}

bool SystemControl::write_scb(std::uint32_t offset, std::uint32_t value, Cpu& cpu) {
  switch (offset) {
    case 0x30:  // DFSR: write one to clear
      scb_[offset / 4] &= ~value;
      return true;
    case 0x14:
      if (cpu.pipeline != nullptr)
        cpu.pipeline->enable_caches((value >> 17 & 1) != 0, (value >> 16 & 1) != 0);
      cpu.divide_traps = (value >> 4 & 1) != 0;
      cpu.unaligned_traps = (value >> 3 & 1) != 0;
      break;
    case 0x88:
      cpu.fpu_enabled = (value >> 20 & 0xF) == 0xF;
      cpu.fpu_ready = false;
      break;  // CPACR: CP10, CP11 full access
    case 0x08:
      value &= 0x3FFFFF80;
      break;  // VTOR (DDI 0439 r0p1)
    default:
      break;
  }
  scb_[offset / 4] = value;
  return true;
}

}  // namespace opline::simulator
