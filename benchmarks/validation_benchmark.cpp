// CPU seconds of what `opline fit` and `opline validate` compute for a large table, without reading
// it:
//   validation_benchmark [ROWS...]      default: 10000 100000 1000000
#include <fmt/format.h>

#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

#include "analysis/regression/diagnostics.h"
#include "analysis/regression/linear_model.h"
#include "analysis/validation/proxy_validation.h"
#include "analysis/validation/validation.h"
#include "tests/random_data.h"

namespace {

using namespace opline;
using namespace opline::analysis;

/// CPU time of the whole process: threads do not hide work.
template <typename Work>
double cpu_seconds(const Work& work) {
  const std::clock_t start = std::clock();
  work();
  return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}

void measure(std::size_t rows) {
  const testing_data::Series series =
      testing_data::draw_series(testing_data::Noise::multiplicative, rows, 1, 0);
  Design design(rows);
  design.add("ops", series.ops);
  const double fit = cpu_seconds([&] { (void)fit_linear(design, series.seconds); });
  const double folds = cpu_seconds(
      [&] { (void)cross_validate(series.ops, series.seconds, {.folds = 5, .repeats = 1}); });
  const double validation = cpu_seconds([&] { (void)validate_proxy(series.ops, series.seconds); });
  fmt::print(
      "{:>9} rows: fit with HC3 {:.2f} s, 5-fold cross-validation {:.2f} s, validation {:.2f} s\n",
      rows, fit, folds, validation);
}

}  // namespace

int main(int count, char** arguments) {
  std::vector<std::string> sizes(arguments + 1, arguments + count);
  if (sizes.empty()) sizes = {"10000", "100000", "1000000"};
  for (const std::string& size : sizes) measure(std::strtoull(size.c_str(), nullptr, 10));
}
