#include "analysis/numerics/distributions.h"

#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/fisher_f.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>

namespace opline::analysis {

namespace bm = boost::math;

double two_sided_t_tail(double t, double degrees) {
  return 2 * bm::cdf(bm::complement(bm::students_t(degrees), std::abs(t)));
}
double f_tail(double f, double a, double b) {
  return bm::cdf(bm::complement(bm::fisher_f(a, b), f));
}
double chi_squared_tail(double x, double degrees) {
  return bm::cdf(bm::complement(bm::chi_squared(degrees), x));
}
double normal_tail(double z) { return bm::cdf(bm::complement(bm::normal(), z)); }
double normal_quantile(double p) { return bm::quantile(bm::normal(), p); }

}  // namespace opline::analysis
