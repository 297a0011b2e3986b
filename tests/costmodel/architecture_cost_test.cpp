// A model's value for architectures, against predict() of the decoded network.
#include "src/costmodel/architecture_cost.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

#include "sampler/draw/sample.h"
#include "sampler/space/decode.h"
#include "src/costmodel/prediction.h"
#include "tests/costmodel/example_model.h"

namespace opline::costmodel {
namespace {

using testing::HasSubstr;

Model priced_by_type() {
  Model model = example_by_type();
  model.line->terms.push_back({"fully_connected", "s/op", {"fully_connected"}, 3e-9, {}, {}});
  return model;
}

class ArchitectureCostOfSpaces : public testing::TestWithParam<std::string> {};

TEST_P(ArchitectureCostOfSpaces, IsThePredictionOfTheNetwork) {
  const sampler::Space space = sampler::load_space(GetParam());
  const sampler::Sampler sampler(space);
  for (const Model& model : {example_line(), priced_by_type(), example_per_layer(),
                             example_per_layer(Response::energy)}) {
    const Result<ArchitectureCost> cost = ArchitectureCost::make(space, model);
    if (space.bits != network::Bits{}) {
      EXPECT_THAT(cost.reason(), HasSubstr("the space has narrower codes"));
      continue;
    }
    if (!space.is_version_1()) {
      EXPECT_THAT(cost.reason(), HasSubstr("the space uses version 2"));
      continue;
    }
    ASSERT_TRUE(cost) << cost.reason();
    for (std::uint64_t i = 0; i < 200; ++i) {
      const sampler::Architecture architecture = sampler.draw(7, i).architecture;
      const double known = predict(model, sampler::decode(space, architecture))->value;
      EXPECT_NEAR((*cost)(architecture.options), known, 1e-12 * std::abs(known)) << model.title();
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Shipped, ArchitectureCostOfSpaces,
                         testing::ValuesIn(sampler::space_names()), [](const auto& space) {
                           std::string name = space.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(ArchitectureCost, SaysWhyThereIsNone) {
  const sampler::Space space = sampler::load_space("kws");
  EXPECT_THAT(ArchitectureCost::make(space, example_lookup()).reason(), HasSubstr("lookup table"));
  Model lacking = example_per_layer();
  std::erase_if(lacking.forms, [](const KernelForm& one) { return one.kernel == "softmax"; });
  EXPECT_THAT(ArchitectureCost::make(space, lacking).reason(), HasSubstr("no form for softmax"));
}

}  // namespace
}  // namespace opline::costmodel
