// random_code SEED [BUFFER] > code.S: functions of random straight-line code, loops, IT blocks,
// branches and accesses of every kind, and short loops at every place in a line, for comparing
// translated with interpreted code (translation_test.cpp).
//
// r8: a table in flash. r9: a buffer in SRAM, at the address BUFFER where that is given, r11: a
// base inside it that moves. r10: rounds left. Everything else is random. `fault_N` ends in a fault
// in the middle of a block.
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace {

class Writer {
 public:
  Writer(unsigned seed, std::string buffer) : random_(seed), buffer_(std::move(buffer)) {}

  std::string file() {
    std::string text = "  .syntax unified\n  .fpu fpv4-sp-d16\n  .text\n";
    text +=
        "  .thumb_func\n  .global leaf\n  .type leaf, %function\nleaf:\n  adds r0, r0, #3\n"
        "  eor r1, r1, r0, ror #5\n  bx lr\n  .size leaf, . - leaf\n";
    std::string calls;
    for (int i = 0; i < kFunctions; ++i) {
      const std::string name = "random_" + std::to_string(i);
      text += function(name, "");
      calls += "  bl " + name + "\n";
    }
    for (unsigned i = 0; i < kLoops; ++i) {
      const std::string name = "loop_" + std::to_string(i);
      text += loop(name, i % 2 == 0 ? 30 : i % 32);
      calls += "  bl " + name + "\n";
    }
    for (int i = 0; i < kFaults; ++i)
      text += function("fault_" + std::to_string(i), kFault[i % kFaultKinds]);
    return text + "  .thumb_func\n  .global program\n  .type program, %function\nprogram:\n" +
           "  push {r4-r11, lr}\n" + calls + "  pop {r4-r11, pc}\n  .size program, . - program\n" +
           "  .balign 4\ntable:\n  .rept 128\n  .word (0x9E3779B9 * (. - table + 1)) & "
           "0xFFFFFFFF\n  .endr\n" +
           "  .bss\n  .balign 16\nbuffer: .space 1024\n";
  }

 private:
  static constexpr unsigned kLoops = 64;
  static constexpr int kFunctions = 20, kFaults = 8, kFaultKinds = 4;
  static constexpr const char* kFault[kFaultKinds] = {
      "  mov r7, #0x60000000\n  ldr r1, [r7]\n", "  mov r7, #0x60000000\n  strb r1, [r7, #1]\n",
      "  str r2, [r8]\n", "  add r7, r9, #2\n  ldmia r7, {r1-r3}\n"};

  unsigned below(unsigned n) { return static_cast<unsigned>(random_() % n); }
  std::string any(const std::vector<std::string>& of) {
    return of[below(static_cast<unsigned>(of.size()))];
  }
  std::string reg() { return "r" + std::to_string(below(8)); }
  std::string number(unsigned n) { return std::to_string(below(n)); }
  std::string shift() {
    return any({"", ", lsl #" + std::to_string(1 + below(31)),
                ", lsr #" + std::to_string(1 + below(32)),
                ", asr #" + std::to_string(1 + below(32)),
                ", ror #" + std::to_string(1 + below(31)), ", rrx"});
  }
  std::string flags() { return any({"", "s"}); }

  std::string arithmetic() {
    const std::string s = flags();
    switch (below(14)) {
      case 0:
        return any({"add", "sub", "and", "orr", "eor", "bic", "orn", "adc", "sbc", "rsb"}) + s +
               ".w " + reg() + ", " + reg() + ", " + reg() + shift();
      case 1:
        return any({"add", "sub", "and", "orr", "eor", "bic", "adc", "sbc", "rsb"}) + s + ".w " +
               reg() + ", " + reg() + ", #" + any({"0", "1", "255", "0x00FF00FF", "0x80000000"});
      case 2:
        return any({"cmp", "cmn", "tst", "teq"}) + ".w " + reg() + ", " + reg() + shift();
      case 3:
        return any({"mov", "mvn"}) + s + ".w " + reg() + ", " + reg();
      case 4:
        return any({"lsl", "lsr", "asr", "ror"}) + s + ".w " + reg() + ", " + reg() + ", " + reg();
      case 5:
        return any({"adds ", "subs ", "lsls ", "asrs "}) + reg() + ", " + reg() + ", #" +
               std::to_string(1 + below(7));
      case 6:
        return any({"ands ", "eors ", "adcs ", "sbcs ", "orrs ", "bics ", "mvns "}) + reg() + ", " +
               reg();
      case 7:
        return any({"movw ", "movt "}) + reg() + ", #" + number(65536);
      case 8:
        return any({"bfi ", "ubfx ", "sbfx "}) + reg() + ", " + reg() + ", #" + number(16) + ", #" +
               std::to_string(1 + below(16));
      case 9:
        return any({"clz ", "rbit ", "rev ", "rev16 ", "revsh "}) + reg() + ", " + reg();
      case 10:
        return any({"sxth", "uxth", "sxtb16", "uxtb16", "sxtb", "uxtb"}) + ".w " + reg() + ", " +
               reg() + any({"", ", ror #8", ", ror #16", ", ror #24"});
      case 11:
        return any({"sxtah ", "uxtah ", "sxtab16 ", "uxtab ", "pkhbt "}) + reg() + ", " + reg() +
               ", " + reg();
      case 12:
        return any({"usat ", "ssat "}) + reg() + ", #" + std::to_string(1 + below(30)) + ", " +
               reg() + any({"", ", asr #3", ", lsl #2"});
      default:
        return any({"sadd8 ", "uadd16 ", "uqadd8 ", "qsub16 ", "shadd8 ", "uhsub8 ", "ssax ",
                    "qasx ", "sel ", "qadd ", "qdsub ", "usad8 "}) +
               reg() + ", " + reg() + ", " + reg();
    }
  }

  std::string multiply() {
    const unsigned low = below(4);
    const std::string pair =
        "r" + std::to_string(2 * low) + ", r" + std::to_string(2 * low + 1) + ", ";
    switch (below(6)) {
      case 0:
        return "muls r" + std::to_string(low) + ", " + reg() + ", r" + std::to_string(low);
      case 1:
        return any({"mla ", "mls ", "smlad ", "smladx ", "smlsd ", "smlabb ", "smlatt ", "smlawb ",
                    "smmla ", "smmlar ", "usada8 "}) +
               reg() + ", " + reg() + ", " + reg() + ", " + reg();
      case 2:
        return any({"smuad ", "smusd ", "smulbt ", "smmul ", "smulwt "}) + reg() + ", " + reg() +
               ", " + reg();
      case 3:
        return any({"smull ", "umull ", "smlal ", "umlal ", "umaal ", "smlald ", "smlaltb "}) +
               pair + reg() + ", " + reg();
      case 4:  // what kernels do
        return "sxtb16 r1, r0\n  sxtb16 r2, r0, ror #8\n  smlad r3, r1, r2, r3\n  smlad r4, r2, "
               "r7, "
               "r4";
      default:
        return any({"udiv ", "sdiv "}) + reg() + ", " + reg() + ", " + reg();
    }
  }

  std::string access() {
    const std::string base = any({"r9", "r9", "r8"});
    const bool flash = base == "r8";
    const std::string load = any({"ldr.w ", "ldrh.w ", "ldrb.w ", "ldrsh.w ", "ldrsb.w "}),
                      store = any({"str.w ", "strh.w ", "strb.w "});
    switch (below(9)) {
      case 0:
      case 1:
        return load + reg() + ", [" + base + ", #" + number(250) + "]";
      case 2:
        return (flash ? load : store) + reg() + ", [" + base + ", #" +
               std::to_string(4 * below(60)) + "]";
      case 3:
        return "and r7, " + reg() + ", #0x7C\n  " + load + reg() + ", [" + base + ", r7" +
               any({"", ", lsl #1"}) + "]";
      case 4:
        return any({load, store}) + reg() + ", [r11], #" + any({"4", "1", "-2", "8"});
      case 5:
        return any({load, store}) + reg() + ", [r11, #" + any({"4", "-4", "3"}) + "]!";
      case 6:
        return "add r7, r9, #" + std::to_string(64 + 4 * below(16)) + "\n  " +
               any({"ldmia r7, {r0-r3}", "ldmia r7!, {r1, r4, r5}", "stmia r7!, {r0-r4}",
                    "stmdb r7!, {r2, r3}", "ldmdb r7, {r3, r6}"});
      case 7:
        return (flash ? "ldrd" : any({"ldrd", "strd"})) + std::string(" r2, r5, [") + base + ", #" +
               std::to_string(4 * below(40)) + "]";
      default:
        return "str.w " + reg() + ", [sp, #-8]\n  ldr.w " + reg() + ", [sp, #-8]";
    }
  }

  std::string conditional() {
    const std::string cond =
        any({"eq", "ne", "cs", "cc", "mi", "pl", "vs", "vc", "hi", "ls", "ge", "lt", "gt", "le"});
    const std::string second = any({"", "t", "tt"});
    std::string text = "it" + second + " " + cond;
    for (std::size_t i = 0; i <= second.size(); ++i) {
      text += "\n  " +
              any({"add" + cond + " " + reg() + ", " + reg() + ", #5",
                   "ldr" + cond + " " + reg() + ", [r9, #" + number(60) + "]",
                   "str" + cond + ".w " + reg() + ", [r9, #" + std::to_string(4 * below(30)) + "]",
                   "subs" + cond + ".w " + reg() + ", " + reg() + ", " + reg(),
                   "mov" + cond + " " + reg() + ", " + reg()});
    }
    return text;
  }

  std::string other() {
    return any({"bl leaf", "vmov s1, " + reg(), "vcvt.f32.s32 s2, s1", "vadd.f32 s3, s2, s1",
                "vmov " + reg() + ", s3", "mrs " + reg() + ", apsr", "nop"});
  }

  std::string block(int instructions) {
    std::string text;
    for (int i = 0; i < instructions; ++i) {
      const unsigned kind = below(20);
      text += "  " +
              (kind < 9    ? arithmetic()
               : kind < 12 ? multiply()
               : kind < 17 ? access()
               : kind < 19 ? conditional()
                           : other()) +
              "\n";
    }
    return text;
  }

  /// A short loop that begins at `offset` in a line of 32 bytes, often with an instruction that
  /// ends in the next one, and goes on in lines that were not executed before.
  std::string loop(const std::string& name, unsigned offset) {
    std::string text = "  .balign 32\n  .thumb_func\n  .global " + name + "\n  .type " + name +
                       ", %function\n" + name + ":\n  mov.w r0, #" + std::to_string(1 + below(20)) +
                       "\n";
    const auto repeat = [](unsigned count, const std::string& instruction) {
      return "  .rept " + std::to_string(count) + "\n  " + instruction + "\n  .endr\n";
    };
    text += repeat((offset + 32 - 4) % 32 / 2, "adds r1, r1, #1") + name +
            "_again:\n  eor.w r2, r1, r2, ror #3\n  subs r0, r0, #1\n" +
            repeat(below(8), any({"add r1, r3", "add.w r1, r3, #1"})) + "  bne.n " + name +
            "_again\n" + repeat(below(24), "add r1, r3");
    return text + "  bx lr\n  .size " + name + ", . - " + name + "\n";
  }

  std::string function(const std::string& name, const std::string& fault) {
    std::string text = "  .balign " + any({"4", "16"}) + "\n  .thumb_func\n  .global " + name +
                       "\n  .type " + name + ", %function\n" + name +
                       ":\n  push {r4-r11, lr}\n  ldr r8, =table\n  ldr r9, =" + buffer_ +
                       "\n  mov r10, #" + std::to_string(3 + below(20)) + "\n" + name +
                       "_again:\n  add r11, r9, #400\n";
    const int blocks = 2 + static_cast<int>(below(4));
    for (int i = 0; i < blocks; ++i) {
      const std::string next = name + "_" + std::to_string(i);
      text += block(4 + static_cast<int>(below(22)));
      text += "  " +
              any({"b" + any({"eq", "ne", "cs", "mi", "vs", "hi", "ge", "gt"}) + ".w " + next,
                   any({"cbz r", "cbnz r"}) + number(8) + ", " + next, "b.w " + next}) +
              "\n" + (below(3) == 0 ? "" : block(1 + static_cast<int>(below(5)))) + next + ":\n";
    }
    return text + fault + "  subs r10, r10, #1\n  bne.w " + name + "_again\n  pop {r4-r11, pc}\n" +
           "  .ltorg\n  .size " + name + ", . - " + name + "\n";
  }

  std::mt19937 random_;
  std::string buffer_;
};

}  // namespace

int main(int argc, char** argv) {
  const unsigned seed = argc > 1 ? static_cast<unsigned>(std::atoi(argv[1])) : 1;
  std::fputs(Writer(seed, argc > 2 ? argv[2] : "buffer").file().c_str(), stdout);
  return 0;
}
