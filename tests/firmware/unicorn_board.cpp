// tests/firmware/unicorn_board.cpp - see the header.
#include "tests/firmware/unicorn_board.h"

#ifdef OPLINE_HAVE_UNICORN

#include <fmt/format.h>

#include <stdexcept>

#include "tests/simulator/unicorn_oracle.h"

namespace opline::firmware_test {
namespace {

using simulator::testing::check;
using simulator::testing::core_register;
using Result = simulator::RegisterResult;

constexpr std::uint32_t kCyccnt = 0xE0001004, kPrivate = 0xE0000000, kItmEnd = 0xE0001000;

}  // namespace

UnicornBoard::UnicornBoard(const simulator::Machine& start,
                           const std::vector<std::uint32_t>& addresses,
                           const std::vector<std::uint32_t>& counts)
    : board_(start.board()),
      core_(start.core()),
      addresses_(addresses),
      counts_(counts),
      peripherals_(board_) {
  cpu_.core = &core_;
  cpu_.fpu = board_.fpu;
  if (core_.dual_issue) cpu_.pipeline = &pipeline_.emplace(board_, *core_.dual_issue);
  // UC_MODE_MCLASS would select another core.
  check(uc_open(UC_ARCH_ARM, UC_MODE_THUMB, &engine_));
  check(uc_ctl_set_cpu_model(engine_,
                             core_.dual_issue ? UC_CPU_ARM_CORTEX_M7 : UC_CPU_ARM_CORTEX_M4));
  check(uc_mem_map(engine_, board_.flash.base, board_.flash.bytes, UC_PROT_READ | UC_PROT_EXEC));
  check(uc_mem_map(engine_, board_.sram.base, board_.sram.bytes, UC_PROT_READ | UC_PROT_WRITE));
  for (const auto& [base, bytes] : {std::pair(board_.flash.base, board_.flash.bytes),
                                    std::pair(board_.sram.base, board_.sram.bytes)}) {
    const std::string content = start.read_memory(base, bytes);
    check(uc_mem_write(engine_, base, content.data(), content.size()));
  }
  for (Region* region : {&apb_, &private_})
    check(uc_mmio_map(engine_, region->base, 0x100000, on_read, region, on_write, region));
  uc_hook hook = 0;
  check(uc_hook_add(engine_, &hook, UC_HOOK_CODE, reinterpret_cast<void*>(on_code), this, 1, 0));
  const simulator::Registers all = start.registers();
  for (int i = 0; i < 15; ++i)
    check(uc_reg_write(engine_, core_register(i), &all.r[static_cast<std::size_t>(i)]));
}

UnicornBoard::~UnicornBoard() { uc_close(engine_); }

void UnicornBoard::run(const std::string& input, std::uint32_t poll) {
  peripherals_.uart.received.assign(input.begin(), input.end());
  poll_ = poll;
  const simulator::testing::InstructionCounter counter(engine_);
  const uc_err error = uc_emu_start(engine_, addresses_.at(0) | 1, 0xFFFFFFFE, 0, 0);
  if (!failure_.empty()) throw std::runtime_error(failure_);
  check(error);
  instructions_ = counter.count_until(poll);
}

simulator::Registers UnicornBoard::registers() const {
  return simulator::testing::registers_of(engine_);
}

std::string UnicornBoard::sram() const {
  std::string content(board_.sram.bytes, '\0');
  check(uc_mem_read(engine_, board_.sram.base, content.data(), content.size()));
  return content;
}

void UnicornBoard::fail(std::string why) {
  if (failure_.empty()) failure_ = std::move(why);
  uc_emu_stop(engine_);
}

/// Whether the simulator would suspend the core at its next reading of the UART's status.
bool UnicornBoard::polls_in_vain() const {
  if (!peripherals_.uart.received.empty()) return false;
  simulator::Peripherals copy = peripherals_;
  std::uint32_t value = 0;
  return copy.read(copy.uart.status_address(), value, {}) == Result::wait;
}

void UnicornBoard::on_code(uc_struct*, std::uint64_t address, std::uint32_t, void* self) {
  static_cast<UnicornBoard*>(self)->step(static_cast<std::uint32_t>(address));
}

void UnicornBoard::step(std::uint32_t address) {
  if (address == poll_ && polls_in_vain()) {
    uc_emu_stop(engine_);
    return;
  }
  if (executed_ >= addresses_.size() || addresses_[executed_] != address) {
    const std::uint32_t expected = executed_ < addresses_.size() ? addresses_[executed_] : 0;
    return fail(fmt::format("instruction {}: Unicorn is at {:#010x}, the simulator at {:#010x}",
                            executed_, address, expected));
  }
  ++executed_;
}

std::uint64_t UnicornBoard::on_read(uc_struct*, std::uint64_t offset, unsigned size, void* region) {
  const auto* r = static_cast<Region*>(region);
  const std::uint32_t address = r->base + static_cast<std::uint32_t>(offset);
  const std::uint32_t value = r->board->read_word(address & ~3U) >> 8 * (address % 4);
  return size == 4 ? value : value & ((1U << 8 * size) - 1);
}

void UnicornBoard::on_write(uc_struct*, std::uint64_t offset, unsigned size, std::uint64_t value,
                            void* region) {
  const auto* r = static_cast<Region*>(region);
  r->board->write(r->base + static_cast<std::uint32_t>(offset), size,
                  static_cast<std::uint32_t>(value));
}

std::uint32_t UnicornBoard::read_word(std::uint32_t address) {
  std::uint32_t value = 0;
  if (address == kCyccnt) {
    if (counts_read_ < counts_.size()) return counts_[counts_read_++];
    fail("the cycle counter is read more often than in the simulator");
  } else if (address >= kPrivate ? !system_.read(address, value, cpu_, 0)
                                 : peripherals_.read(address, value, {}) != Result::done) {
    fail(fmt::format("read from {:#010x}, which is not modelled", address));
  }
  return value;
}

/// Narrow stores as the simulator's bus has them (bus.cpp).
void UnicornBoard::write(std::uint32_t address, unsigned size, std::uint32_t value) {
  const std::uint32_t word = address & ~3U;
  const bool is_private = address >= kPrivate;
  if (size < 4 && !(is_private && address < kItmEnd) && !peripherals_.written_as_is(word)) {
    const std::uint32_t shift = 8 * (address % 4), mask = ((1U << 8 * size) - 1) << shift;
    value = (read_word(word) & ~mask) | (value << shift & mask);
  }
  const bool done = is_private ? system_.write(word, value, cpu_, 0)
                               : peripherals_.write(word, value, {}) == Result::done;
  if (!done) fail(fmt::format("write to {:#010x}, which is not modelled", address));
}

}  // namespace opline::firmware_test

#endif  // OPLINE_HAVE_UNICORN
