#include "analysis/numerics/student_t.h"

#include <boost/math/distributions/students_t.hpp>

#include "src/base/error.h"

namespace opline::analysis {

double two_sided_t(double confidence, std::size_t degrees_of_freedom) {
  return two_sided_t_of(confidence, static_cast<double>(degrees_of_freedom));
}

double two_sided_t_of(double confidence, double degrees_of_freedom) {
  OPLINE_ASSERT(confidence > 0 && confidence < 1, "confidence {}", confidence);
  OPLINE_ASSERT(degrees_of_freedom >= 1, "{} degrees of freedom", degrees_of_freedom);
  const boost::math::students_t_distribution<double> t(degrees_of_freedom);
  return boost::math::quantile(boost::math::complement(t, (1 - confidence) / 2));
}

}  // namespace opline::analysis
