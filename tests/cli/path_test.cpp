// The whole path through the program: study, run, fit, plot, export, import; and what a user sees
// when it goes wrong.
#include <gmock/gmock.h>

#include <algorithm>

#include <cmath>
#include <fstream>
#include <map>

#include "sampler/space/decode.h"
#include "sampler/space/known_network.h"
#include "src/base/csv.h"
#include "src/base/json.h"
#include "src/costmodel/cost_model.h"
#include "src/store/study.h"
#include "src/tflite/from_tflite.h"
#include "tests/cli/program.h"

namespace opline::cli {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

class Program : public ProgramTest {};

TEST_F(Program, StudyGoesFromSpaceToCostModel) {
  const Result study =
      opline({"study", "--space", "kws", "--boards", "nucleo-f446re", "--count", "40", "--seed",
              "1", "--db", "study.db", "--out", "results", "--quiet"});
  ASSERT_EQ(study.exit_code, 0) << study.err;
  EXPECT_EQ(study.err, "");
  EXPECT_THAT(study.out, HasSubstr("kws on nucleo-f446re (simulated, opline "));
  EXPECT_THAT(study.out, HasSubstr("UNDECIDED: ops as a stand-in for latency"));
  EXPECT_LE(std::count(study.out.begin(), study.out.end(), '\n'), 40);  // one screen
  EXPECT_THAT(study.out, Not(HasSubstr("no measurement noise")));
  for (const char* extension : {".svg", ".png", ".csv", ".json"}) {
    EXPECT_TRUE(
        fs::exists(folder_ / "results" / (std::string("kws-nucleo-f446re-seed1") + extension)))
        << extension;
  }
  const auto model =
      costmodel::load_cost_model(folder_ / "results" / "kws-nucleo-f446re-seed1.json");
  EXPECT_EQ(model.space_name, "kws");
  EXPECT_EQ(model.prior, "uniform-decisions");
  const costmodel::Model& line = model.models.front();
  EXPECT_GT(line.line->estimate("ops"), 0);

  const Result fit = opline({"fit", "--db", "study.db", "--json"});
  ASSERT_EQ(fit.exit_code, 0) << fit.err;
  const Json json = parse_json(fit.out, "fit");
  ASSERT_EQ(json["fits"].size(), 1U);
  EXPECT_DOUBLE_EQ(json["fits"][0]["r_squared"].get<double>(), *line.fit->r_squared);
  EXPECT_DOUBLE_EQ(json["fits"][0]["slope_seconds_per_op"]["estimate"].get<double>(),
                   line.line->estimate("ops"));

  const Result again = opline({"run", "--space", "kws", "--count", "40", "--db", "study.db"});
  EXPECT_EQ(again.exit_code, 0);
  EXPECT_THAT(again.out, HasSubstr("0 outcomes (0 measured)"));

  const Result plot =
      opline({"plot", "--db", "study.db", "--out", "plots", "--together", "--file-name", "all"});
  EXPECT_EQ(plot.exit_code, 0) << plot.err;
  EXPECT_EQ(plot.out, "plots/all.svg\nplots/all.png\nplots/all.csv\n");
}

// docs/own-runtime.md, with the toy of tests/runners/own_runtime for a runtime.
TEST_F(Program, RunMeasuresAnotherRuntimesFirmware) {
  const std::string elf = (fs::path(OPLINE_BINARY_DIR) / "tests/runners/own_runtime.elf").string();
  const std::vector<std::string> campaign = {
      "run",      "--firmware",    elf,       "--payload", "tflite", "--space", "tiny",
      "--boards", "nucleo-f446re", "--count", "10",        "--db",   "toy.db"};
  Result result = opline(campaign);
  EXPECT_EQ(result.exit_code, 11) << result.err;
  EXPECT_THAT(result.out, HasSubstr("(0 measured)"));  // the toy's output is not the network's
  std::vector<std::string> unchecked = campaign;
  unchecked.insert(unchecked.end(), {"--output-check", "none"});
  result = opline(unchecked);
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, testing::Not(HasSubstr("(0 measured)")));
  result = opline({"fit", "--db", "toy.db"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("toy 1.0, tflite, output check none"));
}

TEST_F(Program, FirmwareThatCannotBeMeasuredIsSaid) {
  const std::string elf = (fs::path(OPLINE_BINARY_DIR) / "tests/runners/own_runtime.elf").string();
  const auto error = [&](std::vector<std::string> options) {
    options.insert(options.begin(), {"run", "--space", "tiny", "--count", "3", "--db", "x.db"});
    const Result result = opline(options);
    EXPECT_NE(result.exit_code, 0);
    EXPECT_FALSE(fs::exists(folder_ / "x.db"));
    return result.err;
  };
  EXPECT_THAT(error({"--payload", "tflite"}), HasSubstr("needs --firmware"));
  EXPECT_THAT(error({"--payload", "onnx"}), HasSubstr("known: plan, tflite"));
  EXPECT_THAT(error({"--output-check", "none"}), HasSubstr("--payload tflite"));
  EXPECT_THAT(error({"--firmware", elf}), HasSubstr("say --payload tflite"));
  EXPECT_THAT(error({"--firmware", elf, "--boards", "nucleo-f446re,nucleo-f746zg"}),
              HasSubstr("one board"));
  EXPECT_THAT(error({"--firmware", "nowhere.elf"}), HasSubstr("nowhere.elf"));
}

// A table exported by opline can be read by others: here by opline's own import, which must find
// the same line.
TEST_F(Program, ExportedCsvImportsToTheSameFit) {
  ASSERT_EQ(opline({"run", "--space", "tiny", "--count", "20", "--db", "study.db"}).exit_code, 0);
  const Result csv = opline({"export", "--db", "study.db", "--format", "csv", "--out", "raw.csv"});
  ASSERT_EQ(csv.exit_code, 0) << csv.err;
  const Result imported =
      opline({"import", "--csv", "raw.csv", "--ops", "macs", "--latency", "latency_s", "--name",
              "network", "--board", "mine", "--db", "mine.db"});
  ASSERT_EQ(imported.exit_code, 0) << imported.err;
  const Json one = parse_json(opline({"fit", "--db", "study.db", "--json"}).out, "one")["fits"][0];
  const Json two = parse_json(opline({"fit", "--db", "mine.db", "--json"}).out, "two")["fits"][0];
  EXPECT_NEAR(one["r_squared"].get<double>(), two["r_squared"].get<double>(), 1e-12);
  EXPECT_EQ(one["n"], two["n"]);
  EXPECT_EQ(two["runner"], "imported");
  EXPECT_EQ(two["prior"], "imported");
}

TEST_F(Program, ImportFitsWhatIsInTheTable) {
  write("mine.csv", "model,ops,latency_ms\na,1000000,3\nb,2000000,5\nc,3000000,7\n");
  const std::vector<std::string> command = {"import",     "--csv",  "mine.csv", "--latency",
                                            "latency_ms", "--name", "model",    "--board",
                                            "my-board",   "--db",   "mine.db"};
  ASSERT_EQ(opline(command).exit_code, 0);
  EXPECT_THAT(opline(command).out, HasSubstr("3 networks, 0 new"));
  const Json fit = parse_json(opline({"fit", "--db", "mine.db", "--json"}).out, "fit")["fits"][0];
  EXPECT_NEAR(fit["slope_seconds_per_op"]["estimate"].get<double>(), 2e-9, 1e-18);
  EXPECT_NEAR(fit["intercept_seconds"]["estimate"].get<double>(), 1e-3, 1e-12);
  EXPECT_DOUBLE_EQ(fit["r_squared"].get<double>(), 1.0);
  const Result model = opline({"export", "--db", "mine.db", "--format", "cost-model",
                               "--allow-not-valid", "--out", "mine.json"});
  ASSERT_EQ(model.exit_code, 0) << model.err;
  EXPECT_FALSE(costmodel::load_cost_model(folder_ / "mine.json").counts.drawn);

  write("mine.csv", "model,ops,latency_ms\na,1000000,3.5\nb,2000000,5\nc,3000000,7\n");
  const Result changed = opline(command);
  EXPECT_EQ(changed.exit_code, 2);
  EXPECT_THAT(changed.err, HasSubstr("'a' has another latency"));
  write("mine.csv", "model,ops,latency_ms\na,1000001,3\nb,2000000,5\nc,3000000,7\n");
  EXPECT_THAT(opline(command).err, HasSubstr("'a' has another op count"));
}

TEST_F(Program, ImportNamesFileLineAndColumn) {
  write("bad.csv", "ops,latency_ms\n100,1\n200,fast\n");
  const Result text = opline(
      {"import", "--csv", "bad.csv", "--latency", "latency_ms", "--board", "b", "--db", "x.db"});
  EXPECT_EQ(text.exit_code, 4);
  EXPECT_THAT(text.err, HasSubstr("bad.csv:3"));
  EXPECT_THAT(text.err, HasSubstr("latency_ms"));
  write("bad.csv", "ops,latency_ms\n100,0\n");
  EXPECT_THAT(opline({"import", "--csv", "bad.csv", "--latency", "latency_ms", "--board", "b",
                      "--db", "x.db"})
                  .err,
              HasSubstr("bad.csv:2"));
  write("bad.csv", "ops,t\n100,1\n");
  EXPECT_THAT(
      opline({"import", "--csv", "bad.csv", "--latency", "t", "--board", "b", "--db", "x.db"}).err,
      HasSubstr("write `t:UNIT`"));
  EXPECT_FALSE(fs::exists(folder_ / "x.db"));
}

TEST_F(Program, ExportNeverOverwritesTheStudy) {
  ASSERT_EQ(opline({"run", "--space", "tiny", "--count", "4", "--db", "s.db"}).exit_code, 0);
  EXPECT_EQ(opline({"export", "--db", "s.db", "--format", "csv", "--out", "./s.db"}).exit_code, 2);
  EXPECT_EQ(opline({"fit", "--db", "s.db"}).exit_code, 0);
}

TEST_F(Program, CampaignsOfOneStudyAreToldApart) {
  ASSERT_EQ(
      opline({"run", "--space", "tiny", "--count", "12", "--seed", "1", "--db", "s.db"}).exit_code,
      0);
  ASSERT_EQ(
      opline({"run", "--space", "tiny", "--count", "12", "--seed", "2", "--db", "s.db"}).exit_code,
      0);
  const Result both =
      opline({"export", "--db", "s.db", "--format", "cost-model", "--out", "m.json"});
  EXPECT_EQ(both.exit_code, 2);
  EXPECT_THAT(both.err, HasSubstr("--seed"));
  EXPECT_EQ(opline({"export", "--db", "s.db", "--seed", "2", "--format", "cost-model",
                    "--allow-not-valid", "--out", "m.json"})
                .exit_code,
            0);
  EXPECT_EQ(costmodel::load_cost_model(folder_ / "m.json").seed, 2U);
  ASSERT_EQ(opline({"export", "--db", "s.db", "--format", "csv", "--out", "raw.csv"}).exit_code, 0);
  const CsvTable table = CsvTable::from_file(folder_ / "raw.csv");
  EXPECT_EQ(table.text(0, table.column("seed")), "1");
  EXPECT_EQ(table.text(table.rows() - 1, table.column("seed")), "2");
}

// A comment does not make a new space of a space file; an edit that changes the networks is one.
TEST_F(Program, ASpaceIsWhatItMeans) {
  const std::string text = read_file(fs::path(OPLINE_SOURCE_DIR) / "data" / "spaces" / "tiny.toml");
  write("mine.toml", text);
  ASSERT_EQ(opline({"run", "--space", "mine.toml", "--count", "10", "--db", "s.db"}).exit_code, 0);
  write("mine.toml", text + "\n# a thought\n");
  const Result again = opline({"run", "--space", "mine.toml", "--count", "10", "--db", "s.db"});
  EXPECT_THAT(again.out, HasSubstr("0 outcomes"));
  EXPECT_EQ(parse_json(opline({"fit", "--db", "s.db", "--space", "mine.toml", "--json"}).out,
                       "fit")["fits"]
                .size(),
            1U);
}

TEST_F(Program, AWholeEnumerationHasNoIntervals) {
  write("small.toml",
        "format = \"opline-space\"\nversion = 1\ntitle = \"eight networks\"\ninput = [8, 8, 2]\n"
        "[[block]]\nname = \"conv\"\ntype = \"conv2d\"\nkernel = [3, 3]\nwidth = [4, 6, 8, 10, 12, "
        "14, 16, "
        "18]\n"
        "[[block]]\nname = \"out\"\ntype = \"fully_connected\"\nwidth = 4\n");
  ASSERT_EQ(opline({"run", "--space", "small.toml", "--count", "200", "--db", "s.db", "--boards",
                    "nucleo-f446re,nucleo-f746zg"})
                .exit_code,
            0);
  const Result words = opline({"fit", "--db", "s.db"});
  EXPECT_THAT(words.out, HasSubstr("no intervals"));
  EXPECT_THAT(words.out, HasSubstr("setups compared"));
  EXPECT_THAT(words.out, testing::Not(testing::ContainsRegex("\\([0-9.]+ to ")));
  const Json fit = parse_json(opline({"fit", "--db", "s.db", "--json"}).out, "fit")["fits"][0];
  EXPECT_TRUE(fit["whole_enumeration"].get<bool>());
  EXPECT_TRUE(fit["slope_seconds_per_op"]["interval"].is_null());
}

TEST_F(Program, SelfTestReachesItsAimOnEverySetOfNist) {
  const Result text = opline({"self-test"});
  EXPECT_EQ(text.exit_code, 0) << text.out;
  EXPECT_THAT(text.out, testing::Not(HasSubstr("LESS")));
  const Json json = parse_json(opline({"self-test", "--json"}).out, "self-test");
  EXPECT_TRUE(json["reached"].get<bool>());
  ASSERT_EQ(json["nist_strd"].size(), 11U);
  for (const Json& set : json["nist_strd"]) {
    for (const Json& digits : set["digits"])
      EXPECT_GE(digits.get<double>(), set["aim_digits"].get<double>()) << set;
  }
}

// A binary classifier ends in one value: no scale spreads it, and it is measured all the same.
TEST_F(Program, NetworksThatEndInOneValueAreMeasured) {
  write("one.toml",
        "format = \"opline-space\"\nversion = 1\ntitle = \"one output\"\ninput = [8, 8, 3]\n"
        "[[block]]\nname = \"mean\"\ntype = \"average_pool_2d\"\nkernel = [4, 4]\n"
        "[[block]]\nname = \"conv\"\ntype = \"conv2d\"\nkernel = [3, 3]\nwidth = [4, 5, 6, 7, 9]\n"
        "[[block]]\nname = \"out\"\ntype = \"fully_connected\"\nwidth = 1\n");
  const Result result =
      opline({"run", "--space", "one.toml", "--count", "20", "--db", "s.db", "--json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const Json json = parse_json(result.out, "run");
  EXPECT_EQ(json["measured"], json["outcomes"]);
}

// A file opline wrote is read back, executed with its own tensors, and costs what the network
// costs.
TEST_F(Program, InspectsAFileAsTheNetworkItHolds) {
  ASSERT_EQ(opline({"export", "--space", "tiny", "--index", "2", "--format", "tflite", "--out",
                    "t.tflite"})
                .exit_code,
            0);
  const auto inspect = [&](std::vector<std::string> which) {
    which.insert(which.begin(), "inspect");
    which.insert(which.end(), {"--boards", "nucleo-f446re", "--json"});
    const Result result = opline(which);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return parse_json(result.out, "inspect");
  };
  const Json file = inspect({"t.tflite"});
  const Json sample = inspect({"--space", "tiny", "--index", "2"});
  EXPECT_EQ(file["name"], "t");
  EXPECT_EQ(file["network"], sample["network"]);
  EXPECT_EQ(file["memory"], sample["memory"]);
  EXPECT_NEAR(file["cycles"].get<double>(), sample["cycles"].get<double>(),
              0.02 * sample["cycles"].get<double>());
}

TEST_F(Program, InspectHoldsAKnownNetworkAgainstWhatWasPublished) {
  const Result text = opline({"inspect", "--network", "kws-l"});
  EXPECT_THAT(
      text.out,
      HasSubstr(
          "published: 129 Mops (counted +1.9 %), flash 597.7 KiB (.tflite +0.0 %), SRAM 203.9 KiB "
          "(estimate -2.3 %)"));
  const Json json = parse_json(opline({"inspect", "--network", "kws-l", "--json"}).out, "inspect");
  EXPECT_EQ(json["published"]["sram_bytes"], 208.8e3);
  EXPECT_EQ(json["published"]["runs"][0]["seconds"], 0.610);
  const Result measured =
      opline({"inspect", "--network", "ad01", "--boards", "nucleo-f746zg,nucleo-f446re"});
  EXPECT_THAT(measured.out,
              HasSubstr("published on nucleo-f746zg: 3.00 ms, 1.30 x the simulated 2.3"));
  EXPECT_THAT(measured.out, HasSubstr("ms; 1.26 mJ; "
                                      "TensorFlow Lite Micro with CMSIS-NN, 2020; MicroNets"));
  EXPECT_THAT(measured.out, HasSubstr("published on nucleo-l4r5zi: 9.67 ms; 0.4312 mJ; X-CUBE-AI"));
  EXPECT_TRUE(json["memory"]["estimate"].get<bool>());
}

TEST_F(Program, TimingRulesAreSwitchedOffByName) {
  const std::vector<std::string> command = {"inspect", "--space",  "tiny",          "--index",
                                            "2",       "--boards", "nucleo-f446re", "--json"};
  const auto inspect = [&](const std::string& timing) {
    std::vector<std::string> with = command;
    if (!timing.empty()) with.insert(with.end(), {"--timing", timing});
    return opline(with);
  };
  const Json all = parse_json(inspect("").out, "inspect");
  const Json fewer = parse_json(inspect("no-store-then-load,no-early-branch").out, "inspect");
  EXPECT_NE(all["cycles"], fewer["cycles"]);
  EXPECT_THAT(fewer["setup"]["timing_model"].get<std::string>(),
              HasSubstr(" no-early-branch no-store-then-load, data "));
  const Result unknown = inspect("no-early-branches");
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_THAT(unknown.err, HasSubstr("did you mean `early-branch`?; its rules: early-branch, "));
  const Result positive = inspect("early-branch");
  EXPECT_EQ(positive.exit_code, 2);
  EXPECT_THAT(positive.err, HasSubstr("--timing: 'early-branch' is not no-RULE"));
  EXPECT_EQ(opline({"boards", "--show", "nucleo-f446re", "--timing", "nucleo-f446re"}).exit_code,
            2);
  const Result nowhere = opline({"inspect", "--network", "kws-s", "--timing", "no-early-branch"});
  EXPECT_EQ(nowhere.exit_code, 2);
  EXPECT_THAT(nowhere.err, HasSubstr("--timing needs --boards"));
}

TEST_F(Program, InspectWritesATraceThatChangesNoCycle) {
  const std::vector<std::string> command = {"inspect", "--space",  "tiny",          "--index",
                                            "2",       "--boards", "nucleo-f746zg", "--json"};
  std::vector<std::string> traced = command;
  traced.insert(traced.end(), {"--trace", "trace.txt", "--trace-count", "50"});
  const Result with = opline(traced);
  ASSERT_EQ(with.exit_code, 0) << with.err;
  EXPECT_EQ(with.out, opline(command).out);
  const std::string trace = read_file(folder_ / "trace.txt");
  EXPECT_THAT(trace, testing::StartsWith("# opline-trace 1, written by opline "));
  EXPECT_EQ(std::count(trace.begin(), trace.end(), '\n'), 52)
      << "provenance, heading, 50 instructions";
  EXPECT_THAT(trace, HasSubstr("opline_run_layer"));
  const Result unknown = opline({"inspect", "--network", "kws-s", "--boards", "nucleo-f446re",
                                 "--trace", "t", "--trace-from", "nowhere"});
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_THAT(unknown.err, HasSubstr("has no function `nowhere`"));
}

// Sizes beyond 32 bits are told as they are, and what the runtime can't execute is an outcome.
TEST_F(Program, WhatNoDeviceHoldsIsAnOutcome) {
  write("huge.toml",
        "format = \"opline-space\"\nversion = 1\ntitle = \"too large\"\ninput = [256, 256, 1]\n"
        "[[block]]\nname = \"out\"\ntype = \"fully_connected\"\nwidth = [65530, 65535]\n");
  const Result sampled = opline({"sample", "--space", "huge.toml", "--count", "1", "--json"});
  ASSERT_EQ(sampled.exit_code, 0) << sampled.err;
  EXPECT_GT(parse_json(sampled.out, "sample")[0]["flash_bytes"].get<std::uint64_t>(),
            4'000'000'000U);
  const Result run =
      opline({"run", "--space", "huge.toml", "--count", "4", "--db", "s.db", "--json"});
  ASSERT_EQ(run.exit_code, 11) << run.err;
  EXPECT_EQ(parse_json(run.out, "run")["measured"], 0);
}

TEST_F(Program, DryRunTellsAndStoresNothing) {
  const Result result = opline(
      {"study", "--space", "tiny", "--count", "20", "--db", "s.db", "--out", "o", "--dry-run"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("tiny on nucleo-f446re: 20 drawn ("));
  EXPECT_THAT(result.out, HasSubstr("about "));
  EXPECT_FALSE(fs::exists(folder_ / "s.db"));
  EXPECT_FALSE(fs::exists(folder_ / "o"));
  ASSERT_EQ(opline({"run", "--space", "tiny", "--count", "10", "--db", "s.db"}).exit_code, 0);
  const Json more = parse_json(
      opline({"run", "--space", "tiny", "--count", "40", "--db", "s.db", "--dry-run", "--json"})
          .out,
      "forecast");
  EXPECT_GT(more["targets"][0]["pending"].get<int>(), 10);
  EXPECT_LT(more["targets"][0]["pending"].get<int>(), more["targets"][0]["different"].get<int>());
}

TEST_F(Program, InspectShowsCyclesOfEveryLayer) {
  const Result result =
      opline({"inspect", "--space", "tiny", "--index", "2", "--boards", "nucleo-f446re", "--json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const Json json = parse_json(result.out, "inspect");
  std::uint64_t sum = 0;
  for (const Json& layer : json["layers"]) sum += layer["cycles"].get<std::uint64_t>();
  EXPECT_GE(json["cycles"].get<std::uint64_t>(), sum);
  EXPECT_LT(json["cycles"].get<std::uint64_t>() - sum, 100 * json["layers"].size());
}

TEST_F(Program, EnergyIsModelledAndSaysSo) {
  const std::vector<std::string> command = {"run", "--space", "tiny", "--count",
                                            "8",   "--db",    "s.db", "--boards"};
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), command.begin(), command.end());
    return opline(more);
  };
  ASSERT_EQ(with({"nucleo-f446re,nucleo-f767zi"}).exit_code, 0);
  const Result words = opline({"fit", "--db", "s.db"});
  EXPECT_THAT(words.out, HasSubstr("modelled"));
  EXPECT_THAT(words.out, HasSubstr("by construction"));
  EXPECT_THAT(words.out, HasSubstr("--active-watts nucleo-f767zi=WATTS"));
  EXPECT_THAT(words.out, HasSubstr("setups compared on the"));
  ASSERT_EQ(with({"nucleo-f767zi", "--active-watts", "nucleo-f767zi=0.5"}).exit_code, 0);
  const Json json =
      parse_json(opline({"fit", "--db", "s.db", "--boards", "nucleo-f767zi", "--json"}).out, "fit");
  const Json& fit = json["fits"][0];
  EXPECT_EQ(fit["energy"]["origin"], "modelled");
  EXPECT_TRUE(fit["energy"]["by_construction"].get<bool>());
  EXPECT_EQ(fit["energy"]["watts"]["source"], "given by the user");
  EXPECT_DOUBLE_EQ(fit["energy"]["slope_joules_per_op"]["estimate"].get<double>(),
                   0.5 * fit["slope_seconds_per_op"]["estimate"].get<double>());
  EXPECT_EQ(with({"nucleo-f767zi", "--active-watts", "nucleo-f767zi=0"}).exit_code, 2);
  EXPECT_EQ(with({"nucleo-f767zi", "--active-watts", "nucleo-f746zg=1"}).exit_code, 2);
}

// Measured energy is a fit of its own.
TEST_F(Program, ImportedEnergyIsFittedAsMeasured) {
  write("mine.csv", "ops,latency_ms,joules\n1000000,3,0.002\n2000000,5,0.003\n3000000,7,0.004\n");
  ASSERT_EQ(opline({"import", "--csv", "mine.csv", "--latency", "latency_ms", "--energy", "joules",
                    "--board", "b", "--db", "mine.db"})
                .exit_code,
            0);
  const Json json = parse_json(opline({"fit", "--db", "mine.db", "--json"}).out, "fit");
  const Json& energy = json["fits"][0]["energy"];
  EXPECT_EQ(energy["origin"], "measured");
  EXPECT_FALSE(energy["by_construction"].get<bool>());
  EXPECT_NEAR(energy["slope_joules_per_op"]["estimate"].get<double>(), 1e-9, 1e-18);
}

TEST_F(Program, LayersAreMeasuredOneByOne) {
  const Result result = opline({"layers", "--db", "layers.db", "--out", "plots", "--json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  std::map<std::string, int> kinds;
  const Json json = parse_json(result.out, "layers");
  for (const Json& layer : json["layers"]) {
    ++kinds[layer["kind"]];
    const double per_mac = layer["cycles"].get<double>() / layer["macs"].get<double>();
    EXPECT_GT(per_mac, 0.4) << layer["layer"];
    EXPECT_LT(per_mac, 20) << layer["layer"];
  }
  EXPECT_EQ(kinds.size(), 6U);
  EXPECT_TRUE(fs::exists(folder_ / "plots" / "layers-nucleo-f446re.png"));
  // The same grid again is already stored.
  EXPECT_EQ(opline({"layers", "--db", "layers.db"}).exit_code, 0);
}

TEST_F(Program, WrongUseExitsWithItsCodeAndTheRemedy) {
  EXPECT_EQ(opline({}).exit_code, 2);
  EXPECT_THAT(opline({"studdy"}).err, HasSubstr("did you mean `study`?; see opline --help"));
  EXPECT_EQ(opline({"help", "studdy"}).exit_code, 2);
  EXPECT_EQ(opline({"help", "study"}).out, opline({"study", "--help"}).out);
  EXPECT_EQ(opline({"help", "help"}).out, opline({"--help"}).out);
  const Result unknown = opline({"study", "--cuont", "3"});
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_THAT(unknown.err, HasSubstr("unknown option --cuont; did you mean `--count`?"));
  EXPECT_THAT(opline({"study", "--count", "0"}).err, HasSubstr("--count is '0'"));
  EXPECT_THAT(opline({"study", "--space", "kwss", "--db", "x.db"}).err,
              HasSubstr("did you mean `kws`?"));
  EXPECT_THAT(opline({"study", "--prior", "uniform-network", "--db", "x.db"}).err,
              HasSubstr("did you mean `uniform-networks`?"));
  EXPECT_THAT(opline({"run", "--boards", "nucleo-f446", "--db", "x.db"}).err,
              HasSubstr("did you mean `nucleo-f446re`?"));
  EXPECT_THAT(opline({"run", "--board", "nucleo", "--db", "x.db"}).err, HasSubstr("nucleo-f446re"));
  const Result missing = opline({"fit", "--db", "none.db"});
  EXPECT_EQ(missing.exit_code, 5);
  EXPECT_THAT(missing.err, HasSubstr("none.db"));
  write("not.db",
        "this is no database, but long enough to be looked at as one, one would think so at "
        "least......\n");
  EXPECT_EQ(opline({"fit", "--db", "not.db"}).exit_code, 4);
}

TEST_F(Program, ANetworkGoesOutAsTfliteAndComesBack) {
  ASSERT_EQ(
      opline({"export", "--network", "kws-s", "--format", "tflite", "--out", "s.tflite"}).exit_code,
      0);
  const std::string content = read_file(folder_ / "s.tflite");
  const std::vector<std::uint8_t> bytes(content.begin(), content.end());
  const sampler::KnownNetwork known = sampler::load_known_network("kws-s");
  EXPECT_EQ(tflite::from_tflite(bytes, "s.tflite").network.id(), known.network.id());
  ASSERT_EQ(opline({"export", "--network", "s.tflite", "--format", "tflite", "--out", "t.tflite"})
                .exit_code,
            0);
  EXPECT_EQ(read_file(folder_ / "t.tflite"), content);
}

TEST_F(Program, NetworksOfAStudyAreExportedByTheirId) {
  ASSERT_EQ(opline({"run", "--space", "tiny", "--count", "4", "--db", "s.db"}).exit_code, 0);
  store::Study study = store::Study::open(folder_ / "s.db", store::Mode::read_only);
  const std::string id = study.draws(study.campaigns()[0].key)[2].network;
  const auto exported = [&](const std::string& network) {
    return opline({"export", "--db", "s.db", "--network", network, "--format", "tflite", "--out",
                   "n.tflite"});
  };
  ASSERT_EQ(exported(id.substr(0, 12)).exit_code, 0);
  const std::string content = read_file(folder_ / "n.tflite");
  const std::vector<std::uint8_t> bytes(content.begin(), content.end());
  EXPECT_EQ(tflite::from_tflite(bytes, "n.tflite").network.id(), id);
  const Result unknown = exported("0123456789abcdef");
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_THAT(unknown.err, HasSubstr("0 networks of"));
}

}  // namespace
}  // namespace opline::cli
