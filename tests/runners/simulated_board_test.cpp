// The real image in the simulator: the path from a network to its measurement.
#include "runners/simulated_board.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cstring>
#include <thread>

#include "runners/firmware_translations.h"
#include "runners/simulator/machine/machine.h"
#include "src/base/error.h"
#include "src/base/files.h"
#include "src/network/quantised_network.h"
#include "tests/error_message.h"
#include "tests/network/example_networks.h"

namespace opline::runners {
namespace {

using measure::Outcome;
using measure::OutcomeKind;

constexpr const char* kBoard = "nucleo-f446re";

const SimulatedBoard& board() {
  static const SimulatedBoard kLoaded = SimulatedBoard::load(kBoard);
  return kLoaded;
}

measure::Request request_for(const network::Network& network) {
  static const network::Pools kPools = network::Pools::generate(1U << 20, 1U << 18);
  const network::CompiledNetwork compiled = network::compile(network, kPools);
  return {network.id(), compiled.plan, compiled.digests, true, 1'000'000'000};
}

network::Network small_network() {
  network::NetworkBuilder builder({9, 8, 2});
  const network::TensorId conv = builder.conv2d(0, 6, {3, 3, 1, 1}, network::Activation::relu);
  const network::TensorId scores = builder.fully_connected(conv, 5, network::Activation::none);
  builder.softmax(scores);
  return std::move(builder).build();
}

TEST(FirmwareTranslations, AreOfTheImagesThatWereBuilt) {
  if (firmware_translations().empty())
    GTEST_SKIP() << "built without: OPLINE_TRANSLATE=ON adds them";
  unsigned used = 0;
  for (const char* const name : {"nucleo-f446re", "nucleo-f746zg", "nucleo-f767zi"}) {
    board::Board of = board::load_board(name);
    board::Core core = board::load_core(of.core);
    const auto image =
        simulator::ElfImage::from_file(resource(std::string("firmware/") + name + ".elf"));
    simulator::Machine machine(std::move(of), std::move(core), image);
    for (const simulator::Translation* const translation : firmware_translations())
      if (machine.use(*translation)) ++used;
  }
  EXPECT_EQ(used, firmware_translations().size());
}

TEST(SimulatedBoardTest, SetupSaysWhatWasMeasured) {
  const measure::Setup& setup = board().setup();
  EXPECT_EQ(setup.board, kBoard);
  EXPECT_EQ(setup.core, "cortex-m4");
  EXPECT_EQ(setup.clock_hz, 180'000'000U);
  EXPECT_EQ(setup.runner, measure::Runner::simulated);
  EXPECT_EQ(setup.firmware_digest.size(), 32U);
  EXPECT_THAT(setup.flags, testing::HasSubstr("-mcpu=cortex-m4"));
  EXPECT_THAT(setup.compiler, testing::HasSubstr("gcc"));
  EXPECT_THAT(setup.timing_model, testing::MatchesRegex("cortex-m4/[0-9]+, data [0-9a-f]+"));
  EXPECT_EQ(setup.placement, "code and weights in flash, arena and stack in SRAM");
  EXPECT_GT(board().limits().arena_bytes, 100'000U);
  EXPECT_GT(board().limits().weight_pool_bytes, 350'000U);
}

TEST(SimulatedBoardTest, WithoutATimingRuleItIsAnotherSetupWithOtherCycles) {
  const std::vector<std::string> off = {"early-branch"};
  const SimulatedBoard without = SimulatedBoard::load(kBoard, {}, off);
  EXPECT_THAT(without.setup().timing_model,
              testing::MatchesRegex("cortex-m4/[0-9]+ no-early-branch, data [0-9a-f]+"));
  EXPECT_NE(without.setup().id(), board().setup().id());
  const measure::Request request = request_for(small_network());
  const auto all = board().make_runner()->measure(request);
  const auto fewer = without.make_runner()->measure(request);
  ASSERT_EQ(fewer.kind, OutcomeKind::measured) << fewer.reason;
  EXPECT_GT(*fewer.measurement->cycles, *all.measurement->cycles);
}

TEST(SimulatedBoardTest, EveryKindOfLayerGivesTheHostsDigests) {
  const network::Network network = network::every_layer();
  const Outcome outcome = board().make_runner()->measure(request_for(network));
  ASSERT_EQ(outcome.kind, OutcomeKind::measured) << outcome.reason;
  EXPECT_EQ(outcome.measurement->layer_cycles.size(), network.layers().size());
  EXPECT_GT(*outcome.measurement->cycles, 10'000U);
}

// Every measurement starts from the same snapshot.
TEST(SimulatedBoardTest, CyclesDoNotDependOnWhatRanBeforeOrWhere) {
  const measure::Request one = request_for(network::every_layer());
  const measure::Request other = request_for(small_network());
  const auto runner = board().make_runner();
  const Outcome first = runner->measure(one);
  (void)runner->measure(other);
  const Outcome again = runner->measure(one);
  ASSERT_EQ(first.kind, OutcomeKind::measured);
  EXPECT_EQ(first.measurement->cycles, again.measurement->cycles);
  EXPECT_EQ(first.measurement->layer_cycles, again.measurement->layer_cycles);
  Outcome elsewhere;
  std::thread([&] { elsewhere = SimulatedBoard::load(kBoard).make_runner()->measure(one); }).join();
  EXPECT_EQ(first.measurement->cycles, elsewhere.measurement->cycles);
}

// A network's own tensors lie where the pools are; the next network finds the pools again.
TEST(SimulatedBoardTest, OwnTensorsAreInTheRegionForOneNetworkOnly) {
  const network::Pools pools = network::Pools::generate(1U << 20, 1U << 18);
  const network::CompiledNetwork own =
      network::compile(network::quantised(network::every_layer(), pools));
  ASSERT_FALSE(own.tensors.empty());
  measure::Request request = request_for(network::every_layer());
  const measure::Request pooled = request;
  EXPECT_EQ(own.digests, pooled.expected_digests);
  request.plan = own.plan;
  request.tensors = own.tensors;
  const auto runner = board().make_runner();
  const Outcome before = runner->measure(pooled);
  const Outcome outcome = runner->measure(request);
  ASSERT_EQ(outcome.kind, OutcomeKind::measured) << outcome.reason;
  const Outcome after = runner->measure(pooled);
  ASSERT_EQ(after.kind, OutcomeKind::measured) << after.reason;
  EXPECT_EQ(before.measurement->layer_cycles, after.measurement->layer_cycles);
  request.tensors.resize(500'000);
  EXPECT_EQ(runner->measure(request).kind, OutcomeKind::does_not_fit);
}

/// A 1x1 convolution whose tensors fill an arena of `bytes` to its last 16 bytes; the input, the
/// smaller one, is last and ends with them.
network::Network filling(std::uint32_t bytes) {
  const std::uint32_t overhead =
      opline_arena_bytes(sizeof(opline_plan_header) + sizeof(opline_layer), 1, 0);
  const std::uint32_t capacity = (bytes - overhead) / OPLINE_ALIGNMENT * OPLINE_ALIGNMENT;
  for (std::uint32_t width = 2; width < 200; ++width) {
    const std::uint32_t columns = capacity / (1 + width);
    if (columns > 65535 || opline_align(columns) + opline_align(columns * width) != capacity)
      continue;
    network::NetworkBuilder builder({1, static_cast<int>(columns), 1});
    builder.conv2d(0, static_cast<int>(width), {}, network::Activation::relu);
    return std::move(builder).build();
  }
  throw Error(ErrorCode::internal, "no convolution fills {} bytes", bytes);
}

// The DSP kernels read, and ignore, a few bytes behind a tensor: there must be memory there.
class EveryBoard : public testing::TestWithParam<std::string> {};

TEST_P(EveryBoard, ExecutesANetworkThatFillsItsArena) {
  const SimulatedBoard one = SimulatedBoard::load(GetParam());
  const network::Network network = filling(one.limits().arena_bytes);
  EXPECT_EQ(network::reason_not_to_fit(network::lay_out(network).footprint, one.limits()),
            std::nullopt);
  const Outcome outcome = one.make_runner()->measure(request_for(network));
  EXPECT_EQ(outcome.kind, OutcomeKind::measured) << outcome.reason;
}

INSTANTIATE_TEST_SUITE_P(Boards, EveryBoard, testing::ValuesIn(board::board_names()),
                         [](const auto& board_test) {
                           std::string name = board_test.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(SimulatedBoardTest, AWrongExpectationIsAWrongOutput) {
  measure::Request request = request_for(small_network());
  request.expected_digests[1] ^= 1;
  const Outcome outcome = board().make_runner()->measure(request);
  EXPECT_EQ(outcome.kind, OutcomeKind::wrong_output);
  EXPECT_THAT(outcome.reason, testing::HasSubstr("layer 1"));
}

TEST(SimulatedBoardTest, TheBudgetEndsARunWithThePlaceWhereItWas) {
  measure::Request request = request_for(small_network());
  request.budget_cycles = 1000;
  const Outcome outcome = board().make_runner()->measure(request);
  EXPECT_EQ(outcome.kind, OutcomeKind::timed_out);
  EXPECT_THAT(outcome.reason, testing::HasSubstr("0x08"));
}

// The device checks what it is given: a descriptor that leaves the arena is refused, not executed.
/// opline's image with an undefined instruction at the beginning of a function.
std::filesystem::path damaged_firmware(const std::string& function) {
  std::string file = read_file(resource(std::string("firmware/") + kBoard + ".elf"));
  const auto image = simulator::ElfImage::from_bytes(file, "firmware");
  const std::uint32_t address = *image->symbol(function);
  for (const simulator::Segment& segment : image->segments()) {
    if (address - segment.address >= segment.bytes.size()) continue;
    const std::size_t at = file.find(segment.bytes.substr(address - segment.address, 32));
    file[at] = '\x00', file[at + 1] = '\xDE';  // UDF #0
  }
  const auto path = std::filesystem::path(testing::TempDir()) / "damaged.elf";
  write_file_atomically(path, file);
  return path;
}

// The firmware's handler prints addresses, and stops at a BKPT of its own.
TEST(SimulatedBoardTest, AFaultNamesItsFunctionAlthoughTheFirmwareHandlesIt) {
  const SimulatedBoard damaged =
      SimulatedBoard::load(kBoard, {.elf = damaged_firmware("opline_run_layer")});
  const Outcome outcome = damaged.make_runner()->measure(request_for(small_network()));
  EXPECT_EQ(outcome.kind, OutcomeKind::crashed);
  EXPECT_THAT(outcome.reason, testing::HasSubstr("undefined instruction 0xde00"));
  EXPECT_THAT(outcome.reason, testing::HasSubstr("(in opline_run_layer)"));
  EXPECT_THAT(outcome.reason, testing::HasSubstr("in the handler of HardFault: BKPT 0x01"));
}

TEST(SimulatedBoardTest, AHostilePlanIsRefusedByTheDevice) {
  measure::Request request = request_for(small_network());
  opline_layer layer;
  std::memcpy(&layer, request.plan.data() + sizeof(opline_plan_header), sizeof layer);
  layer.output = 0x7ffffff0;
  std::memcpy(request.plan.data() + sizeof(opline_plan_header), &layer, sizeof layer);
  const Outcome outcome = board().make_runner()->measure(request);
  EXPECT_EQ(outcome.kind, OutcomeKind::crashed);
  EXPECT_THAT(outcome.reason, testing::HasSubstr("the device reports: layer 0"));
}

TEST(SimulatedBoardTest, AnUnknownBoardListsTheKnownOnes) {
  EXPECT_THAT(message_of([] { (void)SimulatedBoard::load("nucleo-f446"); }, ErrorCode::usage),
              testing::HasSubstr("nucleo-f446re"));
}

}  // namespace
}  // namespace opline::runners
