#include "runners/energy/ppk2_samples.h"

#include <algorithm>

#include "src/base/error.h"
#include "src/base/parse_number.h"
#include "src/base/printable.h"

namespace opline::energy {
namespace {

constexpr std::size_t kSampleBytes = 4;
constexpr std::size_t kRun = 8;           // by chance in 1 of 64^7 places
constexpr unsigned kCounterValues = 64;   // six bits
constexpr std::int64_t kMostDoubled = 8;  // samples that arrive twice
constexpr double kAmperesPerStep = 1.8 / 163840;
constexpr std::array kResistors = {1031.64, 101.65, 10.15, 0.94, 0.043};  // Nordic's defaults

unsigned counter_of(std::uint32_t word) { return word >> 18 & 0x3FU; }

double* member(Ppk2Calibration::Range& range, std::string_view name) {
  if (name == "R") return &range.r;
  if (name == "GS") return &range.gs;
  if (name == "GI") return &range.gi;
  if (name == "O") return &range.o;
  if (name == "S") return &range.s;
  if (name == "I") return &range.i;
  return name == "UG" ? &range.ug : nullptr;
}

/// The value that `key`, as in "GS3", names; nullptr for other keys.
double* value_of(Ppk2Calibration& calibration, std::string_view key) {
  if (key.empty() || key.back() < '0' || key.back() > '4') return nullptr;
  const auto range = static_cast<std::size_t>(key.back() - '0');
  key.remove_suffix(1);
  return member(calibration.ranges.at(range), key);
}

double current_of(const Ppk2Calibration::Range& range, double adc, double volts) {
  const double x = (adc - range.o) * kAmperesPerStep / range.r;
  return range.ug * (x * (range.gs * x + range.gi) + range.s * volts + range.i);
}

}  // namespace

Ppk2Calibration parse_ppk2_metadata(std::string_view text, const std::string& meter) {
  Ppk2Calibration calibration;
  int resistors = 0;
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    while (line.ends_with('\r') || line.ends_with(' ')) line.remove_suffix(1);
    const std::size_t colon = line.find(": ");
    if (colon == std::string_view::npos) continue;
    const std::string_view key = line.substr(0, colon);
    const std::string_view value = line.substr(colon + 2);
    if (key == "HW") calibration.hardware = value;
    double* const target = value_of(calibration, key);
    if (target == nullptr) continue;
    const auto number = parse_finite(value);
    if (!number)
      throw Error(ErrorCode::device, "{}: its calibration has `{}`, which is not a number", meter,
                  printable(line, 60));
    *target = *number;
    if (key.front() == 'R') ++resistors;
  }
  if (resistors != static_cast<int>(kResistors.size()))
    throw Error(ErrorCode::device,
                "{}: its calibration has {} of R0 to R4; is this a PPK2? Unplug it and plug it in "
                "again",
                meter, resistors);
  for (std::size_t i = 0; i < kResistors.size(); ++i) {
    if (calibration.ranges[i].r == 0) calibration.ranges[i].r = kResistors[i];  // as Nordic does
  }
  return calibration;
}

double Ppk2SpikeFilter::filtered(double amperes, int range) {
  constexpr double kShare = 0.18;
  constexpr double kSlowShare = 0.06;
  constexpr int kSamples = 3;
  constexpr int kLeastSensitive = 4;
  const double mean = mean_.value_or(amperes);
  const double slow_mean = slow_mean_.value_or(amperes);
  mean_ = mean + kShare * (amperes - mean);
  slow_mean_ = slow_mean + kSlowShare * (amperes - slow_mean);
  const bool changed = last_range_.value_or(range) != range;
  last_range_ = range;
  if (!changed && left_ == 0) return amperes;
  samples_in_range_ = changed ? 0 : samples_in_range_ + 1;
  left_ = (changed ? kSamples : left_) - 1;
  if (range != kLeastSensitive) return *mean_;
  if (samples_in_range_ < 2) {
    mean_ = mean;
    slow_mean_ = slow_mean;
  }
  return *slow_mean_;
}

