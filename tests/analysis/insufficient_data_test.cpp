// Data that cannot be fitted are a value with a reason; wrong arguments are errors.
#include <gtest/gtest.h>

#include <limits>
#include <vector>

#include "analysis/layers/layer_validation.h"
#include "analysis/layers/ops_by_type.h"
#include "analysis/layers/residual_features.h"
#include "analysis/layers/slope_decomposition.h"
#include "analysis/regression/diagnostics.h"
#include "analysis/regression/robust_fit.h"
#include "analysis/regression/theil_sen.h"
#include "analysis/validation/common_slope.h"
#include "analysis/validation/paired_ratio.h"
#include "analysis/validation/proxy_validation.h"
#include "analysis/validation/sample_size.h"

namespace opline::analysis {
namespace {

using Values = std::vector<double>;

const Values kSame{5, 5, 5, 5};
const Values kRising{1, 2, 3, 4};
const Values kTwo{1, 2};

Design one_column(const Values& x) { return Design(x.size()).add("x", x); }

TEST(InsufficientData, IsAReasonOfEveryFit) {
  EXPECT_NE(try_fit_line(kSame, kRising).reason().find("every x is 5"), std::string::npos);
  EXPECT_NE(try_fit_line(kTwo, kTwo).reason().find("at least 3"), std::string::npos);
  EXPECT_NE(try_fit_linear(one_column(kSame), kRising).reason().find("`x`"), std::string::npos);
  EXPECT_NE(try_fit_linear(one_column(kTwo), kTwo).reason().find("2 rows"), std::string::npos);
  EXPECT_FALSE(try_fit_quadratic(one_column({1, 1, 2, 2}), kRising, "x"));
  EXPECT_FALSE(try_fit_huber(one_column(kSame), kRising));
  EXPECT_FALSE(try_fit_theil_sen(kSame, kRising));
  EXPECT_TRUE(try_fit_line(kRising, kRising));
}

TEST(InsufficientData, IsAReasonOfEveryJudgement) {
  EXPECT_FALSE(try_validate_proxy(kSame, kRising));
  EXPECT_NE(try_validate_proxy(kRising, Values{1, 2, 0, 4}).reason().find("above 0"),
            std::string::npos);
  const std::vector<SlopeGroup> groups{{"a", kRising, kRising}, {"b", kSame, kRising}};
  EXPECT_NE(try_compare_slopes(groups).reason().find("`b`"), std::string::npos);
  EXPECT_FALSE(try_paired_slope_ratio(kSame, kRising, kRising));
  EXPECT_FALSE(try_paired_ratio(kTwo, kTwo));
  EXPECT_FALSE(try_learning_curve(kRising, kRising));
}

TEST(InsufficientData, IsAReasonOfEveryLayerModel) {
  EXPECT_FALSE(try_fit_per_layer({}));
  EXPECT_FALSE(try_fit_ops_by_type({}, kTwo));
  EXPECT_FALSE(try_validate_layer_models({}, kTwo));
  EXPECT_FALSE(try_decompose_slopes({{}, kTwo}, {{}, kTwo}));
  EXPECT_NE(try_explain_residuals(kTwo, kTwo, {}).reason().find("too few"), std::string::npos);
  EXPECT_NE(try_explain_residuals(kSame, kRising, {}).reason().find("same ops"), std::string::npos);
}

TEST(InsufficientData, DoesNotHideWrongArguments) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THROW(static_cast<void>(try_fit_line(kTwo, kRising)), Error);
  EXPECT_THROW(static_cast<void>(try_fit_line(kRising, Values{1, 2, 3, nan})), Error);
  EXPECT_THROW(static_cast<void>(try_fit_line(kRising, kRising, {2.0})), Error);
  EXPECT_THROW(static_cast<void>(try_fit_linear(one_column(kRising), kTwo)), Error);
  ProxyValidationOptions options;
  options.replicates = 1;
  EXPECT_THROW(static_cast<void>(try_validate_proxy(kRising, kRising, options)), Error);
}

}  // namespace
}  // namespace opline::analysis
