#include "runners/simulator/translate/translated.h"

namespace opline::simulator::translated {
Handler interpreted(const Op* op, const Cpu* cpu) {
  const auto found = cpu->entries.find(cpu->address_of(op));
  return found == cpu->entries.end() ? op->run : found->second;
}

std::uint32_t Clock::enter_flash_line(Cpu* cpu, std::uint32_t line, std::int64_t now) {
  return cpu->flash.enter(line, cpu->cycles + static_cast<std::uint64_t>(now));
}

void Clock::insert_data(Cpu* cpu, std::uint32_t line) { cpu->flash.data_.insert(line); }

std::uint64_t read_unaligned(const Cpu* cpu, std::uint32_t address, unsigned size) {
  const std::uint32_t in_sram = address - cpu->sram_base, in_flash = address - cpu->flash_base;
  const bool sram = in_sram <= cpu->sram_bytes - size;
  if ((!sram && in_flash > cpu->flash_bytes - size) || cpu->unaligned_traps) return 0;
  std::uint64_t value = std::uint64_t{1} << 32;
  const std::uint8_t* const from = sram ? cpu->sram + in_sram : cpu->flash_data + in_flash;
  for (unsigned i = 0; i < size; ++i) value |= std::uint64_t{from[i]} << 8 * i;
  return value;
}

bool write_unaligned(Cpu* cpu, std::uint32_t address, unsigned size, std::uint32_t value) {
  const std::uint32_t in_sram = address - cpu->sram_base;
  if (in_sram > cpu->sram_bytes - size || cpu->unaligned_traps) return false;
  for (unsigned i = 0; i < size; ++i)
    cpu->sram[in_sram + i] = static_cast<std::uint8_t>(value >> 8 * i);
  return true;
}

Clock::Access Clock::load_unaligned(Cpu* cpu, std::uint32_t address, unsigned size,
                                    std::int64_t now, std::int64_t busy) {
  std::uint64_t value = read_unaligned(cpu, address, size);
  if (value == 0) return {0, kNone};
  const std::int64_t start = now;
  now += unaligned_cycles(*cpu->core, address, size);
  if (const std::uint32_t in_flash = address - cpu->flash_base; in_flash < cpu->flash_bytes) {
    FlashTiming& flash = cpu->flash;
    const std::uint32_t first = in_flash >> flash.line_shift,
                        last = (in_flash + size - 1) >> flash.line_shift;
    for (std::uint32_t line = first; line <= last; ++line) {
      if (flash.read_cached(line)) continue;
      now = busy = (now > busy ? now : busy) + flash.wait_states_;
      if (flash.cache_data_) flash.data_.insert(line);
    }
  }
  return {(value & UINT32_MAX) | static_cast<std::uint64_t>(now - start) << 32, busy};
}

std::int64_t Clock::store_to_sram(Cpu* cpu, std::uint32_t address, unsigned size,
                                  std::uint32_t value) {
  if (!write_unaligned(cpu, address, size, value)) return -1;
  return unaligned_cycles(*cpu->core, address, size);
}

}  // namespace opline::simulator::translated
