// runners/simulator/debug/gdb_registers.h - the registers as the debugger numbers them.
//
// GDB manual, G.5.2 (standard ARM features): org.gnu.gdb.arm.m-profile (R0 to R15, XPSR), .vfp (D0
// to D15, FPSCR) and .m-system (MSP, PSP, PRIMASK, BASEPRI, FAULTMASK, CONTROL), numbered in this
// order.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "runners/simulator/machine/machine.h"

namespace opline::simulator::gdb {

inline constexpr unsigned kRegisters = 40;

/// target.xml: the description of the registers.
[[nodiscard]] const std::string& target_description();

/// Little-endian hexadecimal digits; absent where there is no such register.
[[nodiscard]] std::optional<std::string> register_text(const Machine& machine, unsigned number);
/// All, one after the other.
[[nodiscard]] std::string all_registers(const Machine& machine);

/// Sets a register; false where it cannot be set: those of .m-system are read only, and of XPSR
/// only the flags are set.
bool set_register(Machine& machine, unsigned number, std::string_view digits);
/// All registers that can be set.
bool set_all_registers(Machine& machine, std::string_view digits);

}  // namespace opline::simulator::gdb
