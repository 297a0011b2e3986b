// src/cli/model_fit.h - a series under the model, estimator and errors that the options of `opline fit` ask for.
//                                                                                                    Room: cli.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "analysis/diagnostics.h"
#include "analysis/linear_model.h"
#include "src/cli/fitting.h"
#include "src/cli/options.h"

namespace opline::cli {

enum class Response { latency, energy };
enum class Estimator { ols, relative, huber, theil_sen };

struct FitRequest {
  Response of = Response::latency;
  Estimator estimator = Estimator::ols;
  analysis::Intercept intercept = analysis::Intercept::with;
  analysis::CovarianceKind covariance = analysis::CovarianceKind::classical;
};

/// --of.
void add_response_option(Options& options);
[[nodiscard]] Response read_response(const Options& options);
/// --of, --estimator, --errors, --no-intercept. Throws Error{usage} for what does not go together.
void add_fit_options(Options& options);
[[nodiscard]] FitRequest read_fit_options(const Options& options);

/// What is fitted: one entry a network, in the order of the series. Energy is the measured one where there is any; else it
/// is modelled, power x latency, and says by construction what the latency says.
struct ResponseRows {
  Response of = Response::latency;
  std::vector<std::string>
      networks;  ///< Architecture, or the user's name; the network's id where there is neither.
  std::vector<double> ops;
  std::vector<double> y;  ///< Seconds or joules.
  bool by_construction = false;
  std::string why_none;  ///< Where there are no rows.
  [[nodiscard]] const char* unit() const { return of == Response::latency ? "s" : "J"; }
};
[[nodiscard]] ResponseRows response_rows(const FittedSeries& fitted, Response of);

/// The fit; everything but `coefficients` and `relative` is of least squares only.
struct ModelFit {
  FitRequest request;
  ResponseRows rows;
  std::vector<analysis::Coefficient> coefficients;  ///< Empty where there is no fit.
  std::optional<analysis::RelativeErrors> relative;
  std::optional<analysis::LinearModel> linear;
  std::optional<analysis::Diagnostics> diagnostics;
  std::optional<analysis::Coefficient> quadratic;  ///< Of (ops - mean)^2, added to the model.
  std::string why_no_fit;                          ///< Where `coefficients` is empty.
};
[[nodiscard]] ModelFit fit_model(const FittedSeries& fitted, const FitRequest& request);

[[nodiscard]] const char* to_string(Response response);
[[nodiscard]] const char* to_string(Estimator estimator);

}  // namespace opline::cli
