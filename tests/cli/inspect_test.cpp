// opline inspect: a network run with an input, on several boards, and one that does not fit.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "firmware/kernels/opline_kernels.h"
#include "src/base/json.h"
#include "src/tflite/to_tflite.h"
#include "tests/cli/program.h"
#include "tests/network/example_networks.h"
#include "tests/tflite/random_numbers.h"

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

// What one inference of a stream writes, the next one reads.
TEST_F(Inspect, TakesAFileForEachInputOutputAndState) {
  const auto write_model = [&](const char* name, const network::Network& network) {
    const std::vector<std::uint8_t> bytes =
        tflite::to_tflite(tflite_test::random_numbers(network, 1));
    write(name, std::string(bytes.begin(), bytes.end()));
  };
  write_model("two.tflite", network::two_ends());
  write("a.bin", std::string(90, '\1'));
  write("b.bin", std::string(60, '\2'));
  const Result two =
      opline({"inspect", "two.tflite", "--input", "a.bin,b.bin", "--output", "y.bin,z.bin"});
  EXPECT_EQ(two.exit_code, 0) << two.err;
  EXPECT_THAT(two.out, HasSubstr("input 1: 6x5x2\noutput 0: 6x5x4 of layer 1\noutput 1: 6x5x4 of "
                                 "layer 3\n"));
  EXPECT_EQ(read_file(folder_ / "z.bin").size(), 120U);
  EXPECT_THAT(opline({"inspect", "two.tflite", "--input", "a.bin"}).err,
              HasSubstr("--input names 1 files; the network has 2 inputs"));
  EXPECT_THAT(opline({"inspect", "two.tflite", "--input", "a.bin,a.bin"}).err,
              HasSubstr("a.bin: has 90 values; input 1 of 6x5x2 has 60"));

  write_model("stream.tflite", network::streaming_conv());
  write("x.bin", "abcd");
  const std::vector<std::string> step = {"inspect", "stream.tflite", "--json",       "--input",
                                         "x.bin",   "--output",      "y1.bin,s1.bin"};
  const Result first = opline(step);
  EXPECT_EQ(first.exit_code, 0) << first.err;
  const Json json = parse_json(first.out, "inspect");
  EXPECT_EQ(json["inputs"], (Json{{1, 1, 4}}));
  EXPECT_EQ(json["states"][0]["layer"], 1);
  EXPECT_EQ(json["outputs"][0]["shape"], (Json{1, 1, 5}));
  EXPECT_THAT(read_file(folder_ / "s1.bin"), testing::EndsWith("abcd"));
  write("x2.bin", "efgh");
  EXPECT_EQ(
      opline({"inspect", "stream.tflite", "--input", "x2.bin,s1.bin", "--output", "y2.bin,s2.bin"})
          .exit_code,
      0);
  EXPECT_EQ(read_file(folder_ / "s2.bin"), "abcdefgh");
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
