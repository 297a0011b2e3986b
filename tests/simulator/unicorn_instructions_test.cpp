// Every decoded encoding, one instruction at a time, against Unicorn: random operands, flags and
// memory.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string_view>
#include <tuple>

#include "runners/simulator/execute/handlers.h"
#include "runners/simulator/isa/decoder.h"
#include "src/base/random.h"
#include "tests/simulator/elf_builder.h"

#ifdef OPLINE_HAVE_UNICORN
#include "tests/simulator/unicorn_oracle.h"
#endif

namespace opline::simulator {
namespace {

#ifndef OPLINE_HAVE_UNICORN

TEST(UnicornInstructions, AgreeOnEveryEncoding) { GTEST_SKIP() << "apt install libunicorn-dev"; }

#else

using testing::UnicornOracle;

constexpr std::uint32_t kBase = 0x08000000, kFirstSlot = 0x100, kSlotBytes = 12,
                        kWindow = 0x2000F000, kWindowBytes = 0x2000, kQ = 1U << 27;

/// A family of encodings: the fixed bits, and how memory operands must look.
struct Family {
  const char* name;
  std::uint32_t mask, value;
  bool wide;
  bool memory;
};

constexpr Family kFamilies[] = {
    {"16-bit data", 0xC000, 0x0000, false, false},
    {"16-bit register data", 0xFC00, 0x4000, false, false},
    {"16-bit high registers", 0xFC00, 0x4400, false, false},
    {"16-bit load and store", 0xF000, 0x5000, false, true},
    {"16-bit load and store immediate", 0xE000, 0x6000, false, true},
    {"16-bit halfword", 0xF000, 0x8000, false, true},
    {"16-bit stack", 0xF000, 0x9000, false, true},
    {"16-bit address", 0xF000, 0xA000, false, false},
    {"16-bit miscellaneous", 0xF000, 0xB000, false, true},
    {"16-bit multiple", 0xF000, 0xC000, false, true},
    {"modified immediate", 0xFA008000, 0xF0000000, true, false},
    {"plain immediate", 0xFA008000, 0xF2000000, true, false},
    {"shifted register", 0xFE008000, 0xEA000000, true, false},
    {"register data", 0xFF00F000, 0xFA00F000, true, false},
    {"register shifts", 0xFF80F0F0, 0xFA00F000, true, false},
    {"parallel", 0xFF80F080, 0xFA80F000, true, false},
    {"miscellaneous data", 0xFFC0F0C0, 0xFA80F080, true, false},
    {"multiply", 0xFF8000C0, 0xFB000000, true, false},
    {"long multiply", 0xFF800000, 0xFB800000, true, false},
    {"load and store", 0xFE000000, 0xF8000000, true, true},
    {"load and store register", 0xFE800FC0, 0xF8000000, true, true},
    {"double, exclusive", 0xFE400000, 0xE8400000, true, true},
    {"multiple", 0xFE40E000, 0xE8004000, true, true},
    {"multiple without LR", 0xFE40E000, 0xE8000000, true, true},
    {"float arithmetic", 0xFF000F10, 0xEE000A00, true, false},
    {"float conversion", 0xFFB80F50, 0xEEB80A40, true, false},
    {"float two operands", 0xFFB00F50, 0xEEB00A40, true, false},
    {"float transfer", 0xFF000E1F, 0xEE000A10, true, false},
    {"float two transfers", 0xFFE00ED0, 0xEC400A10, true, false},
    {"float load and store", 0xFE000E00, 0xEC000A00, true, true},
};

/// What FPv5 adds, in both precisions, and double precision.
constexpr Family kFpv5Families[] = {
    {"select", 0xFF800E50, 0xFE000A00, true, false},
    {"maximum, minimum", 0xFFB00E10, 0xFE800A00, true, false},
    {"directed rounding and conversion", 0xFFB80E50, 0xFEB80A40, true, false},
    {"rounding, precision", 0xFFBE0E50, 0xEEB60A40, true, false},
    {"double arithmetic", 0xFF400F10, 0xEE000B00, true, false},
    {"double conversion", 0xFFB80F50, 0xEEB80B40, true, false},
    {"double two operands", 0xFFB00F50, 0xEEB00B40, true, false},
};

/// The core under comparison.
struct Target {
  const char* board;
  bool is_m7;
};
constexpr Target kM4{"nucleo-f446re", false}, kM7{"nucleo-f767zi", true};

std::vector<Family> families_of(const Target& target) {
  std::vector<Family> families(std::begin(kFamilies), std::end(kFamilies));
  if (target.is_m7)
    families.insert(families.end(), std::begin(kFpv5Families), std::end(kFpv5Families));
  return families;
}

struct Sample {
  std::uint32_t bits = 0;
  bool wide = false, memory = false, in_it = false;
  std::uint8_t cond = 14;
  const char* family = "";
  Decoded decoded;
};

std::uint32_t interesting(RandomStream& random) {
  static constexpr std::uint32_t kValues[] = {
      0,          1,          2,          0x7F,       0x80,       0xFF,
      0x7FFF,     0x8000,     0xFFFF,     0x10000,    0x7FFFFFFF, 0x80000000,
      0x80000001, 0xFFFFFFFF, 0x80008000, 0x7FFF7FFF, 0x80808080};
  if (random.below(3) == 0) return kValues[random.below(std::size(kValues))];
  const std::uint32_t value = random.next();
  return random.below(4) == 0 ? value >> random.below(32) : value;
}

std::uint32_t interesting_float(RandomStream& random) {
  static constexpr std::uint32_t kValues[] = {
      0,          0x80000000, 0x3F800000, 0xBF800000, 0x7F800000, 0xFF800000,
      0x7FC00000, 0x7F800001, 0xFFC12345, 0x00000001, 0x007FFFFF, 0x00800000,
      0x7F7FFFFF, 0x4F000000, 0xCF000000, 0x4F800000, 0x3F000000};
  switch (random.below(4)) {
    case 0:
      return kValues[random.below(std::size(kValues))];
    case 1:
      return random.next();
    default:
      return (random.next() & 0x80FFFFFF) | (0x38 + random.below(16)) << 24;
  }
}

std::uint64_t interesting_double(RandomStream& random) {
  static constexpr std::uint64_t kValues[] = {0,
                                              0x8000000000000000,
                                              0x3FF0000000000000,
                                              0xBFE8000000000000,
                                              0x7FF0000000000000,
                                              0xFFF0000000000000,
                                              0x7FF8000000000000,
                                              0x7FF0000000000001,
                                              0xFFF8123456789ABC,
                                              1,
                                              0x000FFFFFFFFFFFFF,
                                              0x0010000000000000,
                                              0x7FEFFFFFFFFFFFFF,
                                              0x41DFFFFFFFC00000,
                                              0xC1E0000000000000,
                                              0x41EFFFFFFFE00000,
                                              0x47EFFFFFE0000000,
                                              0x36A0000000000000,
                                              0x3FE0000000000000,
                                              0x40F0000000000000};
  if (random.below(2) == 0) return kValues[random.below(std::size(kValues))];
  const std::uint64_t bits = std::uint64_t{random.next()} << 32 | random.next();
  return random.below(3) == 0
             ? bits
             : (bits & 0x800FFFFFFFFFFFFF) | std::uint64_t{0x3C0 + random.below(128)} << 52;
}

bool usable(const Sample& sample) {
  const Decoded& d = sample.decoded;
  if (d.op.run == undefined_handler() || d.kind == Kind::branch ||
      d.kind == Kind::indirect_branch || d.kind == Kind::it)
    return false;
  const Handler run = d.op.run;
  for (const Handler excluded : {bkpt_handler(), svc_handler(), wfi_handler(), mrs_handler(),
                                 msr_handler(), cps_handler(), isb_handler()}) {
    if (run == excluded) return false;
  }
  // Unicorn's monitor remembers the address; the Cortex-M4's does not (DDI 0439, section 3.6).
  for (const Width width : {Width::u8, Width::u16, Width::u32}) {
    if (run == store_exclusive_handler(width)) return false;
  }
  return true;
}

/// Draws an encoding of the family that the decoder knows, for a place in or out of an IT block.
/// Bits that must be zero or one but are not make an instruction unpredictable; Unicorn may refuse
/// those, and they are counted.
Sample draw(const Family& family, RandomStream& random, const DecodeContext& context,
            std::uint32_t address, bool in_it) {
  for (;;) {
    Sample sample;
    sample.family = family.name;
    sample.wide = family.wide;
    sample.memory = family.memory;
    sample.in_it = in_it;
    sample.bits =
        (random.next() & ~family.mask & (family.wide ? 0xFFFFFFFF : 0xFFFF)) | family.value;
    const auto first = static_cast<std::uint16_t>(family.wide ? sample.bits >> 16 : sample.bits);
    sample.decoded =
        decode(context, address, first, static_cast<std::uint16_t>(sample.bits), in_it);
    if (usable(sample)) return sample;
  }
}

/// One instruction, sometimes in an IT block of its own.
Sample draw_single(const Family& family, RandomStream& random, const DecodeContext& context,
                   std::uint32_t address) {
  const bool in_it = random.below(4) == 0;
  Sample sample = draw(family, random, context, address + (in_it ? 2 : 0), in_it);
  if (in_it) sample.cond = static_cast<std::uint8_t>(random.below(14));
  return sample;
}

void append(std::string& code, const Sample& sample) {
  if (sample.wide) testing::put16(code, sample.bits >> 16);
  testing::put16(code, sample.bits);
}

std::string hex(std::uint32_t value) { return fmt::format("{:#010x}", value); }

/// What differs between the two; empty when nothing does.
std::string differences(const Registers& mine, const Registers& theirs) {
  std::string text;
  for (std::size_t i = 0; i < 15; ++i) {
    const std::uint32_t expected =
        i == 13 ? theirs.r[i] & ~3U : theirs.r[i];  // Unicorn keeps bits of SP that are not there
    if (mine.r[i] != expected)
      text += fmt::format(" r{} {} (Unicorn {})", i, hex(mine.r[i]), hex(theirs.r[i]));
  }
  for (std::size_t i = 0; i < 32; ++i) {
    if (mine.s[i] != theirs.s[i])
      text += fmt::format(" s{} {} (Unicorn {})", i, hex(mine.s[i]), hex(theirs.s[i]));
  }
  if (mine.apsr != theirs.apsr)
    text += fmt::format(" apsr {} (Unicorn {})", hex(mine.apsr), hex(theirs.apsr));
  if (mine.fpscr != theirs.fpscr)
    text += fmt::format(" fpscr {} (Unicorn {})", hex(mine.fpscr), hex(theirs.fpscr));
  return text;
}

/// DDI 0403 A7.7.132: SMLAD sets Q when the whole sum leaves 32 bits; Unicorn 2.0 also when the
/// products alone do.
bool wrong_q_in_unicorn(Handler run) {
  return run == dual_multiply_handler(false, false, true) ||
         run == dual_multiply_handler(false, true, true);
}

class Comparison {
 public:
  Comparison(const Target& target, std::uint64_t seed, std::uint32_t slots)
      : families_(families_of(target)),
        random_(seed, 0),
        board_(board::load_board(target.board)),
        core_(board::load_core(board_.core)) {
    const DecodeContext context{&core_, kBase, 512 * 1024, board_.fpu};
    std::string flash;
    // Vectors, and a start that enables the FPU and begins its context:
    // LDR R0, =CPACR; LDR R1, =full access; STR R1, [R0]; NOP; VMOV S0, S0; BKPT.
    for (const std::uint32_t word : {0x20020000U, 0x08000009U, 0x49044803U, 0xBF006001U,
                                     0x0A40EEB0U, 0x0000BE00U, 0xE000ED88U, 0x00F00000U})
      testing::put32(flash, word);
    flash.resize(kFirstSlot, '\0');
    for (std::uint32_t i = 0; i < slots; ++i) {
      samples_.push_back(
          draw_single(families_[i % families_.size()], random_, context, address_of(i)));
      flash += code_of(samples_.back());
    }
    flash.resize(std::size_t{512} * 1024, '\xFF');  // erased
    oracle_ = std::make_unique<UnicornOracle>(flash, target.is_m7);
    machine_ = std::make_unique<Machine>(
        board_, core_, ElfImage::from_bytes(testing::build_elf({{kBase, flash}}), "samples"));
    EXPECT_EQ(machine_->run().reason, StopReason::breakpoint);
    EXPECT_TRUE(
        oracle_->run(kBase + 16, kBase + 20, 1));  // its FPU is always on, but has no context yet
  }

