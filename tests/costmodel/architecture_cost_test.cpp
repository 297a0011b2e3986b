// A model's value for architectures, against predict() of the decoded network.
#include "src/costmodel/architecture_cost.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

#include "sampler/draw/sample.h"
#include "sampler/space/decode.h"
#include "src/costmodel/prediction.h"
#include "tests/costmodel/example_model.h"
#include "tests/sampler/random_spaces.h"
#include "tests/sampler/version_2_spaces.h"

namespace opline::costmodel {
namespace {

using testing::HasSubstr;

Model priced_by_type() {
  Model model = example_by_type();
  model.line->terms.push_back({"fully_connected", "s/op", {"fully_connected"}, 3e-9, {}, {}});
  return model;
}

/// Models of ops, of ops by type and of every kernel, whose prices all differ.
std::vector<Model> models() {
  std::vector<Model> all = {example_line(), priced_by_type(), every_kernel(),
                            every_kernel(Response::energy)};
  Model types = every_kernel();
  types.kernels_known = false;
  types.forms.clear();
  for (const network::LayerType type : network::layer_types())
    types.forms.push_back(example_form(std::string(network::to_string(type)), "s"));
  all.push_back(types);
  return all;
}

/// The cost of architectures beside the prediction of their networks, for every model.
class Compared {
 public:
  explicit Compared(const sampler::Space& space) : space_(space), models_(models()) {
    const auto graph = std::make_shared<const CostGraph>(space);
    for (const Model& model : models_) costs_.push_back(ArchitectureCost::make(graph, model));
  }
  [[nodiscard]] const std::vector<Result<ArchitectureCost>>& costs() const { return costs_; }
  void expect_equal(const sampler::Architecture& architecture) const {
    const network::Network network = sampler::decode(space_, architecture);
    for (std::size_t i = 0; i < models_.size(); ++i) {
      ASSERT_TRUE(costs_[i]) << costs_[i].reason();
      const double known = predict(models_[i], network)->value;
      EXPECT_NEAR((*costs_[i])(architecture.options), known, 1e-12 * std::abs(known))
          << models_[i].title() << " " << sampler::to_text(space_, architecture);
    }
  }

 private:
  const sampler::Space& space_;
  std::vector<Model> models_;
  std::vector<Result<ArchitectureCost>> costs_;
};

/// The space with codes of four bits.
sampler::Space in_four_bits(const sampler::Space& space, const std::string& bits) {
  std::string text = space.text;
  text.insert(text.find("\ninput"), "\n" + bits);
  return sampler::parse_space(text, space.name + ".toml");
}

class ArchitectureCostOfSpaces : public testing::TestWithParam<std::string> {};

TEST_P(ArchitectureCostOfSpaces, IsThePredictionOfTheNetwork) {
  const sampler::Space space = sampler::load_space(GetParam());
  const sampler::Sampler sampler(space);
  const Compared compared(space);
  for (std::uint64_t i = 0; i < 200; ++i) compared.expect_equal(sampler.draw(7, i).architecture);
}

TEST_P(ArchitectureCostOfSpaces, IsThePredictionOfTheNetworkInFourBits) {
  sampler::Space space = sampler::load_space(GetParam());
  if (space.bits == network::Bits{})
    space = in_four_bits(space, "weight_bits = 4\nactivation_bits = 4");
  const sampler::Sampler sampler(space);
  const Compared compared(space);
  for (std::uint64_t i = 0; i < 100; ++i) compared.expect_equal(sampler.draw(7, i).architecture);
}

INSTANTIATE_TEST_SUITE_P(Shipped, ArchitectureCostOfSpaces,
                         testing::ValuesIn(sampler::space_names()), [](const auto& space) {
                           std::string name = space.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

/// One for every construct of the language, and random ones.
std::vector<sampler::Space> small_spaces() {
  std::vector<sampler::Space> spaces = sampler::version_2_spaces();
  for (std::uint64_t i = 0; i < 100; ++i) spaces.push_back(sampler::random_space(i, 300));
  return spaces;
}

TEST(ArchitectureCost, IsThePredictionOfEveryNetwork) {
  for (const sampler::Space& space : small_spaces()) {
    SCOPED_TRACE(space.text);
    const Compared compared(space);
    sampler::for_each_vector(space,
                             [&](const sampler::Architecture& one) { compared.expect_equal(one); });
  }
}

TEST(ArchitectureCost, IsThePredictionOfNetworksWithWeightsOfFourBits) {
  for (const sampler::Space& of_int8 : small_spaces()) {
    const sampler::Space space = in_four_bits(of_int8, "weight_bits = 4");
    SCOPED_TRACE(space.text);
    const Compared compared(space);
    sampler::for_each_vector(space,
                             [&](const sampler::Architecture& one) { compared.expect_equal(one); });
  }
}

TEST(ArchitectureCost, KnowsCodesOfFourBitsOrSaysThatTheyDependOnOtherBlocks) {
  int accepted = 0;
  for (const sampler::Space& of_int8 : small_spaces()) {
    const sampler::Space space = in_four_bits(of_int8, "weight_bits = 4\nactivation_bits = 4");
    SCOPED_TRACE(space.text);
    const Compared compared(space);
    const Result<ArchitectureCost>& per_layer = compared.costs()[2];
    EXPECT_TRUE(compared.costs()[1]) << compared.costs()[1].reason();  // ops have no bits
    if (!per_layer) {
      EXPECT_THAT(per_layer.reason(), HasSubstr("depends on which blocks follow it"));
      continue;
    }
    ++accepted;
    sampler::for_each_vector(space,
                             [&](const sampler::Architecture& one) { compared.expect_equal(one); });
  }
  EXPECT_GT(accepted, 80);
}

TEST(ArchitectureCost, SaysWhyThereIsNone) {
  const sampler::Space space = sampler::load_space("kws");
  EXPECT_THAT(ArchitectureCost::make(space, example_lookup()).reason(), HasSubstr("lookup table"));
  Model lacking = example_per_layer();
  std::erase_if(lacking.forms, [](const KernelForm& one) { return one.kernel == "softmax"; });
  EXPECT_THAT(ArchitectureCost::make(space, lacking).reason(), HasSubstr("no form for softmax"));
}

}  // namespace
}  // namespace opline::costmodel
