// tests/evaluation/calibration/planted_calibration.h - a simulated series and what was measured of
// it, a known constant apart.
#pragma once
#include <vector>

#include "src/evaluation/calibration/calibrate.h"
#include "tests/evaluation/planted_networks.h"
#include "tests/random_data.h"

namespace opline::evaluation {

/// planted_networks() of the space kws, on a board with a whole setup.
inline Series simulated_series(std::size_t count) {
  Series series = planted_networks("kws", count);
  series.setup.board = "nucleo-f446re";
  series.setup.core = "cortex-m4";
  series.setup.clock_hz = 180'000'000;
  series.setup.runtime = measure::parse_runtime("tflm 2021");
  series.setup.compiler = "arm-none-eabi-gcc 12.2.1";
  series.setup.flags = "-Os -mcpu=cortex-m4";
  series.setup.placement = "code, weights: flash; arena, stack: sram";
  series.setup.timing_model = "cortex-m4/3";
  series.setup_id = series.setup.id();
  return series;
}

/// The same networks on the board itself: `scale` times the simulated seconds, each off by a normal
/// share `sd`.
inline Series measured_series(const Series& simulated, double scale, double sd,
                              std::uint64_t seed = 1) {
  Series series = simulated;
  series.layers.clear();
  series.power.reset();
  series.setup.runner = measure::Runner::attached;
  series.setup.timing_model.clear();
  series.setup_id = series.setup.id();
  RandomStream random(seed, 0);
  for (Row& row : series.rows)
    row.seconds = *row.seconds * scale * (1 + sd * testing_data::normal(random));
  return series;
}

inline std::vector<Calibration> calibrated(const Series& measured, const Series& simulated,
                                           const analysis::CalibrationOptions& options = {}) {
  return calibrate({{"real.db", measured}}, {{"sim.db", simulated}}, options);
}

}  // namespace opline::evaluation
