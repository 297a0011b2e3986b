#include "runners/metered_runner.h"

#include <atomic>
#include <chrono>
#include <cmath>
#include <thread>

#include "src/base/error.h"
#include "src/base/units.h"

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

/// Why the windows are not those of runs of `run_seconds`; empty: they are.
std::string reason_against_windows(const energy::RecordingEnergy& recorded,
                                   std::optional<double> run_seconds) {
  constexpr double kTolerance = 0.05;  // of oscillators: the board's, which may be RC, the meter's
  constexpr double kSampleTolerance = 2;  // edges are known to a sample
  if (recorded.options.trigger == energy::Trigger::pulse && recorded.windows.unpaired != 0)
    return "the trigger line has an odd number of pulses; some were lost";
  if (!run_seconds) return {};
  const double most = kTolerance * *run_seconds + kSampleTolerance / recorded.sample_hz;
  for (const energy::Window& window : recorded.windows.windows) {
    if (std::abs(window.seconds() - *run_seconds) > most)
      return fmt::format(
          "the trigger line marks {}, and the run took {}; edges were lost, or something else "
          "moves the line",
          format_seconds(window.seconds()), format_seconds(*run_seconds));
  }
  return {};
}

/// Why the recording has no energy.
std::string reason(const energy::RecordingEnergy& recorded) {
  for (const auto& energy : recorded.energies) {
    if (!energy) return energy.reason();
  }
  if (recorded.spread) return energy::kReversedCurrent;
  if (recorded.windows.cut + recorded.windows.unpaired != 0)
    return "the trigger line changed only once";
  return "the trigger line did not change; connect the pin that the board's file names to the "
         "meter's trigger input";
}

/// Mean energy of the windows; or why there is none.
Result<double> joules_of(const energy::Trace& trace, const energy::RecordingOptions& options,
                         std::optional<double> run_seconds) {
  if (trace.size() < 2) return NoValue("the meter has sent no samples");
  const energy::RecordingEnergy recorded = energy::energy_of_recording(trace, options);
  if (std::string why = reason_against_windows(recorded, run_seconds); !why.empty())
    return NoValue("{}", why);
  if (!recorded.spread || !(recorded.spread->mean_joules > 0))
    return NoValue("{}", reason(recorded));
  return recorded.spread->mean_joules;
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

measure::Outcome EnergyRecorder::measure(Runner& runner, const measure::Request& request,
                                         std::optional<std::uint64_t> clock_hz) {
  const std::lock_guard lock(measuring_);
  std::optional<Recording> recording;
  Result<double> joules = NoValue("not recorded");
  try {
    recording.emplace(*meter_);
  } catch (const Error& error) {
    joules = NoValue("{}", error.what());
  }
  measure::Outcome outcome = runner.measure(request);
  const bool is_measured = outcome.kind == measure::OutcomeKind::measured;
  std::optional<double> run_seconds;
  if (is_measured && clock_hz && outcome.measurement->cycles)
    run_seconds =
        static_cast<double>(*outcome.measurement->cycles) / static_cast<double>(*clock_hz);
  if (recording) {
    try {
      joules = joules_of(recording->finish(), options_, run_seconds);
    } catch (const Error& error) {
      joules = NoValue("{}", error.what());
    }
  }
  if (!is_measured) return outcome;
  if (joules)
    outcome.measurement->joules = *joules;
  else
    note(joules.reason());
  return outcome;
}

}  // namespace opline::runners
