#include "runners/simulator/profile/function_table.h"

#include <cxxabi.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

namespace opline::simulator {
namespace {

std::string demangled(const std::string& name) {
  if (!name.starts_with("_Z")) return name;
  int status = 0;
  const std::unique_ptr<char, void (*)(void*)> text(
      abi::__cxa_demangle(name.c_str(), nullptr, nullptr, &status), std::free);
  return status == 0 ? text.get() : name;
}

}  // namespace

// A function without a size, as assembly often has it, ends where the next one begins.
FunctionTable::FunctionTable(const ElfImage& image) {
  functions_.push_back({0, 0, "[no symbol]"});
  const std::vector<FunctionSymbol>& symbols = image.functions();
  for (std::size_t i = 0; i < symbols.size(); ++i) {
    const std::uint32_t next = i + 1 < symbols.size() ? symbols[i + 1].address : UINT32_MAX;
    const std::uint32_t end =
        symbols[i].bytes == 0 ? next : std::min(symbols[i].address + symbols[i].bytes, next);
    functions_.push_back({symbols[i].address, end, demangled(symbols[i].name)});
  }
}

FunctionIndex FunctionTable::at(std::uint32_t address) const {
  const auto after =
      std::upper_bound(functions_.begin() + 1, functions_.end(), address,
                       [](std::uint32_t a, const Entry& entry) { return a < entry.begin; });
  const auto found = std::prev(after);
  return address < found->end ? static_cast<FunctionIndex>(found - functions_.begin()) : 0;
}

std::vector<ProfiledFunction> FunctionTable::named() const {
  std::vector<ProfiledFunction> all;
  all.reserve(functions_.size());
  for (const Entry& entry : functions_) all.push_back({entry.name, entry.begin, 0, {}, {}});
  return all;
}

}  // namespace opline::simulator
