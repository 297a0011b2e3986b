// Campaigns on attached boards: opline's simulator behind a pseudo-terminal or a TCP port, with a
// link between that loses, doubles, delays and changes bytes, or breaks.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runners/attached/session_record.h"
#include "src/base/error.h"
#include "src/base/files.h"
#include "tests/campaign/attached_campaign.h"
#include "tests/error_message.h"

namespace opline::campaign {
namespace {

using measure::OutcomeKind;
using runners::FaultyLink;
using runners::ServedBoard;
using testing::HasSubstr;

TEST_F(AttachedCampaign, BehindAPseudoTerminalEveryCycleIsThatOfTheInProcessRun) {
  const ServedBoard board(kBoard);
  const AttachedBoards attached = connect(board.port());
  EXPECT_EQ(attached.setup().runner, measure::Runner::attached);
  const Report report = run({target_of(attached)}, 10);
  EXPECT_EQ(report.measured, networks_) << troubles(report, attached);
  EXPECT_EQ(cycles(attached.setup()), simulated(10));
}

TEST_F(AttachedCampaign, ALinkThatDamagesBytesCostsNothingButTime) {
  const ServedBoard board(kBoard, ServedBoard::Where::port);
  FaultyLink link(board.port(), {.lose = 2e-4, .twice = 2e-4, .corrupt = 2e-4, .garbage = 1e-4});
  const AttachedBoards attached = connect(link.port());
  const Report report = run({target_of(attached)}, 5);
  EXPECT_EQ(report.measured, networks_) << troubles(report, attached);
  EXPECT_GT(link.damaged(), 5U);
  EXPECT_EQ(cycles(attached.setup()), simulated(5));
}

TEST_F(AttachedCampaign, ALinkThatBreaksIsConnectedAgain) {
  const ServedBoard board(kBoard, ServedBoard::Where::port);
  FaultyLink link(board.port(), {.cut_after = 12'000, .cuts = 3});
  const AttachedBoards attached = connect(link.port());
  const Report report = run({target_of(attached)}, 6);
  EXPECT_EQ(report.measured, networks_) << troubles(report, attached);
  EXPECT_GT(link.connections(), 2U);
  EXPECT_EQ(cycles(attached.setup()), simulated(6));
}

TEST_F(AttachedCampaign, ABoardThatIsResetMeasuresTheNetworkAgain) {
  ServedBoard board(kBoard, ServedBoard::Where::port);
  FaultyLink link(board.port(), {});
  std::size_t next = 15'000;
  link.on_bytes([&](std::size_t passed) {
    if (passed < next) return;
    next *= 3;
    board.press_reset();
  });
  const AttachedBoards attached = connect(link.port());
  const Report report = run({target_of(attached)}, 6);
  EXPECT_EQ(report.measured, networks_) << troubles(report, attached);
  EXPECT_EQ(cycles(attached.setup()), simulated(6));
}

TEST_F(AttachedCampaign, ABoardThatIsGoneIsSetAsideAndTheOthersGoOn) {
  ServedBoard board(kBoard, ServedBoard::Where::port);
  runners::AttachedOptions options = quick();
  options.reconnect_seconds = 0.5;
  const AttachedBoards attached = connect(board.port(), options);
  board.pull_plug();
  const auto simulator = runners::SimulatedBoard::load("nucleo-f746zg");
  const Report report =
      run({target_of(attached),
           {simulator.setup(), simulator.limits(), [&] { return simulator.make_runner(); }}},
          8);
  EXPECT_EQ(report.measured, networks_) << "those of the simulated board";
  EXPECT_EQ(report.unmeasured.at(OutcomeKind::board_lost).count, 1U);
  EXPECT_EQ(report.skipped, networks_ - 1);
  EXPECT_FALSE(report.interrupted);
  ASSERT_EQ(attached.set_aside().size(), 1U);
  EXPECT_THAT(attached.set_aside()[0], HasSubstr("nucleo-f446re@tcp:127.0.0.1:"));
  EXPECT_THAT(attached.set_aside()[0], HasSubstr("repeat the command, which resumes"));

  // The same command with the board there again measures all of them, the lost one, too.
  const ServedBoard again(kBoard, ServedBoard::Where::port);
  const AttachedBoards back = connect(again.port());
  EXPECT_EQ(run({target_of(back)}, 8).measured, networks_);
}

TEST_F(AttachedCampaign, BoardsOfOneSetupShareTheNetworks) {
  const ServedBoard one(kBoard), two(kBoard, ServedBoard::Where::port);
  const std::vector<AttachedBoards> boards =
      AttachedBoards::connect({{kBoard, one.port()}, {kBoard, two.port()}}, quick());
  ASSERT_EQ(boards.size(), 1U);
  EXPECT_EQ(boards[0].ports().size(), 2U);
  EXPECT_EQ(run({target_of(boards[0])}, 10, 2).measured, networks_);
  EXPECT_EQ(cycles(boards[0].setup()), simulated(10));
}

// As for an LPM01A: told after each connection, because a reset forgets it, and without a change of
// cycles or of the setup.
TEST_F(AttachedCampaign, AMeterThatNeedsPulsesGetsThemOnEachConnection) {
  const ServedBoard board(kBoard, ServedBoard::Where::port);
  const FaultyLink link(board.port(), {.cut_after = 12'000, .cuts = 1});
  runners::AttachedOptions options = quick();
  options.trigger_pulses = true;
  options.record = folder_ / "sessions";
  const AttachedBoards attached = connect(link.port(), options);
  const Report report = run({target_of(attached)}, 4);
  EXPECT_EQ(report.measured, networks_) << troubles(report, attached);
  EXPECT_EQ(cycles(attached.setup()), simulated(4));
  std::size_t told = 0;
  for (const auto& file : std::filesystem::directory_iterator(*options.record)) {
    const std::string said = read_file(file.path());
    for (std::size_t at = 0; (at = said.find("trigger pulse", at)) != std::string::npos; ++at)
      ++told;
  }
  EXPECT_GE(link.connections(), 2U);
  EXPECT_GE(told, 2U);
}

TEST_F(AttachedCampaign, RepeatsAreKeptWithTheirMedianAndTheSessionIsRecorded) {
  const ServedBoard board(kBoard);
  runners::AttachedOptions options = quick();
  options.repeats = 3;
  options.record = folder_ / "sessions";
  const AttachedBoards attached = connect(board.port(), options);
  const Report report = run({target_of(attached)}, 1);
  EXPECT_EQ(report.measured, 1U) << troubles(report, attached);
  EXPECT_EQ(report.largest_spread, 0.0);
  const Cycles found = cycles(attached.setup());
  const auto outcome = study_->outcome(found.begin()->first, attached.setup().id());
  EXPECT_THAT(outcome->outcome.measurement->repeat_cycles,
              testing::ElementsAre(found.begin()->second.back(), found.begin()->second.back(),
                                   found.begin()->second.back()));
  std::size_t files = 0;
  for (const auto& entry : fs::directory_iterator(*options.record)) {
    ++files;
    const std::string text = read_file(entry.path());
    EXPECT_THAT(text, HasSubstr("plan run 1%"));
    EXPECT_THAT(text, HasSubstr(" < m-run-done\n"));
    EXPECT_NO_THROW(runners::ReplayTransport(text, "recorded"));
  }
  EXPECT_EQ(files, 1U);
}

std::string refusal(const std::string& port, const char* board = kBoard) {
  return message_of([&] { (void)connect(port, quick(), board); }, ErrorCode::device);
}

TEST(AttachedBoard, OfAnotherKindIsRefused) {
  const ServedBoard board("nucleo-f746zg");
  EXPECT_THAT(refusal(board.port()), HasSubstr("is for the board `nucleo-f746zg`"));
}

TEST(AttachedBoard, WithAnotherFirmwareIsRefused) {
  const ServedBoard board(kBoard);
  runners::AttachedOptions options = quick();
  options.elf = fs::path(OPLINE_BINARY_DIR) / "firmware/nucleo-f446re-portable.elf";
  EXPECT_THAT(message_of(
                  [&] {
                    (void)AttachedBoards::connect({{kBoard, board.port()}}, options);
                  },
                  ErrorCode::device),
              HasSubstr("holds another firmware than nucleo-f446re-portable.elf"));
}

TEST(AttachedBoard, WithAWrongClockIsRefused) {
  const ServedBoard board(kBoard, ServedBoard::Where::terminal, 1.05);
  EXPECT_THAT(refusal(board.port()),
              testing::ContainsRegex("runs at 10[45]\\.[0-9]+ % of the 180 MHz"));
}

TEST(AttachedBoard, ThatIsNotThereIsNamedWithARemedy) {
  EXPECT_THAT(refusal("/dev/ttyNone"), HasSubstr("opline boards --attached"));
  EXPECT_THAT(refusal("/dev/null"), HasSubstr("is not a serial port"));
  EXPECT_THAT(refusal("tcp:127.0.0.1:1"), HasSubstr("no connection"));
  const ports::PseudoTerminal nobody;
  EXPECT_THAT(refusal(nobody.path()), HasSubstr("does not answer"));
}

TEST(AttachedBoard, WithoutATriggerPinCannotBeMetered) {
  std::string text = read_file(board::load_board(kBoard).file);
  const std::size_t begin = text.find("\n[trigger]");
  text.erase(begin, text.find("\n[", begin + 1) - begin);
  const auto file = std::filesystem::path(testing::TempDir()) / "without_trigger.toml";
  write_file_atomically(file, text);
  runners::AttachedOptions options;
  options.trigger_pulses = false;
  EXPECT_THAT(message_of(
                  [&] {
                    (void)AttachedBoards::connect({{file.string(), "/dev/no-such"}}, options);
                  },
                  ErrorCode::usage),
              HasSubstr("has no [trigger]; add one (docs/formats/board.md)"));
}

TEST(AttachedBoard, NamesAndPorts) {
  EXPECT_FALSE(runners::parse_attached_port("nucleo-f446re"));
  const auto port = runners::parse_attached_port("a@tcp:h:1");
  EXPECT_EQ(port->board, "a");
  EXPECT_EQ(port->port, "tcp:h:1");
  EXPECT_THROW((void)runners::parse_attached_port("a@"), Error);
  EXPECT_THROW((void)runners::parse_attached_port("@/dev/ttyACM0"), Error);
}

}  // namespace
}  // namespace opline::campaign
