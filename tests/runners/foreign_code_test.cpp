// The image of another runtime (own_runtime/), translated while it is measured: the same cycles
// with and without, and what is kept for the next time.
#include "runners/foreign_code.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <fstream>

#include "runners/simulator/translate/runtime_text.h"
#include "src/base/files.h"
#include "tests/error_message.h"
#include "tests/runners/own_runtime_requests.h"

namespace opline::runners {
namespace {

namespace fs = std::filesystem;
using measure::Outcome;
using measure::OutcomeKind;
using simulator::CompiledTranslation;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::uint64_t kMany = UINT64_MAX;  // networks: translating pays

void expect_equal(const Outcome& one, const Outcome& other) {
  ASSERT_EQ(one.kind, OutcomeKind::measured) << one.reason;
  ASSERT_EQ(other.kind, OutcomeKind::measured) << other.reason;
  EXPECT_EQ(one.measurement->cycles, other.measurement->cycles);
  EXPECT_EQ(one.measurement->layer_cycles, other.measurement->layer_cycles);
  EXPECT_EQ(one.measurement->layer_digests, other.measurement->layer_digests);
}

class ForeignImage : public ::testing::Test {
 protected:
  void SetUp() override {
    fs::remove_all(folder_);
    if (simulator::runtime_text().empty()) GTEST_SKIP() << "built without translation";
  }
  void TearDown() override { fs::remove_all(folder_); }

  [[nodiscard]] ForeignCodeOptions options(std::uint64_t networks = kMany) const {
    return {networks, {folder_}};
  }
  /// Three networks by one runner, against interpreting them.
  void expect_the_cycles_of_the_interpreter(const SimulatedBoard& board) {
    const auto runner = board.make_runner(), interpreter = board_.make_runner();
    for (const std::size_t bytes : {20000, 5000, 20000}) {
      const measure::Request request = request_for(model(bytes));
      expect_equal(runner->measure(request), interpreter->measure(request));
    }
  }
  [[nodiscard]] std::vector<fs::path> kept() const {
    std::vector<fs::path> files;
    if (!fs::exists(folder_)) return files;
    for (const auto& entry : fs::directory_iterator(folder_)) files.push_back(entry.path());
    return files;
  }
  /// The library of a board that has measured.
  fs::path compile() {
    expect_the_cycles_of_the_interpreter(board_.translating(options()));
    return kept().size() == 1 ? kept().front() : fs::path();
  }

