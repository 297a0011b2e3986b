#include "src/measure/setup.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <set>

#include "src/base/digest.h"
#include "src/base/error.h"
#include "tests/error_message.h"

namespace opline::measure {
namespace {

using testing::HasSubstr;

Setup full() {
  measure::Setup setup;
  setup.board = "nucleo-f446re";
  setup.core = "cortex-m4";
  setup.clock_hz = 180'000'000;
  setup.supply_volts = 3.3;
  setup.runtime.name = "opline/1";
  setup.firmware_digest = "00112233445566778899aabbccddeeff";
  setup.compiler = "arm-none-eabi-gcc 12.2.1";
  setup.flags = "-O2 -mcpu=cortex-m4";
  setup.placement = "code, weights: flash; arena, stack: sram";
  setup.runner = Runner::simulated;
  setup.timing_model = "cortex-m4/1";
  return setup;
}

// The text is an identity in every study that was ever written: it must never change.
TEST(Setup, CanonicalTextIsFrozen) {
  EXPECT_EQ(
      full().canonical_text(),
      R"({"board":"nucleo-f446re","core":"cortex-m4","clock_hz":180000000,"supply_volts":3.3,)"
      R"("runtime":"opline/1","firmware_digest":"00112233445566778899aabbccddeeff",)"
      R"("compiler":"arm-none-eabi-gcc 12.2.1","flags":"-O2 -mcpu=cortex-m4",)"
      R"("placement":"code, weights: flash; arena, stack: sram","runner":"simulated",)"
      R"("timing_model":"cortex-m4/1"})");
  measure::Setup bare;
  bare.board = "mine";
  bare.runner = Runner::imported;
  EXPECT_EQ(
      bare.canonical_text(),
      R"({"board":"mine","core":null,"clock_hz":null,"supply_volts":null,"runtime":null,)"
      R"("firmware_digest":null,"compiler":null,"flags":null,"placement":null,"runner":"imported",)"
      R"("timing_model":null})");
  EXPECT_EQ(bare.id(), digest(bare.canonical_text()));
}

TEST(Setup, EveryFieldIsPartOfTheIdentity) {
  std::set<std::string> ids{full().id()};
  const std::vector<std::function<void(measure::Setup&)>> changes{
      [](measure::Setup& s) { s.board = "x"; },
      [](measure::Setup& s) { s.core = "x"; },
      [](measure::Setup& s) { s.clock_hz = 1; },
      [](measure::Setup& s) { s.clock_hz.reset(); },
      [](measure::Setup& s) { s.supply_volts = 1; },
      [](measure::Setup& s) { s.supply_volts.reset(); },
      [](measure::Setup& s) { s.runtime.name = "x"; },
      [](measure::Setup& s) { s.firmware_digest = "x"; },
      [](measure::Setup& s) { s.compiler = "x"; },
      [](measure::Setup& s) { s.flags = "x"; },
      [](measure::Setup& s) { s.placement = "x"; },
      [](measure::Setup& s) { s.runner = Runner::attached; },
      [](measure::Setup& s) { s.timing_model = "x"; }};
  for (const auto& change : changes) {
    measure::Setup setup = full();
    change(setup);
    EXPECT_TRUE(ids.insert(setup.id()).second) << setup.canonical_text();
  }
}

TEST(Setup, ReadsBackWhatItWrote) {
  measure::Setup bare;
  bare.board = "m\u00fc\"\\\n";
  bare.runner = Runner::imported;
  measure::Setup fine = full();
  fine.supply_volts = 0.1 + 0.2;
  fine.clock_hz = std::numeric_limits<std::uint64_t>::max();
  for (const measure::Setup& setup : {full(), bare, fine}) {
    const std::string text = setup.canonical_text();
    const measure::Setup again = measure::Setup::from_json(parse_json(text, "setup"));
    EXPECT_EQ(again.canonical_text(), text);
    EXPECT_EQ(again.supply_volts, setup.supply_volts);
    EXPECT_EQ(again.clock_hz, setup.clock_hz);
    EXPECT_EQ(again.board, setup.board);
    EXPECT_EQ(again.runner, setup.runner);
  }
}

TEST(Setup, MissingAndUnknownKeysAreRefused) {
  const Json good = full().to_json();
  ASSERT_EQ(good.size(), 11u);
  for (const auto& item : good.items()) {
    Json json = good;
    json.erase(item.key());
    EXPECT_THAT(message_of([&] { (void)measure::Setup::from_json(json); }),
                HasSubstr(item.key() + ": is missing"));
  }
  Json extra = good;
  extra["clock"] = 1;
  EXPECT_THAT(message_of([&] { (void)measure::Setup::from_json(extra); }),
              HasSubstr("clock: is not a key"));
  EXPECT_THAT(message_of([] { (void)measure::Setup::from_json(Json::array()); }),
              HasSubstr("object"));
}

TEST(Setup, WrongTypesAndRangesAreRefused) {
  const std::vector<std::pair<std::string, Json>> bad{
      {"board", nullptr},  {"board", ""},         {"board", 3},
      {"core", ""},        {"core", 4},           {"clock_hz", 0},
      {"clock_hz", -1},    {"clock_hz", 1.5},     {"clock_hz", "180"},
      {"supply_volts", 0}, {"supply_volts", -1},  {"supply_volts", "3"},
      {"runner", nullptr}, {"runner", "guessed"}, {"runner", 1},
      {"flags", false},    {"timing_model", 1.0}, {"placement", Json::array()}};
  for (const auto& [key, value] : bad) {
    Json json = full().to_json();
    json[key] = value;
    EXPECT_THROW((void)measure::Setup::from_json(json), Error) << key << " = " << value.dump();
  }
}

TEST(Setup, WhatCannotBeTrueHasNoText) {
  measure::Setup setup;
  EXPECT_THAT(message_of([&] { (void)setup.canonical_text(); }), HasSubstr("board"));
  setup = full();
  setup.clock_hz = 0;
  EXPECT_THAT(message_of([&] { (void)setup.id(); }), HasSubstr("clock_hz"));
  setup = full();
  setup.supply_volts = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THAT(message_of([&] { (void)setup.to_json(); }), HasSubstr("supply_volts"));
  setup = full();
  setup.flags = "\xff";
  EXPECT_THAT(message_of([&] { (void)setup.canonical_text(); }), HasSubstr("UTF-8"));
}

TEST(Runner, NamesAndValuesAreFrozen) {
  const std::vector<std::pair<int, std::string>> frozen{
      {1, "simulated"}, {2, "attached"}, {3, "imported"}};
  for (const auto& [value, name] : frozen) {
    EXPECT_EQ(to_string(static_cast<Runner>(value)), name);
    EXPECT_EQ(static_cast<int>(runner_from_string(name)), value);
  }
  EXPECT_THAT(message_of([] { (void)runner_from_string("Simulated"); }),
              HasSubstr("known: simulated"));
  EXPECT_THROW((void)to_string(static_cast<Runner>(4)), Error);
}

}  // namespace
}  // namespace opline::measure
