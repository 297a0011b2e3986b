// tests/firmware/protocol_test.cpp - the device's protocol and runtime, compiled for the host:
// docs/formats/protocol.md.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <vector>

extern "C" {
#include "firmware/protocol/opline_protocol.h"
}
#include "tests/firmware/device_plan.h"
#include "tests/firmware/fake_board.h"
#include "tests/firmware/layer_case.h"
#include "tests/firmware/vectors.h"

namespace opline::firmware_test {
namespace {

using Lines = std::vector<std::string>;
using testing::ElementsAre;
using testing::HasSubstr;

class Protocol : public testing::Test {
 protected:
  Protocol() : pools_(40000, 4800) {
    fake_board() = FakeBoard{};
    const opline_memory memory{arena_.data(),
                               static_cast<std::uint32_t>(arena_.size()),
                               {pools_.weights.data(), pools_.channels.data(), nullptr},
                               40000,
                               4800,
                               reinterpret_cast<const std::uint8_t*>(pools_.weights.data()),
                               40000};
    memory_ = memory;
    start(nullptr);
  }

  void start(const opline_own_network* own) {
    opline_runtime_start(&runtime_, &memory_, own);
    opline_protocol_start(&protocol_, &runtime_);
    boot_ = take();
  }

  Lines take() {
    Lines lines;
    const std::string sent = std::exchange(fake_board().sent, "");
    for (std::size_t at = 0, end; (end = sent.find("\r\n", at)) != std::string::npos;
         at = end + 2) {
      lines.push_back(sent.substr(at, end - at));
    }
    return lines;
  }

  /// The reply without the final m-ready, which must be there.
  Lines command(const std::string& text) {
    for (const char c : text + "%") opline_protocol_receive(&protocol_, c);
    Lines lines = take();
    EXPECT_FALSE(lines.empty());
    EXPECT_EQ(lines.back(), "m-ready") << text;
    lines.pop_back();
    return lines;
  }

  void send(const std::string& bytes) {
    for (const char c : bytes) opline_protocol_receive(&protocol_, c);
  }

