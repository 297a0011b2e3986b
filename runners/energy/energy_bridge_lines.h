// runners/energy/energy_bridge_lines.h - the lines of a bridge to an INA226 or INA228.
//
// Protocol: docs/formats/energy-bridge.md.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/energy/trace.h"

namespace opline::energy {

/// A line in front of its "*HH"; nothing where the sum is wrong or missing.
[[nodiscard]] std::optional<std::string_view> checked_bridge_line(std::string_view line);

/// Separated by single spaces; they refer to `line`.
[[nodiscard]] std::vector<std::string_view> words_of_bridge_line(std::string_view line);

struct InaChip {
  std::string name;        ///< "ina226", "ina228", "ina228-40mv".
  double shunt_volts = 0;  ///< One step of the shunt voltage register.
  double bus_volts = 0;    ///< One step of the bus voltage register.
};
/// Nothing for other names, and where the identification registers are not those of the chip.
[[nodiscard]] std::optional<InaChip> ina_chip(std::string_view name, std::string_view maker,
                                              std::string_view die);

/// Takes the lines of a recording. A line that is damaged is a lost sample.
class EnergyBridgeLines {
 public:
  /// `meter`: for messages. `interval`: seconds.
  EnergyBridgeLines(std::string meter, InaChip chip, double shunt_ohms, double interval);

  /// One line, without its end. Throws Error{device} when it reports an error, and for samples
  /// whose time goes back.
  void add(std::string_view line);

  [[nodiscard]] bool stopped() const { return stopped_; }
  [[nodiscard]] double recorded_seconds() const;
  /// What was recorded; the object is used up.
  [[nodiscard]] Trace take();

 private:
  void add_sample(std::uint16_t number, std::uint32_t time, double shunt, double bus);
  [[nodiscard]] double seconds_of(std::uint32_t time);

  std::string meter_;
  InaChip chip_;
  double shunt_ohms_;
  Trace trace_;
  std::uint16_t expected_ = 0;
  std::optional<std::int64_t> last_;  ///< Microseconds, without the counter's wraps.
  std::int64_t first_ = 0;
  bool stopped_ = false;
};

}  // namespace opline::energy
