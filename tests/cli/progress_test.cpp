// Progress on a terminal and in a log, with a clock of the test's own. The program on a real
// terminal: terminal_test.cpp.
#include "src/cli/progress.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <sstream>

namespace opline::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;

/// Runs a work of 100 units, each of which takes `unit`, against a console.
void work(Console& console, milliseconds unit) {
  Progress::Clock::time_point now{};
  Progress progress(console, "measuring", [&] { return now; });
  for (int done = 1; done <= 100; ++done) {
    now += unit;
    progress.update(static_cast<std::uint64_t>(done), 100);
  }
  progress.update(100, 100);  // the end is reported once
}

std::string log_of(milliseconds unit, bool quiet = false) {
  std::ostringstream out;
  std::ostringstream err;
  Console console{out, err, false, "", quiet};
  work(console, unit);
  EXPECT_EQ(out.str(), "");
  return err.str();
}

TEST(Progress, ALogHasALineAtEveryTenthWithTimeDoneAndLeft) {
  const std::string log = log_of(milliseconds(1000));
  EXPECT_THAT(log, testing::StartsWith("opline: measuring: 2 of 100 (2 %) in 2.00 s, about 98.0 s "
                                       "left\n"));
  EXPECT_THAT(log, HasSubstr("opline: measuring: 50 of 100 (50 %) in 50.0 s, about 50.0 s left\n"));
  EXPECT_THAT(log, testing::EndsWith("opline: measuring: 100 of 100 (100 %) in 1 min 40 s\n"));
  EXPECT_EQ(std::count(log.begin(), log.end(), '\n'), 11);
  EXPECT_THAT(log, testing::Not(HasSubstr("\r")));
}

TEST(Progress, ALogOfLongWorkHasALineEveryHalfMinute) {
  const std::string log = log_of(seconds(60));  // a tenth takes ten minutes
  EXPECT_EQ(std::count(log.begin(), log.end(), '\n'), 100);
}

TEST(Progress, TheFirstOfManyUnitsIsNoEstimate) {
  std::ostringstream out;
  std::ostringstream err;
  Console console{out, err, false, ""};
  Progress::Clock::time_point now{};
  Progress progress(console, "importing", [&] { return now; });
  now += seconds(4);  // the table was read
  progress.update(1, 10'000'000);
  EXPECT_EQ(err.str(), "opline: importing: 1 of 10000000 (0 %) in 4.00 s\n");
  now += seconds(36);
  progress.update(50'000, 10'000'000);
  EXPECT_THAT(err.str(), HasSubstr("(0 %) in 40.0 s, about "));  // a steady rate is one
}

TEST(Progress, ShortWorkLeavesNoLine) { EXPECT_EQ(log_of(milliseconds(10)), ""); }

TEST(Progress, QuietMeansQuiet) { EXPECT_EQ(log_of(seconds(60), true), ""); }

TEST(Progress, ATerminalHasOneLineThatGoesInTheEnd) {
  std::ostringstream out;
  std::ostringstream err;
  Console console{out, err, true, ""};
  work(console, milliseconds(50));
  const std::string drawn = err.str();
  EXPECT_EQ(std::count(drawn.begin(), drawn.end(), '\n'), 0);
  EXPECT_THAT(drawn, testing::StartsWith("\r\033[Kmeasuring: 40 of 100 (40 %) in 2.00 s"));
  EXPECT_THAT(drawn, testing::EndsWith("\r\033[K"));
  // Ten times a second: every second of the last sixty units, and the one that removes the line.
  EXPECT_EQ(std::count(drawn.begin(), drawn.end(), '\r'), 32);
}

}  // namespace
}  // namespace opline::cli