  static std::string frame(const std::string& number, const std::string& text) {
    const std::string checked = number + text;
    return "#" + hex(crc_of(checked)) + checked + "%";
  }
  static std::uint32_t crc_of(const std::string& bytes) {
    return opline_crc32(0, reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  }
  static std::string hex(std::uint32_t value) {
    char digits[9];
    std::snprintf(digits, sizeof digits, "%08x", value);
    return digits;
  }
  /// What m-ready must say after a checked command with this reply.
  static std::string ready(const std::string& number, const std::string& text, const Lines& reply) {
    std::string all = hex(crc_of(number + text)) + number + text;
    for (const std::string& line : reply) all += line + "\r\n";
    return "m-ready-[" + number + "," + hex(crc_of(all)) + "]";
  }

  Lines load(const std::vector<std::uint8_t>& plan) {
    Lines answer;
    for (const std::string& text : load_commands(plan)) answer = command(text);
    return answer;
  }

  /// As MLPerf Tiny's runner sends it; the reply to the last bytes.
  Lines load_input(const std::vector<std::int8_t>& input) {
    const std::string bytes = std::to_string(input.size());
    EXPECT_THAT(command("db load " + bytes), ElementsAre("m-[Expecting " + bytes + " bytes]"));
    Lines answer;
    for (std::size_t at = 0; at < input.size(); at += 31) {
      const auto first = input.begin() + static_cast<std::ptrdiff_t>(at);
      const auto count = static_cast<std::ptrdiff_t>(std::min<std::size_t>(31, input.size() - at));
      answer = command("db " + to_hex({first, first + count}));
    }
    return answer;
  }

  alignas(16) std::array<std::uint8_t, 16384> arena_{};
  HostPools pools_;
  opline_memory memory_{};
  opline_runtime runtime_{};
  opline_protocol protocol_{};
  Lines boot_;
};

std::vector<std::uint8_t> small_plan() {
  return plan_of({"", 5, random_case(OPLINE_OP_CONV2D, 3).layer, {}});
}

TEST_F(Protocol, GreetsAsMlperfTinyDoes) {
  EXPECT_THAT(boot_, ElementsAre("m-timestamp-mode-performance", "m-init-done", "m-ready"));
  EXPECT_THAT(command("name"), ElementsAre("m-name-dut-[opline]"));
  EXPECT_THAT(command("profile"), ElementsAre(HasSubstr("m-profile-["), "m-model-[plan]"));
  EXPECT_GT(command("help").size(), 10u);
}

TEST_F(Protocol, HelpNamesEveryCommand) {
  const Lines help = command("help");
  for (const char* word : {"help", "name, profile", "timestamp", "setup", "crc", "plan load",
                           "plan HH", "plan at", "plan run", "plan report", "trigger level",
                           "trigger pulse", "db load", "db HH", "db print", "infer", "results"}) {
    EXPECT_THAT(help, testing::Contains(testing::StartsWith(word)));
  }
}

// opline_device.h is a file to copy, so it has its own: firmware of other runtimes makes the same
// inputs.
TEST(OplineDevice, MakesTheInputsOfAPlan) {
  for (std::uint32_t seed = 0; seed < 5; ++seed) {
    for (std::uint32_t i = 0; i < 1000; ++i) {
      ASSERT_EQ(opline_device_input_byte(seed, i * i), opline_input_byte(seed, i * i))
          << seed << " " << i;
    }
  }
}

TEST_F(Protocol, TimestampIsInMicroseconds) {
  const std::string first = command("timestamp").at(0), second = command("timestamp").at(0);
  EXPECT_EQ(std::stoi(second.substr(9)) - std::stoi(first.substr(9)),
            10);  // 1000 cycles at 100 MHz
  fake_board().clock_hz = 0;
  EXPECT_THAT(command("timestamp"), ElementsAre(HasSubstr("e-[timestamp")));
}

TEST_F(Protocol, SetupNamesEveryCapability) {
  EXPECT_THAT(
      command("setup"),
      ElementsAre("m-setup-[board=fake]", "m-setup-[kernels=portable]",
                  "m-setup-[clock_hz=100000000]", "m-setup-[clock_source=hse]",
                  "m-setup-[cycle_counter=1]", "m-setup-[checked=1]", "m-setup-[arena_bytes=16384]",
                  "m-setup-[weight_pool_bytes=40000]", "m-setup-[channel_pool_bytes=4800]"));
}

TEST_F(Protocol, RunsAPlanAndReports) {
  const std::vector<std::uint8_t> plan = small_plan();
  EXPECT_THAT(load(plan), ElementsAre("m-plan-loaded-[2]"));
  EXPECT_THAT(command("plan run 2"), ElementsAre("m-run-done"));
  const std::vector<std::uint32_t> digests = host_digests(plan, pools_);
  std::array<char, 16> d0{}, d1{};
  std::snprintf(d0.data(), d0.size(), "%08x", digests[0]);
  std::snprintf(d1.data(), d1.size(), "%08x", digests[1]);
  EXPECT_THAT(command("plan report"),
              ElementsAre("m-layer-[0,1000," + std::string(d0.data()) + "]",
                          "m-layer-[1,1000," + std::string(d1.data()) + "]", "m-total-[2000]",
                          "m-output-[" + std::string(d1.data()) + "]"));
}

// Every plan run begins from one state of the caches: before its unmeasured runs, and never between
// them and the measured.
TEST_F(Protocol, CachesAreEmptiedOnceBeforeTheUnmeasuredRuns) {
  load(small_plan());
  std::vector<std::uint8_t> seen;  // the arena at each call
  fake_board().on_same_start = [&] { seen.insert(seen.end(), arena_.begin(), arena_.end()); };
  const std::vector<std::uint8_t> before(arena_.begin(), arena_.end());
  command("plan run 3");
  EXPECT_EQ(seen, before) << "called " << seen.size() / before.size() << " times, or after a run";
  EXPECT_NE(std::vector<std::uint8_t>(arena_.begin(), arena_.end()), before);
}

TEST_F(Protocol, CyclesSurviveAWrapOfTheCounter) {
  load(small_plan());
  fake_board().cycles = 0xfffffc00u;
  fake_board().step = 0x60000000u;
  command("plan run");
  const Lines report = command("plan report");
  EXPECT_THAT(report.at(2), "m-total-[" + std::to_string(2 * 0x60000000ull) + "]");
}

TEST_F(Protocol, WithoutACounterCyclesAreEmpty) {
  load(small_plan());
  fake_board().has_cycle_counter = false;
  command("plan run");
  const Lines report = command("plan report");
  EXPECT_THAT(report.at(0), HasSubstr("m-layer-[0,,"));
  EXPECT_EQ(report.at(2), "m-total-[]");
}

TEST_F(Protocol, ErrorsSayWhatWasExpected) {
  const std::pair<const char*, const char*> cases[] = {
      {"bogus", "e-[unknown command 'bogus': see 'help%'"},
      {"", "e-[unknown command"},
      {"plan", "e-[plan: expected"},
      {"plan load", "e-[plan load: expected"},
      {"plan load 100 123", "e-[plan load: expected"},
      {"plan load 4294967296 00000000", "e-[plan load: expected"},
      {"plan load 10 00000000", "e-[plan load: expected at least"},
      {"plan load 99999 00000000", "e-[plan load: exceeds the arena"},
      {"plan 00", "e-[plan: expected 'plan load N CRC' before"},
      {"plan zz", "e-[plan: expected"},
      {"plan 0", "e-[plan: expected"},
      {"plan run", "e-[plan run: no plan"},
      {"plan run x", "e-[plan run: expected"},
      {"plan report", "e-[plan report: expected"},
      {"results", "e-[results: no inference"},
      {"infer 0", "e-[Inference iterations must be >0]"},
      {"infer 1", "e-[infer: expected a plan"},
      {"db", "e-[Command 'db' requires a subcommand]"},
      {"db load", "e-[Command 'db load' requires the # of bytes]"},
      {"db load 0", "e-[Command 'db load' must be >0 bytes]"},
      {"db load 8", "e-[db load: no plan"},
      {"db 00", "e-[db: expected 'db load N' before"},
      {"db 0g", "e-[db: expected"},
      {"a b c d e", "e-[command: expected at most 4 words"},
  };
  for (const auto& [text, error] : cases)
    EXPECT_THAT(command(text), ElementsAre(HasSubstr(error))) << text;
}

TEST_F(Protocol, AnOverlongCommandIsRefusedWhole) {
  EXPECT_THAT(command(std::string(81, 'x')), ElementsAre(HasSubstr("longer than 80")));
  EXPECT_THAT(command("plan " + std::string(5000, '0')), ElementsAre(HasSubstr("longer than 80")));
  EXPECT_THAT(command("name"), ElementsAre("m-name-dut-[opline]"));
  EXPECT_THAT(command("\r\n name "), ElementsAre("m-name-dut-[opline]"));
}

TEST_F(Protocol, ADamagedPlanIsRefusedAndTheNextOneLoads) {
  std::vector<std::uint8_t> plan = small_plan();
  std::vector<std::string> commands = load_commands(plan);
  commands[2][8] = commands[2][8] == '0' ? '1' : '0';
  Lines answer;
  for (const std::string& text : commands) answer = command(text);
  EXPECT_THAT(answer, ElementsAre(HasSubstr("CRC-32 differs")));
  EXPECT_THAT(command("plan run"), ElementsAre(HasSubstr("no plan")));
  EXPECT_THAT(load(plan), ElementsAre("m-plan-loaded-[2]"));
  plan[sizeof(opline_plan_header) + sizeof(opline_layer)] = 99;  // the operation of layer 1
  EXPECT_THAT(load(plan), ElementsAre("e-[layer 1: op: expected 1..24]"));
}

TEST_F(Protocol, MorePlanBytesThanAnnouncedAreRefused) {
  std::vector<std::uint8_t> plan = small_plan();
  const std::vector<std::string> commands = load_commands(plan);
  for (std::size_t i = 0; i + 1 < commands.size(); ++i) command(commands[i]);
  EXPECT_THAT(command(commands.back() + "00"), ElementsAre(HasSubstr("more bytes")));
}

TEST_F(Protocol, InferRunsTheLoadedInputAndPrintsTheOutput) {
  const Vector v =
      read_vectors(std::string(OPLINE_SOURCE_DIR) + "/tests/firmware/vectors/kernels.txt").at(0);
  opline_layer layer = v.layer;
  load(make_plan({layer}, 1));
  const reference::Operands operands = operands_of(v);
  EXPECT_THAT(command("db load 1"), ElementsAre(HasSubstr("expected the size")));
  const Lines answer = load_input(operands.input);
  EXPECT_THAT(answer, ElementsAre("m-load-done"));
  EXPECT_EQ(command("db print").size(), (operands.input.size() + 7) / 8);
  std::string expected;
  for (const int value : v.output)
    expected += (expected.empty() ? "" : ",") + std::to_string(value);
  EXPECT_THAT(
      command("infer 3 2"),
      ElementsAre("m-warmup-start-2", "m-warmup-done", "m-infer-start-3", HasSubstr("m-lap-us-"),
                  HasSubstr("m-lap-us-"), "m-infer-done", "m-results-[" + expected + "]"));
  EXPECT_THAT(command("results"), ElementsAre("m-results-[" + expected + "]"));
}

// An image with a network of its own, as MLPerf Tiny's runner expects it: a name, images as pixels
// from 0 to 255, and results as the model means them.
TEST_F(Protocol, AnOwnNetworkIsLoadedAtBoot) {
  const Vector v =
      read_vectors(std::string(OPLINE_SOURCE_DIR) + "/tests/firmware/vectors/kernels.txt").at(0);
  alignas(4) const std::vector<std::uint8_t> plan = make_plan({v.layer}, 1);
  const opline_own_network own{"ic01", plan.data(), static_cast<std::uint32_t>(plan.size()),
                               1,      -128,        3'906'250};
  start(&own);
  EXPECT_THAT(command("profile"), testing::Contains("m-model-[ic01]"));
  std::vector<std::int8_t> pixels = operands_of(v).input;
  for (std::int8_t& pixel : pixels) pixel = static_cast<std::int8_t>(pixel ^ 0x80);
  EXPECT_THAT(load_input(pixels), ElementsAre("m-load-done"));
  EXPECT_THAT(command("db print").at(0), testing::StartsWith("m-buffer-" + to_hex({pixels[0]})));
  std::string expected;
  for (const int value : v.output) {
    char text[16];
    std::snprintf(text, sizeof text, "%.6f", (value + 128) * 0.00390625 - 4e-7);  // truncated
    expected += (expected.empty() ? "" : ",") + std::string(value == -128 ? "0.000000" : text);
  }
  EXPECT_EQ(command("infer 1 0").back(), "m-results-[" + expected + "]");
}

TEST_F(Protocol, ResultsMayBeNegative) {
  const Vector v =
      read_vectors(std::string(OPLINE_SOURCE_DIR) + "/tests/firmware/vectors/kernels.txt").at(0);
  alignas(4) const std::vector<std::uint8_t> plan = make_plan({v.layer}, 1);
  const opline_own_network own{"kws01", plan.data(), static_cast<std::uint32_t>(plan.size()),
                               0,       127,         1'500'000'000};
  start(&own);
  load_input(operands_of(v).input);
  char first[32];
  std::snprintf(first, sizeof first, "m-results-[%.6f", (v.output[0] - 127) * 1.5);
  EXPECT_THAT(command("infer 1 0").back(), testing::StartsWith(first));
}

TEST_F(Protocol, AnOwnNetworkThatIsRefusedIsNotLoaded) {
  std::vector<std::uint8_t> plan = small_plan();
  plan[sizeof(opline_plan_header) + sizeof(opline_layer)] = 99;  // the operation of layer 1
  const opline_own_network own{"kws01", plan.data(), static_cast<std::uint32_t>(plan.size()),
                               0,       0,           1'000'000'000};
  start(&own);
  EXPECT_THAT(command("db load 8"), ElementsAre("e-[db load: no plan is loaded]"));
}

TEST_F(Protocol, TheTriggerIsHighDuringInference) {
  const Vector v =
      read_vectors(std::string(OPLINE_SOURCE_DIR) + "/tests/firmware/vectors/kernels.txt").at(0);
  load(make_plan({v.layer}, 1));
  load_input(operands_of(v).input);
  command("infer 5 5");
  EXPECT_THAT(fake_board().trigger, ElementsAre(0, 1, 0));
  command("plan run");
  EXPECT_THAT(fake_board().trigger, ElementsAre(0, 1, 0, 0, 1, 0));
}

// For meters that see falling edges only: one when a run begins, one when it ends.
TEST_F(Protocol, TheTriggerPulsesWhereAHostAsksForIt) {
  const Vector v =
      read_vectors(std::string(OPLINE_SOURCE_DIR) + "/tests/firmware/vectors/kernels.txt").at(0);
  load(make_plan({v.layer}, 1));
  EXPECT_THAT(command("trigger pulse"), testing::IsEmpty());
  EXPECT_THAT(fake_board().trigger, ElementsAre(1));
  command("plan run");
  EXPECT_THAT(fake_board().trigger, ElementsAre(1, 0, 1, 0, 1));
  fake_board().trigger.clear();
  EXPECT_THAT(command("trigger level"), testing::IsEmpty());
  command("plan run");
  EXPECT_THAT(fake_board().trigger, ElementsAre(0, 0, 1, 0));
  for (const char* wrong : {"trigger", "trigger up", "trigger pulse 1"})
    EXPECT_THAT(command(wrong), ElementsAre("e-[trigger: expected 'level' or 'pulse']"));
}

TEST_F(Protocol, ACheckedCommandIsAnsweredWithItsNumberAndAChecksum) {
  send(frame("7f", "name"));
  const Lines reply = {"m-name-dut-[opline]"};
  EXPECT_THAT(take(), ElementsAre(reply[0], ready("7f", "name", reply)));
  send(frame("80", "results"));
  const Lines error = {"e-[results: no inference has run]"};
  EXPECT_THAT(take(), ElementsAre(error[0], ready("80", "results", error)));
}

TEST_F(Protocol, ADamagedCheckedCommandIsNotExecuted) {
  std::string damaged = frame("01", "name");
  for (std::size_t i = 1; i + 1 < damaged.size(); ++i) {
    std::string one = damaged;
    one[i] = static_cast<char>(one[i] ^ 1);
    if (one[i] == '#' || one[i] == '%') continue;
    send(one);
    EXPECT_THAT(take(), ElementsAre("m-resend", "m-ready")) << one;
  }
  send(damaged.substr(0, damaged.size() - 1));  // the end was lost
  send(damaged);
  EXPECT_THAT(take(), ElementsAre("m-name-dut-[opline]", testing::StartsWith("m-ready-[01,")));
  EXPECT_THAT(command("name"), ElementsAre("m-name-dut-[opline]")) << "an unchecked one after it";
}

TEST_F(Protocol, BytesOfAPlanMayBeRepeated) {
  const std::vector<std::uint8_t> plan = small_plan();
  command(load_commands(plan).front());
  EXPECT_THAT(command("plan at 20 00"), ElementsAre(HasSubstr("are missing")));
  Lines last;
  for (std::size_t at = 0; at < plan.size(); at += 20) {
    const auto first = plan.begin() + static_cast<std::ptrdiff_t>(at);
    const auto count = static_cast<std::ptrdiff_t>(std::min<std::size_t>(20, plan.size() - at));
    const std::string text = "plan at " + std::to_string(at) + " " + to_hex({first, first + count});
    last = command(text);
    EXPECT_EQ(command(text), last);
  }
  EXPECT_THAT(last, ElementsAre("m-plan-loaded-[2]"));
  EXPECT_THAT(command("plan run"), ElementsAre("m-run-done"));
}

TEST_F(Protocol, ReportsAChecksumOfTheFlash) {
  fake_board().flash = "123456789";  // the check value of CRC-32/ISO-HDLC
  EXPECT_THAT(command("crc 08000000 9"), ElementsAre("m-crc-[cbf43926]"));
  EXPECT_THAT(command("crc 08000001 9"), ElementsAre(HasSubstr("not in the flash")));
  EXPECT_THAT(command("crc 8000000 9"), ElementsAre(HasSubstr("expected an address")));
}

TEST_F(Protocol, NoiseNeverSilencesTheDevice) {
  std::uint32_t state = 1;
  for (int i = 0; i < 20000; ++i) {
    state = opline_mix(state + 1);
    opline_protocol_receive(&protocol_, static_cast<char>(state % 16 == 0 ? '%' : state >> 8));
  }
  take();
  command("");  // whatever was left
  EXPECT_THAT(command("name"), ElementsAre("m-name-dut-[opline]"));
}

}  // namespace
}  // namespace opline::firmware_test
