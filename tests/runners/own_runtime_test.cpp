// A firmware of another runtime (own_runtime/), in the simulator: the path that a user's TFLM
// takes.
#include <gmock/gmock.h>

#include <filesystem>

#include "runners/simulated_board.h"
#include "src/base/error.h"
#include "src/base/files.h"
#include "tests/error_message.h"
#include "tests/runners/own_runtime_requests.h"

namespace opline::runners {
namespace {

using measure::Outcome;
using measure::OutcomeKind;
using testing::HasSubstr;

Outcome measure(const measure::Request& request) { return load().make_runner()->measure(request); }

TEST(OwnRuntime, SetupIsWhatTheFirmwareSays) {
  const measure::Setup setup = load().setup();
  EXPECT_EQ(setup.runtime.text(), "toy 1.0, tflite, output check final");
  EXPECT_THAT(setup.compiler, HasSubstr("gcc"));
  EXPECT_EQ(setup.flags, "-O2");
  EXPECT_EQ(setup.placement, "all over the place");
  EXPECT_EQ(setup.clock_hz, 180'000'000U);
  EXPECT_EQ(load(measure::OutputCheck::none).setup().runtime.text(),
            "toy 1.0, tflite, output check none");
  EXPECT_GT(load().limits().weight_pool_bytes, 400'000U);
}

TEST(OwnRuntime, OperatorsBecomeLayers) {
  const Outcome outcome = measure(request_for(model(5000)));
  ASSERT_EQ(outcome.kind, OutcomeKind::measured) << outcome.reason;
  EXPECT_FALSE(measure::fault(outcome));
  ASSERT_EQ(outcome.measurement->layer_cycles.size(), 2U);
  EXPECT_GT(outcome.measurement->layer_cycles[0], 16U);
  EXPECT_GT(outcome.measurement->layer_cycles[1], 5000U);  // the operator that reads the whole file
  EXPECT_EQ(outcome.measurement->layer_digests, digests(model(5000)));
  EXPECT_GE(*outcome.measurement->cycles,
            outcome.measurement->layer_cycles[0] + outcome.measurement->layer_cycles[1]);
}

TEST(OwnRuntime, OperatorsThatAreNotThoseOfTheFileLeaveTheTotal) {
  measure::Request request = request_for(model(5000));
  request.layer_of_operator = {0, 1};
  const Outcome outcome = measure(request);
  ASSERT_EQ(outcome.kind, OutcomeKind::measured) << outcome.reason;
  EXPECT_GT(*outcome.measurement->cycles, 5000U);
  EXPECT_TRUE(outcome.measurement->layer_cycles.empty());
  EXPECT_TRUE(outcome.measurement->layer_digests.empty());
}

// Each input starts at a multiple of 16, outputs are digested one behind the other, and each run
// starts from the same state.
TEST(OwnRuntime, SeveralInputsOutputsAndAState) {
  std::vector<std::uint8_t> file = model(5000);
  file[8] = 0xED;
  measure::Request request = request_for(file);
  Outcome outcome = measure(request);
  EXPECT_EQ(outcome.kind, OutcomeKind::wrong_output) << "the last operator's is not the whole";
  const auto first = output(file);
  const auto second = sums(file);
  request.expected_output =
      opline_crc32(opline_crc32(0, first.data(), first.size()), second.data(), second.size());
  outcome = measure(request);
  ASSERT_EQ(outcome.kind, OutcomeKind::measured) << outcome.reason;
  EXPECT_EQ(outcome.measurement->layer_digests, digests(file));
}

// The region is per machine and holds one file: what was there before can't be seen.
TEST(OwnRuntime, EachNetworkFindsItsOwnFile) {
  const SimulatedBoard board = load();
  const auto one = board.make_runner(), other = board.make_runner();
  const Outcome first = one->measure(request_for(model(20000, 3)));
  const Outcome second = one->measure(request_for(model(5000, 5)));
  const Outcome elsewhere = other->measure(request_for(model(5000, 5)));
  const Outcome again = one->measure(request_for(model(20000, 3)));
  ASSERT_EQ(first.kind, OutcomeKind::measured) << first.reason;
  ASSERT_EQ(second.kind, OutcomeKind::measured) << second.reason;
  EXPECT_EQ(second.measurement->cycles, elsewhere.measurement->cycles);
  EXPECT_EQ(first.measurement->cycles, again.measurement->cycles);
}

TEST(OwnRuntime, AnotherOutputIsWrongUnlessItIsNotChecked) {
  measure::Request request = request_for(model(5000));
  request.expected_digests.back() ^= 1;
  Outcome outcome = measure(request);
  EXPECT_EQ(outcome.kind, OutcomeKind::wrong_output);
  EXPECT_THAT(outcome.reason, HasSubstr("--output-check none"));
  EXPECT_THAT(outcome.reason, HasSubstr("layer 1: digest"));
  request.output_check = measure::OutputCheck::none;
  outcome = measure(request);
  EXPECT_EQ(outcome.kind, OutcomeKind::measured) << outcome.reason;
}

TEST(OwnRuntime, WhatDoesNotFitIsAnOutcome) {
  Outcome outcome = measure(request_for(model(40000)));
  EXPECT_EQ(outcome.kind, OutcomeKind::does_not_fit);
  EXPECT_EQ(outcome.reason,
            "toy: the file (all of it)  goes through the arena: needs 40000 B; 32768 B of arena "
            "are there");
  outcome = measure(request_for(model(520000)));
  EXPECT_EQ(outcome.kind, OutcomeKind::does_not_fit);
  EXPECT_THAT(outcome.reason, HasSubstr("needs 520000 B of flash for the .tflite"));
}

TEST(OwnRuntime, TheRuntimesComplaintIsTheReason) {
  std::vector<std::uint8_t> file = model(5000);
  file[5] = 'x';
  Outcome outcome = measure(request_for(file));
  EXPECT_EQ(outcome.kind, OutcomeKind::crashed);
  EXPECT_THAT(outcome.reason, HasSubstr("toy: no TFL3"));
  file = model(5000);
  file[8] = 0xEE;
  outcome = measure(request_for(file));
  EXPECT_EQ(outcome.kind, OutcomeKind::crashed);
  EXPECT_THAT(outcome.reason, HasSubstr("toy: the model (asked) for trouble"));
}

std::string error_of(const std::string& board, const FirmwareOptions& options,
                     ErrorCode code = ErrorCode::device) {
  return message_of([&] { (void)SimulatedBoard::load(board, options); }, code);
}

TEST(OwnRuntime, TheFirmwareMustBeWhatWasAskedFor) {
  EXPECT_THAT(error_of("nucleo-f446re", {kElf, measure::Payload::plan}),
              HasSubstr("say --payload tflite"));
  const std::filesystem::path own =
      std::filesystem::path(OPLINE_BINARY_DIR) / "firmware/nucleo-f446re.elf";
  EXPECT_THAT(error_of("nucleo-f446re", {own, measure::Payload::tflite}),
              HasSubstr("say --payload plan"));
  EXPECT_NO_THROW((void)SimulatedBoard::load("nucleo-f446re", {own, measure::Payload::plan}));
  EXPECT_THAT(error_of("nucleo-f767zi", {kElf, measure::Payload::tflite}),
              AllOf(HasSubstr("own_runtime.elf: on nucleo-f767zi"),
                    HasSubstr("is it an image for that board?")));
  EXPECT_THAT(error_of("nucleo-f446re", {"/nowhere.elf", measure::Payload::tflite}, ErrorCode::io),
              HasSubstr("/nowhere.elf"));
}

/// The image with one of the words behind "hostile!" changed.
std::filesystem::path changed_image(std::size_t word, std::uint32_t value) {
  std::string bytes = read_file(kElf);
  const std::size_t at = bytes.find("hostile!");
  if (at == std::string::npos) throw Error(ErrorCode::internal, "{} has no mark", kElf.string());
  for (std::size_t i = 0; i < 4; ++i)
    bytes[at + 8 + 4 * word + i] = static_cast<char>(value >> (8 * i));
  const auto path = std::filesystem::path(testing::TempDir()) / "changed.elf";
  write_file_atomically(path, bytes);
  return path;
}

// The host's memory does not follow what firmware claims or sends.
TEST(OwnRuntime, ClaimsBeyondTheBoardAreRefused) {
  EXPECT_THAT(error_of("nucleo-f446re", {changed_image(0, 0xFFFFFFFF), measure::Payload::tflite}),
              AllOf(HasSubstr("claims pools of 0 B and an arena of 4294967295 B"),
                    HasSubstr("131072 B of SRAM")));
}

TEST(OwnRuntime, AFloodAtTheStartIsRefusedSoon) {
  EXPECT_THAT(error_of("nucleo-f446re", {changed_image(1, 1), measure::Payload::tflite}),
              HasSubstr("the UART has sent 1 MiB without a pause"));
}

TEST(OwnRuntime, AFloodInARunIsAnOutcome) {
  std::vector<std::uint8_t> file = model(5000);
  file[8] = 0xEF;
  const Outcome outcome = measure(request_for(file));
  EXPECT_EQ(outcome.kind, OutcomeKind::crashed);
  EXPECT_THAT(outcome.reason, HasSubstr("the UART has sent 1 MiB without a pause"));
  EXPECT_LT(outcome.reason.size(), 1000U);
}

// Data cannot replace code that was executed: this ended the campaign.
TEST(OwnRuntime, FirmwareThatExecutesTheFileIsAnOutcomeAndTheNextNetworkIsMeasured) {
  std::vector<std::uint8_t> file = model(5000);
  file[8] = 0xEC;
  file[16] = 0x70, file[17] = 0x47;  // bx lr
  const auto runner = load().make_runner();
  const Outcome outcome = runner->measure(request_for(file));
  EXPECT_EQ(outcome.kind, OutcomeKind::crashed);
  EXPECT_EQ(outcome.reason, "the firmware executed its region for tensors as code");
  const Outcome next = runner->measure(request_for(model(5000)));
  ASSERT_EQ(next.kind, OutcomeKind::measured) << next.reason;
  EXPECT_EQ(next.measurement->cycles, measure(request_for(model(5000))).measurement->cycles);
}

}  // namespace
}  // namespace opline::runners
