// runners/metered_runner.h - the energy of what a board measures, recorded by a power meter.
//
// The meter records while the board measures; the trigger line, which the firmware moves around
// each measured run (the board's file, [trigger]), marks the windows. A network whose energy cannot
// be determined is stored without joules; so is one with a window that does not last as long as its
// run: an edge was lost, or something else moves the line.
#pragma once
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

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
  /// `clock_hz`: of the board's core, where it is known; without it the length of windows is not
  /// checked.
  [[nodiscard]] measure::Outcome measure(Runner& runner, const measure::Request& request,
                                         std::optional<std::uint64_t> clock_hz);

  [[nodiscard]] const energy::EnergyMeter& meter() const { return *meter_; }
  /// How the line marks a run.
  [[nodiscard]] energy::Trigger trigger() const { return options_.trigger; }
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
  MeteredRunner(std::unique_ptr<Runner> inner, std::shared_ptr<EnergyRecorder> recorder,
                std::optional<std::uint64_t> clock_hz)
      : inner_(std::move(inner)), recorder_(std::move(recorder)), clock_hz_(clock_hz) {}
  measure::Outcome measure(const measure::Request& request) override {
    return recorder_->measure(*inner_, request, clock_hz_);
  }

 private:
  std::unique_ptr<Runner> inner_;
  std::shared_ptr<EnergyRecorder> recorder_;
  std::optional<std::uint64_t> clock_hz_;
};

}  // namespace opline::runners
