// tests/firmware/own_tensors_test.cpp - networks with their own tensors in the reserved flash of
// every simulated board.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "src/network/quantised_network.h"
#include "tests/firmware/device_plan.h"
#include "tests/firmware/simulated_device.h"
#include "tests/network/example_networks.h"

namespace opline::firmware_test {
namespace {

using network::CompiledNetwork;
using testing::ElementsAre;
using testing::HasSubstr;

const network::Pools& pools() {
  static const network::Pools kPools =
      network::Pools::generate(1U << 20, OPLINE_CHANNEL_POOL_BYTES);
  return kPools;
}

struct Image {
  const char* name;
  const char* board;
};

struct Report {
  std::vector<std::uint32_t> digests;
  std::vector<std::uint64_t> cycles;
};

class OwnTensorsOnTheDevice : public testing::TestWithParam<Image> {
 protected:
  OwnTensorsOnTheDevice()
      : elf_(std::string(OPLINE_BINARY_DIR) + "/firmware/" + GetParam().name + ".elf"),
        image_(simulator::ElfImage::from_file(elf_)),
        device_(elf_, GetParam().board) {}

  /// The last answer.
  std::vector<std::string> load(const CompiledNetwork& compiled) {
    const std::string_view blob(reinterpret_cast<const char*>(compiled.tensors.data()),
                                compiled.tensors.size());
    device_.machine().write_flash(image_->symbol("opline_tensors_start").value(), blob);
    std::vector<std::string> answer;
    for (const std::string& command : load_commands(compiled.plan))
      answer = device_.command(command);
    return answer;
  }

  Report run() {
    EXPECT_THAT(device_.command("plan run"), ElementsAre("m-run-done"));
    Report report;
    for (const std::string& line : device_.command("plan report")) {  // m-layer-[0,cycles,digest]
      if (!line.starts_with("m-layer-[")) continue;
      report.cycles.push_back(std::stoull(line.substr(line.find(',') + 1)));
      report.digests.push_back(
          static_cast<std::uint32_t>(std::stoul(line.substr(line.size() - 9, 8), nullptr, 16)));
    }
    return report;
  }

  std::string elf_;
  std::shared_ptr<const simulator::ElfImage> image_;
  SimulatedDevice device_;
};

TEST_P(OwnTensorsOnTheDevice, TheRegionIsThePoolsPlace) {
  EXPECT_EQ(image_->symbol("opline_tensors_start"), image_->symbol("opline_weight_pool"));
  EXPECT_EQ(image_->symbol("opline_tensors_end"), image_->symbol("opline_channel_pool_end"));
  EXPECT_EQ(image_->symbol("opline_weight_pool_end"), image_->symbol("opline_channel_pool"));
}

TEST_P(OwnTensorsOnTheDevice, EveryLayerHasTheHostsDigest) {
  for (const network::Network& one :
       {network::every_layer(), network::joined_branches(), network::every_variant(),
        network::two_ends(), network::streaming_conv()}) {
    const CompiledNetwork compiled = compile(network::quantised(one, pools()));
    EXPECT_THAT(load(compiled), ElementsAre(HasSubstr("m-plan-loaded")));
    EXPECT_EQ(run().digests, compiled.digests) << one.canonical_text();
  }
}

TEST_P(OwnTensorsOnTheDevice, AnotherBlobIsAnotherDigest) {
  CompiledNetwork compiled = compile(network::quantised(network::every_layer(), pools()));
  compiled.tensors[0] ^= 0x40;  // a weight of the first layer
  EXPECT_THAT(load(compiled), ElementsAre(HasSubstr("m-plan-loaded")));
  EXPECT_NE(run().digests.at(0), compiled.digests.at(0));
}

TEST_P(OwnTensorsOnTheDevice, APlanBeyondTheRegionIsRefused) {
  const std::uint32_t region =
      *image_->symbol("opline_tensors_end") - *image_->symbol("opline_tensors_start");
  CompiledNetwork compiled = compile(network::quantised(network::every_layer(), pools()));
  const auto announce = [&](std::uint32_t bytes) {
    std::memcpy(compiled.plan.data() + offsetof(opline_plan_header, tensor_bytes), &bytes,
                sizeof bytes);
  };
  announce(region);
  EXPECT_THAT(load(compiled), ElementsAre(HasSubstr("m-plan-loaded")));
  announce(region + OPLINE_ALIGNMENT);
  EXPECT_THAT(load(compiled),
              ElementsAre("e-[tensor_bytes: exceeds the flash reserved for tensors]"));
}

// What lies there must be tables, or kernels would compute with undefined shifts: whoever forgot
// the blob is reported.
TEST_P(OwnTensorsOnTheDevice, AForgottenBlobIsRefusedOrWrong) {
  CompiledNetwork compiled = compile(network::quantised(network::every_layer(), pools()));
  compiled.tensors.clear();
  EXPECT_THAT(load(compiled), ElementsAre(HasSubstr("channel: expected a multiplier")));
}

class OwnTensorsOnOneDevice : public OwnTensorsOnTheDevice {};

// The same layers with the same bytes cost the same from the pools and from a blob, up to where
// lines of the flash lie.
TEST_P(OwnTensorsOnOneDevice, CostWhatThePoolsDo) {
  const CompiledNetwork pooled = compile(network::kws_s(), pools());
  EXPECT_THAT(load(pooled), ElementsAre(HasSubstr("m-plan-loaded")));
  const Report before = run();
  EXPECT_THAT(load(compile(network::quantised(network::kws_s(), pools()))),
              ElementsAre(HasSubstr("m-plan-loaded")));
  const Report after = run();
  EXPECT_EQ(before.digests, after.digests);
  std::uint64_t from_pools = 0;
  std::uint64_t own = 0;
  for (const std::uint64_t cycles : before.cycles) from_pools += cycles;
  for (const std::uint64_t cycles : after.cycles) own += cycles;
  EXPECT_NEAR(static_cast<double>(own) / static_cast<double>(from_pools), 1.0, 0.01);
}

INSTANTIATE_TEST_SUITE_P(Images, OwnTensorsOnOneDevice,
                         testing::Values(Image{"nucleo-f446re", "nucleo-f446re"}));

INSTANTIATE_TEST_SUITE_P(Images, OwnTensorsOnTheDevice,
                         testing::Values(Image{"nucleo-f446re", "nucleo-f446re"},
                                         Image{"nucleo-f446re-portable", "nucleo-f446re"},
                                         Image{"nucleo-f746zg", "nucleo-f746zg"},
                                         Image{"nucleo-f767zi", "nucleo-f767zi"}),
                         [](const auto& image) {
                           std::string name = image.param.name;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace opline::firmware_test
