// GDB's protocol as a debugger speaks it, without one: framing, registers, memory, breakpoints,
// watchpoints, steps, and hostile packets.
#include "runners/simulator/debug/gdb_session.h"

#include <gmock/gmock.h>

#include "runners/simulator/debug/gdb_registers.h"
#include "src/base/random.h"
#include "tests/simulator/programs.h"

namespace opline::simulator {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(GdbPackets, AreFramedEscapedAndChecked) {
  EXPECT_EQ(gdb::packet("OK"), "$OK#9a");
  EXPECT_EQ(gdb::packet("a}b#"), "$a}]b}\x03#" + gdb::packet("a}b#").substr(8));
  gdb::PacketReader reader;
  reader.feed("+$g#6");
  EXPECT_FALSE(reader.next().has_value()) << "not complete";
  reader.feed("7$OK#00\x03" + gdb::packet("x}*$"));
  EXPECT_EQ(reader.next()->data, "g");
  EXPECT_EQ(reader.next()->kind, gdb::Received::Kind::damaged);
  EXPECT_EQ(reader.next()->kind, gdb::Received::Kind::interrupt);
  EXPECT_EQ(reader.next()->data, "x}*$");
  EXPECT_FALSE(reader.next().has_value());
  reader.feed("$" + std::string(gdb::PacketReader::kLongest + 10, 'a'));
  EXPECT_EQ(reader.next()->kind, gdb::Received::Kind::damaged) << "longer than any packet";
}

TEST(GdbPackets, NumbersAreHexadecimal) {
  EXPECT_EQ(gdb::hex_number("0800ab"), 0x800ABU);
  EXPECT_EQ(gdb::hex_number("FFFFFFFF"), 0xFFFFFFFFU);
  EXPECT_EQ(gdb::hex_number("100000000"), std::nullopt);
  EXPECT_EQ(gdb::hex_number(""), std::nullopt);
  EXPECT_EQ(gdb::hex_number("12 "), std::nullopt);
  EXPECT_EQ(gdb::hex_number("-1"), std::nullopt);
  EXPECT_EQ(gdb::from_hex("414g"), std::nullopt);
  EXPECT_EQ(gdb::from_hex("41424"), std::nullopt);
  EXPECT_EQ(gdb::from_hex("4142"), "AB");
}

/// A debugger that has attached.
class GdbSessionTest : public ::testing::Test {
 protected:
  void SetUp() override {
    OPLINE_NEEDS_PROGRAMS();
    start("exceptions");
  }
  void start(const std::string& program) {
    machine_ = std::make_unique<Machine>(testing::machine_for(program));
    session_ =
        std::make_unique<GdbSession>(*machine_, [&](std::string_view text) { uart_ += text; });
    ask("QStartNoAckMode");
  }
  /// The data of every packet that answers.
  std::vector<std::string> all_replies(const std::string& data) {
    session_->receive(gdb::packet(data));
    for (int i = 0; session_->is_running() && i < 1000; ++i) session_->run_piece();
    gdb::PacketReader reader;
    reader.feed(session_->take_replies());
    std::vector<std::string> replies;
    while (const auto one = reader.next()) replies.push_back(one->data);
    return replies;
  }
  /// The last of them.
  std::string ask(const std::string& data) {
    const std::vector<std::string> replies = all_replies(data);
    return replies.empty() ? "nothing" : replies.back();
  }
  std::uint32_t address(const std::string& name) const { return *machine_->image().symbol(name); }
  std::uint32_t pc() const { return machine_->registers().r[15]; }
  static std::string hex(std::uint32_t value) { return fmt::format("{:x}", value); }