  const SimulatedBoard board_ = load();
  const fs::path folder_ = fs::path(::testing::TempDir()) / "translations";
};

TEST_F(ForeignImage, IsTranslatedOnceAndKept) {
  const SimulatedBoard board = board_.translating(options());
  EXPECT_THAT(board.translation_outcome(), IsEmpty());
  expect_the_cycles_of_the_interpreter(board);
  EXPECT_THAT(board.translation_outcome(), HasSubstr("own_runtime.elf: translated, and kept as "));
  ASSERT_EQ(kept().size(), 1U) << "no temporary files stay";

  ForeignCodeOptions without_compiler = options(1);
  without_compiler.cache.compiler = "/nowhere/g++";
  const SimulatedBoard again = board_.translating(without_compiler);
  expect_the_cycles_of_the_interpreter(again);
  EXPECT_THAT(again.translation_outcome(), HasSubstr("executed by " + kept().front().string()));
}

TEST_F(ForeignImage, ADamagedLibraryIsReplaced) {
  const fs::path library = compile();
  ASSERT_FALSE(library.empty());
  const std::string whole = read_file(library);
  std::string damaged = whole;
  damaged[damaged.size() / 2] ^= 1;
  for (const std::string& content : {damaged, whole.substr(0, whole.size() / 2), std::string()}) {
    std::ofstream(library, std::ios::binary | std::ios::trunc) << content;
    ForeignCodeOptions without_compiler = options();
    without_compiler.cache.compiler = "/nowhere/g++";
    const SimulatedBoard board = board_.translating(without_compiler);
    expect_the_cycles_of_the_interpreter(board);
    EXPECT_THAT(board.translation_outcome(), HasSubstr("interpreted, which is slower: /nowhere/"));
  }
  EXPECT_EQ(compile(), library);
  EXPECT_EQ(read_file(library).size(), whole.size());
}

TEST_F(ForeignImage, IsInterpretedWithoutACompiler) {
  ForeignCodeOptions without_compiler = options();
  without_compiler.cache.compiler = "/nowhere/g++";
  const SimulatedBoard board = board_.translating(without_compiler);
  expect_the_cycles_of_the_interpreter(board);
  EXPECT_THAT(board.translation_outcome(),
              HasSubstr("/nowhere/g++: the compiler that built opline is not there"));
  EXPECT_THAT(kept(), IsEmpty());
}

TEST_F(ForeignImage, IsInterpretedWithACompilerOfAnotherVersion) {
  const fs::path compiler = fs::path(::testing::TempDir()) / "other-compiler";
  std::ofstream(compiler) << "#!/bin/sh\necho 1.2.3\n";
  fs::permissions(compiler, fs::perms::owner_all);
  ForeignCodeOptions other = options();
  other.cache.compiler = compiler.string();
  const SimulatedBoard board = board_.translating(other);
  expect_the_cycles_of_the_interpreter(board);
  EXPECT_THAT(board.translation_outcome(), HasSubstr("is GCC 1.2.3, opline was built by "));
}

TEST_F(ForeignImage, IsInterpretedWhereThatIsFaster) {
  const SimulatedBoard board = board_.translating(options(3));
  expect_the_cycles_of_the_interpreter(board);
  EXPECT_THAT(board.translation_outcome(), IsEmpty());
  EXPECT_THAT(kept(), IsEmpty());
}

TEST_F(ForeignImage, IsNotExecutedFromAFolderThatOthersWriteTo) {
  fs::create_directories(folder_);
  ::chmod(folder_.c_str(), 0777);
  const SimulatedBoard board = board_.translating(options());
  expect_the_cycles_of_the_interpreter(board);
  EXPECT_THAT(board.translation_outcome(), HasSubstr("may be written by, other users"));
  EXPECT_THAT(kept(), IsEmpty());
}

TEST_F(ForeignImage, IsSampledAgainAfterANetworkThatFails) {
  ForeignCodeOptions without_compiler = options();
  without_compiler.cache.compiler = "/nowhere/g++";
  const SimulatedBoard board = board_.translating(without_compiler);
  EXPECT_EQ(board.make_runner()->measure(request_for(model(40000))).kind,
            OutcomeKind::does_not_fit);
  EXPECT_THAT(board.translation_outcome(), IsEmpty());
  expect_the_cycles_of_the_interpreter(board);
  EXPECT_THAT(board.translation_outcome(), HasSubstr("is not there"));
}

TEST(OwnImage, IsTranslatedWhenOplineIsBuilt) {
  const SimulatedBoard board = SimulatedBoard::load("nucleo-f446re").translating({});
  EXPECT_THAT(board.translation_outcome(), IsEmpty());
}

TEST(Samples, NameTheFunctionsThatHaveMost) {
  const auto image = simulator::ElfImage::from_bytes(read_file(kElf), "own_runtime.elf");
  const std::uint32_t hot = image->symbol("opline_model_invoke").value();
  const std::uint32_t rare = image->symbol("main").value();
  Samples samples;
  EXPECT_THAT(samples.hot_functions(*image), IsEmpty());
  for (unsigned i = 0; i < 300; ++i) samples.add(hot + i % 2 * 4);
  samples.add(rare);
  samples.add(0x20000000);
  EXPECT_THAT(samples.hot_functions(*image), ::testing::ElementsAre("opline_model_invoke"));
}

}  // namespace
}  // namespace opline::runners
