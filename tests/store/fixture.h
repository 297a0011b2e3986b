// tests/store/fixture.h - real study files in a folder of their own, and rows to put into them.
#pragma once
#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "src/base/digest.h"
#include "src/base/files.h"
#include "src/store/study.h"
#include "tests/error_message.h"

namespace opline::store {

inline constexpr const char* kNow = "2026-01-31T12:00:00Z";
inline constexpr const char* kLater = "2026-02-01T00:00:00.250Z";

class StoreTest : public testing::Test {
 protected:
  StoreTest() {
    std::string name = (std::filesystem::temp_directory_path() / "opline-store-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    folder_ = name;
  }
  ~StoreTest() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::filesystem::path file(const std::string& name = "study.db") const {
    return folder_ / name;
  }
  Study create() const { return Study::open(file(), Mode::create, kNow); }

 private:
  std::filesystem::path folder_;
};

inline measure::Setup make_setup(const std::string& board = "nucleo-f446re") {
  measure::Setup setup;
  setup.board = board;
  setup.core = "cortex-m4";
  setup.clock_hz = 180'000'000;
  setup.runtime.name = "opline/1";
  setup.timing_model = "cortex-m4/1";
  return setup;
}

inline LayerRecord make_conv(std::uint64_t macs) {
  LayerRecord record;
  record.layer.type = network::LayerType::conv2d;
  record.layer.input = {49, 10, 1};
  record.layer.output = {25, 5, 64};
  record.layer.window = {10, 4, 2, 2, network::Padding::same};
  record.layer.activation = network::Activation::relu;
  record.macs = macs;
  record.parameters = 7;
  record.live_bytes = 4096;
  return record;
}

inline LayerRecord make_softmax() {
  LayerRecord record;
  record.layer.type = network::LayerType::softmax;
  record.layer.input = record.layer.output = {1, 1, 12};
  return record;
}

/// Network number `number` with a convolution and a softmax after it, repeated to make `layers`
/// layers (even).
inline NetworkRecord make_network(int number, int layers = 2) {
  NetworkRecord network;
  network.canonical_text = "input 49 10 1\nconv2d " + std::to_string(number) + "\n";
  network.id = digest(network.canonical_text);
  const std::uint64_t macs = 1000 + static_cast<std::uint64_t>(number);
  for (int i = 0; i < layers / 2; ++i) {
    network.layers.push_back(make_conv(macs));
    network.layers.push_back(make_softmax());
  }
  network.macs = macs * static_cast<std::uint64_t>(layers / 2);
  network.ops = 2 * *network.macs;
  network.parameters = 7;
  network.weight_bytes = 112;
  network.channel_bytes = 48;
  network.activation_bytes = 4096;
  network.arena_bytes = 8192;
  return network;
}

inline measure::Outcome make_outcome(std::uint64_t cycles, std::size_t layers = 2) {
  measure::Measurement measurement;
  measurement.cycles = cycles;
  for (std::size_t i = 0; i < layers; ++i) {
    measurement.layer_cycles.push_back(cycles / layers - i % 2);
    measurement.layer_digests.push_back(static_cast<std::uint32_t>(cycles * 2654435761u + i));
  }
  return measure::Outcome::measured(measurement);
}

inline measure::Outcome make_failure(
    measure::OutcomeKind kind = measure::OutcomeKind::does_not_fit) {
  return measure::Outcome::failed(kind, "needs 131072 B of SRAM, 120000 B are there");
}

/// A campaign whose draw i has the architecture "a<network>" and decodes to network `networks[i]`.
inline CampaignKey add_campaign(Study& study, const std::vector<int>& networks,
                                std::uint64_t seed = 1, const std::string& space = "kws") {
  const std::string space_id = study.add_space(space, "name = '" + space + "'\n");
  const CampaignKey campaign =
      study.add_campaign({space_id, "uniform-decisions", seed,
                          static_cast<std::int64_t>(networks.size()), "opline study"},
                         kNow);
  std::vector<Draw> draws;
  study.transact([&] {
    for (int number : networks) {
      const NetworkRecord network = make_network(number);
      study.add_network(network);
      draws.push_back({"a" + std::to_string(number), network.id});
    }
    study.add_draws(campaign, 0, draws);
  });
  return campaign;
}

inline std::string id_of(int number) { return make_network(number).id; }

#define EXPECT_ERROR(call, code, text) \
  EXPECT_THAT(message_of([&] { (void)(call); }, code), testing::HasSubstr(text))

}  // namespace opline::store
