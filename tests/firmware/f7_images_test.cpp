// tests/firmware/f7_images_test.cpp - the images of NUCLEO-F746ZG and F767ZI: where things lie, and
// executed on Unicorn.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "runners/simulator/machine/elf_image.h"
#include "tests/firmware/device_plan.h"
#include "tests/firmware/vectors.h"

#ifdef OPLINE_HAVE_UNICORN
#include "tests/firmware/f7_machine.h"
#endif

namespace opline::firmware_test {
namespace {

std::shared_ptr<const simulator::ElfImage> image_of(const std::string& board) {
  return simulator::ElfImage::from_file(std::string(OPLINE_BINARY_DIR) + "/firmware/" + board +
                                        ".elf");
}

// The arena is all of SRAM1 and SRAM2, never a byte of the DTCM: its time must not depend on where
// a tensor lies.
TEST(F7Images, LieWhereTheBoardsMemoriesAre) {
  struct Place {
    const char* board;
    std::uint32_t flash_end, dtcm_end, arena_end;
  };
  for (const Place& place : {Place{"nucleo-f746zg", 0x08100000, 0x20010000, 0x20050000 - 16},
                             Place{"nucleo-f767zi", 0x08200000, 0x20020000, 0x20080000 - 16}}) {
    const auto image = image_of(place.board);
    EXPECT_EQ(image->symbol("opline_stack_top"), place.dtcm_end) << place.board;
    EXPECT_EQ(image->symbol("opline_stack_limit"), place.dtcm_end - 2048) << place.board;
    EXPECT_EQ(image->symbol("opline_arena_start"), place.dtcm_end) << place.board;
    EXPECT_EQ(image->symbol("opline_arena_end"), place.arena_end) << place.board;
    EXPECT_EQ(image->symbol("opline_channel_pool_end"), place.flash_end) << place.board;
    EXPECT_EQ(image->symbol("opline_weight_pool_end"), image->symbol("opline_channel_pool"))
        << place.board;
    EXPECT_GT(*image->symbol("opline_weight_pool_end") - *image->symbol("opline_weight_pool"),
              (place.flash_end - 0x08000000) / 5 * 4)
        << place.board;
  }
}

#ifndef OPLINE_HAVE_UNICORN

TEST(F7Images, RunOnUnicorn) {
  GTEST_SKIP() << "Unicorn is missing; install it with: apt-get install --no-install-recommends "
                  "libunicorn-dev";
}

#else

class F7 : public testing::TestWithParam<F7Board> {
 protected:
  std::shared_ptr<const simulator::ElfImage> image_ = image_of(GetParam().name);
};

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0, end; (end = text.find("\r\n", at)) != std::string::npos; at = end + 2) {
    lines.push_back(text.substr(at, end - at));
  }
  return lines;
}

/// Lines that begin with `prefix`.
std::vector<std::string> lines_with(const std::string& text, const std::string& prefix) {
  std::vector<std::string> lines = lines_of(text);
  std::erase_if(lines, [&](const std::string& line) { return !line.starts_with(prefix); });
  return lines;
}

