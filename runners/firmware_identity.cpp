#include "runners/firmware_identity.h"

#include <fmt/format.h>

#include "src/base/digest.h"
#include "src/network/compile.h"

namespace opline::runners {

std::string loaded_digest(const simulator::ElfImage& image) {
  std::string loaded = fmt::format("entry {:#x}\n", image.entry());
  for (const simulator::Segment& segment : image.segments())
    loaded += fmt::format("{:#x} {}\n", segment.address, segment.bytes.size()) + segment.bytes;
  return digest(loaded);
}

measure::Runtime runtime_of(const Capabilities& capabilities, measure::OutputCheck check) {
  measure::Runtime runtime = measure::parse_runtime(capabilities.runtime);
  runtime.payload = capabilities.payload;
  if (capabilities.payload == measure::Payload::plan) {
    runtime.planner = network::kPlannerVersion;  // another planner gives another plan
  } else {
    runtime.check = check;
  }
  return runtime;
}

}  // namespace opline::runners
