#include "runners/simulator/isa/disassembler.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdlib>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "runners/simulator/isa/decoder.h"

namespace opline::simulator {
namespace {

constexpr std::array<const char*, 16> kRegisters = {"r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7",
                                                    "r8", "sb", "sl", "fp", "ip", "sp", "lr", "pc"};
constexpr std::array<const char*, 15> kConditions = {"eq", "ne", "hs", "lo", "mi", "pl", "vs", "vc",
                                                     "hi", "ls", "ge", "lt", "gt", "le", "al"};
constexpr std::array<const char*, 4> kShifts = {"lsl", "lsr", "asr", "ror"};

/// Small numbers in decimal, others in hexadecimal.
std::string number(std::int64_t value) {
  const std::int64_t magnitude = std::abs(value);
  return fmt::format("{}{}", value < 0 ? "-" : "",
                     magnitude > 9 ? fmt::format("{:#x}", magnitude) : std::to_string(magnitude));
}

/// An offset, which is in hexadecimal wherever it is subtracted; `minus` tells -0 from 0.
std::string offset_text(std::int64_t value, bool minus) {
  return minus ? fmt::format("-{:#x}", -value) : number(value);
}

std::string address_text(std::uint32_t address) { return number(address); }

/// The numbers behind a field's name: "off6.5.4" is bits 6 to 10 times 4.
struct Parts {
  std::string_view name;
  std::array<unsigned, 3> n = {0, 1, 1};
};

Parts parts_of(std::string_view field) {
  std::size_t at = 0;
  while (at < field.size() && (field[at] < '0' || field[at] > '9')) ++at;
  Parts parts{field.substr(0, at)};
  for (unsigned i = 0; i < 3 && at < field.size(); ++i) {
    unsigned value = 0;
    while (at < field.size() && field[at] >= '0' && field[at] <= '9')
      value = value * 10 + static_cast<unsigned>(field[at++] - '0');
    parts.n[i] = value;
    ++at;  // the point
  }
  return parts;
}

class Printer {
 public:
  Printer(std::uint32_t address, std::uint32_t bits, bool in_it)
      : address_(address), bits_(bits), in_it_(in_it) {}

  /// The text of one field; in three groups, by what it is part of.
  std::string field(std::string_view name) const {
    const Parts parts = parts_of(name);
    if (auto text = general(parts); text) return *text;
    if (auto text = integer(name); text) return *text;
    return floating(name);
  }

 private:
  using Text = std::optional<std::string>;
  std::uint32_t at(unsigned low, unsigned width) const {
    return bits_ >> low & ((1U << width) - 1);
  }
  bool bit(unsigned n) const { return bit_of(bits_, n); }
  std::string r(unsigned low) const { return kRegisters[at(low, 4)]; }
  std::uint32_t imm5() const { return at(12, 3) << 2 | at(6, 2); }
  std::uint32_t imm12() const { return at(26, 1) << 11 | at(12, 3) << 8 | at(0, 8); }

  /// Fields with numbers in their names, which every group uses.
  Text general(const Parts& p) const {
    const auto [low, width, scale] = p.n;
    if (p.name == "l") return kRegisters[at(low, 3)];
    if (p.name == "r") return r(low);
    if (p.name == "u") return number(std::int64_t{at(low, width)} * scale);
    if (p.name == "off")
      return at(low, width) == 0 ? "" : ", #" + number(std::int64_t{at(low, width)} * scale);
    if (p.name == "shift") return number(at(low, width) == 0 ? 32 : at(low, width));
    if (p.name == "cond") return kConditions[at(low, 4) % 15];
    if (p.name == "back") {
      if (low == 16) return bit(at(8, 3)) ? "" : "!";  // LDM with its base in the list
      return bit(low) ? "!" : "";
    }
    if (p.name == "list") {
      if (low == 8) return list(at(0, 8) | (bit(8) ? 1U << width : 0));
      return list(bits_ > 0xFFFF ? at(0, 16) : at(0, 8));
    }
    if (p.name == "branch") return branch(low);
    if (p.name == "sat") return number(at(0, low) + 1);
    if (p.name == "half") return bit(low) ? "t" : "b";
    return std::nullopt;
  }

