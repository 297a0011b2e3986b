// runners/energy/lpm01a_lines.h - what an X-NUCLEO-LPM01A sends while it records energy as ASCII.
//
//   TimeStamp: 001s 000ms, buff 00%      every second
//   6409-07                              a sample: 6409e-7 J since the sample in front of it
//   event 1 ris                          the trigger input had the edge that was asked for
//   end                                  and a summary, which is not used
//
// Sources: ST UM2269; mlcommons/tiny, benchmark/runner/power_manager/power_manager_lpm.py and
// script.py. A line may begin or end inside a number: what is left of it is a lost sample. So are
// samples that are missing between two time stamps.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "src/energy/trace.h"

namespace opline::energy {

class Lpm01aLines {
 public:
  /// `meter`: for messages. `volts`: of the supply, by which energy becomes current.
  Lpm01aLines(std::string meter, double sample_hz, double volts);

  /// One line, without its end. Throws Error{device} when it is an error of the meter.
  void add(std::string_view line);

  [[nodiscard]] bool completed() const { return completed_; }
  /// Samples, lost ones included, in seconds.
  [[nodiscard]] double recorded_seconds() const { return time_of(count_); }
  /// What was recorded; the object is used up.
  [[nodiscard]] Trace take() { return std::move(trace_); }

 private:
  [[nodiscard]] double time_of(std::uint64_t samples) const;
  bool add_message(std::string_view line);
  void add_samples(std::string_view line);
  void add_sample(std::string_view digits);
  void add_time_stamp(std::uint64_t milliseconds);
  void lose(std::uint64_t samples);

  std::string meter_;
  double sample_hz_;
  double volts_;
  Trace trace_;
  std::uint64_t count_ = 0;    ///< Samples so far, lost ones included.
  std::uint64_t pending_ = 0;  ///< Lost since the last sample.
  struct TimeStamp {
    std::uint64_t milliseconds, count;
  };
  std::optional<TimeStamp> first_stamp_;
  bool in_summary_ = false;
  bool completed_ = false;
};

/// "3292-03" as 3.292; nothing for any other text. Four digits, a sign, two digits.
[[nodiscard]] std::optional<double> parse_lpm01a_number(std::string_view text);

}  // namespace opline::energy
