// runners/attached/serial_ports.h - the serial ports of this computer, and which of them lead to a
// board.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace opline::runners {

struct SerialPort {
  std::string path;         ///< "/dev/ttyACM0".
  std::string description;  ///< As the system calls it; may be empty.
  /// Of a port on USB:
  std::optional<std::uint16_t> vendor, product;
  std::string serial;  ///< The device's serial number; may be empty.
  std::string probe;   ///< "ST-LINK/V2-1" where it is a known debug probe, else empty.
};

/// Sorted by path; nothing is opened. Throws Error{io} when the system does not tell.
[[nodiscard]] std::vector<SerialPort> serial_ports();

/// The known debug probe with these USB ids; empty for others.
[[nodiscard]] std::string probe_of(std::uint16_t vendor, std::uint16_t product);

/// What answers on a port.
struct PortAnswer {
  std::string board;    ///< Of opline's firmware there; empty where none answers.
  std::string runtime;  ///< "opline 0.1.0".
  std::string trouble;  ///< Why it could not be asked, or that nothing answers; else empty.
};
/// Asks for opline's firmware at 115200 baud: sends an empty command and `setup%`. Only for ports
/// of debug probes: another device may take the bytes for something else.
[[nodiscard]] PortAnswer ask_port(const std::string& path);

}  // namespace opline::runners
