// runners/metered_runner.h - the energy of what a board measures, recorded by a power meter.
//
// The meter records while the board measures; the trigger line, which the firmware raises around
// each measured run (the board's file, [trigger]), marks the windows. A network whose energy cannot
// be determined is stored without joules.
#pragma once
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "runners/energy/energy_meter.h"
#include "runners/runner.h"
#include "src/energy/recording_energy.h"

namespace opline::runners {

/// One meter, shared by the runners of the board that it supplies.
class EnergyRecorder {
 public:
  /// `options.trigger` as the firmware drives the line.
  EnergyRecorder(std::unique_ptr<energy::EnergyMeter> meter, energy::RecordingOptions options);

  /// What `runner` answers, with the mean energy of the windows in it. One call at a time.
  [[nodiscard]] measure::Outcome measure(Runner& runner, const measure::Request& request);

  [[nodiscard]] const energy::EnergyMeter& meter() const { return *meter_; }
  /// Networks that were measured without energy so far, and why the first of them was.
  struct WithoutEnergy {
    std::uint64_t networks = 0;
    std::string why;
  };
  [[nodiscard]] WithoutEnergy without_energy() const;

 private:
  void note(std::string why);

  std::unique_ptr<energy::EnergyMeter> meter_;
  energy::RecordingOptions options_;
  std::mutex measuring_;
  mutable std::mutex noting_;
  WithoutEnergy without_energy_;
};

/// `inner` with the energy that `recorder` records.
class MeteredRunner : public Runner {
 public:
  MeteredRunner(std::unique_ptr<Runner> inner, std::shared_ptr<EnergyRecorder> recorder)
      : inner_(std::move(inner)), recorder_(std::move(recorder)) {}
  measure::Outcome measure(const measure::Request& request) override {
    return recorder_->measure(*inner_, request);
  }

 private:
  std::unique_ptr<Runner> inner_;
  std::shared_ptr<EnergyRecorder> recorder_;
};

}  // namespace opline::runners
