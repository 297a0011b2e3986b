// src/report/profile/profile_view.h - a profile with what it is of: what every view of it takes.
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "runners/simulator/machine/stop.h"
#include "runners/simulator/profile/profile.h"

namespace opline::report {

struct ProfileView {
  simulator::Profile profile;
  std::string subject;  ///< "kws-s", "firmware.elf".
  std::string image;    ///< File name of the firmware.
  std::string window;   ///< What was profiled: "the measured run", "one call of fir".
  std::string board;    ///< Name in data/boards.
  std::string title;    ///< The board's, for people.
  std::string timing_model;
  std::optional<std::uint64_t> clock_hz;  ///< As the firmware programmed it.
  std::string command;                    ///< That made it, for provenance.
  std::optional<simulator::Stop> stop;    ///< Why the run ended; absent: the window ended first.
  bool crashed = false;                   ///< In a fault, or in a handler after one.
};

/// Of a call path without a function: "layer 3 depthwise_conv"; of the root: `root`.
[[nodiscard]] std::string name_of(const simulator::Profile& profile,
                                  const simulator::CallPath& path, const std::string& root);
[[nodiscard]] std::string layer_name(const simulator::Profile& profile, std::size_t layer);

/// "firmware/kernels/dsp/conv_1x1.c:120", "-" where unknown.
[[nodiscard]] std::string source_text(const simulator::Profile& profile,
                                      const std::optional<simulator::SourcePosition>& source);

/// `text` for XML: markup is escaped, control characters are made printable.
[[nodiscard]] std::string xml_text(const std::string& text);

}  // namespace opline::report