  Text integer(std::string_view name) const {
    if (name == "s") return in_it_ ? "" : "s";
    if (name == "S") return bit(20) ? "s" : "";
    if (name == "high") return kRegisters[at(7, 1) << 3 | at(0, 3)];
    if (name == "cbz") return address_text(address_ + 4 + (at(3, 5) << 1 | at(9, 1) << 6));
    if (name == "effect") return effect();
    if (name == "raw") return fmt::format("{:#010x}", bits_);
    if (name == "it") return then_else();
    if (name == "double") return double_address();
    if (name == "sh") return shift();
    if (name == "amount") return number(imm5() == 0 ? 32 : imm5());
    if (name == "modified") return number(static_cast<std::int32_t>(modified()));
    if (name == "mask") return number(modified());
    if (name == "imm12") return number(imm12());
    if (name == "imm16") return number(at(16, 4) << 12 | imm12());
    if (name == "satshift") return saturation_shift();
    if (name == "lsb") return number(imm5());
    if (name == "width") return number(at(0, 5) + 1);
    if (name == "msbwidth") return number(std::int64_t{at(0, 5)} - imm5() + 1);
    if (name == "special") return special();
    if (name == "barrier") return barrier();
    if (name == "form") return form();
    if (name == "address") return address();
    if (name == "rot") return at(4, 2) == 0 ? "" : fmt::format(", ror #{}", 8 * at(4, 2));
    if (name == "parallel") return parallel();
    if (name == "x") return bit(4) ? "x" : "";
    if (name == "round") return bit(4) ? "r" : "";
    return std::nullopt;
  }

  std::string floating(std::string_view name) const {
    if (name == "p") return bit(8) ? "f64" : "f32";
    if (name == "Fd") return bit(8) ? d(12, 22) : s(12, 22);
    if (name == "Fn") return bit(8) ? d(16, 7) : s(16, 7);
    if (name == "Fm") return bit(8) ? d(0, 5) : s(0, 5);
    if (name == "Sd") return s(12, 22);
    if (name == "Sn") return s(16, 7);
    if (name == "Sm") return s(0, 5);
    if (name == "Sm1") return fmt::format("s{}", (at(0, 4) << 1 | at(5, 1)) + 1);
    if (name == "Dd") return d(12, 22);
    if (name == "Dn") return d(16, 7);
    if (name == "Dm") return d(0, 5);
    if (name == "select") return std::array{"eq", "vs", "ge", "gt"}[at(20, 2)];
    if (name == "direction") return std::array{"a", "n", "p", "m"}[at(16, 2)];
    if (name == "fimm") return fmt::format("{:.6e}", float_immediate());
    if (name == "fixed") return fmt::format("{}{}", bit(16) ? "u" : "s", bit(7) ? 32 : 16);
    if (name == "fraction")
      return number(std::int64_t{bit(7) ? 32 : 16} - (at(0, 4) << 1 | at(5, 1)));
    if (name == "floatlist") return float_list();
    if (name == "floataddress") {
      const std::int64_t offset = 4 * std::int64_t{at(0, 8)};
      if (offset == 0 && bit(23)) return fmt::format("[{}]", r(16));
      return fmt::format("[{}, #{}]", r(16),
                         offset == 0 ? "-0" : number(bit(23) ? offset : -offset));
    }
    return "?";
  }

