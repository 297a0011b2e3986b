// src/figures/figure.h - a figure as plain data: axes, what is drawn between them, what is written.
//
// A figure knows nothing about series, boards or studies. Whoever makes one lists its elements;
// drawing (image_file.h) and its numbers (figure_csv.h) follow from the same data, so that a
// picture and the CSV file beside it cannot differ.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "src/figures/axis.h"

namespace opline::figures {

/// Something drawn in the frame, in base units of the axes.
struct Element {
  enum class Kind {
    points,  ///< A marker at each (x, y). Very many are drawn as bins (binning.h).
    bins,    ///< Rectangles around (x, y), darker where `counts` is larger.
    line,    ///< A line through (x, y), in order; each pen has its own dashes.
    guide,   ///< The same, thin and dashed: limits, diagonals, references.
    band,    ///< The area between `low` and `high` (y) along x.
    bars,    ///< A horizontal bar from `low` to `high` (x) at each y, a category.
    rug,     ///< A short line at the lower end of the frame at each x.
  };
  Kind kind = Kind::points;
  std::string role;     ///< What it is, in the CSV: "networks", "line", "prediction interval".
  std::string series;   ///< What it belongs to, in the CSV; may be empty.
  std::string legend;   ///< In the legend; empty: not in it.
  std::size_t pen = 0;  ///< Colour, marker and dashes: 0 to 7, further ones begin again.
  bool filled = false;  ///< Points: filled markers. Open ones cover less of each other.
  /// Whether the axes are made long enough for it. References need not be: they are cut off.
  bool widens_axes = true;
  std::vector<double> x, y;           ///< Of bars y only; of bands and rugs x only.
  std::vector<double> low, high;      ///< Of bands (y) and bars (x); of bins their edges (x).
  std::vector<double> bottom, top;    ///< Of bins: their edges (y).
  std::vector<std::uint64_t> counts;  ///< How many points a bin or a stroke stands for; else empty.
  std::vector<std::string> labels;    ///< Names of the points or bars, in the CSV; may be empty.
};

/// A text beside a place in the frame.
struct Mark {
  double x = 0, y = 0;
  std::string text;
};

struct Figure {
  std::string kind;   ///< "latency", "residuals", ...: part of the file's format.
  std::string title;  ///< Of the document. Drawn above the frame only where the options ask for it.
  Axis x, y;
  bool same_ranges = false;        ///< Both axes have one range: for the same quantity on both.
  std::vector<Element> elements;   ///< In the order they are drawn; at least one with a value.
  std::vector<std::string> notes;  ///< Short lines: inside the frame where they cover nothing, else
                                   ///< below it.
  std::vector<Mark> marks;
  std::vector<std::string> caption;  ///< Below the frame: scope and what the elements mean.
  std::string provenance;            ///< Command and study, for the file's note. May be empty.
};

/// "opline-latency-figure 2": the format that files of the figure name.
[[nodiscard]] std::string format_of(const Figure& figure);

/// Throws Error{input} for a figure without values, with values that are not finite, or with
/// vectors of different lengths in one element.
void require_drawable(const Figure& figure);

}  // namespace opline::figures
