// runners/energy/lpm01a.h - ST X-NUCLEO-LPM01A ("PowerShield").
//
// Commands and replies are lines of ASCII on a USB serial port, 3686400 baud (ST UM2269;
// mlcommons/tiny, benchmark/runner/power_manager). The meter integrates energy between samples, so
// that nothing between them is lost; 5 kHz is the most that ASCII sustains. It supplies 1.8 to 3.3
// V and at most 50 mA, and marks falling edges on its input D7. Its binary format is not used: the
// published descriptions do not say how it marks edges.
#pragma once
#include <memory>
#include <optional>

#include "runners/energy/byte_stream.h"
#include "runners/energy/energy_meter.h"
#include "runners/energy/line_reader.h"
#include "runners/energy/lpm01a_lines.h"

namespace opline::energy {

class Lpm01a : public EnergyMeter {
 public:
  static constexpr int kBaud = 3686400;
  static constexpr double kUsualHz = 5000;

  /// Takes control, sets the supply of `settings.volts` and switches it on. Throws Error{usage} for
  /// settings that the meter does not have, Error{device} when it does not answer as it should.
  Lpm01a(std::unique_ptr<ByteStream> stream, const MeterSettings& settings);
  ~Lpm01a() override;

  [[nodiscard]] const MeterIdentity& identity() const override { return identity_; }
  [[nodiscard]] Supply supply() const override { return {volts_, SupplySource::read_back}; }
  [[nodiscard]] Trigger usual_trigger() const override { return Trigger::pulse; }
  void start() override;
  void receive(double seconds) override;
  [[nodiscard]] double recorded_seconds() const override;
  [[nodiscard]] Trace stop() override;

 private:
  std::string command(const std::string& text);
  [[noreturn]] void no_answer(const std::string& command, const std::string& last);
  void identify();
  void set_supply(double volts);
  void release();
  void read_until_completed();

  std::unique_ptr<ByteStream> stream_;
  LineReader lines_;
  MeterIdentity identity_;
  double sample_hz_;
  double volts_ = 0;
  std::optional<Lpm01aLines> recording_;
};

}  // namespace opline::energy
