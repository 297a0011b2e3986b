// What the verbs write, where, and what they refuse to write over.
#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <set>

#include "src/base/error.h"
#include "src/base/json.h"
#include "src/cli/verb.h"
#include "src/store/study.h"
#include "tests/cli/program.h"

namespace opline::cli {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

/// Whether a measurement is stored, as another process sees it.
bool holds_outcome(const fs::path& path) {
  try {
    store::Study study = store::Study::open(path, store::Mode::read_only);
    return !study.measurements({}).empty();
  } catch (const Error&) {
    return false;
  }
}

class Outputs : public ProgramTest {
 protected:
  void measure(const std::string& space = "tiny", const std::string& count = "40") {
    const Result result = opline({"run", "--space", space, "--count", count, "--db", "s.db"});
    ASSERT_EQ(result.exit_code, 0) << result.err;
  }
};

TEST_F(Outputs, ADashIsStandardOutput) {
  measure();
  ASSERT_EQ(opline({"export", "--db", "s.db", "--format", "csv", "--out", "s.csv"}).exit_code, 0);
  const Result csv = opline({"export", "--db", "s.db", "--format", "csv", "--out", "-"});
  EXPECT_EQ(csv.exit_code, 0) << csv.err;
  const auto rows = [](const std::string& text) { return text.substr(text.find("\nspace")); };
  EXPECT_EQ(rows(csv.out), rows(read_file(folder_ / "s.csv")));
  const Result model = opline({"export", "--db", "s.db", "--format", "cost-model", "--out", "-"});
  EXPECT_EQ(model.exit_code, 0) << model.err;
  EXPECT_EQ(parse_json(model.out, "model")["format"], "opline-cost-model");
  const std::vector<std::string> network = {"export", "--network", "kws-s", "--format", "tflite"};
  std::vector<std::string> to_file = network;
  to_file.insert(to_file.end(), {"--out", "n.tflite"});
  std::vector<std::string> to_out = network;
  to_out.insert(to_out.end(), {"--out", "-"});
  ASSERT_EQ(opline(to_file).exit_code, 0);
  EXPECT_EQ(opline(to_out).out, read_file(folder_ / "n.tflite"));
  EXPECT_FALSE(fs::exists(folder_ / "-"));
}

TEST_F(Outputs, NothingIsWrittenOverWhatIsRead) {
  measure();
  ASSERT_EQ(
      opline({"export", "--network", "kws-s", "--format", "tflite", "--out", "m.tflite"}).exit_code,
      0);
  const std::string network = read_file(folder_ / "m.tflite");
  fs::create_symlink("m.tflite", folder_ / "m.svg");
  const std::string study = read_file(folder_ / "s.db");
  fs::create_directories(folder_ / "p");
  fs::create_hard_link(folder_ / "s.db", folder_ / "p/tiny-nucleo-f446re-seed1.png");
  fs::create_hard_link(folder_ / "s.db", folder_ / "q.csv");
  const std::vector<std::vector<std::string>> refused = {
      {"inspect", "m.tflite", "--boards", "nucleo-f446re", "--trace", "m.tflite"},
      {"inspect", "m.tflite", "--plot", "m.svg"},
      {"inspect", "m.tflite", "--boards", "nucleo-f446re", "--plot", "a.svg", "--plot-latency",
       "a.pdf"},
      {"compare", "s.db", "s.db", "--plot", "p/tiny-nucleo-f446re-seed1.png"},
      {"compare", "s.db", "s.db", "--plot", "q.svg"},  // with its numbers as q.csv
      {"export", "--network", "./m.tflite", "--format", "tflite", "--out", "m.tflite"},
      {"export", "--db", "s.db", "--format", "csv", "--out", "s.db"},
      {"export", "--db", "s.db", "--format", "cost-model", "--out", "s.db-wal"},
      {"report", "--db", "s.db", "--out", "s.db"},
      {"report", "--db", "s.db", "--out", "s.db-wal"},
      {"plot", "--db", "s.db", "--out", "p"}};
  for (const std::vector<std::string>& arguments : refused) {
    const Result result = opline(arguments);
    EXPECT_EQ(result.exit_code, 2) << command_line_of(arguments) << result.err;
    EXPECT_THAT(result.err, HasSubstr("name another file"));
  }
  EXPECT_EQ(read_file(folder_ / "m.tflite"), network);
  EXPECT_EQ(read_file(folder_ / "s.db"), study);
}

TEST_F(Outputs, AStudyShowsItsVerdictWhereNothingCanBeDrawn) {
  write("gnuplot", "#!/bin/sh\nexit 1\n");
  ASSERT_EQ(::chmod((folder_ / "gnuplot").c_str(), 0755), 0);
  const std::string path = std::getenv("PATH");
  ASSERT_EQ(::setenv("PATH", (folder_.string() + ":" + path).c_str(), 1), 0);
  std::vector<std::string> study = {"study", "--space", "tiny",  "--count", "40",
                                    "--db",  "s.db",    "--out", "r"};
  const Result text = opline(study);
  study.emplace_back("--json");
  const Result json = opline(study);
  ASSERT_EQ(::setenv("PATH", path.c_str(), 1), 0);
  EXPECT_EQ(text.exit_code, 5) << text.err;
  EXPECT_THAT(text.err, HasSubstr("gnuplot"));
  EXPECT_THAT(text.out, HasSubstr("ops as a stand-in for latency"));
  EXPECT_THAT(text.out, HasSubstr("cost model  r/tiny-nucleo-f446re-seed1.json"));
  EXPECT_TRUE(fs::exists(folder_ / "r/tiny-nucleo-f446re-seed1.json"));
  EXPECT_EQ(json.exit_code, 5);
  const Json result = parse_json(json.out, "study");
  EXPECT_EQ(result["verdicts"].size(), 1U);
  EXPECT_TRUE(result["plots"].empty());
}

TEST_F(Outputs, WithoutALineThereIsNoResult) {
  measure("tiny", "1");
  const Result model =
      opline({"export", "--db", "s.db", "--format", "cost-model", "--out", "m.json"});
  EXPECT_EQ(model.exit_code, 11) << model.err;
  EXPECT_THAT(model.err, HasSubstr("no model of latency, ops"));
  EXPECT_FALSE(fs::exists(folder_ / "m.json"));
  EXPECT_THAT(opline({"export", "--help"}).out, HasSubstr("  11  "));
  EXPECT_EQ(
      opline({"study", "--space", "tiny", "--count", "1", "--db", "s.db", "--out", "r"}).exit_code,
      11);
}

TEST_F(Outputs, JsonIsOneDocument) {
  const Result both = opline({"inspect", "--space", "tiny", "--index", "0", "--boards",
                              "nucleo-f446re", "--trace", "-", "--json"});
  EXPECT_EQ(both.exit_code, 2);
  EXPECT_EQ(both.out, "");
  const Result check = opline({"spaces", "check", "tiny", "--json"});
  EXPECT_EQ(check.exit_code, 0) << check.err;
  const Json good = parse_json(check.out, "check");
  EXPECT_EQ(good["space"]["name"], "tiny");
  EXPECT_EQ(good["samples"].size(), 5U);
  EXPECT_TRUE(good["mistakes"].empty());
  write("bad.toml", "format = \"opline-space\"\nversion = 1\n");
  const Result wrong = opline({"spaces", "check", "bad.toml", "--json"});
  EXPECT_EQ(wrong.exit_code, 4);
  const Json bad = parse_json(wrong.out, "check");
  EXPECT_FALSE(bad["mistakes"].empty());
  EXPECT_TRUE(bad["space"].is_null());
}

TEST_F(Outputs, ASpaceIsCheckedWithoutFirmwareImages) {
  fs::create_directory_symlink(fs::path(OPLINE_SOURCE_DIR) / "data", folder_ / "data");
  ASSERT_EQ(::setenv("OPLINE_HOME", folder_.c_str(), 1), 0);
  const Result result = opline({"spaces", "check", "tiny"});
  ASSERT_EQ(::unsetenv("OPLINE_HOME"), 0);
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.err,
              testing::AllOf(HasSubstr("the firmware images of"), HasSubstr("nucleo-f446re")));
  EXPECT_THAT(result.out, HasSubstr("fits (unknown: no firmware image)"));
}

