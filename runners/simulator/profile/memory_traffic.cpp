#include "runners/simulator/profile/memory_traffic.h"

#include <algorithm>

namespace opline::simulator {

// DDI 0403, B3.1: peripherals from 0x40000000, the private peripheral bus from 0xE0000000.
TrafficCounter::TrafficCounter(const board::Board& board) {
  const auto add = [&](const std::string& name, std::uint32_t base, std::uint32_t bytes) {
    regions_.push_back({base, bytes, {}});
    regions_.back().traffic.region = name;
  };
  for (const board::MemoryRegion& region : board.regions())
    add(region.name, region.base, region.bytes);
  if (board.flash.alias != board.flash.base)
    add("flash alias", board.flash.alias, board.flash.bytes);
  add("peripherals", 0x40000000, 0x20000000);
  add("private peripherals", 0xE0000000, 0x20000000);
  std::sort(regions_.begin(), regions_.end(),
            [](const Region& a, const Region& b) { return a.base < b.base; });
  add("elsewhere", 0, 0);
}

MemoryTraffic& TrafficCounter::at(std::uint32_t address, std::size_t& last) {
  const auto holds = [&](const Region& region) { return address - region.base < region.bytes; };
  if (holds(regions_[last])) return regions_[last].traffic;
  const auto found = std::find_if(regions_.begin(), regions_.end() - 1, holds);
  last = static_cast<std::size_t>(found - regions_.begin());
  return found->traffic;
}

void TrafficCounter::take(const TracedInstruction& one) {
  MemoryTraffic& code = at(one.address, last_code_);
  ++code.fetches;
  code.fetched_bytes += one.wide ? 4 : 2;
  if (one.data == DataUse::none) return;
  MemoryTraffic& data = at(one.data_address, last_data_);
  if (one.data == DataUse::read) {
    ++data.reads;
    data.read_bytes += one.data_bytes;
  } else {
    ++data.writes;
    data.written_bytes += one.data_bytes;
  }
}

std::vector<MemoryTraffic> TrafficCounter::used() const {
  std::vector<MemoryTraffic> all;
  for (const Region& region : regions_) {
    const MemoryTraffic& one = region.traffic;
    if (one.fetches + one.reads + one.writes != 0) all.push_back(one);
  }
  return all;
}

}  // namespace opline::simulator