Ppk2Samples::Ppk2Samples(const Ppk2Calibration& calibration, double volts, int trigger_input)
    : calibration_(calibration), volts_(volts), trigger_input_(trigger_input) {
  trace_.interval = 1 / kHz;
}

std::uint32_t Ppk2Samples::word(std::size_t at) const {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < kSampleBytes; ++i)
    value |= std::uint32_t{static_cast<unsigned char>(buffer_[at + i])} << 8 * i;
  return value;
}

bool Ppk2Samples::counts_up(std::size_t at, std::size_t words) const {
  const unsigned first = counter_of(word(at));
  for (unsigned i = 1; i < words; ++i) {
    if (counter_of(word(at + i * kSampleBytes)) != (first + i) % kCounterValues) return false;
  }
  return true;
}

void Ppk2Samples::add(std::string_view bytes) {
  buffer_ += bytes;
  while (step(false)) {
  }
  buffer_.erase(0, at_);
  at_ = 0;
}

/// Takes a sample or skips a byte; false when there are too few bytes to decide. A sample counts
/// when the next one continues its counter; the last of a recording has no next one.
bool Ppk2Samples::step(bool last) {
  const std::size_t words = (buffer_.size() - at_) / kSampleBytes;
  if (words < (last && aligned_ ? 1 : aligned_ ? 2 : kRun)) return false;
  if (!aligned_) {
    find_beginning();
    return true;
  }
  if (counter_of(word(at_)) == counter_ && counts_up(at_, std::min<std::size_t>(words, 2)))
    add_sample(word(at_));
  else
    aligned_ = false;
  return true;
}

/// Skips a byte, or the first sample of a run of eight, of which bytes may be missing: the counter
/// is in its second half.
void Ppk2Samples::find_beginning() {
  const bool run = counts_up(at_, kRun);
  const bool begin = run && skipped_ == 0 && !counter_;
  const std::size_t step = !run ? 1 : begin ? 0 : kSampleBytes;
  at_ += step;
  skipped_ += step;
  if (!run) return;
  const unsigned counter = counter_of(word(at_));
  const std::int64_t lost = counter_ ? samples_before(counter) : 0;
  if (lost < 0) return;  // these have been taken already
  lost_ += static_cast<std::uint64_t>(lost);
  counter_ = counter;
  skipped_ = 0;
  aligned_ = true;
}

/// How many samples lie between the last one and that with `counter`: it is known from the skipped
/// bytes, but for those that were lost, and from the counter, but for multiples of 64. Negative
/// where samples have arrived twice.
std::int64_t Ppk2Samples::samples_before(unsigned counter) const {
  const std::int64_t values = kCounterValues;
  const auto between = static_cast<std::int64_t>(skipped_ / kSampleBytes);
  std::int64_t more = (counter - static_cast<std::int64_t>(*counter_) - between) % values;
  if (more < 0) more += values;
  if (more >= values - kMostDoubled) more -= values;
  return between + more;
}

void Ppk2Samples::add_sample(std::uint32_t word) {
  if (lost_ > 0 && !trace_.empty()) trace_.gaps.push_back({trace_.size(), lost_});
  count_ += trace_.empty() ? 0 : lost_;
  lost_ = 0;
  const int range = std::min(static_cast<int>(word >> 14 & 0x7U), 4);
  const double adc = 4.0 * (word & 0x3FFFU);
  const double amperes =
      current_of(calibration_.ranges.at(static_cast<std::size_t>(range)), adc, volts_);
  const double time = static_cast<double>(count_++) / kHz;
  add_level((word >> (24 + trigger_input_) & 1U) != 0, time);
  trace_.add(time, filter_.filtered(amperes, range), volts_);
  counter_ = (*counter_ + 1) % kCounterValues;
  at_ += kSampleBytes;
}

/// An edge lies in the middle of the two samples between which the level changes.
void Ppk2Samples::add_level(bool high, double time) {
  if (level_ && *level_ != high) trace_.edges.push_back({(trace_.seconds.back() + time) / 2, high});
  level_ = high;
}

Trace Ppk2Samples::take() {
  while (step(true)) {
  }
  return std::move(trace_);
}

}  // namespace opline::energy
