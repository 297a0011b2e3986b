// A board in words.
#include "src/report/board_report.h"

#include <gmock/gmock.h>

namespace opline::report {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(BoardReport, AnAcceleratorThatNoStepTurnsOnIsNamed) {
  constexpr const char* kOff = "its accelerator stays off";
  for (const std::string& name : board::board_names())
    EXPECT_THAT(in_words(board::load_board(name)), Not(HasSubstr(kOff))) << name;

  board::Board board = board::load_board("nucleo-l4r5zi");
  std::erase_if(board.clocks.front().steps, [&](const board::RegisterStep& step) {
    return step.address == board.flash.enables.address && step.mask == 0x600;
  });
  EXPECT_THAT(in_words(board), HasSubstr(kOff));
}

}  // namespace
}  // namespace opline::report
