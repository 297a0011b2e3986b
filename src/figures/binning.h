// src/figures/binning.h - of very many points, how many lie where.
//
// Beyond some thousands, markers cover each other and a file holds what nobody can see: an SVG of a
// million points does not open. Such an element is drawn as square bins of one size on the page,
// darker where there are more points; the figure's CSV file has the same bins with their counts.
#pragma once
#include <cstddef>

#include "src/figures/figure.h"
#include "src/figures/figure_options.h"

namespace opline::figures {

/// Elements with more points than this are binned.
inline constexpr std::size_t kMostPoints = 12'000;
/// Of one element, about.
inline constexpr std::size_t kMostBins = 12'000;

/// The figure with bins in place of points, and fewer strokes in a rug, where there are more than
/// kMostPoints. A caption and the legend say what the bins are. Bins are squares of the page that
/// lay_out(figure, options) gives; the counts of an element's bins add up to its points. Throws as
/// require_size() and require_drawable().
[[nodiscard]] Figure binned(const Figure& figure, const FigureOptions& options);

}  // namespace opline::figures
