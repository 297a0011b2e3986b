#include "runners/simulator/debug/gdb_registers.h"

#include <array>

#include <fmt/format.h>

#include "runners/simulator/debug/gdb_packets.h"

namespace opline::simulator::gdb {
namespace {

constexpr unsigned kXpsr = 16, kDouble0 = 17, kFpscr = 33, kSystem0 = 34;
constexpr std::array<const char*, 6> kSystem = {"msp",     "psp",       "primask",
                                                "basepri", "faultmask", "control"};

unsigned bytes_of(unsigned number) { return number >= kDouble0 && number < kFpscr ? 8 : 4; }

std::string little_endian(std::uint64_t value, unsigned bytes) {
  std::string text;
  for (unsigned i = 0; i < bytes; ++i) text.push_back(static_cast<char>(value >> 8 * i));
  return to_hex(text);
}

std::optional<std::uint64_t> value_of(std::string_view digits, unsigned bytes) {
  const auto text = from_hex(digits);
  if (!text || text->size() != bytes) return std::nullopt;
  std::uint64_t value = 0;
  for (unsigned i = 0; i < bytes; ++i)
    value |= std::uint64_t{static_cast<unsigned char>((*text)[i])} << 8 * i;
  return value;
}

std::uint32_t system_register(const SpecialRegisters& special, unsigned index) {
  const std::array<std::uint32_t, kSystem.size()> values = {special.msp,       special.psp,
                                                            special.primask,   special.basepri,
                                                            special.faultmask, special.control};
  return values.at(index);
}

std::string description() {
  std::string text =
      "<?xml version=\"1.0\"?><!DOCTYPE target SYSTEM \"gdb-target.dtd\"><target version=\"1.0\">"
      "<architecture>arm</architecture><feature name=\"org.gnu.gdb.arm.m-profile\">";
  const auto add = [&](std::string_view name, unsigned bits, std::string_view type) {
    text += fmt::format("<reg name=\"{}\" bitsize=\"{}\" type=\"{}\"/>", name, bits, type);
  };
  for (unsigned i = 0; i < 13; ++i) add(fmt::format("r{}", i), 32, "uint32");
  add("sp", 32, "data_ptr");
  add("lr", 32, "int");
  add("pc", 32, "code_ptr");
  add("xpsr", 32, "int");
  text += "</feature><feature name=\"org.gnu.gdb.arm.vfp\">";
  for (unsigned i = 0; i < 16; ++i) add(fmt::format("d{}", i), 64, "ieee_double");
  add("fpscr", 32, "int");
  text += "</feature><feature name=\"org.gnu.gdb.arm.m-system\">";
  for (const char* const name : kSystem) add(name, 32, "uint32");
  return text + "</feature></target>";
}

}  // namespace

const std::string& target_description() {
  static const std::string text = description();
  return text;
}

std::optional<std::string> register_text(const Machine& machine, unsigned number) {
  const Registers all = machine.registers();
  if (number < kXpsr) return little_endian(all.r[number], 4);
  if (number == kXpsr) return little_endian(machine.special_registers().xpsr, 4);
  if (number == kFpscr) return little_endian(all.fpscr, 4);
  if (number < kFpscr) {
    const unsigned i = 2 * (number - kDouble0);
    return little_endian(std::uint64_t{all.s[i + 1]} << 32 | all.s[i], 8);
  }
  if (number >= kRegisters) return std::nullopt;
  return little_endian(system_register(machine.special_registers(), number - kSystem0), 4);
}

std::string all_registers(const Machine& machine) {
  std::string text;
  for (unsigned i = 0; i < kRegisters; ++i) text += register_text(machine, i).value_or("");
  return text;
}

bool set_register(Machine& machine, unsigned number, std::string_view digits) {
  if (number >= kSystem0) return false;
  const auto value = value_of(digits, bytes_of(number));
  if (!value) return false;
  Registers all = machine.registers();
  const auto word = static_cast<std::uint32_t>(*value);
  if (number < kXpsr) {
    all.r[number] = word;
  } else if (number == kXpsr) {
    all.apsr = word & 0xF80F0000;
  } else if (number == kFpscr) {
    all.fpscr = word;
  } else {
    const unsigned i = 2 * (number - kDouble0);
    all.s[i] = word;
    all.s[i + 1] = static_cast<std::uint32_t>(*value >> 32);
  }
  machine.set_registers(all);
  return true;
}

bool set_all_registers(Machine& machine, std::string_view digits) {
  for (unsigned number = 0; number < kSystem0 && !digits.empty(); ++number) {
    const std::size_t length = 2 * std::size_t{bytes_of(number)};
    if (digits.size() < length || !set_register(machine, number, digits.substr(0, length)))
      return false;
    digits.remove_prefix(length);
  }
  return true;
}

}  // namespace opline::simulator::gdb
