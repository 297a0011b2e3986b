// Every number of data/boards/*.toml matters: where one of them is changed, the measurement of a
// network changes, or the file is refused because it contradicts the firmware. That a file's digest
// changes does not count.
#include <gmock/gmock.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>

#include "runners/simulated_board.h"
#include "src/base/error.h"
#include "src/base/files.h"
#include "tests/error_message.h"
#include "tests/network/example_networks.h"
#include "tests/numeric_keys.h"

namespace opline::runners {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

/// A home with a copy of the boards' files, which a test may change.
class OtherHome {
 public:
  OtherHome() : before_(resource_root()) {
    fs::remove_all(home_);
    fs::create_directories(home_ / "data");
    fs::copy(before_ / "data/boards", home_ / "data/boards");
    fs::copy(before_ / "data/cores", home_ / "data/cores");
    fs::create_directory_symlink(fs::canonical(before_ / "firmware"), home_ / "firmware");
    ::setenv("OPLINE_HOME", home_.c_str(), 1);
  }
  ~OtherHome() {
    ::setenv("OPLINE_HOME", before_.c_str(), 1);
    fs::remove_all(home_);
  }
  [[nodiscard]] fs::path file(const std::string& board) const {
    return home_ / "data/boards" / (board + ".toml");
  }

 private:
  fs::path before_;
  fs::path home_ = fs::path(testing::TempDir()) / fmt::format("other_home_{}", ::getpid());
};

/// Its tensors fill more than a data cache of 16 KB.
network::Network large_network() {
  network::NetworkBuilder builder({24, 24, 16});
  const network::TensorId conv = builder.conv2d(0, 32, {1, 1, 1, 1}, network::Activation::relu);
  builder.conv2d(conv, 16, {1, 1, 1, 1}, network::Activation::relu);
  return std::move(builder).build();
}

std::string cycles_of(const SimulatedBoard& board, const network::Network& network) {
  static const network::Pools kPools = network::Pools::generate(1U << 20, 1U << 18);
  const network::CompiledNetwork compiled = network::compile(network, kPools);
  const measure::Outcome outcome = board.make_runner()->measure(
      {network.id(), compiled.plan, compiled.digests, true, 1'000'000'000});
  if (!outcome.measurement) return outcome.reason;
  return fmt::format("{}", outcome.measurement->cycles.value_or(0));
}

/// What a study keeps of measurements, without the digest of the files.
std::string result_on(const std::string& name) {
  const SimulatedBoard board = SimulatedBoard::load(name);
  measure::Setup setup = board.setup();
  setup.timing_model.clear();
  return fmt::format(
      "{} {} {} {}", cycles_of(board, network::every_layer()), cycles_of(board, large_network()),
      board.board().active_watts ? board.board().active_watts->value : 0, setup.canonical_text());
}

/// What the firmware is made of (runners/firmware/board_sources.h): another value is refused until
/// the image is built again.
bool is_of_firmware(const std::string& key) {
  static constexpr std::array kKeys = {"version",     "external_clock_hz", "reset_hz",
                                       "flash.base",  "flash.alias",       "flash.bytes",
                                       "memory.base", "memory.bytes"};
  return key.starts_with("clock.") || key.starts_with("uart.") ||
         std::ranges::count(kKeys, key) != 0;
}

/// With caches of 4 KB, which these programs fill: how larger ones are organised would not show.
std::string with_small_caches(std::string text) {
  const std::size_t caches = text.find("[caches.instruction]");
  for (std::size_t at = caches; (at = text.find("bytes = 16_384", at)) != std::string::npos;)
    text.replace(at, 14, "bytes = 4_096");
  return text;
}

/// Of a part of the chip that its firmware leaves off: no other firmware is tried here.
bool is_left_off(const board::Board& board, const std::string& key) {
  if (key != "flash.prefetch" || board.flash.enables.prefetch == 0) return false;
  const auto& steps = board.clocks.front().steps;
  return std::none_of(steps.begin(), steps.end(), [&](const board::RegisterStep& step) {
    return step.address == board.flash.enables.address &&
           (step.mask & board.flash.enables.prefetch) != 0;
  });
}

class BoardFigures : public testing::TestWithParam<std::string> {};

TEST_P(BoardFigures, EachIsRefusedOrChangesTheMeasurementWhenItChanges) {
  const std::string& name = GetParam();
  const OtherHome home;
  const std::string shipped = with_small_caches(read_file(home.file(name)));
  write_file_atomically(home.file(name), shipped);
  const std::string before = result_on(name);
  const board::Board board = board::load_board(name);
  const std::vector<NumericKey> keys = numeric_keys(shipped);
  EXPECT_GT(keys.size(), 10U);
  for (const NumericKey& key : keys) {
    const Effect effect = effect_of(shipped, key, [&](const std::string& text) {
      write_file_atomically(home.file(name), text);
      return result_on(name) != before;
    });
    const Effect expected = is_of_firmware(key.name)       ? Effect::refused
                            : is_left_off(board, key.name) ? Effect::none
                                                           : Effect::changed;
    EXPECT_EQ(effect, expected) << key.name;
  }
}

INSTANTIATE_TEST_SUITE_P(Boards, BoardFigures, testing::ValuesIn(board::board_names()),
                         [](const auto& test) {
                           std::string name = test.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(BoardFile, AnImageOfAnotherVersionOfTheFileIsRefused) {
  const OtherHome home;
  std::string text = read_file(home.file("nucleo-f446re"));
  text.replace(text.find("wait_states = 5"), 15, "wait_states = 6");
  write_file_atomically(home.file("nucleo-f446re"), text);
  EXPECT_THAT(message_of([] { (void)SimulatedBoard::load("nucleo-f446re"); }, ErrorCode::device),
              AllOf(HasSubstr("nucleo-f446re.elf: was built from another version of"),
                    HasSubstr("opline firmware build --board ")));
}

}  // namespace
}  // namespace opline::runners
