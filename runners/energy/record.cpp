#include "runners/energy/record.h"

#include <algorithm>

#include "runners/energy/deadline.h"
#include "src/base/error.h"

namespace opline::energy {

Trace record(EnergyMeter& meter, double seconds, const std::atomic<bool>& stop, double patience) {
  constexpr double kStep = 0.1;
  meter.start();
  double last = 0;
  Deadline deadline(patience);
  while (!stop && meter.recorded_seconds() < seconds) {
    meter.receive(std::min(kStep, patience));
    const double now = meter.recorded_seconds();
    if (now > last) deadline = Deadline(patience);
    last = now;
    if (deadline.passed())
      throw Error(ErrorCode::device,
                  "{}: has sent no sample for {} s, after {:.3f} s of the recording; unplug it and "
                  "plug it in again",
                  meter.identity().text(), patience, now);
  }
  return meter.stop();
}

}  // namespace opline::energy
