// runners/simulator/timing/cycle_cause.h - what an instruction spends its cycles on.
//
// The timing code fills a CycleBreakdown where a run is traced (trace.h); the causes of an
// instruction add up to its cycles exactly, on both cores. Untraced runs do not count causes.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace opline::simulator {

/// Exhaustive. The rules of each core: data/cores/*.toml, dual_issue.h, flash_timing.h.
enum class CycleCause : std::uint8_t {
  issue,         ///< The base cycle. Cortex-M7: a cycle in which one or two instructions issue.
  dependency,    ///< Waiting for a result other than a load's.
  load_use,      ///< Cortex-M4: the second cycle of a load or store that is not pipelined.
                 ///< Cortex-M7: waiting for a loaded value.
  branch,        ///< Refill of the pipeline, or a branch that was not or wrongly predicted.
  fetch,         ///< Instructions: wait states of the flash, misses of the instruction cache.
  flash_data,    ///< Data in flash, where no data cache is in front of it: wait states.
  data_cache,    ///< Cortex-M7: misses of the data cache, or its memories while it is off.
  unaligned,     ///< Unaligned accesses.
  store_buffer,  ///< A store that waits until the memory is free for it.
  multi_cycle,   ///< Further cycles of divide, LDM, STM, PUSH, POP, LDRD, STRD, VMLA, VDIV, ...
  exception,     ///< What passes between instructions: entry to exceptions, return, sleep.
};
inline constexpr std::size_t kCycleCauses = 11;

/// "issue", "dependency", "load-use", ...: as printed and as in files, frozen.
[[nodiscard]] constexpr std::string_view to_string(CycleCause cause) {
  constexpr std::array<std::string_view, kCycleCauses> kNames = {
      "issue",      "dependency", "load-use",     "branch",      "fetch",    "flash-data",
      "data-cache", "unaligned",  "store-buffer", "multi-cycle", "exception"};
  return kNames[static_cast<std::size_t>(cause)];
}

/// Cycles by cause.
struct CycleBreakdown {
  std::array<std::uint32_t, kCycleCauses> by_cause{};

  [[nodiscard]] std::uint32_t& operator[](CycleCause cause) {
    return by_cause[static_cast<std::size_t>(cause)];
  }
  [[nodiscard]] std::uint32_t operator[](CycleCause cause) const {
    return by_cause[static_cast<std::size_t>(cause)];
  }
  [[nodiscard]] std::uint32_t total() const {
    std::uint32_t sum = 0;
    for (const std::uint32_t cycles : by_cause) sum += cycles;
    return sum;
  }
  bool operator==(const CycleBreakdown&) const = default;
};

}  // namespace opline::simulator
