// Views of a profile that was made by hand: what they show, and that it adds up.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/report/profile/callgrind.h"
#include "src/report/profile/flame_graph.h"
#include "src/report/profile/profile_report.h"
#include "src/report/profile/timeline.h"
#include "tests/report/profile/planted_profile.h"

namespace opline::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(ProfileText, ShowsCausesLayersFunctionsLinesMemoryAndStack) {
  EXPECT_EQ(
      in_words(planted_profile(), ProfileDetail::one_screen),
      R"(kws-s on NUCLEO-F446RE, 1 MHz (simulated, cortex-m4/9, uncalibrated): the measured run
1200 cycles = 1.20 ms, 730 instructions, 1.64 cycles per instruction

cause                             cycles    share
issue                                730   60.8 %  ########################
fetch                                400   33.3 %  #############
load-use                              50    4.2 %  ##
branch                                20    1.7 %  #

layer                             cycles    share    CPI  stalls
 0 conv2d                            300   25.0 %   1.50  fetch 33 %
 1 softmax                           800   66.7 %   1.78  fetch 38 %, load-use 6 %

function                            self    share    CPI with calls    calls  stalls
kernel                               900   75.0 %   1.80     91.7 %        2  fetch 44 %
a<b>                                 200   16.7 %   1.33     16.7 %        1  load-use 25 %
main                                 100    8.3 %   1.25    100.0 %        0  branch 20 %

source line                         self    share    CPI  in, inlined at                            stalls
src/kernel.h:20                      900   75.0 %   1.80  kernel, main.c:10                         fetch 44 %
src/kernel.h:30                      200   16.7 %   1.33  a<b>                                      load-use 25 %
-                                    100    8.3 %   1.25  main                                      branch 20 %

memory                   fetches                 reads                writes
flash                        730   1.4 KiB          10      40 B           0         -
sram1                          0         -          20      80 B           5      20 B
stack: 256 B used at most of 2.0 KiB, in kernel
)");
}

TEST(ProfileText, SaysWhatIsMissing) {
  ProfileView view = planted_profile();
  view.clock_hz.reset();
  view.profile.files.clear();
  view.profile.lines = {{std::nullopt, std::nullopt, 0, view.profile.total}};
  for (auto& instruction : view.profile.instructions)
    instruction.source = instruction.inlined_at = std::nullopt;
  const std::string text = in_words(view, ProfileDetail::one_screen);
  EXPECT_THAT(text, HasSubstr("1200 cycles, 730 instructions"));
  EXPECT_THAT(text, HasSubstr("no line information (compile it with -g)"));
}

TEST(ProfileText, OfNamesThatRewriteTheTerminalIsHarmless) {
  ProfileView view = planted_profile();
  view.profile.functions[1].name = "\x1b[2Jkernel\n";
  view.profile.files[1] = "a\x1b]0;title\x07.c";
  const std::string text = in_words(view, ProfileDetail::everything);
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  EXPECT_THAT(callgrind_text(view), Not(HasSubstr("\x1b")));
  EXPECT_THAT(flame_graph_svg(view), Not(HasSubstr("\x1b")));
}

TEST(Annotated, ShowsAnAverageExecutionOfEachInstruction) {
  ProfileView view = planted_profile();
  view.profile.instructions[1].paired = 250;
  EXPECT_EQ(annotated(view, 1), R"(kernel
   address   executed  cycles  paired  instruction                       waits for                             source
  08000200        500    1.80    50 %  ldr r0, [r1]                      fetch 0.80                            main.c:10
)");
}

TEST(FoldedStacks, AddUpToTheCycles) {
  EXPECT_EQ(folded_stacks(planted_profile()),
            "main 100\n"
            "main;layer 0 conv2d;kernel 300\n"
            "main;layer 1 softmax;kernel 600\n"
            "main;layer 1 softmax;kernel;a<b> 200\n");
}

TEST(Callgrind, HasSelfCostsOfInstructionsAndInclusiveCostsOfCalls) {
  EXPECT_THAT(callgrind_text(planted_profile()), HasSubstr(R"(
ob=nucleo-f446re.elf

fl=(1) ???
fn=(1) main
0x8000100 0 100 80 80 0 0 20 0 0 0 0 0 0 0
cfi=(2) src/kernel.h
cfn=(2) kernel
calls=2 0x8000200 20
0x8000100 0 1100 650 650 0 50 0 400 0 0 0 0 0 0

fl=(2)
fn=(2)
0x8000200 20 900 500 500 0 0 0 400 0 0 0 0 0 0
cfi=(2)
cfn=(3) a<b>
calls=1 0x8000300 30
0x8000200 20 200 150 150 0 50 0 0 0 0 0 0 0 0

fl=(2)
fn=(3)
0x8000300 30 200 150 150 0 50 0 0 0 0 0 0 0 0

totals: 1200 730 730 0 50 20 400 0 0 0 0 0 0
)"));
}

TEST(Callgrind, TellsFunctionsOfOneNameApart) {
  ProfileView view = planted_profile();
  view.profile.functions[2].name = "kernel";
  const std::string text = callgrind_text(view);
  EXPECT_THAT(text, HasSubstr("fn=(2)\n"));
  EXPECT_THAT(text, HasSubstr("cfn=(2) kernel@0x8000200"));
  EXPECT_THAT(text, HasSubstr("cfn=(3) kernel@0x8000300"));
}

TEST(FlameGraph, HasBoxesInProportionToCycles) {
  const std::string svg = flame_graph_svg(planted_profile());
  EXPECT_THAT(svg, HasSubstr("<title>main: 1200 cycles (100.00 %), 730 instructions</title>"
                             "<rect x=\"10.00\""));
  // 1180 pixels are 1200 cycles.
  EXPECT_THAT(svg, HasSubstr("<title>layer 0 conv2d: 300 cycles (25.00 %), 200 instructions"
                             "</title><rect x=\"10.00\""));
  EXPECT_THAT(svg, HasSubstr("width=\"295.00\""));
  EXPECT_THAT(svg, HasSubstr("<title>a&lt;b&gt;: 200 cycles"));
  EXPECT_THAT(svg, HasSubstr("width=\"196.67\""));
  // The comment has no two hyphens inside.
  const std::string comment = svg.substr(svg.find("<!--") + 4);
  EXPECT_EQ(comment.substr(0, comment.find("--")), comment.substr(0, comment.find("-->")));
}

TEST(Timeline, HasLayersAndFunctionsInMicroseconds) {
  const Json json = parse_json(timeline_json(planted_profile()), "timeline");
  const Json& events = json["traceEvents"];
  ASSERT_EQ(events.size(), 5U);  // two names of tracks
  EXPECT_EQ(events[3]["name"], "layer 0 conv2d");
  EXPECT_EQ(events[3]["tid"], events[0]["tid"]);
  EXPECT_EQ(events[3]["ts"], 50.0);
  EXPECT_EQ(events[3]["dur"], 300.0);
  EXPECT_EQ(events[4]["name"], "kernel");
  EXPECT_EQ(events[4]["tid"], events[1]["tid"]);
}

}  // namespace
}  // namespace opline::report
