// runners/energy/ppk2.h - Nordic Power Profiler Kit II.
//
// Binary commands on a USB serial port (any baud rate), 100 000 samples per second. As a source it
// supplies 0.8 to 5 V; as an ammeter it measures through a supply of the caller's. It does not
// report its supply back. Sources: ppk2_samples.h.
#pragma once
#include <initializer_list>
#include <memory>
#include <optional>

#include "runners/energy/byte_stream.h"
#include "runners/energy/energy_meter.h"
#include "runners/energy/ppk2_samples.h"

namespace opline::energy {

class Ppk2 : public EnergyMeter {
 public:
  static constexpr int kBaud = 115200;

  /// Reads the calibration, and switches the board's supply on: as a source with `settings.volts`,
  /// as an ammeter with `settings.external_volts`. Throws Error{usage} for settings that the meter
  /// does not have, Error{device} when it does not answer as it should.
  Ppk2(std::unique_ptr<ByteStream> stream, const MeterSettings& settings);
  ~Ppk2() override;

  [[nodiscard]] const MeterIdentity& identity() const override { return identity_; }
  [[nodiscard]] Supply supply() const override;
  void start() override;
  void receive(double seconds) override;
  [[nodiscard]] double recorded_seconds() const override;
  [[nodiscard]] Trace stop() override;

 private:
  void send(std::initializer_list<char> bytes);
  void read_until_silent();
  [[nodiscard]] std::string read_metadata();
  void switch_on();

  std::unique_ptr<ByteStream> stream_;
  MeterIdentity identity_;
  Ppk2Calibration calibration_;
  double volts_;
  bool source_;  ///< Not an ammeter.
  int trigger_input_;
  std::optional<Ppk2Samples> recording_;
};

}  // namespace opline::energy
