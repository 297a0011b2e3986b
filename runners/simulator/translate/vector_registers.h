// runners/simulator/translate/vector_registers.h - keeps the vector registers over a call of
// ordinary code, for functions of OPLINE_SAVES_ALL.
#pragma once
#include "runners/simulator/translate/translated.h"

namespace opline::simulator::translated {

class VectorRegisters {
 public:
#ifdef OPLINE_HAVE_SAVES_ALL
  VectorRegisters() { asm volatile("fxsave64 %0" : "=m"(saved_)); }
  ~VectorRegisters() { asm volatile("fxrstor64 %0" : : "m"(saved_)); }
#else
  VectorRegisters() {}
#endif
  VectorRegisters(const VectorRegisters&) = delete;
  VectorRegisters& operator=(const VectorRegisters&) = delete;

 private:
#ifdef OPLINE_HAVE_SAVES_ALL
  struct alignas(16) Area {
    std::uint8_t bytes[512];
  };
  Area saved_;
#endif
};

}  // namespace opline::simulator::translated
