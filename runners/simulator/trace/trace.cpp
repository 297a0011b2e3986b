// The text view of a trace; see the header.
#include "runners/simulator/trace/trace.h"

#include <fmt/format.h>

#include "runners/simulator/isa/disassembler.h"

namespace opline::simulator {
namespace {

constexpr const char* kLine = "{:>12} {:>14}  {:<8}  {:<9}  {:<32} {:<28} {}";

std::string changes_of(const TracedInstruction& instruction) {
  if (!instruction.executed) return "(condition fails)";
  std::string text;
  for (const RegisterChange& change : instruction.changes) {
    if (!text.empty()) text += ' ';
    text += fmt::format("{}={:08x}", register_name(change.which), change.value);
  }
  return text;
}

}  // namespace

std::string TracedInstruction::text() const {
  return disassemble(address, bits, wide, in_it, condition);
}

std::string register_name(std::uint8_t which) {
  if (which == 13) return "sp";
  if (which == 14) return "lr";
  if (which < 16) return fmt::format("r{}", which);
  if (which == RegisterChange::kApsr) return "apsr";
  if (which == RegisterChange::kFpscr) return "fpscr";
  return fmt::format("s{}", which - RegisterChange::kSingle0);
}

std::string trace_heading() {
  return fmt::format(kLine, "number", "cycle", "address", "encoding", "instruction", "changes",
                     "in");
}

std::string trace_line(const TracedInstruction& instruction, const ElfImage& image) {
  const std::string encoding =
      instruction.wide
          ? fmt::format("{:04x} {:04x}", instruction.bits >> 16, instruction.bits & 0xFFFF)
          : fmt::format("{:04x}", instruction.bits);
  const std::string cycle = fmt::format("{}{}", instruction.paired ? "+ " : "", instruction.cycle);
  return fmt::format(kLine, instruction.number, cycle, fmt::format("{:08x}", instruction.address),
                     encoding, instruction.text(), changes_of(instruction),
                     image.describe(instruction.address));
}

}  // namespace opline::simulator
