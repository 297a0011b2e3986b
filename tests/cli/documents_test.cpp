// Every shell block marked `sh test` in README.md and docs/ runs as written, in a folder of its
// own.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "src/base/csv.h"
#include "src/base/json.h"
#include "tests/cli/program.h"

namespace opline::cli {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> blocks_of(const fs::path& document) {
  const std::string text = read_file(document);
  const std::string opening = "```sh test\n";
  std::vector<std::string> blocks;
  for (std::size_t at = text.find(opening); at != std::string::npos; at = text.find(opening, at)) {
    at += opening.size();
    blocks.push_back(text.substr(at, text.find("```", at) - at));
  }
  return blocks;
}

std::vector<fs::path> documents() {
  const fs::path top = OPLINE_SOURCE_DIR;
  std::vector<fs::path> found = {top / "README.md"};
  for (const auto& entry : fs::recursive_directory_iterator(top / "docs")) {
    if (entry.path().extension() == ".md") found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

TEST(Documents, TheirCommandsRun) {
  const fs::path folder =
      fs::path(testing::TempDir()) / ("opline_documents_" + std::to_string(::getpid()));
  int blocks = 0;
  for (const fs::path& document : documents()) {
    for (const std::string& block : blocks_of(document)) {
      fs::remove_all(folder);
      write_file_atomically(folder / "block.sh", "set -euo pipefail\n" + block);
      const std::string command = "cd " + folder.string() +
                                  " && PATH=" + program().parent_path().string() +
                                  ":$PATH bash block.sh > out.txt 2> err.txt";
      EXPECT_EQ(std::system(command.c_str()), 0) << document << ":\n"
                                                 << block << read_file(folder / "err.txt");
      ++blocks;
    }
  }
  fs::remove_all(folder);
  EXPECT_GE(blocks, 2);
}

// Links between documents lead somewhere.
TEST(Documents, TheirLinksExist) {
  for (const fs::path& document : documents()) {
    const std::string text = read_file(document);
    for (std::size_t at = text.find("]("); at != std::string::npos; at = text.find("](", at + 1)) {
      const std::string link = text.substr(at + 2, text.find(')', at) - at - 2);
      if (link.starts_with("http") || link.starts_with("#")) continue;
      const fs::path target = document.parent_path() / link.substr(0, link.find('#'));
      EXPECT_TRUE(fs::exists(target)) << document << " links to " << link;
    }
  }
}

// The accuracy page describes this build: whoever changes a kernel or the timing updates its
// figures.
TEST(Documents, AccuracyFiguresAreThoseOfTheProgram) {
  const fs::path top = OPLINE_SOURCE_DIR;
  const std::string page = read_file(top / "docs" / "accuracy.md");
  const CsvTable table = CsvTable::from_file(top / "docs" / "accuracy-kws.csv");
  const fs::path folder =
      fs::path(testing::TempDir()) / ("opline_accuracy_" + std::to_string(::getpid()));
  fs::create_directories(folder);
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const std::string board(table.text(row, table.column("board")));
    const Result result = run(folder, {"inspect", "--space", "kws", "--network",
                                       std::string(table.text(row, table.column("architecture"))),
                                       "--boards", board, "--json"});
    ASSERT_EQ(result.exit_code, 0) << result.err;
    const Json json = parse_json(result.out, "inspect");
    const auto cycles = json["cycles"].get<std::uint64_t>();
    EXPECT_EQ(cycles, table.integer(row, table.column("simulated_cycles"))) << table.where(row);
    const double seconds = static_cast<double>(cycles) / json["setup"]["clock_hz"].get<double>();
    EXPECT_NE(page.find(fmt::format("{:.4f} s", seconds)), std::string::npos)
        << board << " " << seconds;
  }
  fs::remove_all(folder);
}

}  // namespace
}  // namespace opline::cli
