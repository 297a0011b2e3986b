// The header is compiled and predicts what the library does, bit for bit.
#include "src/costmodel/cpp_header.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>

#include "sampler/draw/sample.h"
#include "src/base/files.h"
#include "src/costmodel/architecture_cost.h"
#include "src/costmodel/prediction.h"
#include "tests/costmodel/example_model.h"
#include "tests/error_message.h"
#include "tests/sampler/random_spaces.h"
#include "tests/sampler/version_2_spaces.h"

namespace opline::costmodel {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

CostModel file_of(const sampler::Space& space) {
  CostModel file = example();
  file.space_name = space.name;
  file.space = SpaceText{space.name, space.id, space.text, Json::object()};
  return file;
}

/// What a program that includes `header` prints, warnings being errors.
std::string output_of(const std::string& header, const std::string& main) {
  const fs::path folder = fs::path(testing::TempDir()) / "opline_cpp_header_test";
  fs::create_directories(folder);
  write_file_atomically(folder / "cost.h", header);
  write_file_atomically(folder / "main.cpp", "#include \"cost.h\"\n#include <cstdio>\n" + main);
  const std::string command = fmt::format(
      "cd '{}' && '{}' -std=c++17 -O2 -ffp-contract=off -Wall -Wextra -Wpedantic -Wshadow -Werror "
      "main.cpp "
      "-o main 2> errors && ./main > out",
      folder.string(), OPLINE_CXX_COMPILER);
  const int status = std::system(command.c_str());
  EXPECT_EQ(status, 0) << read_file(folder / "errors");
  std::string out = status == 0 ? read_file(folder / "out") : "";
  fs::remove_all(folder);
  return out;
}

/// The header's predictions of `architectures` are those of the library, bit for bit.
void expect_equal(const sampler::Space& space,
                  const std::vector<sampler::Architecture>& architectures) {
  CostModel file = file_of(space);
  file.models = {every_kernel()};
  const ArchitectureCost cost = *ArchitectureCost::make(space, file.models.front());
  std::string options;
  std::string known;
  for (const sampler::Architecture& one : architectures) {
    options += fmt::format("{{{}}},\n", fmt::join(one.options, ", "));
    known += fmt::format("{:a}\n", cost(one.options));
  }
  const std::string main = fmt::format(
      "const std::uint16_t options[][m::kDecisions] = {{{}}};\n"
      "int main() {{\n"
      "  for (const auto& one : options) std::printf(\"%a\\n\", "
      "m::latency_per_layer::predict(one));\n}}\n",
      options);
  EXPECT_EQ(output_of(cpp_header(file, "m"), main), known);
}

class CppHeaderOfSpaces : public testing::TestWithParam<std::string> {};

TEST_P(CppHeaderOfSpaces, PredictsWhatTheLibraryDoes) {
  const sampler::Space space = sampler::load_space(GetParam());
  const sampler::Sampler sampler(space);
  std::vector<sampler::Architecture> some;
  for (std::uint64_t i = 0; i < 50; ++i) some.push_back(sampler.draw(3, i).architecture);
  expect_equal(space, some);
}

INSTANTIATE_TEST_SUITE_P(Some, CppHeaderOfSpaces,
                         testing::Values("tiny", "kws", "vww50", "kws4", "mcunet", "inception"),
                         [](const auto& space) { return space.param; });

TEST(CppHeader, PredictsEveryArchitectureOfEveryConstruct) {
  for (const sampler::Space& space : sampler::version_2_spaces()) {
    SCOPED_TRACE(space.name);
    std::vector<sampler::Architecture> all;
    sampler::for_each_vector(space, [&](const sampler::Architecture& one) { all.push_back(one); });
    expect_equal(space, all);
  }
}

TEST(CppHeader, HasTheLineItsRangeIntervalAndMargin) {
  CostModel file = example();
  file.space.reset();
  file.models.resize(1);
  const Model& model = file.models.front();
  const Prediction known = *predict(model, std::uint64_t{20000000});
  const std::string printed = output_of(
      cpp_header(file, "mine"),
      "int main() {\n"
      "  using namespace mine::latency_ops;\n"
      "  const double p = predict(2e7);\n"
      "  std::printf(\"%a %a %a %a %d %d\", p, kQuality.interval(p).low, kQuality.bound(p),\n"
      "              kQuality.largest(0.2), kQuality.covers(2e7), kQuality.covers(1));\n}\n");
  EXPECT_EQ(printed, fmt::format("{:a} {:a} {:a} {:a} 1 0", known.value, known.interval->low,
                                 *known.bound, *largest_within(model, 0.2)));
}

TEST(CppHeader, NamesOfOthersStayInTheirComments) {
  CostModel file = example();
  file.space.reset();
  file.models.resize(1);
  file.space_name = "kws\n#error hostile \\";
  file.provenance.command = "opline export */ \n int x;";
  file.setup["board"] = "board\\";
  EXPECT_EQ(output_of(cpp_header(file, "m"), "int main() { std::puts(\"ok\"); }\n"), "ok\n");
}

TEST(CppHeader, SaysWhyThereIsNone) {
  CostModel file = example();
  file.space.reset();
  file.models.erase(file.models.begin());
  EXPECT_THAT(message_of([&] { (void)cpp_header(file, "m"); }),
              HasSubstr("latency, per-layer: it needs the search space"));
}

TEST(CppHeader, NamesBecomeIdentifiers) {
  EXPECT_EQ(cpp_identifier("kws-nucleo f446re.v2-"), "kws_nucleo_f446re_v2");
  EXPECT_EQ(cpp_identifier("2kws"), "m2kws");
  EXPECT_EQ(cpp_identifier("--"), "m");
  EXPECT_EQ(cpp_identifier("class"), "mclass");
  EXPECT_EQ(cpp_identifier("std"), "mstd");
}

}  // namespace
}  // namespace opline::costmodel