TEST_F(Outputs, AnInterruptedLayersPrintsJson) {
  const pid_t child = start(folder_, {"layers", "--db", "l.db", "--json", "--threads", "1"});
  for (int i = 0; i < 5000 && !holds_outcome(folder_ / "l.db"); ++i) ::usleep(2000);
  ::kill(child, SIGINT);
  int status = 0;
  ::waitpid(child, &status, 0);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 7);
  EXPECT_TRUE(parse_json(read_file(folder_ / "out.txt"), "layers")["interrupted"].get<bool>());
}

TEST_F(Outputs, OptionsThatDoNotApplyAreRefused) {
  measure();
  write("t.csv", "ops,latency_s\n1,1\n2,2\n3,3.5\n");
  ASSERT_EQ(
      opline({"export", "--network", "kws-s", "--format", "tflite", "--out", "m.tflite"}).exit_code,
      0);
  const std::vector<std::vector<std::string>> refused = {
      {"fit", "--csv", "t.csv", "--seed", "1"},
      {"fit", "--csv", "t.csv", "--setup", "1a"},
      {"validate", "--csv", "t.csv", "--prior", "uniform-decisions"},
      {"plot", "--db", "s.db", "--name", "x"},
      {"inspect", "m.tflite", "--index", "1"},
      {"inspect", "m.tflite", "--trace-count", "3"}};
  for (const std::vector<std::string>& arguments : refused) {
    const Result result = opline(arguments);
    EXPECT_EQ(result.exit_code, 2) << command_line_of(arguments) << result.err;
    EXPECT_THAT(result.err, HasSubstr("appl")) << command_line_of(arguments);
  }
}

