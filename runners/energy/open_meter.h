// runners/energy/open_meter.h - meters by name: "lpm01a@/dev/ttyACM1".
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "runners/energy/energy_meter.h"

namespace opline::energy {

enum class MeterKind : std::uint8_t { lpm01a, ppk2, otii, bridge };

struct MeterAddress {
  MeterKind kind = MeterKind::lpm01a;
  std::string port;  ///< Of a serial port: "/dev/ttyACM1"; empty for TCP.
  std::string host;  ///< Of a TCP server.
  std::uint16_t tcp_port = 0;
  bool operator==(const MeterAddress&) const = default;
};

/// "KIND@/dev/...", "KIND@tcp:HOST:PORT"; "otii" alone is "otii@tcp:127.0.0.1:1905". Throws
/// Error{usage} that lists the kinds.
[[nodiscard]] MeterAddress parse_meter_address(std::string_view text);

/// Connects to the meter and prepares it as its driver describes.
[[nodiscard]] std::unique_ptr<EnergyMeter> open_meter(const MeterAddress& address,
                                                      const MeterSettings& settings);

}  // namespace opline::energy
