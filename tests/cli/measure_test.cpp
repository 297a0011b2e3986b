// `opline measure`: files on boards, with opline's runtime and with another's.
#include <gmock/gmock.h>

#include "src/base/csv.h"
#include "src/base/json.h"
#include "tests/cli/program.h"

namespace opline::cli {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

class Measure : public ProgramTest {
 protected:
  void SetUp() override {
    ProgramTest::SetUp();
    ASSERT_EQ(opline({"export", "--space", "tiny", "--index", "0", "--format", "tflite", "--out",
                      "tiny.tflite"})
                  .exit_code,
              0);
  }
  /// Firmware of another runtime (tests/runners/own_runtime), which echoes its input.
  static std::string other_runtime() {
    return (fs::path(OPLINE_BINARY_DIR) / "tests/runners/own_runtime.elf").string();
  }
  Json json_of(std::vector<std::string> arguments) {
    arguments.emplace_back("--json");
    return parse_json(opline(arguments).out, "measure");
  }
};

TEST_F(Measure, FilesAndKnownNetworksOnEveryBoard) {
  const Result result = opline({"measure", "tiny.tflite", "kws-s", "--boards",
                                "nucleo-f446re,nucleo-l4r5zi", "--csv", "m.csv"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, AllOf(HasSubstr("tiny                 nucleo-f446re"),
                                HasSubstr("kws-s                nucleo-l4r5zi"),
                                HasSubstr("instructions"), HasSubstr("mJ (modelled)")));
  const CsvTable table = CsvTable::from_file(folder_ / "m.csv");
  ASSERT_EQ(table.rows(), 4U);
  const Json inspected = parse_json(
      opline({"inspect", "tiny.tflite", "--boards", "nucleo-f446re", "--json"}).out, "inspect");
  EXPECT_EQ(table.integer(0, table.column("cycles")), inspected["cycles"].get<std::uint64_t>());
  EXPECT_GT(table.integer(0, table.column("instructions")), 1000U);
  // What it writes is what import and fit read.
  const Result imported =
      opline({"import", "--csv", "m.csv", "--name", "name", "--board", "mine", "--db", "s.db"});
  EXPECT_EQ(imported.exit_code, 0) << imported.err;
}

TEST_F(Measure, TheJsonSaysWhatWasComparedAndWhere) {
  const Json json = json_of({"measure", "tiny.tflite", "--boards", "nucleo-f746zg"});
  EXPECT_EQ(json["format"], "opline-measured-files");
  ASSERT_EQ(json["results"].size(), 1U);
  const Json& one = json["results"][0];
  EXPECT_EQ(one["file"], "tiny.tflite");
  EXPECT_EQ(one["outcome"], "measured");
  EXPECT_TRUE(one["output_compared"].get<bool>());
  EXPECT_EQ(one["setup"]["board"], "nucleo-f746zg");
  EXPECT_GT(one["layer_cycles"].size(), 2U);
}

TEST_F(Measure, AnotherRuntimeGetsTheFilesOwnBytes) {
  const Json json = json_of({"measure", "tiny.tflite", "--boards", "nucleo-f446re", "--firmware",
                             other_runtime(), "--output-check", "none"});
  ASSERT_EQ(json["results"].size(), 1U) << json;
  EXPECT_EQ(json["results"][0]["outcome"], "measured") << json;
  EXPECT_FALSE(json["results"][0]["output_compared"].get<bool>());
}

TEST_F(Measure, AFileThatOplineCannotReadIsForOtherRuntimes) {
  write_file_atomically(folder_ / "odd.tflite", std::string(64, 'x'));
  const Result own = opline({"measure", "odd.tflite"});
  EXPECT_EQ(own.exit_code, 4);
  EXPECT_THAT(own.err, HasSubstr("odd.tflite"));
  const Json json = json_of(
      {"measure", "odd.tflite", "--boards", "nucleo-f446re", "--firmware", other_runtime()});
  ASSERT_EQ(json["results"].size(), 1U) << json;
  EXPECT_FALSE(json["results"][0]["output_compared"].get<bool>());
  EXPECT_TRUE(json["results"][0]["network"].is_null());
}

TEST_F(Measure, WhatDoesNotFitIsSaidAndTheOthersGoOn) {
  const Result result = opline({"measure", "kws-l", "tiny.tflite", "--boards", "nucleo-f411re"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr(" B of SRAM (arena), 128"));
  EXPECT_EQ(opline({"measure", "kws-l", "--boards", "nucleo-f411re"}).exit_code, 11);
}

TEST_F(Measure, WhatDoesNotApplyIsRefused) {
  EXPECT_THAT(opline({"measure"}).err, HasSubstr("name a .tflite file"));
  EXPECT_THAT(opline({"measure", "tiny.tflite", "--output-check", "none"}).err,
              HasSubstr("--output-check is for --firmware"));
  EXPECT_THAT(opline({"measure", "tiny.tflite", "--payload", "tflite"}).err,
              HasSubstr("--payload is for --firmware"));
  EXPECT_THAT(opline({"measure", "tiny.tflite", "--csv", "tiny.tflite"}).err,
              HasSubstr("tiny.tflite"));
  EXPECT_THAT(opline({"measure", "kws-x"}).err, HasSubstr("did you mean"));
}

}  // namespace
}  // namespace opline::cli
