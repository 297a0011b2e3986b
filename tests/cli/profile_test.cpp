// `opline profile`: what it prints and writes agrees, and its mistakes are explained.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "src/base/json.h"
#include "tests/cli/program.h"
#include "tests/simulator/elf_builder.h"

namespace opline::cli {
namespace {

using ::testing::HasSubstr;

class ProfileVerb : public ProgramTest {
 protected:
  static std::string firmware() {
    return (program().parent_path() / "firmware" / "nucleo-f446re.elf").string();
  }
  std::string read(const std::string& name) { return read_file(folder_ / name); }
};

TEST_F(ProfileVerb, ItsOutputsShowTheSameCycles) {
  for (const char* board : {"nucleo-f446re", "nucleo-f746zg"}) {
    const Result result = opline({"profile", "--space", "tiny", "--index", "0", "--board", board,
                                  "--json", "--callgrind", "c.out", "--folded", "f.txt", "--flame",
                                  "f.svg", "--trace", "t.json"});
    ASSERT_EQ(result.exit_code, 0) << result.err;
    const Json json = parse_json(result.out, "profile");
    const auto cycles = json["total"]["cycles"].get<std::uint64_t>();
    EXPECT_EQ(cycles, json["end"].get<std::uint64_t>() - json["begin"].get<std::uint64_t>());
    std::uint64_t causes = 0;
    for (const auto& [name, count] : json["total"]["causes"].items())
      causes += count.get<std::uint64_t>();
    EXPECT_EQ(causes, cycles);
    std::uint64_t folded = 0;
    std::istringstream stacks(read("f.txt"));
    for (std::string line; std::getline(stacks, line);)
      folded += std::stoull(line.substr(line.rfind(' ')));
    EXPECT_EQ(folded, cycles);
    EXPECT_THAT(read("c.out"), HasSubstr(fmt::format("\ntotals: {} {} ", cycles,
                                                     json["total"]["instructions"].dump())));
    EXPECT_THAT(read("f.svg"), HasSubstr(fmt::format("{} cycles", cycles)));
    const Json timeline = parse_json(read("t.json"), "timeline");
    EXPECT_EQ(timeline["otherData"]["format"], "opline-timeline");
    EXPECT_GT(timeline["traceEvents"].size(), json["layers"].size());
    // The firmware's own counter agrees, but for reading it.
    const Result inspected =
        opline({"inspect", "--space", "tiny", "--index", "0", "--boards", board, "--json"});
    const Json measured = parse_json(inspected.out, "inspect");
    ASSERT_EQ(measured["layers"].size(), json["layers"].size());
    for (std::size_t i = 0; i < json["layers"].size(); ++i) {
      const auto layer = json["layers"][i]["inclusive"]["cycles"].get<std::uint64_t>();
      const auto counted = measured["layers"][i]["cycles"].get<std::uint64_t>();
      EXPECT_LT(layer, counted);
      EXPECT_GT(layer + 150, counted) << i;
    }
  }
}

TEST_F(ProfileVerb, ShowsLinesOfOurFirmware) {
  const Result result = opline({"profile", firmware(), "--board", "nucleo-f446re", "--json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("the run ended: the UART's receiver is empty"));
  const Json json = parse_json(result.out, "profile");
  EXPECT_EQ(json["window"], "from reset on");
  EXPECT_THAT(json["stop"].get<std::string>(), HasSubstr("the UART's receiver is empty"));
  EXPECT_EQ(json["clock_hz"], 180'000'000);
  EXPECT_THAT(json["lines"][0]["file"].get<std::string>(), ::testing::StartsWith("firmware/"));
}

TEST_F(ProfileVerb, ProfilesOneCallOrBetweenTwoSymbols) {
  const auto window = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"profile", firmware(), "--board", "nucleo-f446re", "--json"});
    const Result result = opline(more);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return parse_json(result.out, "profile");
  };
  const Json call = window({"--from", "opline_board_start"});
  EXPECT_EQ(call["window"], "one call of opline_board_start");
  // Its caller is shown, without cycles of its own.
  for (const Json& function : call["functions"])
    EXPECT_EQ(function["self"]["cycles"] == 0, function["name"] == "main");
  const Json between = window({"--from", "main", "--to", "opline_runtime_start"});
  EXPECT_EQ(between["window"], "from main to opline_runtime_start");
  EXPECT_GT(between["total"]["cycles"], call["total"]["cycles"]);
}

TEST_F(ProfileVerb, PrintsOneScreenOrEverything) {
  const std::vector<std::string> network = {"profile", "--network", "kws-s", "--board",
                                            "nucleo-f746zg"};
  const Result screen = opline(network);
  EXPECT_THAT(screen.out, HasSubstr("kws-s on NUCLEO-F746ZG, 216 MHz (simulated, cortex-m7/"));
  EXPECT_THAT(screen.out, HasSubstr("--details lists them"));
  EXPECT_LE(std::count(screen.out.begin(), screen.out.end(), '\n'), 60);
  std::vector<std::string> all = network;
  all.emplace_back("--details");
  const Result details = opline(all);
  EXPECT_THAT(details.out, ::testing::Not(HasSubstr("--details lists")));
  EXPECT_THAT(details.out, HasSubstr("opline_softmax"));
  all.back() = "--annotate";
  all.emplace_back("opline_dot_widened");
  const Result instructions = opline(all);
  EXPECT_THAT(instructions.out, HasSubstr("smlad r8,"));
  EXPECT_THAT(instructions.out, HasSubstr("dot_widened.S:"));
}

// An image of another board: the profile up to the fault, and an exit code that tells.
TEST_F(ProfileVerb, ShowsWhatLedToAFault) {
  const Result result = opline({"profile", firmware(), "--board", "nucleo-f746zg", "--json"});
  EXPECT_EQ(result.exit_code, 6) << result.err;
  EXPECT_THAT(result.err, HasSubstr("opline_board_start"));
  EXPECT_GT(parse_json(result.out, "profile")["total"]["cycles"], 0);
}

// A program whose handlers loop for ever, as most start-up files' do, ended with code 0.
TEST_F(ProfileVerb, AFaultThatEndsInItsHandlerIsAFault) {
  std::string flash;
  for (const std::uint32_t word : {0x20010000U, 0x08000011U, 0U, 0x08000013U})
    simulator::testing::put32(flash, word);
  simulator::testing::put16(flash, 0xDE01);  // UDF
  simulator::testing::put16(flash, 0xE7FE);  // the handler of HardFault: B .
  write("fault.elf", simulator::testing::build_elf({{0x08000000, flash}}, {{"main", 0x08000011}}));
  const Result result = opline({"profile", "fault.elf", "--board", "nucleo-f446re"});
  EXPECT_EQ(result.exit_code, 6) << result.err;
  EXPECT_THAT(result.err, HasSubstr("in the handler of HardFault: endless loop"));
}

TEST_F(ProfileVerb, LeavesTimingRulesOut) {
  const Json json = [&] {
    const Result result = opline({"profile", firmware(), "--board", "nucleo-f446re", "--timing",
                                  "no-store-then-load,no-write-back", "--json"});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return parse_json(result.out, "profile");
  }();
  EXPECT_THAT(json["timing_model"].get<std::string>(), HasSubstr("no-store-then-load"));
  EXPECT_EQ(json["total"]["causes"]["store-buffer"], 0);
}

TEST_F(ProfileVerb, ExplainsMistakes) {
  const Result named = opline({"profile", "kws-s", "--board", "nucleo-f446re"});
  EXPECT_EQ(named.exit_code, 2);
  EXPECT_THAT(named.err, HasSubstr("for the network of that name: --network kws-s"));
  const auto message = [&](std::vector<std::string> arguments, int code) {
    arguments.insert(arguments.begin(), "profile");
    const Result result = opline(arguments);
    EXPECT_EQ(result.exit_code, code) << result.err;
    return result.err;
  };
  const std::string board = "nucleo-f446re";
  EXPECT_THAT(message({firmware()}, 2), HasSubstr("name a board with --board"));
  EXPECT_THAT(message({firmware(), "--board", board, "--network", "kws-s"}, 2),
              HasSubstr("--network is about a network"));
  EXPECT_THAT(message({"--network", "kws-s", "--board", board, "--from", "main"}, 2),
              HasSubstr("--from applies to an ELF file"));
  EXPECT_THAT(message({firmware(), "--board", board, "--from", "mian"}, 2),
              HasSubstr("has no symbol `mian`; did you mean `main`?"));
  EXPECT_THAT(message({firmware(), "--board", board, "--from", "opline_arena_start"}, 2),
              HasSubstr("is not a function"));
  EXPECT_THAT(message({firmware(), "--board", board, "--from", "opline_softmax"}, 6),
              HasSubstr("the run stopped before the profile began"));
  EXPECT_THAT(message({firmware(), "--board", board, "--flame", firmware()}, 2),
              HasSubstr("nucleo-f446re.elf"));
  EXPECT_THAT(message({firmware(), "--board", board, "--flame", "a", "--folded", "a"}, 2),
              HasSubstr("which this command reads or writes, too"));
  EXPECT_THAT(message({"--network", "kws-s", "--board", board, "--json", "--folded", "-"}, 2),
              HasSubstr("both write to standard output"));
  EXPECT_THAT(
      message({"--network", "kws-s", "--board", board, "--annotate", "opline_conv_1x2"}, 2),
      HasSubstr("nothing of `opline_conv_1x2` was executed; did you mean `opline_conv_1x1`?"));
  write("text.elf", "no ELF file");
  EXPECT_THAT(message({"text.elf", "--board", board}, 4), HasSubstr("is not an ELF file"));
}

}  // namespace
}  // namespace opline::cli
