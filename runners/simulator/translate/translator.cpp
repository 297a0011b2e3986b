#include "runners/simulator/translate/translator.h"

#include <fmt/format.h>

#include <memory>

#include "runners/simulator/translate/code_walk.h"
#include "runners/simulator/translate/flash_writer.h"
#include "runners/simulator/translate/pace_writer.h"
#include "runners/simulator/translate/translation.h"
#include "src/base/error.h"

namespace opline::simulator {
namespace {

using translation::Form;
using translation::Function;

std::vector<std::uint32_t> addresses_of(const std::vector<Function>& functions) {
  std::set<std::uint32_t> addresses;
  for (const Function& function : functions)
    for (const auto& [address, instruction] : function.instructions)
      if (instruction.meaning->form != Form::other) addresses.insert(address);
  return {addresses.begin(), addresses.end()};
}

std::string heading(const Cpu& cpu) {
  std::string text = fmt::format(
      "// Made by opline. Not for reading: see runners/simulator/translate.\n"
      "#pragma GCC diagnostic ignored \"-Wunused-label\"\n"
      "#pragma GCC diagnostic ignored \"-Wmaybe-uninitialized\"\n\n"
      "namespace opline::simulator {{\nnamespace {{\n\nusing namespace translated;\n"
      "using BoardMemories = Memories<{:#x}, {:#x}, {:#x}, {:#x}, {}>;\n",
      cpu.sram_base, cpu.sram_bytes, cpu.flash_base, cpu.flash_bytes, cpu.flash.line_shift);
  if (cpu.pipeline != nullptr)
    text += fmt::format("using BoardPace = Pace<{}, {:#x}, {:#x}>;\n", cpu.pipeline->line_shift(),
                        cpu.pipeline->dtcm_base(), cpu.pipeline->dtcm_bytes());
  return text + "\n";
}

std::string tables(const Cpu& cpu, const std::vector<Function>& functions,
                   const std::vector<CodeBlock>& blocks,
                   const std::map<std::uint32_t, std::string>& handlers,
                   const std::string& symbol) {
  const std::vector<std::uint32_t> addresses = addresses_of(functions);
  std::string text = "constexpr std::uint32_t kAddresses[] = {";
  for (const std::uint32_t address : addresses) text += fmt::format("{:#x}, ", address);
  text += "};\nconstexpr Translation::Entry kEntries[] = {";
  for (const Function& function : functions) {
    for (const std::uint32_t entry : function.entries)
      if (function.instructions.at(entry).meaning->form != Form::other)
        text += fmt::format("{{{:#x}, {}}}, ", entry, handlers.at(function.begin));
  }
  if (!blocks.empty()) {
    text += "};\nconstexpr CodeBlock kBlocks[] = {";
    for (const CodeBlock& block : blocks)
      text += fmt::format("{{{:#x}, {}}}, ", block.address, block.count);
  }
  return text +
         fmt::format(
             "}};\n\n}}  // namespace\n\nextern const Translation {0};\nconst Translation {0}"
             "{{\"{1}\", kAddresses, kEntries{2}}};\n\n}}  // namespace opline::simulator\n",
             symbol, digest_of(cpu, addresses), blocks.empty() ? "" : ", kBlocks");
}

}  // namespace

std::string translate(const Machine& machine, const std::string& symbol,
                      const std::set<std::string>& names) {
  const Cpu& cpu = machine.cpu();
  std::map<std::uint32_t, std::uint32_t> extents;
  for (const FunctionSymbol& one : machine.image().functions()) {
    if (one.bytes != 0) extents.emplace(one.address, one.address + one.bytes);
  }
  if (!names.empty()) {
    std::erase_if(extents, [&](const auto& extent) {
      return !names.contains(machine.image().describe(extent.first));
    });
  }
  if (extents.empty())
    throw Error(ErrorCode::input, "{}: has no symbols of functions to translate; don't strip it",
                machine.image().name());
  const std::vector<Function> functions = translation::functions_with_loops(cpu, extents);
  if (functions.empty())
    throw Error(ErrorCode::input, "{}: has no loops to translate", machine.image().name());
  std::string text = heading(cpu);
  std::vector<CodeBlock> blocks;
  std::map<std::uint32_t, std::string> handlers;
  for (const Function& function : functions) {
    const std::string name = fmt::format("function_{:08x}", function.begin);
    std::unique_ptr<translation::FunctionWriter> writer;
    if (cpu.pipeline != nullptr) {
      writer = std::make_unique<translation::PaceWriter>(cpu, function, name, blocks);
    } else {
      writer = std::make_unique<translation::FlashWriter>(cpu, function, name);
    }
    text += writer->text() + "\n";
    handlers[function.begin] = writer->handler();
  }
  return text + tables(cpu, functions, blocks, handlers, symbol);
}

}  // namespace opline::simulator
