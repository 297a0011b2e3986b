// src/report/doctor_report.h - what measuring on real boards needs, and what was found of it, as
// text and JSON: `opline doctor`.
//
//   opline 0.1.0: boards, spaces and firmware images in /usr/share/opline
//   openocd: /usr/bin/openocd
//   nucleo-f446re@/dev/ttyACM0: ready: the firmware of this build (opline 0.1.0), 180 MHz (...)
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "runners/device_session.h"
#include "src/base/json.h"

namespace opline::report {

struct ToolCheck {
  std::string name;     ///< Of the program.
  std::string package;  ///< Of Debian 12.
  std::string purpose;  ///< "writes firmware to boards".
  std::string path;     ///< Empty: not installed.
};

struct BoardCheck {
  std::string board;  ///< Empty: the port could not be asked which one it is.
  std::string port;
  std::string probe;                                 ///< "ST-LINK/V2-1"; empty: not looked up.
  std::optional<runners::Capabilities> device = {};  ///< Of a board that is ready.
  std::string trouble;                               ///< What is wrong, and what to do; else empty.
};

struct DoctorReport {
  std::string data;  ///< The folder with boards, spaces and firmware images.
  std::vector<ToolCheck> tools;
  std::vector<BoardCheck> boards;
  /// Whether every board is ready; true without boards.
  [[nodiscard]] bool all_well() const;
};

/// One line each.
[[nodiscard]] std::string data_in_words(const DoctorReport& report);
[[nodiscard]] std::string in_words(const ToolCheck& tool);
[[nodiscard]] std::string in_words(const BoardCheck& board);
/// docs/boards.md, "opline doctor --json".
[[nodiscard]] Json to_json(const DoctorReport& report);

}  // namespace opline::report
