// Fuzz target: whatever a power meter sends is a recording without a fault, or an error of the
// device.
#include <string>

#include "runners/energy/lpm01a_lines.h"
#include "tests/fuzz/fuzz_driver.h"

namespace opline::fuzz {
namespace {

/// Calls `feed`, which returns the recording.
void expect_recording(auto&& feed) {
  try {
    const energy::Trace trace = feed();
    require(trace.empty() || !energy::fault(trace), "a recording has no fault");
  } catch (const Error& error) {
    require(error.code() == ErrorCode::device, "an error of the device");
  }
}

void for_each_line(std::string_view text, auto&& use) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    use(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

}  // namespace

Corpus corpus() {
  return {.seeds = {"TimeStamp: 000s 000ms, buff 00%\n6409-07\nevent 1 ris\n6409-07\n6409-076409-0"
                    "7\nTimeStamp: 001s 002ms, buff 03%\n6409-07\nend\nsummary begin\nsummary end\n"
                    "PowerShield > Acquisition completed\n"},
          .fragments = {"6409-07", "9999+99", "0000-99", "event 2 ris\n", "\n", "error: x\n",
                        "TimeStamp: 4294967295s 999ms\n", "summary", "-", "\xff", "PowerShield > "},
          .binary = true};
}

}  // namespace opline::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace opline;
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  fuzz::expect_recording([&] {
    energy::Lpm01aLines lines("fuzz", 5000, 1.8);
    fuzz::for_each_line(bytes, [&](std::string_view line) { lines.add(line); });
    return lines.take();
  });
  return 0;
}