  // ---- parts of 16-bit and 32-bit integer instructions ----
  static std::string list(std::uint32_t mask) {
    std::string text;
    for (; mask != 0; mask &= mask - 1)
      text += fmt::format("{}{}", text.empty() ? "" : ", ",
                          kRegisters[static_cast<unsigned>(std::countr_zero(mask))]);
    return "{" + text + "}";
  }
  static std::uint32_t extended(std::uint32_t value, unsigned width) {
    const std::uint32_t sign = 1U << (width - 1);
    return (value ^ sign) - sign;
  }
  std::string branch(unsigned kind) const {
    std::uint32_t offset = 0;
    const std::uint32_t s = at(26, 1), j1 = at(13, 1), j2 = at(11, 1), low = at(0, 11) << 1;
    if (kind == 8) offset = extended(at(0, 8) << 1, 9);
    if (kind == 11) offset = extended(low, 12);
    if (kind == 20) offset = extended(s << 20 | j2 << 19 | j1 << 18 | at(16, 6) << 12 | low, 21);
    if (kind == 24)
      offset = extended(s << 24 | (j1 == s) << 23 | (j2 == s) << 22 | at(16, 10) << 12 | low, 25);
    return address_text(address_ + 4 + offset);
  }
  std::string effect() const {
    if (at(0, 3) == 0) return bit(4) ? "id none" : "ie none";
    return fmt::format("{} {}{}{}", bit(4) ? "id" : "ie", bit(2) ? "a" : "", bit(1) ? "i" : "",
                       bit(0) ? "f" : "");
  }
  std::string then_else() const {
    std::string text;
    const unsigned mask = at(0, 4), length = 4U - static_cast<unsigned>(std::countr_zero(mask));
    for (unsigned i = 1; i < length; ++i) text += (mask >> (4 - i) & 1) == at(4, 1) ? "t" : "e";
    return text;
  }
  std::string shift() const {
    const unsigned type = at(4, 2), amount = imm5();
    if (at(20, 12) == 0xEAC) {  // PKHBT, PKHTB
      if (type == 0) return amount == 0 ? "" : fmt::format(", lsl #{}", number(amount));
      return fmt::format(", asr #{}", number(amount == 0 ? 32 : amount));
    }
    if (amount == 0 && type == 0) return "";
    if (amount == 0 && type == 3) return ", rrx";
    return fmt::format(", {} #{}", kShifts[type], amount == 0 ? 32 : amount);
  }
  std::uint32_t modified() const {
    const std::uint32_t imm = imm12(), byte = imm & 0xFF;
    if (imm >> 10 != 0) return std::rotr(0x80U | (imm & 0x7F), static_cast<int>(imm >> 7));
    switch (imm >> 8) {
      case 0:
        return byte;
      case 1:
        return byte << 16 | byte;
      case 2:
        return byte << 24 | byte << 8;
      default:
        return byte * 0x01010101U;
    }
  }
  std::string saturation_shift() const {
    if (bit(21)) return fmt::format(", asr #{}", number(imm5() == 0 ? 32 : imm5()));
    return imm5() == 0 ? "" : fmt::format(", lsl #{}", number(imm5()));
  }
  std::string special() const {
    static constexpr std::array<const char*, 4> kStatus = {"apsr", "iapsr", "eapsr", "xpsr"};
    const unsigned which = at(0, 8);
    const bool writes = !bit(21);
    if (which < 4) {
      static constexpr std::array<const char*, 4> kMasks = {"", "_g", "_nzcvq", "_nzcvqg"};
      return std::string(kStatus[which]) + (writes ? kMasks[at(10, 2)] : "");
    }
    switch (which) {
      case 5:
        return "ipsr";
      case 6:
        return "epsr";
      case 7:
        return "iepsr";
      case 8:
        return "msp";
      case 9:
        return "psp";
      case 16:
        return "primask";
      case 17:
        return "basepri";
      case 18:
        return "basepri_max";
      case 19:
        return "faultmask";
      case 20:
        return "control";
      default:
        return number(which);
    }
  }
  std::string barrier() const {
    static constexpr std::array<const char*, 16> kDomains = {
        "", "oshld", "oshst", "osh", "", "nshld", "nshst", "nsh",
        "", "ishld", "ishst", "ish", "", "ld",    "st",    "sy"};
    const unsigned option = at(0, 4);
    if (at(4, 4) == 6) return option == 15 ? "sy" : "#" + number(option);
    return *kDomains[option] != '\0' ? kDomains[option] : fmt::format("#{}", number(option));
  }
  std::string parallel() const {
    static constexpr std::array<const char*, 8> kPrefixes = {"s", "q",  "sh", "?",
                                                             "u", "uq", "uh", "?"};
    return kPrefixes[at(4, 3)];
  }

