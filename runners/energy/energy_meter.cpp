#include "runners/energy/energy_meter.h"

#include "src/base/error.h"
#include "src/base/printable.h"

namespace opline::energy {

std::string MeterIdentity::text() const {
  std::string text = printable(model);
  if (!serial.empty()) text += ", " + printable(serial);
  if (!firmware.empty()) text += ", firmware " + printable(firmware);
  return text;
}

const char* to_string(SupplySource source) {
  switch (source) {
    case SupplySource::set:
      return "set";
    case SupplySource::read_back:
      return "read back";
    case SupplySource::stated:
      return "stated";
    case SupplySource::measured:
      return "measured";
  }
  OPLINE_ASSERT(false, "source {}", static_cast<int>(source));
  return "";
}

Trace finished_recording(Trace trace, const std::string& meter) {
  if (trace.size() < 2)
    throw Error(ErrorCode::device,
                "{}: {} arrived; record longer, and check that the meter is not in use elsewhere",
                meter, trace.empty() ? "no sample" : "one sample");
  const std::optional<std::string> wrong = fault(trace);
  OPLINE_ASSERT(!wrong, "a recording with {}", *wrong);
  return trace;
}

}  // namespace opline::energy
