#include "runners/simulator/machine/described_registers.h"

namespace opline::simulator {

using board::RegisterStep;

DescribedRegisters::DescribedRegisters(const board::Board& board)
    : core_hz_(board.reset_hz), uart_hz_(board.reset_hz) {
  for (const board::OperatingPoint& point : board.clocks) {
    if (!point.steps.empty()) points_.push_back({point.hz, point.uart_hz, point.steps});
    add(point.steps);
  }
  add(board.uart.steps);
  if (board.trigger) {
    add(board.trigger->steps);
    add({board.trigger->on, board.trigger->off});
  }
  if (board.flash.latency_register != 0) values_.try_emplace(board.flash.latency_register);
  if (board.flash.enables.address != 0) values_.try_emplace(board.flash.enables.address);
}

void DescribedRegisters::add(const std::vector<RegisterStep>& steps) {
  for (const RegisterStep& step : steps) {
    if (step.address < 0xE0000000U) values_.try_emplace(step.address);  // not the core's own
  }
}

void DescribedRegisters::advance(Progress& progress) {
  if (++progress.taken < progress.steps.size()) return;
  progress.taken = 0;  // may be set again
  core_hz_ = progress.hz;
  uart_hz_ = progress.uart_hz;
}

RegisterResult DescribedRegisters::read(std::uint32_t address, std::uint32_t& value) {
  const auto found = values_.find(address);
  if (found == values_.end()) return RegisterResult::unmapped;
  for (Progress& point : points_) {
    const RegisterStep& next = point.steps[point.taken];
    if (next.kind != RegisterStep::Kind::poll || next.address != address) continue;
    found->second = (found->second & ~next.mask) | next.value;
    advance(point);
  }
  value = found->second;
  return RegisterResult::done;
}

RegisterResult DescribedRegisters::write(std::uint32_t address, std::uint32_t value) {
  const auto found = values_.find(address);
  if (found == values_.end()) return RegisterResult::unmapped;
  found->second = value;
  for (Progress& point : points_) {
    const RegisterStep& next = point.steps[point.taken];
    if (next.kind == RegisterStep::Kind::poll || next.address != address) continue;
    const std::uint32_t mask = next.kind == RegisterStep::Kind::write ? 0xFFFFFFFFU : next.mask;
    if ((value & mask) == next.value) advance(point);
  }
  return RegisterResult::done;
}

}  // namespace opline::simulator
