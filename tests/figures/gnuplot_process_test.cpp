#include "src/figures/gnuplot_process.h"

#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <ostream>
#include <stdexcept>

#include "src/base/error.h"
#include "src/base/files.h"
#include "tests/error_message.h"

namespace opline::figures {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

bool gnuplot_is_there() { return std::system("gnuplot --version >/dev/null 2>&1") == 0; }

void write_nothing(std::ostream&) {}

TEST(GnuplotProcess, MissingProgramNamesTheInstallLine) {
  for (const char* program : {"opline-no-such-gnuplot", "/nowhere/gnuplot", "/"}) {
    EXPECT_THAT(
        message_of([&] { (void)run_gnuplot(program, write_nothing); }, ErrorCode::missing_tool),
        AllOf(StartsWith(program),
              HasSubstr("apt-get install --no-install-recommends gnuplot-nox")));
  }
}

TEST(GnuplotProcess, FailureCarriesTheMessage) {
  if (!gnuplot_is_there())
    GTEST_SKIP() << "needs: sudo apt-get install --no-install-recommends gnuplot-nox";
  const auto wrong = [](std::ostream& script) { script << "set nonsense on\n"; };
  EXPECT_THAT(message_of([&] { (void)run_gnuplot("gnuplot", wrong); }, ErrorCode::io),
              AllOf(HasSubstr("failed with status 1"), HasSubstr("unrecognized option")));
}

TEST(GnuplotProcess, NoPictureIsAnError) {
  EXPECT_THAT(message_of([] { (void)run_gnuplot("true", write_nothing); }, ErrorCode::io),
              HasSubstr("succeeded but drew nothing"));
}

// A program that ends without reading its script is an Error, not a SIGPIPE.
TEST(GnuplotProcess, ProgramThatEndsEarlyIsAnErrorAndNoSignal) {
  const auto much = [](std::ostream& script) {
    for (int i = 0; i < 200000; ++i) script << "set label 'a long line that would fill a pipe'\n";
  };
  EXPECT_THAT(message_of([&] { (void)run_gnuplot("false", much); }, ErrorCode::io),
              HasSubstr("failed with status 1"));
}

// A killed plot left `opline-figure-*` in the temporary folder.
TEST(GnuplotProcess, NothingHasANameInTheFileSystem) {
  const std::filesystem::path folder = std::filesystem::path(testing::TempDir()) / "opline-empty";
  std::filesystem::create_directories(folder);
  const std::filesystem::path copy = std::filesystem::path(testing::TempDir()) / "opline-copy.sh";
  write_file_atomically(copy, "#!/bin/sh\nexec cat\n");
  std::filesystem::permissions(copy, std::filesystem::perms::owner_all);
  setenv("TMPDIR", folder.c_str(), 1);
  const auto looks = [&](std::ostream& script) {
    script << "ls\n";
    EXPECT_TRUE(std::filesystem::is_empty(folder));
  };
  EXPECT_EQ(run_gnuplot(copy.string(), looks), "ls\n");
  EXPECT_TRUE(std::filesystem::is_empty(folder));
  unsetenv("TMPDIR");
}

TEST(GnuplotProcess, WhatTheWriterThrowsPassesThrough) {
  const auto fails = [](std::ostream&) { throw std::length_error("mine"); };
  EXPECT_THROW((void)run_gnuplot("true", fails), std::length_error);
}

TEST(GnuplotProcess, ReturnsThePictureOfStandardOutput) {
  if (!gnuplot_is_there())
    GTEST_SKIP() << "needs: sudo apt-get install --no-install-recommends gnuplot-nox";
  const auto script = [](std::ostream& out) { out << "set terminal svg\nplot x\n"; };
  const std::string svg = run_gnuplot("gnuplot", script);
  EXPECT_THAT(svg, StartsWith("<?xml"));
  EXPECT_THAT(svg, testing::EndsWith("</svg>\n\n"));
}

}  // namespace
}  // namespace opline::figures
