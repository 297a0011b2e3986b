// The instructions of one function, with their cycles.
#include <fmt/format.h>

#include "src/base/printable.h"
#include "src/report/profile/profile_report.h"

namespace opline::report {
namespace {

using simulator::Cost;
using simulator::CycleCause;
using simulator::kCycleCauses;

/// "fetch 2.00, load-use 1.00": cycles of an average execution, but for issue.
std::string waits_text(const Cost& cost) {
  std::string text;
  for (std::size_t i = 1; i < kCycleCauses; ++i) {
    const double cycles =
        static_cast<double>(cost.by_cause[i]) / static_cast<double>(cost.instructions);
    if (cycles < 0.005) continue;
    text += fmt::format("{}{} {:.2f}", text.empty() ? "" : ", ",
                        to_string(static_cast<CycleCause>(i)), cycles);
  }
  return text;
}

std::string paired_text(const simulator::ProfiledInstruction& one) {
  const double percent =
      100 * static_cast<double>(one.paired) / static_cast<double>(one.self.instructions);
  return percent < 0.5 ? "-" : fmt::format("{:.0f} %", percent);
}

/// "dot_2x2.h:37"; of inlined code the line of the call, which tells the copies apart.
std::string short_source(const simulator::Profile& profile,
                         const simulator::ProfiledInstruction& one) {
  const std::string text = source_text(profile, one.inlined_at ? one.inlined_at : one.source);
  return text.substr(text.rfind('/') + 1);
}

}  // namespace

std::string annotated(const ProfileView& view, simulator::FunctionIndex function) {
  const simulator::Profile& profile = view.profile;
  constexpr const char* kLine = "{:>10}{:>11}{:>8}{:>8}  {:<32}  {:<36}  {}";
  std::string text = fmt::format("{}\n{}\n", printable(profile.functions.at(function).name),
                                 fmt::format(kLine, "address", "executed", "cycles", "paired",
                                             "instruction", "waits for", "source"));
  for (const simulator::ProfiledInstruction& one : profile.instructions) {
    if (one.function != function) continue;
    const auto executed = static_cast<double>(one.self.instructions);
    std::string line = fmt::format(
        kLine, fmt::format("{:08x}", one.address), one.self.instructions,
        fmt::format("{:.2f}", static_cast<double>(one.self.cycles()) / executed), paired_text(one),
        one.text.size() <= 32 ? one.text : one.text.substr(0, 30) + "..", waits_text(one.self),
        short_source(profile, one));
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

}  // namespace opline::report
