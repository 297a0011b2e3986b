// analysis/numerics/double_double.h - sums and products with about 32 decimal digits.
//
// An unevaluated sum high + low with |low| <= ulp(high) / 2: error-free sum after Knuth, error-free
// product by fused multiply-add. Accuracy of such arithmetic: Joldes, Muller, Popescu, "Tight and
// rigorous error bounds for basic building blocks of double-word arithmetic", ACM TOMS 44(2), 2017.
// Valid for finite values away from overflow and underflow, and without -ffast-math.
#pragma once
#include <cmath>

namespace opline::analysis {

struct DoubleDouble {
  double high = 0;
  double low = 0;

  DoubleDouble() = default;
  DoubleDouble(double value)
      : high(value) {}  // NOLINT(google-explicit-constructor): every double is one exactly
  [[nodiscard]] double value() const { return high + low; }

  /// a + b exactly.
  static DoubleDouble sum(double a, double b) {
    const double s = a + b;
    const double from_b = s - a;
    return {s, (a - (s - from_b)) + (b - from_b)};
  }
  /// a * b exactly.
  static DoubleDouble product(double a, double b) {
    const double p = a * b;
    return {p, std::fma(a, b, -p)};
  }

  friend DoubleDouble operator+(const DoubleDouble& a, const DoubleDouble& b) {
    DoubleDouble s = sum(a.high, b.high);
    const DoubleDouble t = sum(a.low, b.low);
    s = normalised(s.high, s.low + t.high);
    return normalised(s.high, s.low + t.low);
  }
  friend DoubleDouble operator-(const DoubleDouble& a) { return {-a.high, -a.low}; }
  friend DoubleDouble operator-(const DoubleDouble& a, const DoubleDouble& b) { return a + -b; }
  friend DoubleDouble operator*(const DoubleDouble& a, const DoubleDouble& b) {
    const DoubleDouble p = product(a.high, b.high);
    const double cross = std::fma(a.low, b.high, std::fma(a.high, b.low, a.low * b.low));
    return normalised(p.high, p.low + cross);
  }
  friend DoubleDouble operator/(const DoubleDouble& a, const DoubleDouble& b) {
    const double first = a.high / b.high;
    const double second = (a - b * first).value() / b.high;
    return normalised(first, second);
  }
  DoubleDouble& operator+=(const DoubleDouble& other) { return *this = *this + other; }

 private:
  DoubleDouble(double h, double l) : high(h), low(l) {}
  /// |a| >= |b| or a = 0.
  static DoubleDouble normalised(double a, double b) {
    const double s = a + b;
    return {s, b - (s - a)};
  }
};

}  // namespace opline::analysis
