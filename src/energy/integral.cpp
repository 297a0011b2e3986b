#include "src/energy/integral.h"

#include <algorithm>
#include <cmath>

#include "src/base/error.h"

namespace opline::energy {
namespace {

/// Neumaier's sum (Z. Angew. Math. Mech. 54, 1974): a long recording must not blur a short window.
class Sum {
 public:
  void add(double term) {
    const double next = sum_ + term;
    rest_ += std::abs(sum_) >= std::abs(term) ? (sum_ - next) + term : (term - next) + sum_;
    sum_ = next;
  }
  [[nodiscard]] double value() const { return sum_ + rest_; }

 private:
  double sum_ = 0;
  double rest_ = 0;
};

}  // namespace

Integral::Integral(std::vector<double> seconds, std::vector<double> values, Sampling sampling,
                   double interval)
    : seconds_(std::move(seconds)), values_(std::move(values)), sampling_(sampling) {
  OPLINE_ASSERT(!seconds_.empty() && seconds_.size() == values_.size(), "{} times, {} values",
                seconds_.size(), values_.size());
  OPLINE_ASSERT(interval > 0, "an interval of {} s", interval);
  sums_.reserve(seconds_.size());
  Sum sum;
  sums_.push_back(0);
  for (std::size_t i = 1; i < seconds_.size(); ++i) {
    const double value =
        sampling_ == Sampling::mean ? values_[i] : (values_[i - 1] + values_[i]) / 2;
    sum.add(value * (seconds_[i] - seconds_[i - 1]));
    sums_.push_back(sum.value());
  }
}

double Integral::until(double time) const {
  if (time <= seconds_.front()) return values_.front() * (time - seconds_.front());
  if (time >= seconds_.back()) return sums_.back() + values_.back() * (time - seconds_.back());
  return sampling_ == Sampling::mean ? means_until(time) : instants_until(time);
}

double Integral::instants_until(double time) const {
  const auto after = static_cast<std::size_t>(
      std::upper_bound(seconds_.begin(), seconds_.end(), time) - seconds_.begin());
  const std::size_t i = after - 1;
  const double share = (time - seconds_[i]) / (seconds_[after] - seconds_[i]);
  const double value = values_[i] + share * (values_[after] - values_[i]);
  return sums_[i] + (values_[i] + value) / 2 * (time - seconds_[i]);
}

double Integral::means_until(double time) const {
  const auto after = static_cast<std::size_t>(
      std::upper_bound(seconds_.begin(), seconds_.end(), time) - seconds_.begin());
  return sums_[after - 1] + values_[after] * (time - seconds_[after - 1]);
}

}  // namespace opline::energy
