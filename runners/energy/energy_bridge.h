// runners/energy/energy_bridge.h - an INA226 or INA228 behind a microcontroller.
//
// Protocol: docs/formats/energy-bridge.md. The chip measures through a shunt resistor, and the
// supply with every sample; it supplies nothing.
#pragma once
#include <memory>
#include <optional>

#include "runners/energy/byte_stream.h"
#include "runners/energy/energy_bridge_lines.h"
#include "runners/energy/energy_meter.h"
#include "runners/energy/line_reader.h"

namespace opline::energy {

class EnergyBridge : public EnergyMeter {
 public:
  static constexpr int kBaud = 1'000'000;
  static constexpr double kUsualHz = 1000;

  /// Waits up to 5 s for the bridge, which may restart when its port is opened. Throws Error{usage}
  /// for settings that the meter does not have (`settings.shunt_ohms` is needed), Error{device}
  /// when it does not answer as it should.
  EnergyBridge(std::unique_ptr<ByteStream> stream, const MeterSettings& settings);
  ~EnergyBridge() override;

  [[nodiscard]] const MeterIdentity& identity() const override { return identity_; }
  [[nodiscard]] Supply supply() const override { return {volts_, SupplySource::measured}; }
  void start() override;
  void receive(double seconds) override;
  [[nodiscard]] double recorded_seconds() const override;
  [[nodiscard]] Trace stop() override;

 private:
  void identify();
  void take_identity(const std::string& line);
  [[nodiscard]] double interval_of_start();
  void read_until_stopped();

  std::unique_ptr<ByteStream> stream_;
  LineReader lines_;
  MeterIdentity identity_;
  InaChip chip_;
  double shunt_ohms_;
  double sample_hz_;
  std::optional<double> volts_;  ///< Mean of the last recording.
  std::optional<EnergyBridgeLines> recording_;
};

}  // namespace opline::energy
