// What a scope consists of, and how two are told apart.
#include "src/evaluation/calibration/scope.h"

#include <gmock/gmock.h>

#include "tests/evaluation/calibration/planted_calibration.h"

namespace opline::evaluation {
namespace {

TEST(ScopeTest, IsReadAsItWasWritten) {
  const Scope scope = scope_of(simulated_series(1).setup);
  const Json json = scope.to_json();
  EXPECT_EQ(Scope::from_json(StrictObject(json, "file")), scope);
  EXPECT_EQ(scope.id().size(), 32u);
  EXPECT_EQ(scope.title(), "nucleo-f446re, tflm 2021, scope " + scope.id().substr(0, 8));
}

TEST(ScopeTest, TheDigestOfTheFirmwareCountsOnlyWhereFlagsOrCompilerAreUnknown) {
  measure::Setup setup = simulated_series(1).setup;
  setup.firmware_digest = "0123456789abcdef0123456789abcdef";
  EXPECT_EQ(scope_of(setup).firmware_digest, "");
  setup.compiler.clear();
  EXPECT_EQ(scope_of(setup).firmware_digest, setup.firmware_digest);
}

TEST(ScopeTest, LongFlagsAreShownByTheWordsThatDiffer) {
  Scope a = scope_of(simulated_series(1).setup);
  Scope b = a;
  b.flags = "-O2 -mcpu=cortex-m4 -g";
  EXPECT_EQ(text_of(differences(a, b)), "flags -Os against -O2 -g");
  b = a;
  b.placement.clear();
  EXPECT_EQ(text_of(differences(a, b)),
            "placement code, weights: flash; arena, stack: sram against unknown");
  EXPECT_TRUE(differences(a, a).empty());
}

}  // namespace
}  // namespace opline::evaluation
