#include "runners/simulator/translate/translated.h"

namespace opline::simulator::translated {

Handler interpreted(const Op* op, const Cpu* cpu) {
  const auto found = cpu->entries.find(cpu->address_of(op));
  return found == cpu->entries.end() ? op->run : found->second;
}

}  // namespace opline::simulator::translated
