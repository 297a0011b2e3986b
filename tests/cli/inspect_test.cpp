// opline inspect: a network run with an input, on several boards, and one that does not fit.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "firmware/kernels/opline_kernels.h"
#include "src/base/json.h"
#include "tests/cli/program.h"

namespace opline::cli {
namespace {

using testing::HasSubstr;

class Inspect : public ProgramTest {};

// The digests that a device must reproduce are those of the input it generates.
TEST_F(Inspect, RunsANetworkWithAnInput) {
  const std::vector<std::string> which = {"inspect", "--space", "tiny", "--index", "2", "--json"};
  const auto inspect = [&](std::vector<std::string> more) {
    more.insert(more.begin(), which.begin(), which.end());
    const Result result = opline(more);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return parse_json(result.out, "inspect");
  };
  const Json plain = inspect({});
  std::uint32_t elements = 1;
  for (const Json& extent : plain["layers"][0]["input"]) elements *= extent.get<std::uint32_t>();
  std::string input;
  for (std::uint32_t i = 0; i < elements; ++i) input += static_cast<char>(opline_input_byte(1, i));
  write("x.bin", input);
  const Json run = inspect({"--input", "x.bin", "--output", "y.bin"});
  (void)inspect({"--input", "x.bin", "--output", "y.npy"});
  for (std::size_t i = 0; i < plain["layers"].size(); ++i)
    EXPECT_EQ(run["layers"][i]["digest"], plain["layers"][i]["digest"]);
  const std::string output = read_file(folder_ / "y.bin");
  EXPECT_EQ(fmt::format("{:08x}", opline_crc32(0, output.data(), output.size())),
            plain["layers"].back()["digest"].get<std::string>());
  EXPECT_THAT(read_file(folder_ / "y.npy"), testing::StartsWith("\x93NUMPY"));
  EXPECT_THAT(read_file(folder_ / "y.npy"), testing::EndsWith("\n" + output));
  write("short.bin", "abc");
  const Result wrong =
      opline({"inspect", "--space", "tiny", "--index", "2", "--input", "short.bin"});
  EXPECT_EQ(wrong.exit_code, 4);
  EXPECT_THAT(wrong.err, HasSubstr("short.bin: has 3 values; the network's input of"));
  EXPECT_EQ(opline({"inspect", "--network", "kws-s", "--output", "y.bin"}).exit_code, 2);
}

TEST_F(Inspect, MeasuresOnSeveralBoards) {
  const std::vector<std::string> command = {
      "inspect", "--space", "tiny", "--index", "2", "--boards", "nucleo-f446re,nucleo-f746zg"};
  std::vector<std::string> as_json = command;
  as_json.emplace_back("--json");
  const Json json = parse_json(opline(as_json).out, "inspect");
  ASSERT_EQ(json["boards"].size(), 2U);
  EXPECT_EQ(json["boards"][1]["board"], "nucleo-f746zg");
  for (const Json& board : json["boards"]) {
    double share = 0;
    for (const Json& layer : board["layers"]) share += layer["share"].get<double>();
    EXPECT_NEAR(share, 1, 0.05);
    EXPECT_EQ(board["slowest"].size(), 3U);
  }
  const Result text = opline(command);
  EXPECT_THAT(text.out, HasSubstr("cycles = "));
  EXPECT_THAT(text.out, HasSubstr("slowest: layer "));
  std::vector<std::string> traced = command;
  traced.insert(traced.end(), {"--trace", "t.txt"});
  EXPECT_THAT(opline(traced).err, HasSubstr("--trace is for one board"));
}

TEST_F(Inspect, ShowsWhatDoesNotFitAndWhere) {
  const Result result = opline({"inspect", "--network", "kws-l", "--boards", "nucleo-f446re"});
  EXPECT_EQ(result.exit_code, 6);
  EXPECT_THAT(result.out, HasSubstr("depthwise_conv2d"));
  EXPECT_THAT(result.err, HasSubstr("the network doesn't fit nucleo-f446re: needs "));
  EXPECT_THAT(result.err, HasSubstr("most SRAM is in use while layer "));
}

}  // namespace
}  // namespace opline::cli