  // ---- addresses ----
  /// "[rn]", "[rn, #offset]"; an offset of zero is only written where it is subtracted or where the
  /// base changes.
  std::string indexed(std::int64_t offset, bool minus, bool back) const {
    if (offset == 0 && !minus && !back) return fmt::format("[{}]", r(16));
    return fmt::format("[{}, #{}]{}", r(16), offset_text(offset, minus), back ? "!" : "");
  }
  std::string post_indexed(std::int64_t offset, bool minus) const {
    return fmt::format("[{}], #{}", r(16), minus && offset == 0 ? "-0" : number(offset));
  }
  std::string double_address() const {
    const std::int64_t size = 4 * std::int64_t{at(0, 8)}, offset = bit(23) ? size : -size;
    return bit(24) ? indexed(offset, !bit(23), bit(21)) : post_indexed(offset, !bit(23));
  }
  /// ".w" where the instruction has a narrow relative, "t" for unprivileged accesses.
  std::string form() const {
    if (at(16, 4) == 15 || bit(23) || at(6, 6) == 0) return ".w";
    return at(8, 4) == 0xE ? "t" : "";
  }
  std::string address() const {
    const std::int64_t imm8 = at(0, 8), imm12 = at(0, 12);
    if (at(16, 4) == 15) return indexed(bit(23) ? imm12 : -imm12, !bit(23), false);
    if (bit(23)) return indexed(imm12, false, false);
    if (!bit(11)) {
      return fmt::format("[{}, {}{}]", r(16), r(0),
                         at(4, 2) == 0 ? "" : fmt::format(", lsl #{}", at(4, 2)));
    }
    const std::int64_t offset = bit(9) ? imm8 : -imm8;
    return bit(10) ? indexed(offset, !bit(9), bit(8)) : post_indexed(offset, !bit(9));
  }

  // ---- floating point ----
  std::string s(unsigned low, unsigned extra) const {
    return fmt::format("s{}", at(low, 4) << 1 | at(extra, 1));
  }
  std::string d(unsigned low, unsigned extra) const {
    return fmt::format("d{}", at(extra, 1) << 4 | at(low, 4));
  }
  double float_immediate() const {
    const std::uint32_t imm8 = at(16, 4) << 4 | at(0, 4);
    const std::uint32_t bits = (imm8 & 0x80) << 24 |
                               ((imm8 & 0x40) != 0 ? 0x3E000000U : 0x40000000U) |
                               (imm8 & 0x3F) << 19;
    return static_cast<double>(std::bit_cast<float>(bits));
  }
  std::string float_list() const {
    std::string text;
    const unsigned first = bit(8) ? at(22, 1) << 4 | at(12, 4) : at(12, 4) << 1 | at(22, 1);
    const unsigned count = bit(8) ? at(1, 7) : at(0, 8);
    for (unsigned i = first; i < first + count; ++i)
      text += fmt::format("{}{}{}", text.empty() ? "" : ", ", bit(8) ? "d" : "s", i);
    return "{" + text + "}";
  }

  std::uint32_t address_, bits_;
  bool in_it_;
};

const TextForm* find(const TextForm* forms, std::uint32_t bits) {
  for (; forms->text != nullptr; ++forms) {
    if ((bits & forms->mask) == forms->value) return forms;
  }
  return nullptr;
}

/// The condition goes behind the mnemonic, before ".w" and the like.
std::string with_condition(std::string text, std::uint8_t condition) {
  if (condition >= 14) return text;
  const std::size_t end = std::min(text.find_first_of(". "), text.size());
  return text.insert(end, kConditions[condition]);
}

}  // namespace

std::string disassemble(std::uint32_t address, std::uint32_t bits, bool wide, bool in_it,
                        std::uint8_t condition) {
  const TextForm* form = wide ? find(kForms32, bits) : find(kForms16, bits);
  if (form == nullptr && wide) form = find(kFloatForms, bits);
  if (form == nullptr)
    return wide ? fmt::format(".inst.w {:#010x}", bits) : fmt::format(".inst.n {:#06x}", bits);
  std::string_view rest = form->text;
  const bool unconditional = rest.starts_with('!');
  if (unconditional) rest.remove_prefix(1);
  const Printer printer(address, bits, in_it);
  std::string text;
  while (!rest.empty()) {
    const std::size_t open = rest.find('{');
    text += rest.substr(0, open);
    if (open == std::string_view::npos) break;
    const std::size_t close = rest.find('}', open);
    text += printer.field(rest.substr(open + 1, close - open - 1));
    rest.remove_prefix(close + 1);
  }
  return unconditional ? text : with_condition(std::move(text), condition);
}

}  // namespace opline::simulator
