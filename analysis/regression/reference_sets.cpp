#include "analysis/regression/reference_sets.h"

#include <algorithm>
#include <cmath>

#include "analysis/regression/linear_model.h"
#include "src/base/error.h"

namespace opline::analysis {
namespace {

std::vector<double> column(const CsvTable& table, std::size_t index) {
  std::vector<double> values;
  for (std::size_t row = 0; row < table.rows(); ++row) values.push_back(table.number(row, index));
  return values;
}

/// A set's certified figures by name, and the polynomial's degree.
struct Certified {
  const CsvTable& table;
  std::string set;

  [[nodiscard]] double operator()(const std::string& quantity) const {
    for (std::size_t row = 0; row < table.rows(); ++row) {
      if (table.text(row, table.column("data_set")) == set &&
          table.text(row, table.column("quantity")) == quantity) {
        return table.number(row, table.column("value"));
      }
    }
    throw Error(ErrorCode::input, "the certified figures of {} have no `{}`; correct the table",
                set, quantity);
  }
};

Design design_of(const Certified& certified, const CsvTable& data) {
  Design design(data.rows(), certified("intercept") != 0 ? Intercept::with : Intercept::without);
  const auto degree = static_cast<unsigned>(certified("degree"));
  for (std::size_t i = 0; i < data.columns().size(); ++i) {
    const std::string& name = data.columns()[i];
    if (name != "y") design.add_powers(name, column(data, i), degree);
  }
  return design;
}

}  // namespace

double ReferenceResult::worst() const {
  return std::min({estimates, standard_deviations, residual_deviation, r_squared});
}

double digits_of_agreement(double found, double certified) {
  const double error = std::abs(found - certified) / (certified == 0 ? 1 : std::abs(certified));
  if (std::isnan(error)) return 0;
  return error == 0 ? 15 : std::clamp(-std::log10(error), 0.0, 15.0);
}

std::vector<std::string> reference_names(const CsvTable& certified) {
  std::vector<std::string> names;
  for (std::size_t row = 0; row < certified.rows(); ++row) {
    std::string name(certified.text(row, certified.column("data_set")));
    if (names.empty() || names.back() != name) names.push_back(std::move(name));
  }
  return names;
}

ReferenceResult check_reference(const CsvTable& table, const std::string& name,
                                const CsvTable& data) {
  const Certified certified{table, name};
  const Design design = design_of(certified, data);
  const LinearModel model =
      fit_linear(design, column(data, data.column("y")), {0.95, CovarianceKind::classical});
  ReferenceResult result;
  result.name = name;
  result.rows = model.n;
  result.coefficients = model.coefficients.size();
  result.condition = model.condition;
  result.aim = name == "filip" ? kFilipAimDigits : kAimDigits;
  result.estimates = result.standard_deviations = 15;
  const std::size_t first = model.has_intercept ? 0 : 1;
  for (std::size_t i = 0; i < model.coefficients.size(); ++i) {
    const Coefficient& one = model.coefficients[i];
    const std::string label = "b" + std::to_string(i + first);
    result.estimates =
        std::min(result.estimates, digits_of_agreement(one.estimate, certified(label)));
    result.standard_deviations =
        std::min(result.standard_deviations,
                 digits_of_agreement(one.standard_error, certified(label + "_standard_deviation")));
  }
  result.residual_deviation = digits_of_agreement(model.residual_standard_deviation,
                                                  certified("residual_standard_deviation"));
  result.r_squared = digits_of_agreement(model.r_squared.value_or(NAN), certified("r_squared"));
  return result;
}

}  // namespace opline::analysis
