// tests/firmware/device_digests_test.cpp - the images' kernels on QEMU give the bits of the host's
// kernels.
#include <gtest/gtest.h>

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>

#include "firmware/kernels/opline_kernels.h"
#include "runners/simulator/machine/elf_image.h"
#include "src/network/quantised_network.h"
#include "tests/firmware/device_plan.h"
#include "tests/firmware/layer_case.h"
#include "tests/firmware/qemu_device.h"
#include "tests/firmware/vectors.h"
#include "tests/network/example_networks.h"

namespace opline::firmware_test {
namespace {

class Images : public testing::TestWithParam<QemuImage> {
 protected:
  void SetUp() override {
    if (!qemu_is_installed()) GTEST_SKIP() << kInstallQemu;
  }
};

std::map<std::string, std::string> setup_of(QemuDevice& device) {
  std::map<std::string, std::string> values;
  for (const std::string& line : device.command("setup")) {
    const std::size_t equals = line.find('=');
    values[line.substr(9, equals - 9)] = line.substr(equals + 1, line.size() - equals - 2);
  }
  return values;
}

HostPools pools_of(QemuDevice& device) {
  auto values = setup_of(device);
  return {static_cast<std::uint32_t>(std::stoul(values["weight_pool_bytes"])),
          static_cast<std::uint32_t>(std::stoul(values["channel_pool_bytes"]))};
}

/// The digests of `plan report%`, the output's last.
std::vector<std::uint32_t> report(QemuDevice& device) {
  std::vector<std::uint32_t> digests;
  for (const std::string& line : device.command("plan report")) {
    if (line.starts_with("m-total-")) continue;
    digests.push_back(
        static_cast<std::uint32_t>(std::stoul(line.substr(line.size() - 9, 8), nullptr, 16)));
  }
  return digests;
}

TEST_P(Images, SaysWhatItIs) {
  QemuDevice device(GetParam());
  auto values = setup_of(device);
  EXPECT_EQ(values["board"], GetParam().board);
  EXPECT_EQ(values["kernels"], GetParam().kernels);
  EXPECT_FALSE(values["placement"].empty());
  EXPECT_EQ(values["plan_version"], std::to_string(OPLINE_PLAN_VERSION));
  EXPECT_EQ(values["clock_hz"], "0") << "QEMU has no clock tree";
  EXPECT_EQ(values["clock_source"], "unknown");
  EXPECT_EQ(values["cycle_counter"], "0") << "QEMU has no cycle counter";
}

TEST_P(Images, GiveTheCommittedVectors) {
  QemuDevice device(GetParam());
  for (const Vector& v :
       read_vectors(std::string(OPLINE_SOURCE_DIR) + "/tests/firmware/vectors/kernels.txt")) {
    for (const std::string& command : load_commands(plan_of(v))) device.command(command);
    ASSERT_EQ(device.command("plan run"), std::vector<std::string>{"m-run-done"}) << v.name;
    EXPECT_EQ(from_results(device.command("results").at(0)), v.output) << v.name;
    const auto* output = reinterpret_cast<const std::uint8_t*>(v.output.data());
    EXPECT_EQ(report(device).back(), opline_crc32(0, output, v.output.size())) << v.name;
  }
}

void expect_host_digests(QemuDevice& device, const std::vector<std::uint8_t>& plan,
                         const HostPools& pools) {
  std::vector<std::uint32_t> expected = host_digests(plan, pools);
  std::vector<std::string> answer;
  for (const std::string& command : load_commands(plan)) answer = device.command(command);
  ASSERT_EQ(answer,
            std::vector<std::string>{"m-plan-loaded-[" + std::to_string(expected.size()) + "]"});
  ASSERT_EQ(device.command("plan run 1"), std::vector<std::string>{"m-run-done"});
  expected.push_back(expected.back());
  const std::vector<std::uint32_t> digests = report(device);
  ASSERT_EQ(digests.size(), expected.size());
  for (std::size_t i = 0; i < digests.size(); ++i) {
    opline_layer layer;
    const std::size_t at = std::min(i, expected.size() - 2);
    std::copy_n(plan.data() + sizeof(opline_plan_header) + at * sizeof layer, sizeof layer,
                reinterpret_cast<std::uint8_t*>(&layer));
    EXPECT_EQ(digests[i], expected[i]) << "layer " << i << ", " << describe(layer);
  }
}

TEST_P(Images, EveryLayerHasTheHostsDigest) {
  QemuDevice device(GetParam());
  const HostPools pools = pools_of(device);
  constexpr std::uint64_t kLayers = 60;
  for (std::uint64_t first = 0; first < 8 * kLayers; first += kLayers) {
    SCOPED_TRACE("plan " + std::to_string(first));
    expect_host_digests(device, random_device_plan(first, static_cast<int>(kLayers), pools), pools);
  }
}

TEST_P(Images, EveryLayerOfFourBitsHasTheHostsDigest) {
  QemuDevice device(GetParam());
  const HostPools pools = pools_of(device);
  constexpr std::uint64_t kLayers = 60;
  for (std::uint64_t first = 0; first < 8 * kLayers; first += kLayers) {
    SCOPED_TRACE("plan " + std::to_string(first));
    expect_host_digests(device, random_s4_device_plan(first, static_cast<int>(kLayers), pools),
                        pools);
  }
}

TEST_P(Images, NarrowConvolutionsHaveTheHostsDigests) {
  QemuDevice device(GetParam());
  expect_host_digests(device, narrow_device_plan(), pools_of(device));
}

/// A copy of the image with `change` at the symbol `name`.
std::string changed_image(const std::string& elf, const char* name, const std::string& change) {
  const auto image = simulator::ElfImage::from_file(elf);
  std::ifstream file(elf, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(file), {}};
  const std::uint32_t address = image->symbol(name).value();
  for (const simulator::Segment& segment : image->segments()) {
    if (address - segment.address >= segment.bytes.size()) continue;
    const std::size_t start = bytes.find(segment.bytes.substr(0, 512));
    bytes.replace(start + address - segment.address, change.size(), change);
  }
  std::string path = testing::TempDir() + "opline_changed_" + std::to_string(getpid()) + ".elf";
  std::ofstream(path, std::ios::binary) << bytes;
  return path;
}

/// A copy of the image whose function `name` starts with an undefined instruction.
std::string broken_image(const std::string& elf, const char* name) {
  return changed_image(elf, name, std::string("\x00\xde", 2));  // UDF #0
}

// As a flash tool would do it, the blob is put over the pools.
TEST_P(Images, OwnTensorsHaveTheHostsDigests) {
  const network::Pools source = network::Pools::generate(1U << 18, OPLINE_CHANNEL_POOL_BYTES);
  for (const network::Network& one :
       {network::every_layer(), network::joined_branches(), network::every_variant(),
        network::two_ends(), network::streaming_conv()}) {
    const network::CompiledNetwork compiled = compile(network::quantised(one, source));
    const std::string blob(compiled.tensors.begin(), compiled.tensors.end());
    QemuDevice device(GetParam(), changed_image(GetParam().elf(), "opline_tensors_start", blob));
    for (const std::string& command : load_commands(compiled.plan)) device.command(command);
    ASSERT_EQ(device.command("plan run 1"), std::vector<std::string>{"m-run-done"});
    std::vector<std::uint32_t> expected = compiled.digests;
    expected.push_back(expected.back());
    EXPECT_EQ(report(device), expected) << one.canonical_text();
  }
}

TEST_P(Images, AFaultIsReportedInOneLineWithItsAddress) {
  try {
    QemuDevice device(GetParam(), broken_image(GetParam().elf(), "opline_runtime_start"));
    FAIL() << "the device got ready";
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find("e-[fault exception=3 pc=" + GetParam().flash),
              std::string::npos)
        << error.what();
    EXPECT_NE(std::string(error.what()).find("cfsr=00010000"), std::string::npos)
        << error.what();  // UNDEFINSTR
  }
}

INSTANTIATE_TEST_SUITE_P(Qemu, Images, testing::ValuesIn(qemu_images()), [](const auto& image) {
  std::string name = image.param.name;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

}  // namespace
}  // namespace opline::firmware_test