TEST_P(F7, RunsAt216MegahertzFromTheStLinksClock) {
  F7Machine machine(GetParam(), *image_);
  EXPECT_THAT(
      lines_of(machine.run({"setup"})),
      testing::IsSupersetOf(
          {"m-setup-[board=" + GetParam().name + "]", std::string("m-setup-[core=cortex-m7]"),
           std::string("m-setup-[clock_hz=216000000]"), std::string("m-setup-[clock_source=hse]"),
           std::string("m-setup-[cycle_counter=1]"),
           std::string("m-setup-[placement=code and weights in flash over AXI, arena in SRAM1 and "
                       "SRAM2, stack in DTCM]"),
           "m-setup-[arena_bytes=" + std::to_string(GetParam().sram_bytes - 16) + "]"}));
  const std::uint32_t pll = machine.written(0x40023804);
  const std::uint32_t m = pll & 63, n = pll >> 6 & 511, p = 2 * ((pll >> 16 & 3) + 1);
  EXPECT_EQ(8'000'000 / m * n / p, 216'000'000u);
  EXPECT_EQ(pll >> 22 & 1, 1u) << "the PLL runs from HSE";
  EXPECT_EQ(machine.written(0x40023C00), 0x307u) << "7 wait states, prefetch, ART";
  EXPECT_EQ(machine.written(0x40007000) >> 14 & 3, 3u) << "voltage scale 1";
  EXPECT_EQ(machine.written(0x40023808) >> 10 & 7, 5u) << "APB1 is a quarter";
  EXPECT_EQ(machine.written(0x40020C00) >> 16 & 15, 10u)
      << "PD8 and PD9 have their alternate function";
  EXPECT_EQ(machine.written(0x40020C24) & 255, 0x77u) << "USART3";
  EXPECT_NEAR(54e6 / machine.written(0x4000480C), 115'200, 1152);
}

TEST_P(F7, FallsBackToTheInternalOscillator) {
  F7Machine machine(GetParam(), *image_, {.no_hse = true});
  EXPECT_THAT(
      lines_of(machine.run({"setup"})),
      testing::IsSupersetOf({"m-setup-[clock_hz=216000000]", "m-setup-[clock_source=hsi]"}));
  const std::uint32_t pll = machine.written(0x40023804);
  EXPECT_EQ(16'000'000 / (pll & 63) * (pll >> 6 & 511) / 2, 216'000'000u);
  EXPECT_EQ(pll >> 22 & 1, 0u);
}

TEST_P(F7, SpeaksEvenWithoutAClockTree) {
  F7Machine machine(GetParam(), *image_, {.no_hse = true, .no_pll = true});
  EXPECT_THAT(lines_of(machine.run({"setup"})),
              testing::IsSupersetOf({"m-setup-[clock_hz=0]", "m-setup-[clock_source=unknown]"}));
  EXPECT_NEAR(16e6 / machine.written(0x4000480C), 115'200, 1152);
}

TEST_P(F7, GivesUpWaitingForADeafTransmitter) {
  F7Machine machine(GetParam(), *image_, {.deaf_uart = true});
  EXPECT_EQ(machine.run({}, 3), "m-t");
}

/// What has to be written to empty the data cache through `operation`: every way of every set once.
std::vector<std::pair<std::uint32_t, std::uint32_t> > every_line(std::uint32_t operation,
                                                                 std::uint32_t sets) {
  std::vector<std::pair<std::uint32_t, std::uint32_t> > writes;
  for (std::uint32_t set = 0; set < sets; ++set) {
    for (std::uint32_t way = 0; way < 4; ++way)
      writes.emplace_back(operation, way << 30 | set << 5);
  }
  return writes;
}

constexpr std::uint32_t kCcr = 0xE000ED14, kIciallu = 0xE000EF50, kDcisw = 0xE000EF60,
                        kDccisw = 0xE000EF74;

TEST_P(F7, StartsItsCachesAndEmptiesThemBeforeEachRun) {
  std::vector<std::pair<std::uint32_t, std::uint32_t> > expected = {{kIciallu, 0},
                                                                    {kCcr, 1U << 17}};
  const auto append = [&](const auto& writes) {
    expected.insert(expected.end(), writes.begin(), writes.end());
  };
  append(every_line(kDcisw, GetParam().cache_sets));
  expected.emplace_back(kCcr, 1U << 17 | 1U << 16);
  std::vector<std::string> commands = load_commands(narrow_device_plan());
  for (int run = 0; run < 2; ++run) {
    commands.push_back("plan run 2");
    append(every_line(kDccisw, GetParam().cache_sets));
    expected.emplace_back(kIciallu, 0);
  }
  F7Machine machine(GetParam(), *image_);
  EXPECT_EQ(lines_with(machine.run(commands), "m-run-done").size(), 2u);
  EXPECT_EQ(machine.cache_writes(), expected);
}

TEST_P(F7, GivesTheCommittedVectors) {
  const auto vectors =
      read_vectors(std::string(OPLINE_SOURCE_DIR) + "/tests/firmware/vectors/kernels.txt");
  std::vector<std::string> commands;
  for (const Vector& v : vectors) {
    for (std::string& command : load_commands(plan_of(v))) commands.push_back(std::move(command));
    commands.insert(commands.end(), {"plan run", "results"});
  }
  F7Machine machine(GetParam(), *image_);
  const std::vector<std::string> results = lines_with(machine.run(commands), "m-results-");
  ASSERT_EQ(results.size(), vectors.size());
  for (std::size_t i = 0; i < vectors.size(); ++i) {
    EXPECT_EQ(from_results(results[i]), vectors[i].output) << vectors[i].name;
  }
}

TEST_P(F7, RandomAndNarrowLayersHaveTheHostsDigests) {
  const std::uint32_t weight_bytes =
      *image_->symbol("opline_weight_pool_end") - *image_->symbol("opline_weight_pool");
  const std::uint32_t channel_bytes =
      *image_->symbol("opline_channel_pool_end") - *image_->symbol("opline_channel_pool");
  const HostPools pools(weight_bytes, channel_bytes);
  std::vector<std::string> commands;
  std::vector<std::uint32_t> expected;
  for (const std::vector<std::uint8_t>& plan :
       {narrow_device_plan(), random_device_plan(0, 60, pools),
        random_device_plan(60, 60, pools)}) {
    for (std::string& command : load_commands(plan)) commands.push_back(std::move(command));
    commands.insert(commands.end(), {"plan run", "plan report"});
    const std::vector<std::uint32_t> digests = host_digests(plan, pools);
    expected.insert(expected.end(), digests.begin(), digests.end());
  }
  F7Machine machine(GetParam(), *image_);
  const std::vector<std::string> layers = lines_with(machine.run(commands), "m-layer-");
  ASSERT_EQ(layers.size(), expected.size());
  for (std::size_t i = 0; i < layers.size(); ++i) {
    EXPECT_EQ(std::stoul(layers[i].substr(layers[i].size() - 9, 8), nullptr, 16), expected[i])
        << layers[i];
  }
}

INSTANTIATE_TEST_SUITE_P(Unicorn, F7, testing::ValuesIn(f7_boards()), [](const auto& board) {
  std::string name = board.param.name;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

#endif

}  // namespace
}  // namespace opline::firmware_test
