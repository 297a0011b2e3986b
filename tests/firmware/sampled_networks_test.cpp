// tests/firmware/sampled_networks_test.cpp - networks drawn from every space give the host's
// digests on QEMU, on both cores.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "runners/device_session.h"
#include "sampler/draw/sample.h"
#include "sampler/space/decode.h"
#include "src/network/compile.h"
#include "tests/firmware/qemu_device.h"

namespace opline::firmware_test {
namespace {

constexpr std::size_t kNetworks = 3;      ///< Of each space on each image.
constexpr std::uint64_t kMostDraws = 40;  ///< Until that many fit.
constexpr std::uint64_t kSeed = 20210101;

/// The device is a process: its time is the wall's.
class QemuTransport : public runners::Transport {
 public:
  explicit QemuTransport(QemuDevice& device) : device_(device) {}

  void send(std::string_view bytes) override { device_.send(bytes); }

  runners::Received read_line(double seconds) override {
    constexpr double kPatience = 120;  // of a whole run; what a slow clock would allow is far more
    const auto wait =
        std::chrono::milliseconds(static_cast<int>(1000 * std::min(seconds, kPatience)));
    if (std::optional<std::string> line = device_.read_line(wait)) {
      return {runners::Received::Status::line, *line};
    }
    return {runners::Received::Status::timed_out, "QEMU is silent"};
  }

 private:
  QemuDevice& device_;
};

/// Draw `index` of a space. Compiled once, when an image has room for it, and then shared by all
/// images.
class Draw {
 public:
  Draw(const sampler::Space& space, std::uint64_t index)
      : network_(sampler::decode(
            space, sampler::sample(space, sampler::Prior::uniform_decisions, kSeed, index))),
        layout_(network::lay_out(network_)) {}

  [[nodiscard]] bool fits(const network::DeviceLimits& limits) const {
    network::Footprint footprint = layout_.footprint;
    footprint.weight_bytes = network::weight_bytes_at_most(layout_);
    return !network::reason_not_to_fit(footprint, limits);
  }

  [[nodiscard]] measure::Request request() {
    static const network::Pools kPools = network::Pools::generate(2U << 20, 1U << 19);
    if (!compiled_) compiled_ = network::compile(network_, kPools);
    return {network_.id(), compiled_->plan, compiled_->digests, false, 2'000'000'000};
  }

 private:
  network::Network network_;
  network::Layout layout_;
  std::optional<network::CompiledNetwork> compiled_;
};

Draw& draw_of(const std::string& space, std::uint64_t index) {
  static std::map<std::string, sampler::Space> spaces;
  static std::map<std::pair<std::string, std::uint64_t>, Draw> draws;
  const auto loaded = spaces.try_emplace(space, sampler::load_space(space)).first;
  return draws.try_emplace({space, index}, loaded->second, index).first->second;
}

TEST(SampledNetworks, GiveTheHostsDigestsOnEveryImageTheyFit) {
  if (!qemu_is_installed()) GTEST_SKIP() << kInstallQemu;
  std::map<std::string, std::size_t> executed;  // by space, on all images
  for (const QemuImage& image : qemu_images()) {
    QemuDevice device(image);
    QemuTransport transport(device);
    runners::DeviceSession session(transport);
    const runners::Capabilities& has = session.capabilities();
    const network::DeviceLimits limits{has.weight_pool_bytes, has.channel_pool_bytes,
                                       has.arena_bytes};
    for (const std::string& space : sampler::space_names()) {
      std::size_t found = 0;
      for (std::uint64_t index = 0; index < kMostDraws && found < kNetworks; ++index) {
        Draw& draw = draw_of(space, index);
        if (!draw.fits(limits)) continue;
        ++found;
        const measure::Outcome outcome = session.measure(draw.request());
        EXPECT_EQ(outcome.kind, measure::OutcomeKind::executed_without_timing)
            << space << " " << index << " on " << image.name << ": " << outcome.reason;
      }
      executed[space] += found;
      if (image.board == "mps2-an500") {
        EXPECT_EQ(found, kNetworks) << space << ": the roomiest image takes nothing";
      }
      std::printf("%-24s %-10s %zu networks\n", image.name.c_str(), space.c_str(), found);
    }
  }
  EXPECT_GE(executed.size(), 2u);
}

}  // namespace
}  // namespace opline::firmware_test
