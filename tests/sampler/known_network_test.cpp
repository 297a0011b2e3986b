#include "sampler/space/known_network.h"

#include <gmock/gmock.h>

#include <map>

#include "sampler/space/decode.h"
#include "src/network/op_count.h"
#include "tests/error_message.h"

namespace opline::sampler {
namespace {

/// Multiply-accumulates by hand: conv 10x4 on 49x10x1, blocks on 25x5, 12 classes.
std::uint64_t kws_macs(std::uint64_t conv, const std::vector<std::uint64_t>& blocks) {
  std::uint64_t macs = 49 * 10 * conv * (10 * 4 * 1);
  std::uint64_t in = conv;
  for (const std::uint64_t out : blocks) {
    macs += 25 * 5 * in * 9 + 25 * 5 * in * out;
    in = out;
  }
  return macs + in * 12;
}

TEST(KnownNetwork, ThePapersNetworksHaveTheirOps) {
  const std::map<std::string, std::uint64_t> by_hand = {
      {"kws-s", kws_macs(84, {112, 84, 84, 84, 196})},
      {"kws-m", kws_macs(140, {140, 140, 140, 112, 196})},
      {"kws-l", kws_macs(276, {248, 276, 276, 248, 248, 248, 248})}};
  ASSERT_EQ(by_hand.at("kws-s"), 8'326'752U);
  for (const auto& [name, macs] : by_hand) {
    const KnownNetwork known = load_known_network(name);
    const network::NetworkOps ops = network::total_ops(decode(known.space, known.architecture));
    EXPECT_EQ(ops.macs, macs) << name;
    // The paper's figures are 1.5 to 2 % lower than an exact count.
    const double ratio = static_cast<double>(ops.ops()) / known.published->ops.value();
    EXPECT_GT(ratio, 1.010) << name;
    EXPECT_LT(ratio, 1.025) << name;
  }
}

TEST(KnownNetwork, EveryShippedOneHasATitleAndASource) {
  EXPECT_THAT(known_network_names(), testing::IsSupersetOf({"kws-l", "kws-m", "kws-s"}));
  for (const std::string& name : known_network_names()) {
    const KnownNetwork known = load_known_network(name);
    EXPECT_EQ(known.name, name);
    EXPECT_FALSE(known.title.empty()) << name;
    EXPECT_FALSE(known.published && known.published->source.empty()) << name;
  }
}

TEST(KnownNetwork, FiguresHaveTheUnitsOfTheStruct) {
  const KnownNetwork small = load_known_network("kws-s");
  EXPECT_DOUBLE_EQ(small.published->flash_bytes.value(), 102e3);
  EXPECT_DOUBLE_EQ(small.published->sram_bytes.value(), 53.2e3);
  const PublishedRun& run = small.published->runs.at(0);
  EXPECT_EQ(run.board, "nucleo-f446re");
  EXPECT_DOUBLE_EQ(run.seconds, 0.250);
  EXPECT_DOUBLE_EQ(run.joules.value(), 0.04068);
  EXPECT_FALSE(load_known_network("kws-l").published->runs.back().joules) << "unknown is not zero";
}

std::string mistake(const std::string& text) {
  return message_of([&] { (void)parse_known_network(text, "my.toml"); });
}

TEST(KnownNetwork, MistakesNameFileLineAndKey) {
  const std::string head = "format = \"opline-network\"\nversion = 1\ntitle = \"x\"\n";
  EXPECT_THAT(mistake("format = \"opline-space\"\nversion = 1\n"),
              testing::StartsWith("my.toml:1: format: "));
  EXPECT_THAT(mistake(head + "space = \"nowhere\"\narchitecture = \"fixed\"\n"),
              testing::AllOf(testing::StartsWith("my.toml:4: space: "), testing::HasSubstr("kws")));
  EXPECT_THAT(mistake(head + "space = \"kws\"\narchitecture = \"conv1=29\"\n"),
              testing::StartsWith("my.toml:5: architecture: "));
  EXPECT_THAT(mistake(head + "space = \"kws\"\narchitecture = \"conv1=28\"\npublishd = 1\n"),
              testing::StartsWith("my.toml:6: publishd: "));
  EXPECT_THAT(
      mistake(head +
              "space = \"kws\"\narchitecture = \"x=1\"\n[published]\nsource = \"s\"\nops = 0\n"),
      testing::StartsWith("my.toml:8: ops: "));
}

TEST(KnownNetwork, AnUnknownNameListsTheKnownOnes) {
  EXPECT_THAT(message_of([] { (void)load_known_network("kws-xl"); }, ErrorCode::usage),
              testing::HasSubstr("kws-l, kws-m, kws-s"));
}

}  // namespace
}  // namespace opline::sampler
