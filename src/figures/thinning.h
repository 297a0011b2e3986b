// src/figures/thinning.h - of points that lie on each other, those worth drawing.
#pragma once
#include <cstddef>
#include <vector>

namespace opline::figures {

struct Thinned {
  std::vector<std::size_t> kept;  ///< In their order.
  double cell = 0;  ///< A point that is left out has a kept one in its cell, this wide and high; 0
                    ///< where all are kept.
};

/// Keeps the first point of each cell of a grid over the page, the finest of a few grids that keep
/// at most `most` points. Up to `most` points are all kept. `x`, `y` and `finest` in pt.
[[nodiscard]] Thinned thin_out(const std::vector<double>& x, const std::vector<double>& y,
                               std::size_t most, double finest);

}  // namespace opline::figures
