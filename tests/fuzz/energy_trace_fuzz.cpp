// Fuzz target: a trace is refused with its line, or its windows can be integrated and it is read
// again as it was written.
#include <string>

#include "src/energy/trace_csv.h"
#include "src/energy/window.h"
#include "tests/fuzz/fuzz_driver.h"

namespace opline::fuzz {

Corpus corpus() {
  return {.seeds = {"time_s,current_a,voltage_v,trigger\n0,0.1,1.8,0\n1,0.2,1.8,1\n2,,1.8,1\n3,0.1,"
                    "1.8,0\n9,0.1,1.8,0\n",
                    "# sampling: mean\ntime_s,current_a,voltage_v,rose_s,fell_s\n1,0.1,1.8,0.5,\n2,"
                    "0.2,1.8,,1.5\n3,0.1,1.8,,\n",
                    "time_s;current_a;voltage_v\r\n0,5;1;2\r\n1,5;1;2\r\n"},
          .fragments = {",", ";", "\n", "\"", "-", "nan", "1e308", "1e-308", "NA", "1e15", "0",
                        "# sampling: mean\n"},
          .binary = true};
}

void integrate(const energy::Trace& trace) {
  require(!energy::fault(trace), "a trace that was read has no fault");
  const energy::EnergyOfWindows energies(trace);
  const auto found = energy::windows_of(trace, energy::Trigger::high);
  for (const energy::Window& window : found.windows) (void)energies.of(window);
  (void)energies.idle_watts(found.windows, trace.interval);
  const energy::Trace again = energy::parse_trace(energy::trace_as_csv(trace, "fuzz"), "again.csv");
  require(again.seconds == trace.seconds && again.amperes == trace.amperes &&
              again.edges == trace.edges,
          "a trace is read as it was written");
}

}  // namespace opline::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace opline;
  try {
    fuzz::integrate(energy::parse_trace({reinterpret_cast<const char*>(data), size}, "input.csv"));
  } catch (const Error& error) {
    if (error.code() != ErrorCode::usage) fuzz::expect_refusal(error, "input.csv");
  }
  return 0;
}
