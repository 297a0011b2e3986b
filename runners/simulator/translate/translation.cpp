#include "runners/simulator/translate/translation.h"

#include <fmt/format.h>

#include "runners/simulator/isa/decoder.h"
#include "runners/simulator/isa/prepare.h"
#include "src/base/digest.h"

namespace opline::simulator {

namespace {

std::string text_of(const IssueInfo& info) {
  std::string text;
  for (unsigned i = 0; i < 4; ++i) text += fmt::format("{} {} ", info.source[i], info.advance[i]);
  for (unsigned i = 0; i < 2; ++i) text += fmt::format("{} {} ", info.target[i], info.latency[i]);
  return text + fmt::format("{} {} {} {} {} {} {} {} {} {} {} {} {} {} {}\n", info.uses,
                            info.conflicts, info.base_target, info.flags,
                            static_cast<int>(info.access), static_cast<int>(info.jump), info.bytes,
                            info.words, info.base, info.index, info.shift, info.cond,
                            info.issue_cycles, info.mode, info.imm);
}

}  // namespace

std::string digest_of(const Cpu& cpu, std::span<const std::uint32_t> addresses) {
  std::string text =
      fmt::format("{} {} {} {} {} {} {}\n", cpu.flash_base, cpu.flash_bytes, cpu.flash_alias,
                  cpu.flash.line_shift, cpu.sram_base, cpu.sram_bytes, cpu.core->integer.skipped);
  if (cpu.pipeline != nullptr)
    text += fmt::format("{} {} {}\n", cpu.pipeline->line_shift(), cpu.pipeline->dtcm_base(),
                        cpu.pipeline->dtcm_bytes());
  std::uint8_t it = 0;
  std::uint32_t expected = 0;
  for (const std::uint32_t address : addresses) {
    if (address != expected) it = 0;
    const Prepared prepared = prepare(cpu, address, it);
    const CodeAt code = code_of(cpu, address, nullptr);
    fmt::format_to(std::back_inserter(text), "{:x} {:x} {:x} {} {}\n", address, code.bits,
                   prepared.op.cost, prepared.op.aux, prepared.op.cond);
    if (cpu.pipeline != nullptr) text += text_of(prepared.issue);
    expected = address + (code.wide ? 4 : 2);
    it = it == 0 && prepared.is_it ? static_cast<std::uint8_t>(prepared.op.imm)
         : (it & 0xF) != 0         ? advance_it(it)
                                   : std::uint8_t{0};
  }
  return digest(text);
}

}  // namespace opline::simulator
