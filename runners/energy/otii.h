// runners/energy/otii.h - Qoitech Otii Arc and Ace, through the server of the Otii program.
//
// The program serves TCP port 1905; its Automation licence is reserved in the program. Recordings
// stay in the program's active project. Sources: otii_connection.h, otii_recording.h.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>

#include "runners/energy/byte_stream.h"
#include "runners/energy/deadline.h"
#include "runners/energy/energy_meter.h"
#include "runners/energy/otii_connection.h"

namespace opline::energy {

class Otii : public EnergyMeter {
 public:
  static constexpr std::uint16_t kPort = 1905;

  /// Finds the device (`settings.device` where there are several), switches its main output on with
  /// `settings.volts`, and reads the voltage back. Throws Error{usage} for settings that the meter
  /// does not have, Error{device} when the server refuses.
  Otii(std::unique_ptr<ByteStream> stream, const MeterSettings& settings);
  ~Otii() override;

  [[nodiscard]] const MeterIdentity& identity() const override { return identity_; }
  [[nodiscard]] Supply supply() const override { return {volts_, SupplySource::read_back}; }
  void start() override;
  void receive(double seconds) override;
  /// By the host's clock.
  [[nodiscard]] double recorded_seconds() const override;
  [[nodiscard]] Trace stop() override;

 private:
  void find_device(const std::string& wanted);
  void configure(const MeterSettings& settings);
  void set_supply(double volts);
  void find_project();
  Json device_request(const char* command, Json data = Json::object());
  [[nodiscard]] std::int64_t last_recording();
  template <typename Use>
  void fetch(std::int64_t recording, const char* channel, Use&& use);

  OtiiConnection connection_;
  MeterIdentity identity_;
  Json device_;
  Json project_;
  double volts_ = 0;
  const char* trigger_channel_;
  std::optional<Stopwatch> recording_;
};

}  // namespace opline::energy
