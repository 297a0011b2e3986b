// Profiles of calls.S, whose structure and cycles are known.
#include "runners/simulator/profile/profiler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>
#include <sstream>

#include "src/base/error.h"
#include "src/base/files.h"
#include "tests/error_message.h"
#include "tests/simulator/elf_builder.h"
#include "tests/simulator/programs.h"

namespace opline::simulator {
namespace {

const std::string kSource = std::string(OPLINE_SOURCE_DIR) + "/tests/simulator/programs/calls.S";

class Profiles : public ::testing::Test {
 protected:
  void SetUp() override {
    OPLINE_NEEDS_PROGRAMS();
    lines = LineTable(read_file(testing::program_path("calls")));
  }

  static Machine machine(const std::string& board = "nucleo-f446re") {
    return testing::machine_for("calls", board);
  }
  static std::optional<std::uint32_t> symbol(const std::string& name) {
    return machine().image().symbol(name);
  }
  Profile profile(const ProfileWindow& window) const {
    Machine of = machine();
    return profile_run(of, window, lines).profile;
  }
  Profile call_of(const std::string& name) const {
    return profile({.from = symbol(name), .calls = 1});
  }

  LineTable lines;
};

const ProfiledFunction& function(const Profile& profile, const std::string& name) {
  const auto found = std::find_if(profile.functions.begin(), profile.functions.end(),
                                  [&](const auto& one) { return one.name == name; });
  static const ProfiledFunction kNone;
  return found == profile.functions.end() ? kNone : *found;
}

/// "program>twice>leaf": calls, self cycles.
std::map<std::string, std::pair<std::uint64_t, std::uint64_t>> paths_of(const Profile& profile) {
  std::map<std::string, std::pair<std::uint64_t, std::uint64_t>> all;
  std::vector<std::string> names(profile.paths.size());
  for (std::size_t i = 1; i < names.size(); ++i) {
    const CallPath& path = profile.paths[i];
    const std::string& above = names[path.parent];
    const std::string own = path.layer ? fmt::format("layer {}", *path.layer)
                                       : profile.functions[path.function.value()].name;
    names[i] = above.empty() ? own : above + ">" + own;
    all[names[i]] = {path.calls, path.self.cycles()};
  }
  return all;
}

TEST_F(Profiles, FollowCallsReturnsRecursionAndJumps) {
  const Profile one = call_of("program");
  const auto paths = paths_of(one);
  const auto calls = [&](const std::string& path) {
    const auto found = paths.find(path);
    return found == paths.end() ? 0 : found->second.first;
  };
  // reset called program; nothing of its own is in the window.
  EXPECT_EQ(calls("reset>program"), 1U);
  EXPECT_EQ(calls("reset>program>twice"), 3U);
  EXPECT_EQ(calls("reset>program>twice>leaf"), 6U);
  EXPECT_EQ(calls("reset>program>recurse"), 1U);
  EXPECT_EQ(calls("reset>program>recurse>recurse>recurse>recurse"), 1U);
  EXPECT_EQ(calls("reset>program>jumper>leaf"), 1U);
  EXPECT_EQ(paths.size(), 10U);
  EXPECT_EQ(function(one, "leaf").calls, 7U);
  EXPECT_EQ(function(one, "recurse").calls, 4U);
  EXPECT_EQ(function(one, "leaf").self.instructions, 7U * 3);
  EXPECT_EQ(function(one, "twice").self.instructions, 3U * 4);
  EXPECT_EQ(function(one, "twice").inclusive.instructions, 3U * (4 + 2 * 3));
  EXPECT_EQ(function(one, "recurse").self.instructions, 3U * 5 + 3);
  EXPECT_EQ(function(one, "recurse").inclusive.instructions, 3U * 5 + 3) << "counted once";
  EXPECT_EQ(function(one, "program").inclusive, one.total);
}

// DDI 0439, table 3-1: NOP 1, BX 1 + refill.
TEST_F(Profiles, HaveTheCyclesThatWereCountedByHand) {
  const Profile one = call_of("leaf");
  const std::uint64_t refill = machine().core().integer.refill;
  EXPECT_EQ(one.total.instructions, 3U);
  EXPECT_EQ(one.total.cycles(), 3 + refill);
  EXPECT_EQ(one.total.cycles(CycleCause::issue), 3U);
  EXPECT_EQ(one.total.cycles(CycleCause::branch), refill);
  ASSERT_EQ(one.instructions.size(), 3U);
  EXPECT_EQ(one.instructions[2].self.cycles(), 1 + refill);
  EXPECT_EQ(one.end - one.begin, one.total.cycles());
}

TEST_F(Profiles, AddUp) {
  for (const char* board : {"nucleo-f446re", "nucleo-f746zg"}) {
    Machine of = machine(board);
    const Profile one = profile_run(of, {}, lines).profile;
    Cost functions, source, code, paths, regions;
    for (const auto& each : one.functions) functions += each.self;
    for (const auto& each : one.lines) source += each.self;
    for (const auto& each : one.instructions) code += each.self;
    for (const auto& each : one.paths) paths += each.self;
    EXPECT_EQ(functions, one.total);
    EXPECT_EQ(source, one.total);
    EXPECT_EQ(code, one.total);
    EXPECT_EQ(paths, one.total);
    EXPECT_EQ(one.total.cycles(), one.end - one.begin);
    EXPECT_EQ(one.total.instructions, of.instructions());
    std::uint64_t fetches = 0;
    for (const auto& each : one.traffic) fetches += each.fetches;
    EXPECT_EQ(fetches, of.instructions());
    EXPECT_EQ(one.paired != 0, of.core().dual_issue.has_value());
    // Self and calls of a function make its inclusive cost.
    Cost program = function(one, "program").self;
    for (const ProfiledCall& call : one.calls) {
      if (one.functions[call.caller].name == "program") program += call.inclusive;
    }
    EXPECT_EQ(program, function(one, "program").inclusive);
  }
}

TEST_F(Profiles, NameTheCallSitesAndSourceLines) {
  const Profile one = call_of("program");
  std::vector<std::string> text;
  std::istringstream source(read_file(kSource));
  for (std::string line; std::getline(source, line);) text.push_back(line);
  const auto line_of = [&](std::uint32_t address) -> std::string {
    const auto where = lines.at(address);
    EXPECT_TRUE(where.has_value());
    EXPECT_THAT(lines.files()[where->file], ::testing::HasSubstr("calls.S"));
    return text.at(where->line - 1);
  };
  std::set<std::string> sites;
  for (const ProfiledCall& call : one.calls)
    if (one.functions[call.caller].name != "reset") sites.insert(line_of(call.site));
  EXPECT_THAT(sites, ::testing::ElementsAre("  b.w leaf", "  bl jumper", "  bl leaf",
                                            "  bl recurse", "  bl twice"));
  ASSERT_TRUE(one.lines.front().source.has_value());
  EXPECT_EQ(text.at(one.lines.front().source->line - 1), "  bx lr");
  EXPECT_EQ(line_of(*symbol("leaf")), "  nop");
  EXPECT_EQ(line_of(*symbol("leaf") + 4), "  bx lr");
  EXPECT_EQ(lines.at(0x20000000), std::nullopt);
}

TEST_F(Profiles, BeginAndEndAtSymbols) {
  // From the first execution of twice up to recurse.
  const Profile part = profile({.from = symbol("twice"), .to = symbol("recurse")});
  EXPECT_EQ(function(part, "leaf").calls, 6U);
  EXPECT_EQ(function(part, "recurse").self.instructions, 0U);
  const Profile before = profile({.to = symbol("twice")});
  EXPECT_EQ(function(before, "twice").self.instructions, 0U);
  EXPECT_EQ(function(before, "program").self.instructions, 3U);
  // The window begins with the third call of leaf: the second of twice.
  const Profile calls = profile({.from = symbol("leaf"), .skip = 2, .calls = 2, .layers = true});
  EXPECT_EQ(calls.layers.size(), 2U);
  EXPECT_EQ(calls.layers[0].inclusive.instructions, 3U);
  EXPECT_EQ(calls.total.instructions, 3U + 1 + 3) << "leaf, the second BL, leaf";
  const auto paths = paths_of(calls);
  EXPECT_EQ(paths.at("twice>layer 1>leaf").first, 1U);
}

TEST_F(Profiles, SayWhenTheirWindowIsNotThere) {
  const auto refusal = [&](const ProfileWindow& window) {
    return message_of([&] { (void)profile(window); }, ErrorCode::device);
  };
  EXPECT_THAT(refusal({.from = symbol("touch"), .calls = 1}),
              ::testing::HasSubstr("the run stopped before the profile began: BKPT"));
  EXPECT_THAT(refusal({.from = symbol("leaf"), .to = symbol("touch")}),
              ::testing::HasSubstr("the run stopped before the profile ended: BKPT"));
}

TEST_F(Profiles, CountMemoryTrafficAndStack) {
  Machine of = machine();
  of.run();  // to its end
  Registers registers = of.registers();
  registers.r[13] = 0x20010000;
  registers.r[14] = *symbol("leaf") | 1;
  registers.r[15] = *symbol("touch");
  of.set_registers(registers);
  const Profile one =
      profile_run(of, {.from = symbol("touch"), .to = symbol("leaf")}, lines).profile;
  std::map<std::string, MemoryTraffic> traffic;
  for (const MemoryTraffic& each : one.traffic) traffic[each.region] = each;
  EXPECT_EQ(traffic["flash"].fetches, 7U);
  EXPECT_EQ(traffic["flash"].fetched_bytes, 16U) << "STM without write-back is wide";
  EXPECT_EQ(traffic["flash"].reads, 2U) << "two literals";
  EXPECT_EQ(traffic["flash"].read_bytes, 8U);
  EXPECT_EQ(traffic["sram1"].reads, 1U);
  EXPECT_EQ(traffic["sram1"].writes, 2U);
  EXPECT_EQ(traffic["sram1"].written_bytes, 9U);
  EXPECT_EQ(traffic["peripherals"].read_bytes, 4U);
  EXPECT_EQ(one.stack.lowest, 0x20010000U);
  const Profile deep = call_of("program");
  EXPECT_EQ(deep.functions[deep.stack.function].name, "recurse");
  // program, and recurse four times, push two words each.
  const std::uint32_t before = call_of("leaf").stack.lowest + 16;
  EXPECT_EQ(before - deep.stack.lowest, 5U * 8);
}

// A program that never returns does not take the host's memory.
TEST_F(Profiles, OfEndlessRecursionAreBounded) {
  Machine of = machine();
  of.run();
  Registers registers = of.registers();
  registers.r[15] = *symbol("endless");
  of.set_registers(registers);
  const ProfiledRun run = profile_run(of, {}, lines, {1'000'000});
  EXPECT_EQ(run.stop.value().reason, StopReason::budget_exhausted);
  EXPECT_LT(run.profile.paths.size(), 5000U);
  EXPECT_GE(run.profile.total.cycles(), 1'000'000U);
  EXPECT_EQ(inclusive_costs(run.profile.paths)[0], run.profile.total);
}

/// main() calls the supervisor, whose handler makes PendSV pending and leaves by a tail call;
/// PendSV has the same priority, so its handler is entered at that function's return.
std::string program_with_tail_chaining() {
  std::string flash;
  testing::put32(flash, 0x20010000);
  testing::put32(flash, 0x08000041);
  flash.resize(0x40, '\0');
  const auto set_vector = [&](std::size_t number, char low_byte) {
    flash[4 * number] = low_byte, flash[4 * number + 3] = '\x08';
  };
  set_vector(11, 0x49);
  set_vector(14, 0x5B);
  for (const std::uint32_t halfword :
       {0xBF00U, 0xDF00U, 0xBF00U, 0xBE00U,                    // main: NOP; SVC #0; NOP; BKPT
        0x4802U, 0x2101U, 0x0709U, 0x6001U, 0xE002U, 0xBF00U,  // svc: ICSR = 1 << 28; B tail
        0xED04U, 0xE000U,                                      // the address of ICSR
        0x4770U, 0x4770U})                                     // tail, pendsv: BX LR
    testing::put16(flash, halfword);
  return testing::build_elf(
      {{0x08000000, flash}},
      {{"main", 0x08000041}, {"svc", 0x08000049}, {"tail", 0x08000059}, {"pendsv", 0x0800005B}});
}

class ProfilesOfHandlers : public ::testing::TestWithParam<const char*> {
 protected:
  static Profile profile(const ProfileWindow& window) {
    board::Board board = board::load_board(GetParam());
    board::Core core = board::load_core(board.core);
    const std::string elf = program_with_tail_chaining();
    Machine machine(std::move(board), std::move(core), ElfImage::from_bytes(elf, "chain.elf"));
    return profile_run(machine, window, LineTable(elf)).profile;
  }
};

// PendSV's handler was shown inside `tail`.
TEST_P(ProfilesOfHandlers, NestInWhatTheyInterrupt) {
  const auto paths = paths_of(profile({}));
  EXPECT_EQ(paths.size(), 4U);
  for (const char* path : {"main", "main>svc", "main>svc>tail", "main>pendsv"}) {
    ASSERT_TRUE(paths.contains(path)) << path;
    EXPECT_EQ(paths.at(path).first, 1U) << path;
  }
}

// "the run stopped before the profile ended"
TEST_P(ProfilesOfHandlers, EndAtTheReturnFromTheException) {
  EXPECT_EQ(profile({.from = 0x08000048, .calls = 1}).total.instructions, 6U) << "svc, tail";
  EXPECT_EQ(profile({.from = 0x08000058, .calls = 1}).total.instructions, 1U) << "tail";
  EXPECT_EQ(profile({.from = 0x0800005A, .calls = 1}).total.instructions, 1U) << "pendsv";
}

INSTANTIATE_TEST_SUITE_P(Boards, ProfilesOfHandlers,
                         ::testing::Values("nucleo-f446re", "nucleo-f746zg"));

TEST_F(Profiles, ChangeNoCycle) {
  Machine plain = machine(), profiled = machine();
  plain.run();
  (void)profile_run(profiled, {}, lines);
  EXPECT_EQ(profiled.cycles(), plain.cycles());
  EXPECT_EQ(profiled.registers().r, plain.registers().r);
}

TEST(LineTables, AreEmptyWithoutLineInformation) {
  OPLINE_NEEDS_PROGRAMS();
  // Only libgcc's functions have them here.
  const std::shared_ptr<const ElfImage> image = testing::load_program("mixed-O2");
  EXPECT_EQ(LineTable(read_file(testing::program_path("mixed-O2"))).at(*image->symbol("program")),
            std::nullopt);
  EXPECT_TRUE(LineTable("no ELF file").empty());
  EXPECT_TRUE(LineTable("").empty());
}

// addr2line of binutils reads the same file.
TEST(LineTables, AgreeWithAddr2line) {
  OPLINE_NEEDS_PROGRAMS();
  const std::string elf = testing::program_path("inlined");
  const LineTable lines(read_file(elf));
  const std::shared_ptr<const ElfImage> image = ElfImage::from_file(elf);
  const auto program = std::find_if(image->functions().begin(), image->functions().end(),
                                    [](const auto& one) { return one.name == "program"; });
  ASSERT_NE(program, image->functions().end());
  const std::string list = ::testing::TempDir() + "opline_lines.txt";
  std::string command = "arm-none-eabi-addr2line -i -a -e " + elf;
  for (std::uint32_t at = 0; at < program->bytes; at += 2)
    command += fmt::format(" {:#x}", program->address + at);
  ASSERT_EQ(std::system((command + " > " + list).c_str()), 0);
  std::istringstream text(read_file(list));
  std::string line;
  std::getline(text, line);  // 0x08000012, then the line, then the calls that were inlined
  unsigned inlined = 0;
  for (std::uint32_t at = program->address; at < program->address + program->bytes; at += 2) {
    ASSERT_EQ(line, fmt::format("0x{:08x}", at));
    std::vector<std::string> found;
    while (std::getline(text, line) && !line.starts_with("0x"))
      found.push_back(line.substr(line.rfind('/') + 1));
    const auto text_of = [&](const std::optional<SourcePosition>& where) {
      if (!where) return std::string();
      const std::string& file = lines.files()[where->file];
      return fmt::format("{}:{}", file.substr(file.rfind('/') + 1), where->line);
    };
    const std::string first = found.at(0).substr(0, found.at(0).find(" (disc"));
    if (!first.ends_with(":?")) {
      EXPECT_EQ(text_of(lines.at(at)), first);
    }
    const std::string call = found.size() > 1 ? found[1].substr(0, found[1].find(" (disc")) : "";
    EXPECT_EQ(text_of(lines.inlined_at(at)), call) << fmt::format("{:#x}", at);
    if (!call.empty()) ++inlined;
  }
  EXPECT_GT(inlined, 20U);
}

// Damaged files: fewer lines, never a crash (run with sanitizers, too).
TEST(LineTables, SurviveMutation) {
  OPLINE_NEEDS_PROGRAMS();
  const std::string whole = read_file(testing::program_path("calls"));
  std::uint32_t state = 1;
  for (int round = 0; round < 300; ++round) {
    std::string bytes = whole;
    for (int i = 0; i < 8; ++i) {
      state = state * 1664525U + 1013904223U;
      bytes[state % bytes.size()] = static_cast<char>(state >> 24);
    }
    if (round % 3 == 0) bytes.resize(state % bytes.size());
    const LineTable lines(bytes);
    (void)lines.at(0x08000100);
  }
}

}  // namespace
}  // namespace opline::simulator
