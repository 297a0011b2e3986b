#include "analysis/numerics/student_t.h"

#include <boost/math/distributions/students_t.hpp>

#include "src/base/error.h"

namespace opline::analysis {

double two_sided_t(double confidence, std::size_t degrees_of_freedom) {
  OPLINE_ASSERT(confidence > 0 && confidence < 1, "confidence {}", confidence);
  OPLINE_ASSERT(degrees_of_freedom >= 1, "no degrees of freedom");
  const boost::math::students_t_distribution<double> t(static_cast<double>(degrees_of_freedom));
  return boost::math::quantile(boost::math::complement(t, (1 - confidence) / 2));
}

}  // namespace opline::analysis