TEST_F(Outputs, ALargeNetworkIsRefusedBeforeItsWeightsAreMade) {
  write("w.toml",
        "format = \"opline-space\"\nversion = 1\ntitle = \"t\"\ninput = [4, 4, 1]\n"
        "[[block]]\nname=\"a\"\ntype=\"conv2d\"\nkernel=1\nwidth=30000\nstride=1\n"
        "[[block]]\nname=\"b\"\ntype=\"conv2d\"\nkernel=1\nwidth=60000\nstride=1\n"
        "[[block]]\nname=\"z\"\ntype=\"fully_connected\"\nwidth=2\n");
  const Result result = opline({"inspect", "--space", "./w.toml", "--index", "0"});
  EXPECT_EQ(result.exit_code, 4);
  EXPECT_THAT(result.err, HasSubstr("can't be executed"));
  rusage used{};
  ASSERT_EQ(::getrusage(RUSAGE_CHILDREN, &used), 0);
  EXPECT_LT(used.ru_maxrss, 400'000) << "KiB";
}

TEST_F(Outputs, AnEmptyStudyHoldsNoCampaign) {
  { (void)store::Study::open(folder_ / "s.db", store::Mode::create, "2026-01-31T12:00:00Z"); }
  for (const char* verb : {"fit", "validate", "plot"}) {
    const Result result = opline({verb, "--db", "s.db"});
    EXPECT_EQ(result.exit_code, 4) << verb << result.err;
    EXPECT_THAT(result.err, HasSubstr("holds no campaign"));
  }
}

TEST_F(Outputs, AStudyThatMayNotBeReadIsPermissionDenied) {
  measure();
  fs::permissions(folder_, fs::perms::all);
  fs::permissions(folder_ / "s.db", fs::perms::none);
  const Result file = run(folder_, {"fit", "--db", "s.db"}, true);
  EXPECT_EQ(file.exit_code, 5);
  EXPECT_THAT(file.err, HasSubstr("Permission denied"));
  fs::create_directories(folder_ / "closed");
  fs::rename(folder_ / "s.db", folder_ / "closed/s.db");
  fs::permissions(folder_ / "closed", fs::perms::none);
  const Result inside = run(folder_, {"fit", "--db", "closed/s.db"}, true);
  fs::permissions(folder_ / "closed", fs::perms::all);
  EXPECT_EQ(inside.exit_code, 5);
  EXPECT_THAT(inside.err, HasSubstr("Permission denied"));
}

TEST_F(Outputs, TwoSpacesOfOneNameAreToldApart) {
  std::string text = read_file(fs::path(OPLINE_SOURCE_DIR) / "data/spaces/tiny.toml");
  write("my.toml", text);
  ASSERT_EQ(opline({"run", "--space", "./my.toml", "--count", "30", "--db", "s.db"}).exit_code, 0);
  const std::string widths = "width = [6, 8, 11, 16]";
  text.replace(text.find(widths), widths.size(), "width = [6, 8, 11, 20]");
  write("my.toml", text);
  ASSERT_EQ(opline({"run", "--space", "./my.toml", "--count", "30", "--db", "s.db"}).exit_code, 0);

  const Json both = parse_json(opline({"fit", "--db", "s.db", "--json"}).out, "fit");
  ASSERT_EQ(both["fits"].size(), 2U);
  const std::vector<std::string> model = {"export", "--db",     "s.db",       "--out",
                                          "-",      "--format", "cost-model", "--space"};
  const auto export_of = [&](const std::string& space) {
    std::vector<std::string> arguments = model;
    arguments.push_back(space);
    return opline(arguments);
  };
  const Result ambiguous = export_of("my");
  EXPECT_EQ(ambiguous.exit_code, 2);
  std::set<std::string> slopes;
  std::size_t at = 0;
  for (int i = 0; i < 2; ++i) {
    at = ambiguous.err.find("my@", at);
    ASSERT_NE(at, std::string::npos) << ambiguous.err;
    const std::string marked = ambiguous.err.substr(at++, 11);  // my@ and eight digits
    const Result one = export_of(marked);
    ASSERT_EQ(one.exit_code, 0) << one.err;
    slopes.insert(parse_json(one.out, "model")["models"][0]["terms"].dump());
    EXPECT_THAT(opline({"fit", "--db", "s.db", "--space", marked}).out,
                testing::StartsWith(marked + " on nucleo-f446re"));
    EXPECT_EQ(opline({"compare", "s.db:space=" + marked, "s.db:space=" + marked}).exit_code, 0);
  }
  EXPECT_EQ(slopes.size(), 2U);
  EXPECT_EQ(opline({"plot", "--db", "s.db", "--out", "p"}).exit_code, 0);
  const auto pictures = std::distance(fs::directory_iterator(folder_ / "p"), {});
  EXPECT_EQ(pictures, 6);  // as SVG and PNG, with the numbers as CSV
}

}  // namespace
}  // namespace opline::cli
