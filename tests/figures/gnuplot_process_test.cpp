#include "src/figures/gnuplot_process.h"

#include <gmock/gmock.h>
#include <signal.h>

#include <cstdlib>
#include <ostream>
#include <stdexcept>

#include "src/base/error.h"

namespace opline::figures {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

bool gnuplot_is_there() { return std::system("gnuplot --version >/dev/null 2>&1") == 0; }

void write_nothing(std::ostream&, const std::filesystem::path&) {}

std::string refusal(ErrorCode code, auto&& action) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "no Error was thrown";
  return {};
}

TEST(GnuplotProcess, MissingProgramNamesTheInstallLine) {
  for (const char* program : {"opline-no-such-gnuplot", "/nowhere/gnuplot", "/"}) {
    EXPECT_THAT(
        refusal(ErrorCode::missing_tool, [&] { (void)run_gnuplot(program, write_nothing); }),
        AllOf(StartsWith(program),
              HasSubstr("apt-get install --no-install-recommends gnuplot-nox")));
  }
}

TEST(GnuplotProcess, FailureCarriesTheMessage) {
  if (!gnuplot_is_there())
    GTEST_SKIP() << "needs: sudo apt-get install --no-install-recommends gnuplot-nox";
  const auto wrong = [](std::ostream& script, const std::filesystem::path&) {
    script << "set nonsense on\n";
  };
  EXPECT_THAT(refusal(ErrorCode::io, [&] { (void)run_gnuplot("gnuplot", wrong); }),
              AllOf(HasSubstr("failed with status 1"), HasSubstr("unrecognized option")));
}

TEST(GnuplotProcess, NoPictureIsAnError) {
  EXPECT_THAT(refusal(ErrorCode::io, [] { (void)run_gnuplot("true", write_nothing); }),
              HasSubstr("ended well but wrote no picture"));
}

// A program that ends without reading: the pipe breaks, and that must be an Error and not the end
// of the process.
TEST(GnuplotProcess, ProgramThatEndsEarlyIsAnErrorAndNoSignal) {
  const auto much = [](std::ostream& script, const std::filesystem::path&) {
    for (int i = 0; i < 200000; ++i) script << "set label 'a long line that fills the pipe'\n";
  };
  EXPECT_THAT(refusal(ErrorCode::io, [&] { (void)run_gnuplot("false", much); }),
              HasSubstr("failed with status 1"));
  sigset_t mask;
  pthread_sigmask(SIG_SETMASK, nullptr, &mask);
  EXPECT_EQ(sigismember(&mask, SIGPIPE), 0);
  sigset_t pending;
  sigpending(&pending);
  EXPECT_EQ(sigismember(&pending, SIGPIPE), 0);
}

TEST(GnuplotProcess, WhatTheWriterThrowsPassesThrough) {
  const auto fails = [](std::ostream&, const std::filesystem::path&) {
    throw std::length_error("mine");
  };
  EXPECT_THROW((void)run_gnuplot("true", fails), std::length_error);
}

TEST(GnuplotProcess, ReturnsWhatWasWritten) {
  if (!gnuplot_is_there())
    GTEST_SKIP() << "needs: sudo apt-get install --no-install-recommends gnuplot-nox";
  const auto script = [](std::ostream& out, const std::filesystem::path& output) {
    out << "set print '" << output.string() << "'\nprint 'hello'\n";
  };
  EXPECT_EQ(run_gnuplot("gnuplot", script), "hello\n");
}

}  // namespace
}  // namespace opline::figures
