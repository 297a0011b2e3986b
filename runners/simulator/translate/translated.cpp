#include "runners/simulator/translate/translated.h"

namespace opline::simulator::translated {

Handler interpreted(const Op* op, const Cpu* cpu) {
  const auto found = cpu->entries.find(cpu->address_of(op));
  return found == cpu->entries.end() ? op->run : found->second;
}

std::uint32_t Clock::enter_flash_line(Cpu* cpu, std::uint32_t line, std::int64_t now) {
  return cpu->flash.enter(line, cpu->cycles + static_cast<std::uint64_t>(now));
}

}  // namespace opline::simulator::translated
