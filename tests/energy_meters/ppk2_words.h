// tests/energy_meters/ppk2_words.h - samples as a PPK2 sends them.
#pragma once
#include <cmath>
#include <cstdint>
#include <string>

namespace opline::energy {

/// Encodes samples with a running counter, which starts at `counter`.
class Ppk2Words {
 public:
  explicit Ppk2Words(unsigned counter = 0) : counter_(counter) {}

  /// One sample: `adc` of 14 bits, `range` 0 to 4, `inputs` one bit per digital input.
  Ppk2Words& raw(unsigned adc, unsigned range, unsigned inputs = 0) {
    const std::uint32_t word = adc | range << 14 | (counter_++ & 0x3FU) << 18 | inputs << 24;
    for (unsigned i = 0; i < 4; ++i) bytes += static_cast<char>(word >> 8 * i);
    return *this;
  }
  /// A sample of about this current, in range 3 of a meter whose calibration is Nordic's default
  /// without the quadratic term: 0.94 ohms, 46.8 uA per step of the ADC.
  Ppk2Words& current(double amperes, unsigned inputs = 0) {
    return raw(static_cast<unsigned>(std::lround(amperes * 0.94 * 163840 / 1.8 / 4)), 3, inputs);
  }
  /// Samples that the meter took and that do not arrive.
  Ppk2Words& lost(unsigned samples) {
    counter_ += samples;
    return *this;
  }

  std::string bytes;

 private:
  unsigned counter_;
};

inline constexpr const char* kPpk2Metadata =
    "Calibrated: 0\nR0: 1031.6400\nR1: 101.6500\nR2: 10.1500\nR3: 0.9400\nR4: 0.0430\n"
    "GS0: 0.0000\nGS1: 0.0000\nGS2: 0.0000\nGS3: 0.0000\nGS4: 0.0000\n"
    "GI0: 1.0000\nGI1: 1.0000\nGI2: 1.0000\nGI3: 1.0000\nGI4: 1.0000\n"
    "O0: 0.0000\nO1: 0.0000\nO2: 0.0000\nO3: 0.0000\nO4: 0.0000\n"
    "VDD: 3000\nHW: 9173\nmode: 2\nS0: 0.0\nS1: 0.0\nS2: 0.0\nS3: 0.0\nS4: 0.0\n"
    "I0: 0.0\nI1: 0.0\nI2: 0.0\nI3: 0.0\nI4: 0.0\nUG0: 1.0\nUG1: 1.0\nUG2: 1.0\nUG3: 1.0\n"
    "UG4: 1.0\nIA: 56\nEND\n";

}  // namespace opline::energy
