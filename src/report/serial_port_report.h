// src/report/serial_port_report.h - the serial ports of a computer and what answers there, as text
// and JSON: `opline boards --attached`.
//
//   /dev/ttyACM0  ST-LINK/V2-1 (0483:374b, 066CFF515570)  nucleo-f446re, opline 0.1.0
//   /dev/ttyUSB0  FT232R USB UART (0403:6001)             not a debug probe that opline knows
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "runners/attached/serial_ports.h"
#include "src/base/json.h"

namespace opline::report {

struct PortView {
  runners::SerialPort port;
  std::optional<runners::PortAnswer> answer;  ///< Missing where it was not asked.
};

/// One line for each port, or a sentence where there is none.
[[nodiscard]] std::string in_words(const std::vector<PortView>& ports);
/// A list of {port, description, usb: {vendor, product, serial} or null, probe, board, runtime,
/// trouble}; null for what is unknown.
[[nodiscard]] Json to_json(const std::vector<PortView>& ports);

}  // namespace opline::report
