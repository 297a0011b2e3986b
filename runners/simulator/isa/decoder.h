// runners/simulator/isa/decoder.h - decodes Thumb-2 (ARMv7E-M with FPv4-SP or FPv5) into Ops.
//
// ARM DDI 0403, chapter A5 (encoding tables) and A7.7. Decoding is a pure function of the bits, the
// address and the position in an IT block. An unknown encoding becomes an Op that stops the core
// and reports the encoding; nothing is skipped.
#pragma once
#include <cstdint>

#include "runners/simulator/machine/cpu.h"

namespace opline::simulator {

/// Classes of instructions by how they affect their neighbours' cycles (prepare.cpp).
enum class Kind : std::uint8_t {
  other,
  data,             ///< Integer result in `writes`, not forwarded to an address.
  vmov,             ///< VMOV to the core registers in `writes`.
  load,             ///< Single load into `writes`.
  store,            ///< Single store, immediate offset.
  store_register,   ///< Single store, register offset.
  branch,           ///< To `op.imm`.
  indirect_branch,  ///< To an address from a register or from memory.
  it,
  nop,
};

struct Decoded {
  Op op;
  std::uint8_t halfwords = 1;
  Kind kind = Kind::other;
  std::uint32_t cycles = 1;
  std::uint32_t address_registers =
      0;                     ///< Mask of core registers that form the address of a load or store.
  std::uint32_t writes = 0;  ///< Mask of core registers, without a base that is written back.
  std::uint32_t written_base = 0;  ///< Mask: the base of a single access with write-back.
  bool loads = false;              ///< Reads memory, in any way.
  /// A branch that may fall through adds `op.aux` when it is taken, and `cycles` are without it.
  bool refills_by_aux = false;
  std::uint32_t float_reads = 0,
                float_writes = 0;  ///< Masks of singles; writes only of arithmetic.
};

struct DecodeContext {
  const board::Core* core = nullptr;
  std::uint32_t flash_base = 0, flash_bytes = 0;
  board::Fpu fpu = board::Fpu::fpv4_single;
  [[nodiscard]] bool in_flash(std::uint32_t address) const {
    return address - flash_base < flash_bytes;
  }
};

/// `second` is ignored for 16-bit instructions. In an IT block 16-bit data processing does not set
/// the flags.
Decoded decode(const DecodeContext& context, std::uint32_t address, std::uint16_t first,
               std::uint16_t second, bool in_it);

inline bool is_wide(std::uint16_t first) { return (first >> 11) >= 0x1D; }

/// ITSTATE of the next instruction (A7.3.2).
inline std::uint8_t advance_it(std::uint8_t it) {
  return (it & 7) == 0 ? std::uint8_t{0}
                       : static_cast<std::uint8_t>((it & 0xE0) | (it << 1 & 0x1F));
}

// Parts of `decode`. For an unknown encoding they leave op.run null.
void decode_16(const DecodeContext& context, std::uint32_t address, std::uint32_t bits, bool in_it,
               Decoded& out);
void decode_32(const DecodeContext& context, std::uint32_t address, std::uint32_t bits,
               Decoded& out);
void decode_dsp_and_multiply(const DecodeContext& context, std::uint32_t bits, Decoded& out);
void decode_memory_32(const DecodeContext& context, std::uint32_t address, std::uint32_t bits,
                      Decoded& out);
void decode_fpu(const DecodeContext& context, std::uint32_t address, std::uint32_t bits,
                Decoded& out);

/// NOP, YIELD, WFE, WFI, SEV; the rest are NOPs, too (A7.7).
Handler hint_handler(unsigned hint);

/// Fields common to branches: target, and the handler for targets in or outside the flash.
void set_branch(const DecodeContext& context, std::uint32_t target, Decoded& out);
/// The same under a condition (0..13): the refill is paid when it is taken.
void set_conditional_branch(const DecodeContext& context, std::uint32_t target, unsigned condition,
                            Decoded& out);

inline std::uint32_t bits_of(std::uint32_t value, unsigned high, unsigned low) {
  return value >> low & ((2U << (high - low)) - 1);
}
inline bool bit_of(std::uint32_t value, unsigned n) { return (value >> n & 1) != 0; }
inline std::uint8_t reg(std::uint32_t value, unsigned low, unsigned width = 4) {
  return static_cast<std::uint8_t>(value >> low & ((1U << width) - 1));
}

}  // namespace opline::simulator
