// src/figures/latency_figure.h - latency against ops, the picture of a study.
//
// Points of one or several series, the fitted line, the confidence band of its mean and the
// prediction interval; the equation with its interval; what was drawn, what fits and what was
// measured; and beside it the runtime, the board, the prior and the word simulated, measured or
// imported. Drawn by gnuplot through gnuplot-iostream. Colours are those of Okabe and Ito, which
// colour-blind readers tell apart. The legend stands above the plot, so that it never covers a
// point. The same figure gives the same picture with the same gnuplot; it holds no date.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "analysis/regression/regression.h"
#include "src/figures/image_file.h"

namespace opline::figures {

/// Where latencies come from. `measured` means an attached board.
enum class Origin { simulated, measured, imported };
/// "simulated", "measured", "imported".
[[nodiscard]] const char* to_string(Origin origin);

/// The networks of one setup. Names are shown as they are; a missing one is shown as "not stated".
struct LatencySeries {
  std::vector<double> ops;                 ///< >= 0, finite.
  std::vector<double> seconds;             ///< One for each of `ops`; finite.
  std::optional<analysis::LinearFit> fit;  ///< Of `seconds` on `ops`; without it points only.
  std::optional<std::string> space;
  std::optional<std::string> board;
  std::optional<std::string> runtime;
  std::optional<std::string> prior;
  Origin origin = Origin::simulated;
  std::optional<std::uint64_t> drawn;      ///< Draws from the prior,
  std::optional<std::uint64_t> different;  ///< and the different networks among them.
  std::optional<std::uint64_t> fitting;  ///< Of these, within flash and SRAM; measured: ops.size().
  std::uint64_t pending = 0;             ///< Of the different ones: not measured yet.
  bool whole_enumeration = false;  ///< Every network of the space is there: no intervals are shown.
};

struct LatencyFigure {
  std::string title;  ///< Empty: made from what the series share, e.g. "Latency against ops: kws on
                      ///< nucleo-f446re".
  std::vector<LatencySeries> series;  ///< 1 to 8.
  std::vector<std::string> remarks;  ///< Appended to the line below the title, e.g. "uncalibrated".
  std::string provenance;            ///< Command and study, for the file's note. May be empty.
};

/// Draws `figure` into `path`, as write_image() does; the height grows with the number of series
/// where the legend needs it. Throws as it does, and Error{input} for a series without points, of
/// unequal lengths or with values that are not finite, or for more than 8 series.
void write_latency_figure(const std::filesystem::path& path, const LatencyFigure& figure,
                          const FigureOptions& options = {});

}  // namespace opline::figures
