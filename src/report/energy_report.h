// src/report/energy_report.h - the energy of a recording as text and JSON: `opline energy`.
//
//   Nordic PPK2, hardware 9173
//     supply     1.8 V (set)
//     recording  5.00 s at 100 kHz: 500000 samples, 0 dropped; mean 21.4 mW
//     idle       12.1 mW outside the windows, not subtracted
//     trigger    high: 2 windows
//
//   window      begin     length      energy       power  dropped
//        1   0.812345     500 ms    16.21 mJ    32.41 mW  0
//        2   2.012346     500 ms    16.23 mJ    32.46 mW  0
//   mean of 2 windows: 16.22 mJ, standard deviation 0.01414 mJ; 32.44 mW
#pragma once
#include <optional>
#include <string>

#include "runners/energy/energy_meter.h"
#include "src/base/json.h"
#include "src/energy/recording_energy.h"

namespace opline::report {

struct EnergyReport {
  std::string command;  ///< For provenance.
  /// One of both.
  std::optional<energy::MeterIdentity> meter;
  std::string trace_file;
  energy::Supply supply;
  energy::RecordingEnergy recording;
};

[[nodiscard]] std::string in_words(const EnergyReport& report);
/// Keys: docs/formats/energy-report.md.
[[nodiscard]] Json to_json(const EnergyReport& report);

}  // namespace opline::report
