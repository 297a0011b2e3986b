// Notebooks and tables in the hands of their readers: nbconvert executes the notebook, pandas reads
// the tables.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cmath>
#include <cstdlib>
#include <functional>

#include "src/base/json.h"
#include "tests/cli/program.h"

namespace opline::notebooks_export {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kPackages =
    "jupyter-nbconvert python3-ipykernel python3-matplotlib python3-nbformat python3-pandas "
    "python3-statsmodels";

/// 18 networks.
constexpr const char* kFewNetworks = R"(
format = "opline-space"
version = 1
title = "few"
input = [12, 10, 3]
[[block]]
name = "conv"
type = "conv2d"
kernel = 3
width = { from = 4, to = 24, step = 4 }
[[block]]
name = "block"
type = "depthwise_separable"
kernel = 3
width = [4, 8]
skip = "identity"
[[block]]
name = "classes"
type = "fully_connected"
width = 10
)";

class Execution : public cli::ProgramTest {
 protected:
  void SetUp() override {
    ProgramTest::SetUp();
    if (!python("-c 'import nbconvert, nbformat, ipykernel, matplotlib, pandas, statsmodels'"))
      GTEST_SKIP() << "packages are missing: apt-get install -y --no-install-recommends "
                   << kPackages;
  }

  /// Debian's Python with these arguments, in the test's folder; its output is in log.txt.
  bool python(const std::string& arguments) {
    const std::string command =
        fmt::format("cd '{0}' && HOME='{0}' MPLCONFIGDIR='{0}' /usr/bin/python3 {1} > log.txt 2>&1",
                    folder_.string(), arguments);
    return std::system(command.c_str()) == 0;
  }
  bool execute(const std::string& notebook) {
    return python("-m nbconvert --to notebook --execute --output done.ipynb " + notebook);
  }
  std::string log() { return read_file(folder_ / "log.txt"); }

  void succeed(const std::vector<std::string>& arguments) {
    const cli::Result result = opline(arguments);
    ASSERT_EQ(result.exit_code, 0) << result.err;
  }
  void import_table(const std::string& rows, const std::string& board) {
    write("t.csv", "name,ops,latency_ms,energy_mj\n" + rows);
    succeed({"import", "--csv", "t.csv", "--latency", "latency_ms", "--name", "name", "--energy",
             "energy_mj", "--board", board, "--space", board, "--db", "s.db"});
  }
  void export_as(const std::string& format, const std::string& file) {
    succeed({"export", "--db", "s.db", "--format", format, "--out", file});
  }
};

std::string rows_of(int n, const std::function<double(int)>& milliseconds) {
  std::string rows;
  for (int i = 1; i <= n; ++i)
    rows += fmt::format("net #{},{},{},{}\n", i, 1000 * i, milliseconds(i), 0.1 * i);
  return rows;
}

TEST_F(Execution, TheFiguresOfEveryKindOfSeriesAgree) {
  write("few.toml", kFewNetworks);
  succeed({"run", "--space", "tiny", "--count", "40", "--boards", "nucleo-f446re,nucleo-f746zg",
           "--db", "s.db"});
  succeed({"run", "--space", "./few.toml", "--count", "200", "--db", "s.db"});
  import_table(rows_of(30, [](int i) { return i * i + 30 * i + i % 3; }),
               "it's '''a\\ <script>alert(1)</script> $x$");
  import_table(rows_of(30, [](int i) { return 3 * i + 1; }), "exact");
  import_table("a,1000,1,1\nb,1000,1.2,1\nc,1000,1.1,1\nd,9000,7,1\n", "leverage");
  import_table(rows_of(2, [](int i) { return i; }), "two");
  import_table(rows_of(2500, [](int i) { return 5 + 0.1 * i * (1 + 0.1 * std::sin(7 * i)); }),
               "many");
  export_as("notebook", "nb/s.ipynb");

  ASSERT_TRUE(execute("nb/s.ipynb")) << log();
  ASSERT_TRUE(python("-m nbconvert --to html nb/done.ipynb")) << log();
  EXPECT_THAT(read_file(folder_ / "nb/done.html"), Not(HasSubstr("<script>alert")));
  ASSERT_TRUE(
      python("-c 'import nbformat; nbformat.validate(nbformat.read(\"nb/done.ipynb\", 4))'"))
      << log();
  const std::string done = read_file(folder_ / "nb/done.ipynb");
  EXPECT_THAT(done, HasSubstr("no fit: line fit: 2 pairs"));
  EXPECT_THAT(done, HasSubstr("the residuals are mostly rounding"));
  std::size_t pictures = 0;
  const Json notebook = parse_json(done, "done");
  for (const Json& cell : notebook["cells"]) {
    if (cell["cell_type"] != "code") continue;
    for (const Json& output : cell["outputs"]) {
      EXPECT_NE(output.value("name", ""), "stderr") << output.dump();
      pictures += output.contains("data") && output["data"].contains("image/png");
    }
  }
  EXPECT_EQ(pictures, 3U);
}

TEST_F(Execution, AFigureThatDiffersFails) {
  succeed({"run", "--space", "tiny", "--count", "40", "--db", "s.db"});
  export_as("notebook", "s.ipynb");
  const std::string text = read_file(folder_ / "s.ipynb");
  const std::string key = "\\\"r_squared\\\": 0.";
  std::string changed = text;
  const std::size_t digit = changed.find(key) + key.size() + 4;  // the fifth of R^2
  changed[digit] = changed[digit] == '5' ? '6' : '5';
  write("changed.ipynb", changed);
  EXPECT_FALSE(execute("changed.ipynb"));
  EXPECT_THAT(log(), HasSubstr("1 figures differ from opline's"));

  succeed({"run", "--space", "tiny", "--count", "60", "--db", "s.db"});
  EXPECT_FALSE(execute("s.ipynb"));
  EXPECT_THAT(log(), HasSubstr("write it again (opline export --format notebook)"));
  std::filesystem::rename(folder_ / "s.db", folder_ / "other.db");
  EXPECT_FALSE(execute("s.ipynb"));
  EXPECT_THAT(log(),
              HasSubstr("run the notebook in the folder that it was written to, or set STUDY"));
}

TEST_F(Execution, PandasReadsTheSameFromBothForms) {
  succeed({"run", "--space", "tiny", "--count", "40", "--db", "s.db"});
  import_table(rows_of(3, [](int i) { return i; }), "mine");
  write("compare.py", R"(
import sys
import pandas as pd
csv = pd.read_csv(sys.argv[1] + ".csv", comment="#", dtype={"seed": "Int64"})
lines = pd.read_json(sys.argv[1] + ".jsonl", lines=True, precise_float=True, dtype={"seed": "Int64"})
assert list(lines.columns) == ["format", *csv.columns], lines.columns
assert len(csv) == len(lines) >= 40, (len(csv), len(lines))
pd.testing.assert_frame_equal(csv, lines.drop(columns="format"), check_dtype=False, rtol=1e-15)
if sys.argv[1] == "networks":
    assert list(csv["architecture"][-3:]) == ["net #1", "net #2", "net #3"], csv["architecture"][-3:]
)");
  for (const std::string table : {"networks", "layers"}) {
    export_as(table + "-csv", table + ".csv");
    export_as(table + "-jsonl", table + ".jsonl");
    EXPECT_TRUE(python("compare.py " + table)) << log();
  }
}

}  // namespace
}  // namespace opline::notebooks_export
