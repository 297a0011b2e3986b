// runners/energy/ppk2_samples.h - what a Nordic PPK2 sends: its calibration and its samples.
//
// A sample is four bytes, little-endian: bits 0-13 the ADC's value, 14-16 the range (0 to 4, from
// the most sensitive), 18-23 a counter of samples, 24-31 the digital inputs D0 to D7; 100 000 of
// them per second. Current, with the calibration of the range and the supply in volts:
//
//   x = (4 adc - O) * 1.8 / 163840 / R
//   amperes = UG * (x * (GS * x + GI) + S * volts + I)
//
// and, over the three samples that begin with a change of range, a running mean instead (0.18 of
// each new value, 0.06 in range 4, whose first two do not enter).
// Sources: IRNAS/ppk2-api-python, src/ppk2_api/ppk2_api.py; Nordic's pc-nrfconnect-ppk,
// src/device/serialDevice.ts.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "src/energy/trace.h"

namespace opline::energy {

struct Ppk2Calibration {
  /// Of one range, in the letters of the meter's metadata. Defaults: Nordic's, for what a meter
  /// does not report.
  struct Range {
    double r = 1;  ///< Ohms.
    double gs = 1, gi = 1, o = 0, s = 0, i = 0, ug = 1;
  };
  std::array<Range, 5> ranges;
  std::string hardware;  ///< "9173"; empty: not reported.
};

/// "R0: 1031.64", "GS0: 1.0", ..., "HW: 9173", one per line; other lines are skipped. Throws
/// Error{device} that names `meter` for values that are not numbers, and where R0 to R4 are
/// missing.
[[nodiscard]] Ppk2Calibration parse_ppk2_metadata(std::string_view text, const std::string& meter);

/// The running means that replace samples after a change of range.
class Ppk2SpikeFilter {
 public:
  [[nodiscard]] double filtered(double amperes, int range);

 private:
  std::optional<double> mean_, slow_mean_;
  std::optional<int> last_range_;
  int samples_in_range_ = 0;
  int left_ = 0;
};

/// Puts samples together from bytes. The counter tells where samples begin, and how many were
/// lost: after bytes that do not continue it, samples begin where eight in a row count up; the
/// samples next to lost bytes are left out with them. Losses of a multiple of 64 samples at once
/// are not seen by it.
class Ppk2Samples {
 public:
  static constexpr double kHz = 100'000;

  /// `trigger_input`: 0 to 7, for D0 to D7.
  Ppk2Samples(const Ppk2Calibration& calibration, double volts, int trigger_input);

  void add(std::string_view bytes);
  /// Lost samples included.
  [[nodiscard]] double recorded_seconds() const { return static_cast<double>(count_) / kHz; }
  /// What was recorded; the object is used up.
  [[nodiscard]] Trace take();

 private:
  [[nodiscard]] std::uint32_t word(std::size_t at) const;
  [[nodiscard]] bool counts_up(std::size_t at, std::size_t words) const;
  [[nodiscard]] bool step(bool last);
  void find_beginning();
  [[nodiscard]] std::int64_t samples_before(unsigned counter) const;
  void add_sample(std::uint32_t word);
  void add_level(bool high, double time);

  Ppk2Calibration calibration_;
  double volts_;
  int trigger_input_;
  std::string buffer_;
  std::size_t at_ = 0;               ///< Of the next sample in the buffer.
  std::optional<unsigned> counter_;  ///< That is expected next; nothing before the first sample.
  bool aligned_ = false;
  std::uint64_t skipped_ = 0;  ///< Bytes since the last sample.
  std::uint64_t lost_ = 0;     ///< Samples since the last one.
  std::uint64_t count_ = 0;    ///< Samples, lost ones included.
  std::optional<bool> level_;
  Ppk2SpikeFilter filter_;
  Trace trace_;
};

}  // namespace opline::energy
