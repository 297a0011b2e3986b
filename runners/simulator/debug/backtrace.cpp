#include "runners/simulator/debug/backtrace.h"

#include <optional>
#include <utility>

#include <fmt/format.h>

#include "runners/simulator/machine/exceptions.h"

namespace opline::simulator {
namespace {

constexpr std::uint32_t kExceptionReturn = 0xFFFFFFE0;  // from here on
constexpr std::uint32_t kFrameWords = 8, kFloatFrameWords = 26, kThumb = 1U << 24;

std::uint32_t little_endian(std::string_view bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = bytes.size(); i > 0; --i)
    value = value << 8 | static_cast<unsigned char>(bytes[i - 1]);
  return value;
}

/// A call, as the halfwords before its return address have it.
struct Call {
  std::uint32_t address = 0;
  std::optional<std::uint32_t> target;  ///< Absent: by register.
};

/// BL (DDI 0403, A7.7.18, encoding T1).
std::uint32_t target_of(std::uint32_t address, std::uint32_t first, std::uint32_t second) {
  const std::uint32_t s = first >> 10 & 1, i1 = ~(second >> 13 ^ s) & 1,
                      i2 = ~(second >> 11 ^ s) & 1;
  const std::uint32_t offset = (s != 0 ? 0xFF000000U : 0) | i1 << 23 | i2 << 22 |
                               (first & 0x3FF) << 12 | (second & 0x7FF) << 1;
  return address + 4 + offset;
}

class Unwinder {
 public:
  Unwinder(const Machine& machine, std::size_t most)
      : machine_(machine), most_(most), all_(machine.registers()) {}

  std::vector<Frame> unwind() {
    sp_ = all_.r[13];
    lr_ = all_.r[14];
    add({all_.r[15], true, 0});
    while (frames_.size() < most_ && (through_link() || through_stack())) {
    }
    return frames_;
  }

 private:
  std::optional<std::uint32_t> word(std::uint32_t address) const {
    const auto bytes = in_memory(address) ? machine_.inspect(address, 4) : std::nullopt;
    return bytes ? std::optional(little_endian(*bytes)) : std::nullopt;
  }
  bool in_memory(std::uint32_t address) const {
    const board::Board& board = machine_.board();
    return address % 4 == 0 && address - board.sram.base < board.sram.bytes;
  }
  bool is_code(std::uint32_t address) const {
    const board::Board& board = machine_.board();
    return address - board.flash.base < board.flash.bytes ||
           address - board.sram.base < board.sram.bytes;
  }
  std::string function_at(std::uint32_t address) const {
    const std::string name = machine_.image().describe(address);
    return name.substr(0, name.find('+'));
  }

  std::optional<Call> call_before(std::uint32_t return_address) const {
    const std::uint32_t next = return_address & ~1U;
    if ((return_address & 1) == 0 || !is_code(next - 4)) return std::nullopt;
    const auto bytes = machine_.inspect(next - 4, 4);
    if (!bytes) return std::nullopt;
    const std::uint32_t both = little_endian(*bytes), first = both & 0xFFFF, second = both >> 16;
    if ((first & 0xF800) == 0xF000 && (second & 0xD000) == 0xD000)
      return Call{next - 4, target_of(next - 4, first, second)};
    if ((second & 0xFF87) == 0x4780) return Call{next - 2, std::nullopt};  // BLX
    return std::nullopt;
  }
  bool leads_here(const Call& call) const {
    return !call.target || function_at(*call.target) == function_at(frames_.back().address);
  }

  void add(Frame frame) { frames_.push_back(frame); }

  /// LR, while the innermost function has not overwritten it.
  bool through_link() {
    const std::optional<std::uint32_t> lr = std::exchange(lr_, std::nullopt);
    if (!lr) return false;
    if (*lr >= kExceptionReturn) return through_exception(sp_, *lr);
    const auto call = call_before(*lr);
    if (!call || !leads_here(*call)) return false;
    add({call->address, call->target.has_value(), 0});
    return true;
  }

  bool through_stack() {
    std::optional<std::pair<std::uint32_t, Call>> first;
    for (std::uint32_t at = sp_; const auto value = word(at); at += 4) {
      if (*value >= kExceptionReturn && through_exception(at + 4, *value)) return true;
      const auto call = call_before(*value);
      if (!call) continue;
      if (leads_here(*call)) {
        sp_ = at + 4;
        add({call->address, call->target.has_value(), 0});
        return true;
      }
      if (!first) first = {at, *call};
    }
    if (!first) return false;
    sp_ = first->first + 4;
    add({first->second.address, false, 0});
    return true;
  }

  /// The frame lies at `from`, or behind registers that the handler has stored.
  bool through_exception(std::uint32_t from, std::uint32_t exc_return) {
    if ((exc_return & 4) != 0) from = machine_.special_registers().psp;
    const std::uint32_t words = (exc_return & 0x10) != 0 ? kFrameWords : kFloatFrameWords;
    for (std::uint32_t at = from; in_memory(at + 4 * kFrameWords - 4) && at - from < 256; at += 4) {
      const auto lr = word(at + 20), pc = word(at + 24), xpsr = word(at + 28);
      if (!xpsr || (*xpsr & kThumb) == 0 || (*pc & 1) != 0 || !is_code(*pc)) continue;
      add({*pc, true, current_exception()});
      interrupted_ = *xpsr & 0x1FF;
      sp_ = at + 4 * words + ((*xpsr & 1U << 9) != 0 ? 4 : 0);
      lr_ = *lr;
      return true;
    }
    return false;
  }
  unsigned current_exception() const {
    return interrupted_.value_or(machine_.special_registers().xpsr & 0x1FF);
  }

  const Machine& machine_;
  std::size_t most_;
  Registers all_;
  std::vector<Frame> frames_;
  std::uint32_t sp_ = 0;
  std::optional<std::uint32_t> lr_;
  std::optional<unsigned> interrupted_;  ///< IPSR of the code that was interrupted last.
};

}  // namespace

std::vector<Frame> backtrace(const Machine& machine, std::size_t most) {
  return Unwinder(machine, most).unwind();
}

std::string backtrace_text(const std::vector<Frame>& frames, const ElfImage& image) {
  std::string text;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    const Frame& frame = frames[i];
    if (frame.interrupted != 0)
      text += fmt::format("    interrupted by {}\n", exception_name(frame.interrupted));
    text += fmt::format("#{:<2} {:#010x} in {}{}\n", i, frame.address,
                        image.describe(frame.address), frame.certain ? "" : " (probably)");
  }
  return text;
}

}  // namespace opline::simulator