  void run_all() {
    for (std::uint32_t i = 0; i < samples_.size(); ++i) run_one(i);
    for (const auto& [family, refused] : refused_) {
      EXPECT_LT(refused, 9 * executed_[family])
          << family << ": Unicorn refuses " << refused << " and executes " << executed_[family];
    }
    for (const Family& family : families_)
      EXPECT_GT(executed_[family.name], 0) << family.name << " was never compared";
  }

 private:
  static std::uint32_t address_of(std::uint32_t slot) {
    return kBase + kFirstSlot + slot * kSlotBytes;
  }

  static std::string code_of(const Sample& sample) {
    std::string code;
    if (sample.in_it) testing::put16(code, 0xBF08U | static_cast<std::uint32_t>(sample.cond) << 4);
    append(code, sample);
    while (code.size() < kSlotBytes) testing::put16(code, 0xBE00);
    return code;
  }

  Registers random_registers(const Sample& sample) {
    Registers all;
    for (auto& r : all.r) r = interesting(random_);
    for (auto& s : all.s) s = interesting_float(random_);
    for (std::size_t i = 0; board_.fpu == board::Fpu::fpv5_double && i < 32; i += 2) {
      if (random_.below(2) == 0) continue;
      const std::uint64_t value = interesting_double(random_);
      all.s[i] = static_cast<std::uint32_t>(value);
      all.s[i + 1] = static_cast<std::uint32_t>(value >> 32);
    }
    all.apsr = (random_.next() & 0xF80F0000);
    static constexpr std::uint32_t kModes[] = {0,        0,        0,        1U << 25, 1U << 24,
                                               3U << 24, 1U << 22, 2U << 22, 3U << 22};
    all.fpscr = kModes[random_.below(std::size(kModes))];
    all.r[13] = 0x20010000;
    if (sample.memory) place_operands(sample, all);
    // DDI 0403 A7.7.229: fixed to floating point rounds to nearest whatever FPSCR says; Unicorn
    // obeys FPSCR.
    if (sample.decoded.op.run == vcvt_from_fixed_handler() ||
        sample.decoded.op.run == vcvt_from_fixed_handler(true))
      all.fpscr &= ~(3U << 22);
    return all;
  }

