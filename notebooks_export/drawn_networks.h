// notebooks_export/drawn_networks.h - every network of a series with its figures, layers and
// outcome: what the tables of networks and of layers are made of.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "notebooks_export/table_writer.h"
#include "src/evaluation/series.h"
#include "src/store/study.h"

namespace opline::notebooks_export {

/// A network that a campaign drew.
struct DrawnNetwork {
  std::uint64_t position = 0;  ///< Of its first draw, from 0.
  std::uint64_t draws = 0;     ///< How often it was drawn.
  std::string architecture;    ///< Of the first draw; of an imported table the user's name.
  store::NetworkRecord network;
  std::optional<measure::Outcome> outcome;  ///< None where it was not tried yet.

  /// Of a network that was measured; else nullptr.
  [[nodiscard]] const measure::Measurement* measurement() const;
};

/// Calls `take` with every different network of the series' campaign, in order of first draw, and
/// what came of it under the series' setup.
void each_network(store::Study& study, const evaluation::Series& series,
                  const std::function<void(const DrawnNetwork&)>& take);

/// Seconds as they were measured, else cycles / clock; nothing where no clock is known.
[[nodiscard]] std::optional<double> latency_seconds(std::optional<std::uint64_t> cycles,
                                                    std::optional<double> seconds,
                                                    const measure::Setup& setup);

/// What a simulated figure is called, so that no row is taken for a hardware measurement:
/// "uncalibrated" of a simulated board, else empty.
[[nodiscard]] std::string calibration_of(const measure::Setup& setup);

// The columns that open and close each row of these tables, and their values.
inline constexpr const char* kCampaignColumns[] = {"space", "space_id", "prior", "seed"};
inline constexpr const char* kSetupColumns[] = {
    "board", "runner", "calibration", "runtime", "clock_hz", "timing_model", "setup"};
void write_campaign(TableWriter& table, const evaluation::Series& series);
void write_setup(TableWriter& table, const evaluation::Series& series);

}  // namespace opline::notebooks_export
