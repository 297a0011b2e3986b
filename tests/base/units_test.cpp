#include "src/base/units.h"

#include <gtest/gtest.h>

#include "src/base/digest.h"

namespace opline {
namespace {

TEST(Units, Bytes) {
  EXPECT_EQ(format_bytes(512), "512 B");
  EXPECT_EQ(format_bytes(128 * 1024), "128.0 KiB");
  EXPECT_EQ(format_bytes(3 * 512 * 1024), "1.50 MiB");
}

TEST(Units, Seconds) {
  EXPECT_EQ(format_seconds(12.34e-6), "12.3 us");
  EXPECT_EQ(format_seconds(0.25), "250 ms");
  EXPECT_EQ(format_seconds(3.4), "3.40 s");
  EXPECT_EQ(format_seconds(125), "2 min 05 s");
  EXPECT_EQ(format_seconds(3720), "1 h 02 min");
}

TEST(Units, Ops) {
  EXPECT_EQ(format_ops(7), "7 ops");
  EXPECT_EQ(format_ops(16'400'000), "16.4 Mops");
}

TEST(Units, BytesAreReadAsGnuCoreutilsReadsThem) {
  for (const char* text : {"64KiB", "64Ki", "64K", "64k"})
    EXPECT_EQ(parse_whole(text, Quantity::bytes), 65'536U) << text;
  for (const char* text : {"100kB", "100KB"})
    EXPECT_EQ(parse_whole(text, Quantity::bytes), 100'000U) << text;
  EXPECT_EQ(parse_whole("1.5MiB", Quantity::bytes), 1'572'864U);
  EXPECT_EQ(parse_whole("1.5MB", Quantity::bytes), 1'500'000U);
  EXPECT_EQ(parse_whole("12B", Quantity::bytes), 12U);
  EXPECT_EQ(parse_whole("0.5B", Quantity::bytes), std::nullopt);
  EXPECT_EQ(parse_whole("5kb", Quantity::bytes), std::nullopt);
}

TEST(Units, WhatIsPrintedIsReadBack) {
  for (const std::uint64_t bytes : {512ULL, 54'272ULL, 1'572'864ULL, 3ULL << 30}) {
    std::string text = format_bytes(bytes);
    text.erase(text.find(' '), 1);
    EXPECT_EQ(parse_whole(text, Quantity::bytes), bytes) << text;
  }
}

TEST(Units, FiguresWithUnits) {
  EXPECT_EQ(parse_quantity("100ms", Quantity::seconds), 0.1);
  EXPECT_DOUBLE_EQ(parse_quantity("2.5 us", Quantity::seconds).value(), 2.5e-6);
  EXPECT_EQ(parse_quantity("20mJ", Quantity::joules), 0.02);
  EXPECT_EQ(parse_quantity("3Mmacs", Quantity::ops), 6e6);
  for (const char* text : {"", "ms", "100", "100MS", "100 ", "1e400s", "nans", "1ms2"})
    EXPECT_EQ(parse_quantity(text, Quantity::seconds), std::nullopt) << text;
  EXPECT_EQ(known_units(Quantity::joules), "J, mJ, uJ, nJ");
}

TEST(Units, InNamesOfColumnsCaseDoesNotMatter) {
  EXPECT_EQ(unit_factor_in_name(Quantity::seconds, "MS"), 1e-3);
  EXPECT_EQ(unit_factor_in_name(Quantity::seconds, "Seconds"), 1.0);
  EXPECT_EQ(unit_factor_in_name(Quantity::joules, "mj"), 1e-3);
  EXPECT_EQ(unit_factor_in_name(Quantity::amperes, "ua"), 1e-6);
  EXPECT_EQ(unit_factor_in_name(Quantity::volts, "V"), 1.0);
  EXPECT_EQ(unit_factor_in_name(Quantity::joules, "joules"), 1.0);
  EXPECT_EQ(unit_factor_in_name(Quantity::ops, "gmacs"), 2e9);
  for (const char* unit : {"", "joules", "msec", "mss"})
    EXPECT_EQ(unit_factor_in_name(Quantity::seconds, unit), std::nullopt) << unit;
}

// XXH3-128 of the empty string, as xxHash publishes it.
TEST(Digest, OfAStreamIsThatOfTheWhole) {
  StreamDigest stream;
  EXPECT_EQ(stream.text(), digest(""));
  std::string whole;
  for (int i = 0; i < 100; ++i) {
    const std::string piece(static_cast<std::size_t>(i), static_cast<char>('a' + i % 26));
    stream.add(piece);
    whole += piece;
  }
  EXPECT_EQ(stream.text(), digest(whole));
}

TEST(Digest, KnownAnswer) { EXPECT_EQ(digest(""), "99aa06d3014798d86001c324468d497f"); }

}  // namespace
}  // namespace opline