  // Bases in the middle of the window, aligned except for single accesses; an index is small.
  void place_operands(const Sample& sample, Registers& all) {
    const bool single = sample.decoded.address_registers != 0;
    const std::uint32_t base = 0x20010000 + (single ? random_.below(64) : 4 * random_.below(16));
    all.r[13] = 0x20010000;
    const std::uint8_t rn = sample.decoded.op.rn, rm = sample.decoded.op.rm;
    if (single && rm != rn && rm != 13) all.r[rm & 15] = random_.below(64);
    if (rn != 13) all.r[rn & 15] = base;
  }

  void run_one(std::uint32_t i) {
    const Sample& sample = samples_[i];
    const std::uint32_t begin = address_of(i),
                        end = begin + (sample.in_it ? 2 : 0) + (sample.wide ? 4 : 2);
    Registers start = random_registers(sample);
    start.r[15] = begin;
    std::string window(kWindowBytes, '\0');
    for (char& byte : window) byte = static_cast<char>(byte_state_ = byte_state_ * 5 + 113);
    if (sample.memory) {
      machine_->write_memory(kWindow, window);
      oracle_->write_memory(kWindow, window);
    }
    machine_->set_registers(start);
    oracle_->set(start);
    const Stop stop = machine_->run({100'000});
    const bool ran = oracle_->run(begin, end, sample.in_it ? 2 : 1);
    if (!ran || stop.reason != StopReason::breakpoint) {
      if (ran && !sample.memory) ADD_FAILURE() << what(sample) << " stops here: " << stop.text;
      if (!ran) ++refused_[sample.family];
      return;
    }
    ++executed_[sample.family];
    Registers theirs = oracle_->get();
    if (wrong_q_in_unicorn(sample.decoded.op.run)) {
      theirs.apsr = (theirs.apsr & ~kQ) | (machine_->registers().apsr & kQ);
    }
    const std::string difference = differences(machine_->registers(), theirs);
    EXPECT_EQ(difference, "") << what(sample) << inputs(start);
    if (sample.memory) {
      EXPECT_TRUE(machine_->read_memory(kWindow, kWindowBytes) ==
                  oracle_->read_memory(kWindow, kWindowBytes))
          << what(sample) << " memory";
    }
  }

  static std::string what(const Sample& s) {
    return fmt::format("{} {:#x} {} rd {} rn {} rm {} ra {}", s.family, s.bits,
                       s.in_it ? fmt::format("in IT {}", s.cond) : "", s.decoded.op.rd,
                       s.decoded.op.rn, s.decoded.op.rm, s.decoded.op.ra);
  }
  static std::string inputs(const Registers& all) {
    std::string text = "\n  from";
    for (const std::uint32_t r : all.r) text += " " + hex(r);
    text += fmt::format(" apsr {} fpscr {}\n  s", hex(all.apsr), hex(all.fpscr));
    for (const std::uint32_t s : all.s) text += " " + hex(s);
    return text;
  }

  std::vector<Family> families_;
  RandomStream random_;
  board::Board board_;
  board::Core core_;
  std::uint8_t byte_state_ = 1;
  std::vector<Sample> samples_;
  std::unique_ptr<UnicornOracle> oracle_;
  std::unique_ptr<Machine> machine_;
  std::map<std::string, int> refused_, executed_;
};

/// Streams of data processing, straight and in IT blocks of one to four, ending in BKPT.
class StreamComparison {
 public:
  static constexpr std::uint32_t kStreams = 1500, kStreamBytes = 80;

  StreamComparison(const Target& target, std::uint64_t seed)
      : random_(seed, 1),
        board_(board::load_board(target.board)),
        core_(board::load_core(board_.core)) {
    std::string flash;
    for (const std::uint32_t word : {0x20020000U, 0x08000009U, 0x0000BE00U})
      testing::put32(flash, word);
    flash.resize(kFirstSlot, '\0');
    for (std::uint32_t i = 0; i < kStreams; ++i) {
      const std::string code = draw_stream(address_of(i));
      ends_.push_back(address_of(i) + static_cast<std::uint32_t>(code.size()));
      flash += code;
      while (flash.size() < kFirstSlot + (i + 1) * kStreamBytes) testing::put16(flash, 0xBE00);
    }
    oracle_ = std::make_unique<UnicornOracle>(flash, target.is_m7);
    machine_ = std::make_unique<Machine>(
        board_, core_, ElfImage::from_bytes(testing::build_elf({{kBase, flash}}), "streams"));
    EXPECT_EQ(machine_->run().reason, StopReason::breakpoint);
  }

  void run_all() {
    std::uint32_t compared = 0;
    for (std::uint32_t i = 0; i < kStreams; ++i) {
      Registers start;
      for (auto& r : start.r) r = interesting(random_);
      start.apsr = random_.next() & 0xF80F0000;
      start.r[13] = 0x20010000;
      start.r[15] = address_of(i);
      machine_->set_registers(start);
      oracle_->set(start);
      const std::uint64_t before = machine_->instructions();
      const Stop stop = machine_->run({100'000});
      ASSERT_EQ(stop.pc, ends_[i]) << stop.text;
      if (!oracle_->run(address_of(i), ends_[i], 32))
        continue;  // an unpredictable encoding that Unicorn refuses
      ++compared;
      EXPECT_EQ(differences(machine_->registers(), oracle_->get()), "") << code_text(i);
      EXPECT_GE(machine_->instructions() - before, 10U);
    }
    EXPECT_GT(compared, kStreams / 2);
  }

 private:
  static std::uint32_t address_of(std::uint32_t stream) {
    return kBase + kFirstSlot + stream * kStreamBytes;
  }

  /// The stream as halfwords, for a disassembler.
  std::string code_text(std::uint32_t i) const {
    const std::string code = machine_->read_memory(address_of(i), ends_[i] - address_of(i));
    std::string text = "stream at " + hex(address_of(i)) + ":";
    for (std::size_t at = 0; at < code.size(); at += 2) {
      text += fmt::format(" 0x{:02x}{:02x}", static_cast<std::uint8_t>(code[at + 1]),
                          static_cast<std::uint8_t>(code[at]));
    }
    return text;
  }

  Sample draw_data(std::uint32_t address, bool in_it) {
    const DecodeContext context{&core_, kBase, 512 * 1024, board_.fpu};
    for (;;) {
      const Family& family = kFamilies[random_.below(std::size(kFamilies))];
      const bool is_float = std::string_view(family.name).starts_with("float");
      if (family.memory || is_float) continue;
      const Sample sample = draw(family, random_, context, address, in_it);
      if ((sample.decoded.writes & 1U << 13) == 0)
        return sample;  // Unicorn would keep bits of SP that are not there
    }
  }

  std::string draw_stream(std::uint32_t address) {
    std::string code;
    for (unsigned count = 0; count < 10;) {
      const unsigned block = random_.below(3) == 0 ? 1 + random_.below(4) : 0;
      if (block != 0) testing::put16(code, it_instruction(block));
      for (unsigned i = 0; i < std::max(block, 1U); ++i, ++count) {
        append(code, draw_data(address + static_cast<std::uint32_t>(code.size()), block != 0));
      }
    }
    EXPECT_LT(code.size(), kStreamBytes);
    return code;
  }

  /// IT{x{y{z}}} with random Then and Else (A7.7.38).
  std::uint32_t it_instruction(unsigned block) {
    const std::uint32_t cond = random_.below(14);
    std::uint32_t mask = 0;
    for (unsigned i = 0; i + 1 < block; ++i) mask |= ((cond & 1) ^ random_.below(2)) << (3 - i);
    return 0xBF00 | cond << 4 | mask | 1U << (4 - block);
  }

  RandomStream random_;
  board::Board board_;
  board::Core core_;
  std::vector<std::uint32_t> ends_;
  std::unique_ptr<UnicornOracle> oracle_;
  std::unique_ptr<Machine> machine_;
};

class UnicornInstructions : public ::testing::TestWithParam<std::tuple<Target, int> > {
 protected:
  [[nodiscard]] Target target() const { return std::get<0>(GetParam()); }
  [[nodiscard]] std::uint64_t seed() const {
    return static_cast<std::uint64_t>(std::get<1>(GetParam()));
  }
};

TEST_P(UnicornInstructions, AgreeOnEveryEncoding) {
  Comparison(target(), seed(), 24'000).run_all();
}

TEST_P(UnicornInstructions, AgreeOnStreamsWithItBlocks) {
  StreamComparison(target(), seed()).run_all();
}

INSTANTIATE_TEST_SUITE_P(Seeds, UnicornInstructions,
                         ::testing::Combine(::testing::Values(kM4, kM7), ::testing::Range(1, 5)),
                         [](const auto& test) {
                           return fmt::format("{}_{}", std::get<0>(test.param).is_m7 ? "M7" : "M4",
                                              std::get<1>(test.param));
                         });

#endif

}  // namespace
}  // namespace opline::simulator
