#include "runners/simulator/translate/translated.h"

namespace opline::simulator::translated {
namespace {

/// Keeps the vector registers over a call of ordinary code, for functions of OPLINE_SAVES_ALL.
class VectorRegisters {
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
 public:
  VectorRegisters() { asm volatile("fxsave64 %0" : "=m"(saved_)); }
  ~VectorRegisters() { asm volatile("fxrstor64 %0" : : "m"(saved_)); }
  VectorRegisters(const VectorRegisters&) = delete;
  VectorRegisters& operator=(const VectorRegisters&) = delete;

 private:
  struct alignas(16) Area {
    std::uint8_t bytes[512];
  };
  Area saved_;
#endif
};

}  // namespace

Handler interpreted(const Op* op, const Cpu* cpu) {
  const auto found = cpu->entries.find(cpu->address_of(op));
  return found == cpu->entries.end() ? op->run : found->second;
}

std::uint32_t Clock::enter_flash_line(Cpu* cpu, std::uint32_t line, std::int64_t now) {
  return cpu->flash.enter(line, cpu->cycles + static_cast<std::uint64_t>(now));
}

void Clock::insert_data(Cpu* cpu, std::uint32_t line) { cpu->flash.data_.insert(line); }

Loaded load_rarely(Cpu* cpu, std::uint32_t address, unsigned size, Time time) {
  [[maybe_unused]] const VectorRegisters keep;
  return load_elsewhere(cpu, address, size, time);
}

Time store_rarely(Cpu* cpu, std::uint32_t address, unsigned size, std::uint32_t value, Time time) {
  [[maybe_unused]] const VectorRegisters keep;
  return store_elsewhere(cpu, address, size, value, time);
}

}  // namespace opline::simulator::translated
