// tests/firmware/f7_machine.cpp - see the header.
#include "tests/firmware/f7_machine.h"

#ifdef OPLINE_HAVE_UNICORN

#include <unicorn/unicorn.h>

#include <stdexcept>

namespace opline::firmware_test {
namespace {

constexpr std::uint32_t kFlash = 0x08000000, kDtcm = 0x20000000;
constexpr std::uint32_t kRccCr = 0x40023800, kRccCfgr = 0x40023808, kPwrCr = 0x40007000,
                        kPwrCsr = 0x40007004;
constexpr std::uint32_t kUsartIsr = 0x4000481C, kUsartRdr = 0x40004824, kUsartTdr = 0x40004828;
constexpr std::uint32_t kCcr = 0xE000ED14, kCcsidr = 0xE000ED80, kCsselr = 0xE000ED84,
                        kDemcr = 0xE000EDFC;
constexpr std::uint32_t kDwtCtrl = 0xE0001000, kCyccnt = 0xE0001004, kLar = 0xE0001FB0;
constexpr std::uint64_t kMinute = 60'000'000;  // microseconds
constexpr int kWaiting = 2;  // polls of an idle UART that only the command loop makes

void check(uc_err error) {
  if (error != UC_ERR_OK) throw std::runtime_error(std::string("Unicorn: ") + uc_strerror(error));
}

bool is_cache_register(std::uint32_t address) {
  return address == kCcr || (address >= 0xE000EF50 && address <= 0xE000EF78);
}

}  // namespace

const std::vector<F7Board>& f7_boards() {
  static const std::vector<F7Board> kBoards = {
      {"nucleo-f746zg", 1U << 20, 64U << 10, 256U << 10, 32},    // data cache 4 KB
      {"nucleo-f767zi", 2U << 20, 128U << 10, 384U << 10, 128},  // 16 KB
  };
  return kBoards;
}

F7Machine::F7Machine(const F7Board& board, const simulator::ElfImage& image, F7Faults faults)
    : board_(board), faults_(faults) {
  // UC_MODE_MCLASS would select another core.
  check(uc_open(UC_ARCH_ARM, UC_MODE_THUMB, &engine_));
  check(uc_ctl_set_cpu_model(engine_, UC_CPU_ARM_CORTEX_M7));
  map_memory(image);
  for (Region* region : {&peripherals_, &core_}) {
    check(uc_mmio_map(engine_, region->base, 0x100000, on_read, region, on_write, region));
  }
}

F7Machine::~F7Machine() { uc_close(engine_); }

void F7Machine::map_memory(const simulator::ElfImage& image) {
  check(uc_mem_map(engine_, kFlash, board_.flash_bytes, UC_PROT_READ | UC_PROT_EXEC));
  check(uc_mem_map(engine_, kDtcm, board_.dtcm_bytes, UC_PROT_READ | UC_PROT_WRITE));
  check(uc_mem_map(engine_, kDtcm + board_.dtcm_bytes, board_.sram_bytes,
                   UC_PROT_READ | UC_PROT_WRITE));
  for (const simulator::Segment& segment : image.segments()) {
    if (segment.bytes.empty()) continue;
    check(uc_mem_write(engine_, segment.address, segment.bytes.data(), segment.bytes.size()));
  }
}

std::string F7Machine::run(const std::vector<std::string>& commands, std::size_t most_bytes) {
  most_bytes_ = most_bytes;
  for (const std::string& command : commands) {
    input_.insert(input_.end(), command.begin(), command.end());
    input_.push_back('%');
  }
  std::uint32_t vectors[2];  // stack pointer, reset
  check(uc_mem_read(engine_, kFlash, vectors, sizeof vectors));
  check(uc_reg_write(engine_, UC_ARM_REG_SP, vectors));
  check(uc_emu_start(engine_, vectors[1], 0xFFFFFFFE, kMinute, 0));
  if (idle_polls_ <= kWaiting && output_.size() < most_bytes) {
    throw std::runtime_error("a minute was not enough; sent so far: " + output_);
  }
  return output_;
}

std::uint32_t F7Machine::written(std::uint32_t address) const {
  const auto found = registers_.find(address);
  return found == registers_.end() ? 0 : found->second;
}

std::uint64_t F7Machine::on_read(uc_struct*, std::uint64_t offset, unsigned, void* region) {
  const auto* r = static_cast<Region*>(region);
  return r->machine->read(r->base + static_cast<std::uint32_t>(offset));
}

void F7Machine::on_write(uc_struct*, std::uint64_t offset, unsigned, std::uint64_t value,
                         void* region) {
  const auto* r = static_cast<Region*>(region);
  r->machine->write(r->base + static_cast<std::uint32_t>(offset),
                    static_cast<std::uint32_t>(value));
}

std::uint32_t F7Machine::uart_status() {
  if (input_.empty() && ++idle_polls_ > kWaiting && !faults_.deaf_uart) uc_emu_stop(engine_);
  return (faults_.deaf_uart ? 0U : 1U << 7) | (input_.empty() ? 0U : 1U << 5);
}

std::uint32_t F7Machine::read(std::uint32_t address) {
  const std::uint32_t value = written(address);
  switch (address) {
    case kRccCr:  // HSERDY, PLLRDY
      return value | (faults_.no_hse ? 0 : (value & 1U << 16) << 1) |
             (faults_.no_pll ? 0 : (value & 1U << 24) << 1);
    case kRccCfgr:  // SWS
      return value | (value & 3U) << 2;
    case kPwrCsr:  // ODRDY, ODSWRDY
      return written(kPwrCr) & 3U << 16;
    case kUsartIsr:
      return uart_status();
    case kUsartRdr: {
      const char byte = input_.empty() ? '\0' : input_.front();
      if (!input_.empty()) input_.pop_front();
      idle_polls_ = 0;
      return static_cast<std::uint8_t>(byte);
    }
    case kCcsidr:  // the data cache's: sets - 1, ways - 1, log2(words of a line) - 2; level 1 data
                   // is CSSELR 0
      return written(kCsselr) == 0 ? (board_.cache_sets - 1) << 13 | 3U << 3 | 1U : 0;
    case kCyccnt: {
      const bool counts = (written(kDemcr) & 1U << 24) != 0 && (written(kDwtCtrl) & 1U) != 0;
      return counts ? cycles_ += 10 : cycles_;
    }
    default:
      return value;
  }
}

void F7Machine::write(std::uint32_t address, std::uint32_t value) {
  // The Cortex-M7 has a lock: without its key the counter can't be started.
  if (address == kDwtCtrl && written(kLar) != 0xC5ACCE55) return;
  registers_[address] = value;
  if (is_cache_register(address)) cache_writes_.emplace_back(address, value);
  if (address != kUsartTdr) return;
  output_.push_back(static_cast<char>(value));
  idle_polls_ = 0;
  if (output_.size() >= most_bytes_) uc_emu_stop(engine_);
}

}  // namespace opline::firmware_test

#endif  // OPLINE_HAVE_UNICORN
