#include "src/figures/latency_figure.h"

#include <algorithm>
#include <cmath>

#include "src/base/error.h"
#include "src/figures/latency_script.h"
#include "src/figures/latency_text.h"

namespace opline::figures {
namespace {

void require_drawable(const LatencySeries& series, std::size_t number) {
  if (series.ops.empty()) {
    throw Error(ErrorCode::input,
                "figure: series {} has no points; measure networks that fit the board", number);
  }
  if (series.ops.size() != series.seconds.size()) {
    throw Error(ErrorCode::input,
                "figure: series {} has {} ops and {} latencies; give one latency for each", number,
                series.ops.size(), series.seconds.size());
  }
  const bool finite = std::all_of(series.ops.begin(), series.ops.end(),
                                  [](double v) { return v >= 0 && std::isfinite(v); }) &&
                      std::all_of(series.seconds.begin(), series.seconds.end(),
                                  [](double v) { return std::isfinite(v); });
  if (!finite) {
    throw Error(ErrorCode::input,
                "figure: series {} has ops or latencies that are no numbers or negative ops; {}",
                number, "leave those networks out");
  }
}

void require_drawable(const LatencyFigure& figure) {
  if (figure.series.empty() || figure.series.size() > 8) {
    throw Error(ErrorCode::input, "figure: {} series; draw 1 to 8 in one figure",
                figure.series.size());
  }
  for (std::size_t i = 0; i < figure.series.size(); ++i) require_drawable(figure.series[i], i + 1);
}

constexpr const char* kFormat = "opline-latency-figure 1";

}  // namespace

const char* to_string(Origin origin) {
  switch (origin) {
    case Origin::simulated:
      return "simulated";
    case Origin::measured:
      return "measured";
    case Origin::imported:
      return "imported";
  }
  OPLINE_ASSERT(false, "origin {}", static_cast<int>(origin));
  return "";
}

void write_latency_figure(const std::filesystem::path& path, const LatencyFigure& figure,
                          const FigureOptions& options) {
  require_drawable(figure);
  write_image(path, options, {kFormat, title(figure), figure.provenance},
              [&](std::ostream& script, ImageFormat format) {
                write_latency_script(script, figure, options, format);
              });
}

}  // namespace opline::figures
