#include "runners/metered_runner.h"

#include <atomic>
#include <chrono>
#include <thread>

#include "src/base/error.h"

namespace opline::runners {
namespace {

/// Receives what a meter records, on a thread of its own, so that no buffer overflows.
class Recording {
 public:
  explicit Recording(energy::EnergyMeter& meter) : meter_(meter) {
    meter_.start();
    thread_ = std::thread([this] { receive(); });
  }
  Recording(const Recording&) = delete;
  Recording& operator=(const Recording&) = delete;
  ~Recording() { join(); }

  /// Throws what the meter threw.
  energy::Trace finish() {
    join();
    if (failure_) std::rethrow_exception(failure_);
    return meter_.stop();
  }

 private:
  void receive() {
    constexpr double kStep = 0.05;
    try {
      while (!done_) meter_.receive(kStep);
      meter_.receive(kLate);
    } catch (...) {
      failure_ = std::current_exception();
    }
  }
  void join() {
    done_ = true;
    if (thread_.joinable()) thread_.join();
  }

  /// What a meter sends comes later than it happens: by a USB frame, or a server's buffer.
  static constexpr double kLate = 0.2;
  energy::EnergyMeter& meter_;
  std::atomic<bool> done_ = false;
  std::exception_ptr failure_;
  std::thread thread_;
};

/// Why the recording has no energy.
std::string reason(const energy::RecordingEnergy& recorded) {
  for (const auto& energy : recorded.energies) {
    if (!energy) return energy.reason();
  }
  if (recorded.windows.cut + recorded.windows.unpaired != 0)
    return "the trigger line changed only once";
  return "the trigger line did not change; connect the pin that the board's file names to the "
         "meter's trigger input";
}

}  // namespace

EnergyRecorder::EnergyRecorder(std::unique_ptr<energy::EnergyMeter> meter,
                               energy::RecordingOptions options)
    : meter_(std::move(meter)), options_(options) {}

void EnergyRecorder::note(std::string why) {
  const std::lock_guard lock(noting_);
  if (without_energy_.networks++ == 0) without_energy_.why = std::move(why);
}

EnergyRecorder::WithoutEnergy EnergyRecorder::without_energy() const {
  const std::lock_guard lock(noting_);
  return without_energy_;
}

measure::Outcome EnergyRecorder::measure(Runner& runner, const measure::Request& request) {
  const std::lock_guard lock(measuring_);
  std::optional<Recording> recording;
  std::string why;
  try {
    recording.emplace(*meter_);
  } catch (const Error& error) {
    why = error.what();
  }
  measure::Outcome outcome = runner.measure(request);
  if (recording) {
    try {
      const energy::Trace trace = recording->finish();
      if (trace.size() < 2) throw Error(ErrorCode::device, "the meter has sent no samples");
      const energy::RecordingEnergy recorded = energy::energy_of_recording(trace, options_);
      if (recorded.spread && recorded.spread->mean_joules > 0) {
        if (outcome.kind == measure::OutcomeKind::measured)
          outcome.measurement->joules = recorded.spread->mean_joules;
        return outcome;
      }
      why = reason(recorded);
    } catch (const Error& error) {
      why = error.what();
    }
  }
  if (outcome.kind == measure::OutcomeKind::measured) note(std::move(why));
  return outcome;
}

}  // namespace opline::runners
