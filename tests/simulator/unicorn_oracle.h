// tests/simulator/unicorn_oracle.h - Unicorn (QEMU's translator) as an independent Cortex-M4 or M7.
//
// Opened as UC_MODE_THUMB with the model set afterwards: UC_MODE_MCLASS would select another core.
#pragma once
#include <unicorn/unicorn.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <map>
#include <stdexcept>
#include <string>

#include "runners/simulator/isa/decoder.h"
#include "runners/simulator/machine/machine.h"

namespace opline::simulator::testing {

inline void check(uc_err error) {
  if (error != UC_ERR_OK) throw std::runtime_error(std::string("Unicorn: ") + uc_strerror(error));
}

inline int core_register(int i) {
  static constexpr std::array<int, 16> kIds = {
      UC_ARM_REG_R0,  UC_ARM_REG_R1, UC_ARM_REG_R2, UC_ARM_REG_R3, UC_ARM_REG_R4,  UC_ARM_REG_R5,
      UC_ARM_REG_R6,  UC_ARM_REG_R7, UC_ARM_REG_R8, UC_ARM_REG_R9, UC_ARM_REG_R10, UC_ARM_REG_R11,
      UC_ARM_REG_R12, UC_ARM_REG_SP, UC_ARM_REG_LR, UC_ARM_REG_PC};
  return kIds.at(static_cast<std::size_t>(i));
}

/// Of a core that is not executing.
inline Registers registers_of(uc_engine* engine) {
  const auto read = [&](int id) {
    std::uint32_t value = 0;
    check(uc_reg_read(engine, id, &value));
    return value;
  };
  Registers all;
  for (int i = 0; i < 16; ++i) all.r[static_cast<std::size_t>(i)] = read(core_register(i));
  all.apsr = read(UC_ARM_REG_XPSR) & 0xF80F0000;
  for (int i = 0; i < 32; ++i) all.s[static_cast<std::size_t>(i)] = read(UC_ARM_REG_S0 + i);
  all.fpscr = read(UC_ARM_REG_FPSCR);
  return all;
}

/// Counts instructions by blocks: the hook for single instructions leaves out those whose condition
/// fails.
class InstructionCounter {
 public:
  explicit InstructionCounter(uc_engine* engine) {
    uc_hook hook = 0;
    uc_hook_add(engine, &hook, UC_HOOK_BLOCK, reinterpret_cast<void*>(on_block), this, 1, 0);
  }
  [[nodiscard]] std::uint64_t count() const { return count_; }
  /// The same when execution stopped before the instruction at `address` of the last block.
  [[nodiscard]] std::uint64_t count_until(std::uint32_t address) const {
    return count_ - last_->instructions +
           instructions_in(last_->code.substr(0, address - last_block_));
  }

 private:
  static std::uint64_t instructions_in(const std::string& code) {
    std::uint64_t count = 0;
    for (std::size_t at = 0; at < code.size(); ++count) {
      std::uint16_t first = 0;
      std::memcpy(&first, code.data() + at, 2);
      at += is_wide(first) ? 4 : 2;
    }
    return count;
  }
  static void on_block(uc_engine* engine, std::uint64_t address, std::uint32_t bytes, void* self) {
    auto& counter = *static_cast<InstructionCounter*>(self);
    const auto [found, is_new] = counter.blocks_.try_emplace(address << 16 | bytes);
    Block& block = found->second;
    if (is_new) {
      block.code.resize(bytes);
      uc_mem_read(engine, address, block.code.data(), bytes);
      block.instructions = instructions_in(block.code);
    }
    counter.count_ += block.instructions;
    counter.last_block_ = static_cast<std::uint32_t>(address);
    counter.last_ = &block;
  }
  struct Block {
    std::string code;
    std::uint64_t instructions = 0;
  };
  std::map<std::uint64_t, Block> blocks_;  // by address and size; addresses in it stay
  std::uint64_t count_ = 0;
  std::uint32_t last_block_ = 0;
  const Block* last_ = nullptr;
};

class UnicornOracle {
 public:
  static constexpr std::uint32_t kFlash = 0x08000000, kFlashBytes = 512 * 1024, kSram = 0x20000000,
                                 kSramBytes = 128 * 1024;

  explicit UnicornOracle(const std::string& flash, bool is_m7 = false,
                         std::uint32_t sram_bytes = kSramBytes) {
    check(uc_open(UC_ARCH_ARM, UC_MODE_THUMB, &engine_));
    check(uc_ctl_set_cpu_model(engine_, is_m7 ? UC_CPU_ARM_CORTEX_M7 : UC_CPU_ARM_CORTEX_M4));
    check(uc_mem_map(engine_, kFlash, kFlashBytes, UC_PROT_READ | UC_PROT_EXEC));
    check(uc_mem_map(engine_, kSram, sram_bytes, UC_PROT_READ | UC_PROT_WRITE));
    check(uc_mem_map(engine_, kStub, 0x1000, UC_PROT_ALL));
    // Four NOPs use up the IT state that an instruction Unicorn refused may have left; MSR
    // APSR_nzcvqg, R0.
    check(uc_mem_write(engine_, kStub, "\x00\xBF\x00\xBF\x00\xBF\x00\xBF\x80\xF3\x00\x8C", 12));
    check(uc_mem_write(engine_, kFlash, flash.data(), flash.size()));
  }
  UnicornOracle(const UnicornOracle&) = delete;
  UnicornOracle& operator=(const UnicornOracle&) = delete;
  ~UnicornOracle() { uc_close(engine_); }

  /// The system control space and the flash interface as plain memory, for programs that enable
  /// their FPU and caches.
  void map_private_peripherals() {
    check(uc_mem_map(engine_, 0x40023000, 0x1000, UC_PROT_READ | UC_PROT_WRITE));
    check(uc_mem_map(engine_, 0xE0000000, 0x100000, UC_PROT_READ | UC_PROT_WRITE));
  }
  [[nodiscard]] uc_engine* engine() const { return engine_; }

  /// GE can be read through XPSR but not written, so an instruction sets the flags.
  void set(const Registers& all) {
    write(UC_ARM_REG_R0, all.apsr);
    check(uc_emu_start(engine_, kStub | 1, kStub + 12, 0, 5));
    for (int i = 0; i < 15; ++i) write(core_register(i), all.r[static_cast<std::size_t>(i)]);
    for (int i = 0; i < 32; ++i) write(UC_ARM_REG_S0 + i, all.s[static_cast<std::size_t>(i)]);
    write(UC_ARM_REG_FPSCR, all.fpscr);
  }
  [[nodiscard]] Registers get() const { return registers_of(engine_); }

  /// Executes from `begin` until `end` is reached. False: it raised an exception.
  bool run(std::uint32_t begin, std::uint32_t end, std::size_t most_instructions) {
    return uc_emu_start(engine_, begin | 1, end, 0, most_instructions) == UC_ERR_OK;
  }

  void write_memory(std::uint32_t address, const std::string& bytes) {
    check(uc_mem_write(engine_, address, bytes.data(), bytes.size()));
  }
  [[nodiscard]] std::string read_memory(std::uint32_t address, std::size_t bytes) const {
    std::string data(bytes, '\0');
    check(uc_mem_read(engine_, address, data.data(), bytes));
    return data;
  }

 private:
  static constexpr std::uint32_t kStub = 0x00100000;
  void write(int id, std::uint32_t value) { check(uc_reg_write(engine_, id, &value)); }
  uc_engine* engine_ = nullptr;
};

}  // namespace opline::simulator::testing
