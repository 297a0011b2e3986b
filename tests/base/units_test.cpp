#include "src/base/units.h"

#include <gtest/gtest.h>

#include "src/base/digest.h"

namespace opline {
namespace {

TEST(Units, Bytes) {
  EXPECT_EQ(format_bytes(512), "512 B");
  EXPECT_EQ(format_bytes(128 * 1024), "128.0 KB");
  EXPECT_EQ(format_bytes(3 * 512 * 1024), "1.50 MB");
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

// XXH3-128 of the empty string, as xxHash publishes it.
TEST(Digest, KnownAnswer) { EXPECT_EQ(digest(""), "99aa06d3014798d86001c324468d497f"); }

}  // namespace
}  // namespace opline
