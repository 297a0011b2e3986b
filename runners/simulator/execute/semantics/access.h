// runners/simulator/execute/semantics/access.h - the addresses of loads and stores: ARM DDI 0403,
// A4.6. See flags.h for `op` and `state`.
#pragma once
#include <cstdint>

namespace opline::simulator {

enum class Width : std::uint8_t { u8, s8, u16, s16, u32 };
inline constexpr unsigned kWidths = 5;
enum class Address : std::uint8_t { offset, pre, post, reg, literal };
inline constexpr unsigned kAddressForms = 5;

/// rn + imm (two's complement), rn + (rm << aux), or imm as the address.
template <Address kAddress>
inline std::uint32_t address_for(const auto& op, const auto& state) {
  if constexpr (kAddress == Address::literal) return op.imm;
  if constexpr (kAddress == Address::reg) return state.r[op.rn] + (state.r[op.rm] << op.aux);
  if constexpr (kAddress == Address::post) return state.r[op.rn];
  return state.r[op.rn] + op.imm;
}

constexpr bool writes_back(Address address) {
  return address == Address::pre || address == Address::post;
}

// Bits of Op::aux of loads and stores of several registers.
inline constexpr std::uint8_t kWriteBack = 1, kBefore = 2;

inline std::uint32_t first_address(const auto& op, const auto& state, std::uint32_t bytes) {
  return (op.aux & kBefore) != 0 ? state.r[op.rn] - bytes : state.r[op.rn];
}
inline std::uint32_t base_after(const auto& op, const auto& state, std::uint32_t bytes) {
  return (op.aux & kBefore) != 0 ? state.r[op.rn] - bytes : state.r[op.rn] + bytes;
}

}  // namespace opline::simulator
