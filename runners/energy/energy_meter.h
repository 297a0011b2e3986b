// runners/energy/energy_meter.h - an instrument that supplies a board, or measures its supply, and
// records its current.
//
//   const auto meter = open_meter(parse_meter_address("ppk2@/dev/ttyACM1"), {.volts = 1.8});
//   meter->start();
//   while (meter->recorded_seconds() < 5) meter->receive(0.1);
//   const Trace trace = meter->stop();
#pragma once
#include <optional>
#include <string>

#include "src/energy/trace.h"
#include "src/energy/window.h"

namespace opline::energy {

/// What the meter says of itself; empty = it does not say.
struct MeterIdentity {
  std::string model;
  std::string serial;
  std::string firmware;
  /// "Nordic PPK2, hardware 9173": one line.
  [[nodiscard]] std::string text() const;
};

/// Where the figure of the supply is from.
enum class SupplySource {
  set,        ///< What the meter was told to supply; it cannot be read back.
  read_back,  ///< What the meter says it supplies.
  stated,     ///< What the caller says of a supply of its own.
  measured,   ///< The meter measures it with each sample.
};
/// "set", "read back", "stated", "measured".
[[nodiscard]] const char* to_string(SupplySource source);

struct Supply {
  std::optional<double> volts;  ///< Missing where it is measured and nothing was recorded yet.
  SupplySource source = SupplySource::set;
};

struct MeterSettings {
  /// The supply that the meter is to switch on.
  std::optional<double> volts = {};
  /// A supply of the caller's own, through which the meter only measures.
  std::optional<double> external_volts = {};
  std::optional<double> sample_hz = {};  ///< Default: the driver's.
  /// Of the bridge's shunt resistor.
  std::optional<double> shunt_ohms = {};
  int trigger_input = 0;  ///< Which digital input, from 0, where a meter has several.
  /// Name or id of the device, where a server has several.
  std::optional<std::string> device = {};
};

class EnergyMeter {
 public:
  /// Drivers end the recording and switch their supply off; errors of it are ignored.
  virtual ~EnergyMeter() = default;

  [[nodiscard]] virtual const MeterIdentity& identity() const = 0;
  [[nodiscard]] virtual Supply supply() const = 0;
  /// How this meter sees windows when the caller does not say.
  [[nodiscard]] virtual Trigger usual_trigger() const { return Trigger::high; }

  /// Begins a recording. The supply stays on between recordings.
  virtual void start() = 0;
  /// Takes in what the meter sends during about `seconds`. To be called often enough that no
  /// buffer of the operating system overflows: every 0.1 s. Throws Error{device}.
  virtual void receive(double seconds) = 0;
  /// Of the recording so far, by the meter's clock where it sends samples at once.
  [[nodiscard]] virtual double recorded_seconds() const = 0;
  /// Ends the recording. Throws Error{device}, also where the meter has sent no sample.
  [[nodiscard]] virtual Trace stop() = 0;
};

/// `trace`, which has no fault(), or Error{device} that names `meter`.
[[nodiscard]] Trace finished_recording(Trace trace, const std::string& meter);

}  // namespace opline::energy
