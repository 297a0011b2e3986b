#include "runners/energy/lpm01a_lines.h"

#include <algorithm>
#include <cmath>

#include "src/base/error.h"
#include "src/base/parse_number.h"
#include "src/base/printable.h"

namespace opline::energy {
namespace {

constexpr std::size_t kNumber = 7;  // letters of "6409-07"

bool digit(char c) { return c >= '0' && c <= '9'; }

bool is_number(std::string_view text) {
  constexpr std::string_view kShape = "dddd-dd";
  if (text.size() != kNumber) return false;
  for (std::size_t i = 0; i < kNumber; ++i) {
    const bool right = kShape[i] == 'd' ? digit(text[i]) : text[i] == '-' || text[i] == '+';
    if (!right) return false;
  }
  return true;
}

/// "TimeStamp: 001s 000ms, buff 00%": milliseconds. A `>` or `<` may stand for the blank.
std::optional<std::uint64_t> parse_time_stamp(std::string_view text) {
  constexpr std::string_view kBegin = "TimeStamp:";
  if (!text.starts_with(kBegin)) return std::nullopt;
  text.remove_prefix(std::min(kBegin.size() + 1, text.size()));
  const std::size_t s = text.find("s ");
  const std::size_t ms = text.find("ms", s == std::string_view::npos ? 0 : s);
  if (s == std::string_view::npos || ms == std::string_view::npos) return std::nullopt;
  const auto seconds = parse_number<std::uint32_t>(text.substr(0, s));
  const auto rest = parse_number<std::uint32_t>(text.substr(s + 2, ms - s - 2));
  if (!seconds || !rest) return std::nullopt;
  return std::uint64_t{*seconds} * 1000 + *rest;
}

}  // namespace

std::optional<double> parse_lpm01a_number(std::string_view text) {
  if (!is_number(text)) return std::nullopt;
  const auto mantissa = parse_number<int>(text.substr(0, 4));
  const auto exponent = parse_number<int>(text.substr(5));
  const double scale = std::pow(10.0, *exponent);
  return text[4] == '-' ? *mantissa / scale : *mantissa * scale;
}

Lpm01aLines::Lpm01aLines(std::string meter, double sample_hz, double volts)
    : meter_(std::move(meter)), sample_hz_(sample_hz), volts_(volts) {
  trace_.interval = 1 / sample_hz_;
  trace_.sampling = Sampling::mean;
}

double Lpm01aLines::time_of(std::uint64_t samples) const {
  return static_cast<double>(samples) / sample_hz_;
}

void Lpm01aLines::add(std::string_view line) {
  constexpr std::string_view kPrompt = "PowerShield > ";
  if (line.starts_with(kPrompt)) line.remove_prefix(kPrompt.size());
  if (line.empty() || add_message(line)) return;
  add_samples(line);
}

bool Lpm01aLines::add_message(std::string_view line) {
  if (in_summary_ || line.starts_with("summary")) {
    in_summary_ = !line.starts_with("summary end") && !line.starts_with("Acquisition completed");
    if (!line.starts_with("Acquisition completed")) return true;
  }
  if (line.starts_with("Acquisition completed")) {
    completed_ = true;
    return true;
  }
  if (line.starts_with("error") || line.starts_with("Error"))
    throw Error(ErrorCode::device,
                "{}: the meter reports `{}`; it supplies at most 50 mA: check the wiring, then "
                "unplug it and plug it in again",
                meter_, printable(line));
  if (line.starts_with("event ")) {
    // The commands ask for falling edges only; the word behind the number is the same for both.
    trace_.edges.push_back({(static_cast<double>(count_) + 0.5) / sample_hz_, false});
    return true;
  }
  if (const auto milliseconds = parse_time_stamp(line)) {
    add_time_stamp(*milliseconds);
    return true;
  }
  return line == "end" || line.starts_with("ack ") || line.starts_with("pwr ");
}

/// Whatever lies between numbers is what is left of a sample, or of several.
void Lpm01aLines::add_samples(std::string_view line) {
  bool rest = false;
  while (!line.empty()) {
    if (is_number(line.substr(0, kNumber))) {
      if (rest) lose(1);
      rest = false;
      add_sample(line.substr(0, kNumber));
      line.remove_prefix(kNumber);
    } else {
      rest = true;
      line.remove_prefix(1);
    }
  }
  if (rest) lose(1);
}

void Lpm01aLines::add_sample(std::string_view digits) {
  const double joules = parse_lpm01a_number(digits).value();
  if (pending_ > 0 && !trace_.empty()) trace_.gaps.push_back({trace_.size(), pending_});
  pending_ = 0;
  trace_.add(time_of(++count_), joules * sample_hz_ / volts_, volts_);
}

void Lpm01aLines::lose(std::uint64_t samples) {
  count_ += samples;
  pending_ += samples;
}

/// Stamps have milliseconds: within one the number of samples is not known.
void Lpm01aLines::add_time_stamp(std::uint64_t milliseconds) {
  if (!first_stamp_) {
    first_stamp_ = TimeStamp{milliseconds, count_};
    return;
  }
  if (milliseconds < first_stamp_->milliseconds) return;
  const double seconds = static_cast<double>(milliseconds - first_stamp_->milliseconds) * 1e-3;
  const double expected = static_cast<double>(first_stamp_->count) + seconds * sample_hz_;
  const double missing = std::round(expected - static_cast<double>(count_));
  if (missing > std::max(1.0, sample_hz_ * 1e-3)) lose(static_cast<std::uint64_t>(missing));
}

}  // namespace opline::energy
