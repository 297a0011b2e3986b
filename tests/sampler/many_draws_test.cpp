// Every draw of the spaces shipped first stays what it was: text, network, macs and parameters.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>

#include "sampler/draw/sample.h"
#include "sampler/space/decode.h"
#include "src/base/digest.h"

namespace opline::sampler {
namespace {

constexpr std::size_t kDraws = 2000;

/// Digest of a line for each of samples 0 .. kDraws - 1 of seed 1:
/// "<architecture> <network> <macs> <parameters>".
std::string draws_of(const char* name, Prior prior) {
  const Space space = load_space(name);
  std::string text;
  for (const Sampler::Draw& draw : Sampler(space, prior).draw_many(1, kDraws)) {
    const network::Network network = decode(space, draw.architecture);
    const network::NetworkOps ops = network::total_ops(network);
    text += fmt::format("{} {} {} {}\n", to_text(space, draw.architecture), network.id(), ops.macs,
                        ops.parameters);
  }
  return digest(text);
}

struct Golden {
  const char* space;
  const char* decisions;
  const char* networks;
  const char* log_ops;
};

// Of `opline sample --count 2000 --json` as it was before version 2 of the space language; ad is
// another space since.
constexpr std::array kGoldens = {
    Golden{"cifar10", "429c92945e1885e5469c069d1b619485", "ff1a5055a94c66cc473a1c08ef569b92",
           "e30f3b98fb3d6ee3762806bdb20639cd"},
    Golden{"kws", "67625a79287a101f5d49b9df5b1a4bed", "859942fc0b3125ace4714a7177601e88",
           "e013d86253191e9d8bbe02f8ee757738"},
    Golden{"tiny", "f97b3f558faea3793467c02498dbc5a6", "933232d9cfa635285ad420b12d468407",
           "939a9d3d77f91cd1e8592c934e6cad94"},
    Golden{"vww160", "030022ed3f4945fa7e855fe7eade5979", "8100a5ec68626d167a9fafb1929e2b9d",
           "1210d6746d17907d3c9f9f3334da5aaa"},
    Golden{"vww50", "efc56de9807c29ea46d74c28b18840e7", "165f1e39aae3859fe6143a8719f9897e",
           "66fd93839c8592ad68569891a18827fc"},
};

TEST(ManyDraws, OfShippedSpacesAreThoseOfEarlierVersions) {
  for (const Golden& golden : kGoldens) {
    SCOPED_TRACE(golden.space);
    EXPECT_EQ(draws_of(golden.space, Prior::uniform_decisions), golden.decisions);
    EXPECT_EQ(draws_of(golden.space, Prior::uniform_networks), golden.networks);
    EXPECT_EQ(draws_of(golden.space, Prior::uniform_log_ops), golden.log_ops);
  }
}

}  // namespace
}  // namespace opline::sampler