  std::unique_ptr<Machine> machine_;
  std::unique_ptr<GdbSession> session_;
  std::string uart_;
};

TEST_F(GdbSessionTest, Handshake) {
  EXPECT_THAT(ask("qSupported:multiprocess+"), HasSubstr("qXfer:features:read+"));
  EXPECT_EQ(ask("?"), "S05");
  EXPECT_EQ(ask("qAttached"), "1");
  EXPECT_EQ(ask("qfThreadInfo"), "m1");
  EXPECT_EQ(ask("qsThreadInfo"), "l");
  EXPECT_EQ(ask("vCont?"), "vCont;c;C;s;S");
  EXPECT_EQ(ask("Hg0"), "OK");
  EXPECT_EQ(ask("vMustReplyEmpty"), "");
  EXPECT_EQ(ask("qTStatus"), "");
}

TEST_F(GdbSessionTest, TheDescriptionOfTheRegistersComesInPieces) {
  std::string text, part;
  do {
    part = ask("qXfer:features:read:target.xml:" + hex(static_cast<std::uint32_t>(text.size())) +
               ",100");
    text += part.substr(1);
  } while (part[0] == 'm');
  EXPECT_EQ(text, gdb::target_description());
  EXPECT_THAT(text, HasSubstr("org.gnu.gdb.arm.m-profile"));
  EXPECT_THAT(text, EndsWith("</target>"));
}

TEST_F(GdbSessionTest, RegistersAreReadAndSet) {
  EXPECT_EQ(ask("g").size(), 8U * (17 + 1 + 6) + 16U * 16);
  EXPECT_EQ(ask("p f"), "E01");
  EXPECT_EQ(ask("pd"), "00000220") << "SP, little-endian";
  EXPECT_EQ(ask("P3=78563412"), "OK");
  EXPECT_EQ(machine_->registers().r[3], 0x12345678U);
  EXPECT_EQ(ask("p3"), "78563412");
  EXPECT_EQ(ask("P12=0807060504030201"), "OK");  // D1
  EXPECT_EQ(machine_->registers().s[2], 0x05060708U);
  EXPECT_EQ(machine_->registers().s[3], 0x01020304U);
  EXPECT_EQ(ask("P22=00000000"), "E01") << "MSP is read only";
  EXPECT_EQ(ask("p22"), "00000220") << "MSP";
  EXPECT_EQ(ask("p28"), "E01");
  EXPECT_EQ(ask("G" + ask("g")), "OK");
  EXPECT_EQ(machine_->registers().r[3], 0x12345678U);
  EXPECT_EQ(ask("P3=12"), "E01");
}

TEST_F(GdbSessionTest, MemoryIsReadAndWritten) {
  EXPECT_EQ(ask("m8000000,4"), "00000220");
  EXPECT_EQ(ask("M20000100,3:010203"), "OK");
  EXPECT_EQ(ask("m20000100,4"), "01020300");
  EXPECT_EQ(ask("X20000104,2:#}"), "OK") << "binary";
  EXPECT_EQ(ask("m20000104,2"), "237d");
  EXPECT_EQ(ask("me000ed00,4"), "41c20f41") << "CPUID";
  EXPECT_EQ(ask("m70000000,4"), "E01");
  EXPECT_EQ(ask("M70000000,1:00"), "E01");
  EXPECT_EQ(ask("M20000100,3:0102"), "E01");
  EXPECT_EQ(ask("m20000000,ffffffff"), "E01");
}

TEST_F(GdbSessionTest, ReadingARegisterHasNoEffect) {
  machine_->send("x");
  EXPECT_EQ(ask("m40004404,4"), ask("m40004404,4"));
  ask("me000e010,4");
  EXPECT_EQ(machine_->take_output(), "");
}

TEST_F(GdbSessionTest, BreakpointsStopBeforeTheInstruction) {
  const std::uint32_t at = address("svc_body");
  EXPECT_EQ(ask("Z0,60000000,2"), "E01") << "nothing is there";
  EXPECT_EQ(ask("Z0," + hex(at) + ",2"), "OK");
  EXPECT_EQ(ask("c"), "T05thread:1;");
  EXPECT_EQ(pc(), at);
  EXPECT_EQ(ask("?"), "T05thread:1;");
  EXPECT_EQ(ask("vCont;c"), "T05thread:1;");
  EXPECT_EQ(pc(), at) << "the second SVC";
  EXPECT_EQ(ask("z0," + hex(at) + ",2"), "OK");
  EXPECT_EQ(ask("c"), "W00") << "the program exits";
  EXPECT_THAT(uart_, EndsWith("done\n"));
}

TEST_F(GdbSessionTest, StepsGoThroughEveryInstructionAndIntoHandlers) {
  // From the beginning, as many steps as instructions, but for those that enter a handler.
  Machine whole = testing::machine_for("exceptions");
  std::vector<std::uint32_t> executed;
  whole.trace({.instructions = 3000},
              [&](const TracedInstruction& one) { executed.push_back(one.address); });
  whole.run({20'000});
  ASSERT_EQ(executed.size(), 3000U);
  std::vector<std::uint32_t> stepped;
  while (stepped.size() < 3000) {
    const std::uint32_t before = pc();
    const std::uint64_t count = machine_->instructions();
    ASSERT_EQ(ask("s"), "T05thread:1;");
    if (machine_->instructions() != count) stepped.push_back(before);
  }
  // SVC is completed by the machine between two slices, and is not in the trace.
  const auto without_svc = [&](std::vector<std::uint32_t> all) {
    std::erase_if(all, [&](std::uint32_t at) {
      return (static_cast<unsigned char>(machine_->read_memory(at + 1, 1)[0])) == 0xDF;
    });
    return all;
  };
  stepped = without_svc(stepped);
  executed = without_svc(executed);
  executed.resize(std::min(executed.size(), stepped.size()));
  stepped.resize(executed.size());
  EXPECT_EQ(stepped, executed);
  EXPECT_EQ(ask("c"), "W00");
  EXPECT_EQ(machine_->cycles(), [&] {
    Machine undisturbed = testing::machine_for("exceptions");
    undisturbed.run({1'000'000});
    return undisturbed.cycles();
  }()) << "stepping changes no cycle";
}

TEST_F(GdbSessionTest, WatchpointsStopBeforeTheAccess) {
  start("crashes");
  EXPECT_EQ(ask("Z1," + hex(address("program_ready")) + ",2"), "OK");
  ask("c");
  const std::uint32_t kind = address("crash_kind"), sink = address("sink");
  EXPECT_EQ(ask("Z3," + hex(kind) + ",4"), "OK");
  EXPECT_EQ(ask("Z2," + hex(sink) + ",4"), "OK");
  EXPECT_EQ(ask("c"), "T05rwatch:" + hex(kind) + ";thread:1;");
  EXPECT_EQ(ask("z3," + hex(kind) + ",4"), "OK");
  EXPECT_EQ(ask("c"), "T05watch:" + hex(sink) + ";thread:1;");
  EXPECT_THAT(machine_->image().describe(pc()), StartsWith("innermost"));
  EXPECT_EQ(ask("z2," + hex(sink) + ",4"), "OK");
  const std::vector<std::string> replies = all_replies("c");
  EXPECT_EQ(replies.back(), "T0bthread:1;") << "SIGSEGV";
  ASSERT_EQ(replies.size(), 2U);
  EXPECT_THAT(*gdb::from_hex(replies[0].substr(1)), HasSubstr("unmapped memory")) << "the console";
}

TEST_F(GdbSessionTest, CtrlCEndsARun) {
  start("exception_cases");
  Registers all = machine_->registers();
  all.r[15] = address("e_echo");
  machine_->set_registers(all);
  session_->receive(gdb::packet("c"));
  for (int i = 0; i < 5; ++i) session_->run_piece();
  EXPECT_TRUE(session_->is_running());
  EXPECT_FALSE(session_->run_piece()) << "nothing to do until a byte comes";
  session_->receive("\x03");
  EXPECT_FALSE(session_->is_running());
  EXPECT_THAT(session_->take_replies(), HasSubstr("$T02thread:1;#"));
}

TEST_F(GdbSessionTest, MonitorCommands) {
  const auto monitor = [&](const std::string& command) {
    return *gdb::from_hex(ask("qRcmd," + gdb::to_hex(command)));
  };
  EXPECT_EQ(monitor("cycles"), "0 cycles since reset\n");
  ask("Z0," + hex(address("svc_body")) + ",2");
  ask("c");
  EXPECT_EQ(monitor("cycles"), fmt::format("{} cycles since reset\n", machine_->cycles()));
  EXPECT_EQ(monitor("instructions"),
            fmt::format("{} instructions since reset\n", machine_->instructions()));
  EXPECT_THAT(monitor("reset"), HasSubstr("reset"));
  EXPECT_EQ(machine_->cycles(), 0U);
  EXPECT_THAT(monitor("fault"), HasSubstr("no fault"));
  EXPECT_THAT(monitor("notes"), HasSubstr("nothing was used"));
  EXPECT_THAT(monitor("help"), HasSubstr("monitor cycles"));
}

TEST_F(GdbSessionTest, SemihostingGoesToTheConsole) {
  if (!std::filesystem::exists(testing::program_path("newlib")))
    GTEST_SKIP() << "apt install libnewlib-arm-none-eabi, configure and build again";
  start("newlib");
  std::string console;
  const std::vector<std::string> replies = all_replies("c");
  EXPECT_EQ(replies.back(), "W07");
  for (const std::string& reply : replies) {
    if (reply[0] == 'O') console += *gdb::from_hex(reply.substr(1));
  }
  EXPECT_THAT(console, StartsWith("Hello, newlib"));
}

TEST_F(GdbSessionTest, HostilePacketsAreAnswered) {
  RandomStream random(5, 0);
  static constexpr std::string_view kBegins[] = {
      "m", "M", "X", "Z0,",    "z1,",    "Z2,", "p", "P",
      "G", "c", "s", "vCont;", "qRcmd,", "H",   "T", "qXfer:features:read:target.xml:",
      "C", "S", "q", "v",      "?",      ""};
  for (int i = 0; i < 20'000; ++i) {
    std::string data(kBegins[random.below(std::size(kBegins))]);
    for (std::uint32_t n = random.below(20); n > 0; --n)
      data += random.below(4) == 0 ? static_cast<char>(random.next())
                                   : "0123456789abcdef,:;=-"[random.below(21)];
    session_->receive(gdb::packet(data));
    if (session_->is_running()) {
      session_->run_piece();
      session_->receive("\x03");
    }
    EXPECT_FALSE(session_->is_running()) << data;
    EXPECT_LT(session_->take_replies().size(), 100'000U);
    if (session_->has_ended() || i % 500 == 0) start("exceptions");
  }
}

TEST_F(GdbSessionTest, DetachingEndsTheSession) {
  EXPECT_EQ(ask("D"), "OK");
  EXPECT_TRUE(session_->has_ended());
}

}  // namespace
}  // namespace opline::simulator
