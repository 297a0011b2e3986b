#include "runners/simulator/machine/bus.h"

#include <cstring>

#include <fmt/format.h>

#include "runners/simulator/machine/system_memory_stm32.h"
#include "runners/simulator/timing/dual_issue.h"

namespace opline::simulator {
namespace {

constexpr std::uint32_t kSramBits = 0x22000000, kPeripheralBits = 0x42000000, kBitBand = 0x02000000;
constexpr std::uint32_t kPeripherals = 0x40000000, kPrivate = 0xE0000000,
                        kBeyond = 0xE0100000;  // the vendor's part of the system region: empty

std::uint32_t load(const std::uint8_t* from, unsigned size) {
  std::uint32_t value = 0;
  std::memcpy(&value, from, size);
  return value;
}

bool within(std::uint32_t offset, std::uint32_t bytes, unsigned size) {
  return offset < bytes && bytes - offset >= size;
}

}  // namespace

// `status`: CFSR's bit where the hardware would fault; what is only not modelled ends the run.
Read Bus::fail(const char* what, std::uint32_t address, unsigned size, std::uint32_t status) {
  cpu_.reason = StopReason::fault;
  cpu_.trap = Trap::fault;
  cpu_.fault = {.status = status, .address = address};
  cpu_.why = fmt::format("{} of {} byte{} at {:#010x}", what, size, size == 1 ? "" : "s", address);
  return {};
}

/// Names the peripheral, where the manuals have one there.
Read Bus::fail_unmodelled(const char* what, std::uint32_t address, unsigned size) {
  const Read failed = fail(what, address, size);
  if (const char* const part = peripherals.refused(address)) {
    cpu_.why += fmt::format(": {}", part);
  } else if (const char* const name = peripheral_name(address)) {
    cpu_.why += fmt::format(": {} is not simulated", name);
  }
  return failed;
}

// The private peripheral bus is for privileged code (B3.1, table B3-2); STIR would be an exception,
// but CCR.USERSETMPEND is not modelled.
bool Bus::is_refused(std::uint32_t address) const {
  return address >= kPrivate && !cpu_.is_privileged();
}

// The Cortex-M7 has no bit-band region (DDI 0489, section 1.3).
bool Bus::is_bit_band(std::uint32_t address) const {
  return cpu_.pipeline == nullptr &&
         (address - kSramBits < kBitBand || address - kPeripheralBits < kBitBand);
}

Read Bus::read(std::uint32_t address, unsigned size, Time time) {
  if (within(address - cpu_.sram_base, cpu_.sram_bytes, size)) {
    return {load(cpu_.sram + (address - cpu_.sram_base), size), true};
  }
  if (within(address - cpu_.flash_base, cpu_.flash_bytes, size)) {
    return {load(cpu_.flash_data + (address - cpu_.flash_base), size), true};
  }
  if (within(address - board_.flash.alias, cpu_.flash_bytes, size)) {
    return {load(cpu_.flash_data + (address - board_.flash.alias), size), true};
  }
  if (within(address - cpu_.itcm_base, cpu_.itcm_bytes, size)) {
    return {load(cpu_.itcm + (address - cpu_.itcm_base), size), true};
  }
  if (is_bit_band(address)) return read_bit(address, time);
  if (address % size != 0)
    return fail("unaligned device read", address, size, fault_status::kUnaligned);
  return read_register(address, size, time);
}

bool Bus::write(std::uint32_t address, unsigned size, std::uint32_t value, Time time) {
  if (within(address - cpu_.sram_base, cpu_.sram_bytes, size)) {
    std::memcpy(cpu_.sram + (address - cpu_.sram_base), &value, size);
    return true;
  }
  if (within(address - cpu_.flash_base, cpu_.flash_bytes, size) ||
      within(address - board_.flash.alias, cpu_.flash_bytes, size)) {
    return fail("write to flash", address, size).ok;
  }
  if (within(address - cpu_.itcm_base, cpu_.itcm_bytes, size)) {
    std::memcpy(cpu_.itcm + (address - cpu_.itcm_base), &value, size);
    return true;
  }
  if (is_bit_band(address)) return write_bit(address, value, time);
  if (address % size != 0)
    return fail("unaligned device write", address, size, fault_status::kUnaligned).ok;
  return write_register(address, size, value, time);
}

// Narrow accesses to a register: the bytes of the aligned word. Right for these registers, whose
// reads have side effects in the low byte or not at all.
Read Bus::read_register(std::uint32_t address, unsigned size, Time time) {
  std::uint32_t value = 0;
  const std::uint32_t word = address & ~3U;
  if (is_refused(address))
    return fail("unprivileged read", address, size, fault_status::kPreciseError);
  const bool is_private = address >= kPrivate && address < kBeyond;
  if (is_private && system.read(word, value, cpu_, cpu_.now(time))) {
    // Done.
  } else if (address - kPeripherals < 0x20000000U) {
    const auto result = peripherals.read(word, value, dma_memory());
    if (result == RegisterResult::wait) {
      cpu_.reason = StopReason::waiting_for_input;
      cpu_.why = "the UART's receiver is empty";
      return {};
    }
    if (result != RegisterResult::done)
      return fail_unmodelled("read from an unmodelled register", address, size);
  } else if (const auto identification = system_memory_word(board_, word)) {
    value = *identification;
  } else if (is_private) {
    return fail("read from an unmodelled register", address, size);
  } else {
    return fail("read from unmapped memory", address, size, fault_status::kPreciseError);
  }
  value >>= 8 * (address % 4);
  return {size == 4 ? value : value & ((1U << 8 * size) - 1), true};
}

bool Bus::write_register(std::uint32_t address, unsigned size, std::uint32_t value, Time time) {
  const std::uint32_t word = address & ~3U;
  if (address < kPeripherals || (address >= 0x60000000 && address < kPrivate) ||
      address >= kBeyond) {
    return fail("write to unmapped memory", address, size, fault_status::kPreciseError).ok;
  }
  if (is_refused(address))
    return fail("unprivileged write", address, size, fault_status::kPreciseError).ok;
  if (!cpu_.stepping && (address >= kPrivate ? SystemControl::decides_exceptions(word)
                                             : peripherals.decides_interrupts(word))) {
    cpu_.reason = StopReason::budget_exhausted;
    cpu_.trap = Trap::single_step;
    return false;
  }
  // A byte or halfword store: APB and AHB peripherals of this family see the value replicated; here
  // the rest of the register keeps its content. The UART's data register and the ITM, where reading
  // would have an effect, are written as they are.
  const bool is_private = address >= kPrivate;
  if (size < 4 && !(is_private && address < 0xE0001000) && !peripherals.written_as_is(word)) {
    const Read old = read_register(word, 4, time);
    if (!old.ok) return false;
    const std::uint32_t shift = 8 * (address % 4), mask = ((1U << 8 * size) - 1) << shift;
    value = (old.value & ~mask) | (value << shift & mask);
  }
  if (is_private && SystemControl::is_stimulus(address)) {
    if (system.write_stimulus(address, size, value)) return true;
    return fail("the ITM has sent 1 MiB without a pause: write", address, size).ok;
  }
  if (is_private) {
    if (!system.write(word, value, cpu_, cpu_.now(time)))
      return fail("write to an unmodelled register", address, size).ok;
    return true;
  }
  const FlashAccess before = peripherals.flash_access();
  if (peripherals.write(word, value, dma_memory()) != RegisterResult::done) {
    // The send register is modelled: it refuses only what the host's buffer no longer holds.
    if (!peripherals.written_as_is(word))
      return fail_unmodelled("write to an unmodelled register", address, size).ok;
    return fail("the UART has sent 1 MiB without a pause: write", address, size).ok;
  }
  if (peripherals.flash_access() != before) program_flash();
  return true;
}

void Bus::program_flash() {
  if (cpu_.pipeline != nullptr) {
    cpu_.pipeline->program_flash(peripherals.flash_access());
  } else {
    cpu_.flash.program(peripherals.flash_access());
  }
}

// ARM DDI 0403 B3.1, RM0390 2.2.3: word (alias - base) / 4 is one bit of the first megabyte.
Read Bus::read_bit(std::uint32_t alias, Time time) {
  const std::uint32_t region = alias & 0xF0000000U, bit = (alias & 0x01FFFFFF) / 4;
  const Read byte = read(region + bit / 8, 1, time);
  return byte.ok ? Read{byte.value >> bit % 8 & 1, true} : byte;
}

bool Bus::write_bit(std::uint32_t alias, std::uint32_t value, Time time) {
  const std::uint32_t region = alias & 0xF0000000U, bit = (alias & 0x01FFFFFF) / 4;
  const std::uint32_t address = region + bit / 32 * 4;
  const Read old = read(address, 4, time);
  if (!old.ok) return false;
  return write(address, 4, (old.value & ~(1U << bit % 32)) | (value & 1) << bit % 32, time);
}

}  // namespace opline::simulator
