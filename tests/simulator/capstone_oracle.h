// tests/simulator/capstone_oracle.h - Capstone as an independent reader of Thumb-2 encodings.
#pragma once
#include <capstone/capstone.h>

#include <cstdint>
#include <string>

namespace opline::simulator::testing {

class Capstone {
 public:
  Capstone() {
    cs_open(CS_ARCH_ARM, static_cast<cs_mode>(CS_MODE_THUMB | CS_MODE_MCLASS | CS_MODE_V8),
            &handle_);
  }
  Capstone(const Capstone&) = delete;
  Capstone& operator=(const Capstone&) = delete;
  ~Capstone() { cs_close(&handle_); }

  /// The text of the instruction `bits` (first halfword high when wide), in an IT block under
  /// `condition` when `in_it`; empty when it is refused.
  std::string text(std::uint32_t address, std::uint32_t bits, bool wide, bool in_it,
                   unsigned condition) {
    std::string code = bytes_of(bits, wide);
    if (in_it) code = bytes_of(0xBF08U | condition << 4, false) + code;
    return last_of(code, in_it ? address - 2 : address, in_it ? 2 : 1);
  }

 private:
  static std::string bytes_of(std::uint32_t bits, bool wide) {
    std::string code;
    const auto put = [&](std::uint32_t halfword) {
      code.push_back(static_cast<char>(halfword));
      code.push_back(static_cast<char>(halfword >> 8));
    };
    if (wide) put(bits >> 16);
    put(bits);
    return code;
  }

  std::string last_of(const std::string& code, std::uint32_t address, std::size_t instructions) {
    cs_insn* first = nullptr;
    const std::size_t count = cs_disasm(handle_, reinterpret_cast<const std::uint8_t*>(code.data()),
                                        code.size(), address, instructions, &first);
    std::string result;
    if (count == instructions) {
      const cs_insn& last = first[count - 1];
      result = last.mnemonic;
      if (last.op_str[0] != '\0') result += std::string(" ") + last.op_str;
    }
    if (count != 0) cs_free(first, count);
    return result;
  }

  csh handle_ = 0;
};

}  // namespace opline::simulator::testing
