// Fuzz target: whatever a power meter sends is a recording without a fault, or an error of the
// device.
#include <string>

#include "runners/energy/energy_bridge_lines.h"
#include "runners/energy/lpm01a_lines.h"
#include "runners/energy/otii_recording.h"
#include "runners/energy/ppk2_samples.h"
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

/// A PPK2's samples: the third byte counts, in its upper six bits.
std::string counting_words() {
  std::string bytes;
  for (unsigned i = 0; i < 100; ++i)
    bytes += {'\x10', static_cast<char>(i), static_cast<char>(i << 2), static_cast<char>(i / 30)};
  return bytes;
}

/// Lines of a bridge.
std::string with_sums(std::initializer_list<std::string_view> lines) {
  std::string text;
  for (const std::string_view line : lines) {
    unsigned sum = 0;
    for (const char c : line) sum ^= static_cast<unsigned char>(c);
    text += fmt::format("{}*{:02X}\n", line, sum);
  }
  return text;
}

}  // namespace

Corpus corpus() {
  return {
      .seeds = {"TimeStamp: 000s 000ms, buff 00%\n6409-07\nevent 1 ris\n6409-07\n6409-076409-0"
                "7\nTimeStamp: 001s 002ms, buff 03%\n6409-07\nend\nsummary begin\nsummary end\n"
                "PowerShield > Acquisition completed\n",
                "Calibrated: 0\nR0: 1031.64\nR1: 101.65\nR2: 10.15\nR3: 0.94\nR4: 0.043\nGS0: 1\n"
                "HW: 9173\nEND\n",
                R"({"timestamp":0.5,"interval":0.001,"values":[0.1,0.2]}
{"timestamp":0.503,"interval":0.001,"values":[0.3]}
{"values":[{"timestamp":0.1,"value":true},{"timestamp":0.6,"value":false}]})",
                counting_words(),
                with_sums({"s 0 1000 800 1440", "e 1200 1", "s 1 2000 800 1440",
                           "s 4 4294967295 -800 1440", "error x", "ok stop"})},
      .fragments = {"6409-07", "9999+99", "0000-99", "event 2 ris\n", "\n", "error: x\n",
                    "TimeStamp: 4294967295s 999ms\n", "summary", "-", "\xff", "PowerShield > ",
                    "R0: nan\n", std::string(3, '\0')},
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
  fuzz::expect_recording([&] {
    energy::Ppk2Samples samples(energy::Ppk2Calibration{}, 3, 0);
    const std::size_t half = bytes.size() / 2;
    samples.add(std::string_view(bytes).substr(0, half));
    samples.add(std::string_view(bytes).substr(half));
    return samples.take();
  });
  fuzz::expect_recording([&] {
    energy::EnergyBridgeLines lines("fuzz", {"ina226", 2.5e-6, 1.25e-3}, 0.1, 1e-3);
    fuzz::for_each_line(bytes, [&](std::string_view line) {
      std::string summed = fuzz::with_sums({line.substr(0, line.find('*'))});
      summed.pop_back();
      lines.add(summed);
    });
    return lines.take();
  });
  fuzz::expect_recording([&] {
    energy::OtiiChannel channel;
    energy::OtiiLevels levels;
    fuzz::for_each_line(bytes, [&](std::string_view line) {
      const Json part = Json::parse(line, nullptr, false);
      if (part.is_object() && part.contains("interval"))
        channel.add(part, "fuzz");
      else
        levels.add(part, "fuzz");
    });
    energy::Trace trace = energy::otii_trace(channel, channel);
    levels.add_edges(trace);
    return trace;
  });
  fuzz::expect_recording([&] {
    (void)energy::parse_ppk2_metadata(bytes, "fuzz");
    return energy::Trace();
  });
  return 0;
}
