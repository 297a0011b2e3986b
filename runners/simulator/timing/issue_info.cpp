#include "runners/simulator/timing/issue_info.h"

#include "runners/simulator/timing/issue_info_builder.h"

namespace opline::simulator {

IssueInfo issue_info(const board::DualIssueTiming& timing, std::uint32_t address,
                     std::uint32_t bits, bool wide, bool in_it) {
  IssueInfoBuilder builder(timing, address, bits, in_it);
  if (wide) {
    builder.decode_32();
  } else {
    builder.decode_16();
  }
  if (wide) builder.info.mode |= IssueInfo::kWide;
  return builder.info;
}

}  // namespace opline::simulator
