// src/report/html/page_data.h - what the page's script draws and filters: points, lines, layers.
#pragma once
#include <vector>

#include "src/base/json.h"
#include "src/evaluation/judge.h"
#include "src/evaluation/series_fit.h"

namespace opline::report::html {

/// A page of more networks would be slow to open: about 100 bytes each, and a point in a browser's
/// canvas. Of a series with more, the first are shown.
inline constexpr std::size_t kMostNetworksShown = evaluation::kMostNetworksWithLayers;

/// Keys: format, version, networks (network_dictionary.h) and series, a list of
///   space, board, prior, runner, setup, clock_hz   clock_hz is null where it is not known
///   line      null, or slope (seconds per op), intercept (seconds) and curve: positions on the
///             ops axis, each [ops, seconds, lower and upper end of the prediction interval]; the
///             ends are null for a whole enumeration
///   networks  column: number of each measured network, at most kMostNetworksShown
///   measured  how many networks have a latency
///   seconds   column: its latency
///   cycles    column: cycles of the networks' layers, one network after the other; 0 = unknown;
///             null where no layer has any
/// Columns are those of typed_column.h.
[[nodiscard]] Json page_data(const std::vector<evaluation::SeriesFit>& fits);

}  // namespace opline::report::html
