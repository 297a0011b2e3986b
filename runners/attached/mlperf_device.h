// runners/attached/mlperf_device.h - a device that speaks MLPerf Tiny's protocol, whoever wrote its
// firmware: mlcommons/tiny, benchmark/api/internally_implemented.cpp.
//
//   StreamTransport transport(ports::Link::open("/dev/ttyACM0", 115'200));
//   MlperfDevice device(transport);
//   device.load(input);
//   MlperfInference inference = device.infer(100, 10);
//
// Nothing of opline's own commands is used. Everything throws Error{device} that says what the
// device did and what was expected.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "runners/command_channel.h"
#include "runners/transport.h"

namespace opline::runners {

struct MlperfIdentity {
  std::string name;     ///< m-name-dut-[...], the vendor.
  std::string profile;  ///< m-profile-[...], the firmware's version.
  std::string model;    ///< m-model-[...]: "kws01".
};

struct MlperfInference {
  /// Between the timestamps, by the device's clock; missing in energy mode, where timestamps are
  /// pulses on a pin.
  std::optional<double> seconds;
  std::vector<double> results;  ///< Of the last inference, as m-results-[...] gives them.
};

class MlperfDevice {
 public:
  /// Waits for a device that may be booting. `command_seconds`: the longest wait for a line of any
  /// reply but that of infer().
  explicit MlperfDevice(Transport& transport, double command_seconds = 5);

  [[nodiscard]] const MlperfIdentity& identity() const { return identity_; }

  void load(std::span<const std::uint8_t> input);

  /// `iterations` (1 or more) inferences after `warmups` others. `seconds`: the longest they may
  /// take.
  [[nodiscard]] MlperfInference infer(std::uint64_t iterations, std::uint64_t warmups,
                                      double seconds);

 private:
  std::vector<std::string> command(const std::string& text, double seconds);
  /// Whether the device has answered `name%`.
  [[nodiscard]] bool ask_for_name();
  void discard_input();

  Transport& transport_;
  CommandChannel channel_;
  double command_seconds_;
  MlperfIdentity identity_;
};

}  // namespace opline::runners
