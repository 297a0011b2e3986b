// runners/simulator/profile/memory_traffic.h - what is fetched, read and written, by memory.
#pragma once
#include <cstdint>
#include <vector>

#include "runners/simulator/profile/profile.h"
#include "runners/simulator/trace/trace.h"
#include "src/board/board.h"

namespace opline::simulator {

class TrafficCounter {
 public:
  explicit TrafficCounter(const board::Board& board);

  void take(const TracedInstruction& one);
  /// Regions that were used, in the order of their addresses.
  [[nodiscard]] std::vector<MemoryTraffic> used() const;

 private:
  struct Region {
    std::uint32_t base = 0, bytes = 0;
    MemoryTraffic traffic;
  };
  /// `last`: where the last address of its kind was, since they stay in a region for long.
  MemoryTraffic& at(std::uint32_t address, std::size_t& last);

  std::vector<Region> regions_;  // the last is everything else
  std::size_t last_code_ = 0, last_data_ = 0;
};

}  // namespace opline::simulator
