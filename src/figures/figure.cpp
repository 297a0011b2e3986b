#include "src/figures/figure.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "src/base/error.h"

namespace opline::figures {
namespace {

using Kind = Element::Kind;

bool finite(const std::vector<double>& values) {
  return std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); });
}

/// The vectors that an element of this kind uses, all of one length.
bool complete(const Element& one) {
  const std::size_t n = std::max(one.x.size(), one.y.size());
  const bool bins = one.kind == Kind::bins;
  const bool places =
      bins || one.kind == Kind::points || one.kind == Kind::line || one.kind == Kind::guide;
  const bool spans = bins || one.kind == Kind::band || one.kind == Kind::bars;
  return one.x.size() == (one.kind == Kind::bars ? 0 : n) &&
         one.y.size() == (places || one.kind == Kind::bars ? n : 0) &&
         one.low.size() == (spans ? n : 0) && one.high.size() == (spans ? n : 0) &&
         one.bottom.size() == (bins ? n : 0) && one.top.size() == (bins ? n : 0) &&
         (bins ? one.counts.size() == n : one.counts.empty() || one.counts.size() == n) &&
         (one.labels.empty() || one.labels.size() == n);
}

}  // namespace

std::string format_of(const Figure& figure) {
  return fmt::format("opline-{}-figure 2", figure.kind);
}

void require_drawable(const Figure& figure) {
  bool any = false;
  for (const Element& one : figure.elements) {
    if (!complete(one))
      throw Error(
          ErrorCode::input,
          "figure: the element '{}' has {} x, {} y, {} low and {} high values; give as many "
          "of each that it needs",
          one.role, one.x.size(), one.y.size(), one.low.size(), one.high.size());
    if (!finite(one.x) || !finite(one.y) || !finite(one.low) || !finite(one.high))
      throw Error(ErrorCode::input, "figure: a value of '{}' is not a finite number; leave it out",
                  one.role);
    any = any || !one.x.empty() || !one.y.empty();
  }
  if (!any)
    throw Error(ErrorCode::input,
                "figure: there is nothing to draw; measure networks that fit the "
                "board");
}

}  // namespace opline::figures
