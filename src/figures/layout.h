// src/figures/layout.h - where everything in a figure goes, before anything is drawn.
//
// Lengths are in pt from the lower left corner of the page. The frame takes what ticks, labels and
// caption leave. The block of legend and notes is inside the frame, in a corner where it covers no
// point, line or band. If every corner has some, the y axis is extended to make room; if that would
// take too much of the frame, the notes go below it.
#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "src/figures/figure.h"
#include "src/figures/figure_options.h"

namespace opline::figures {

/// A row of the block: how an element looks and its name, or a note.
struct BlockRow {
  const Element* element = nullptr;  ///< Null for a note.
  std::string text;
};

struct Block {
  std::vector<BlockRow> rows;
  double left = 0, top = 0, width = 0, height = 0;
  double row_height = 0;
  double sample_width = 0;  ///< Before the text of every row; 0 where no row has an element.
};

struct Layout {
  double width = 0, height = 0;                     ///< Of the page.
  double left = 0, right = 0, bottom = 0, top = 0;  ///< Edges of the frame.
  double font = 0, tick_font = 0, note_font = 0, caption_font = 0;
  AxisRange x, y;
  std::vector<Tick> x_ticks, y_ticks;
  Block block;
  std::vector<std::string> below;  ///< Lines of notes and caption below the frame.

  /// A named y axis has its first name on top.
  bool y_downward = false;
  [[nodiscard]] double page_x(double value) const;
  [[nodiscard]] double page_y(double value) const;
};

/// `figure` and `options` are valid (require_drawable(), require_size()); `last` is a further line
/// of the caption, also where captions are not drawn. The result refers to `figure`.
[[nodiscard]] Layout lay_out(const Figure& figure, const FigureOptions& options,
                             const std::string& last = {});

/// The units that the axes of the figure will have, for what is written about it; known once its
/// elements are.
[[nodiscard]] Unit x_unit_of(const Figure& figure);
[[nodiscard]] Unit y_unit_of(const Figure& figure);

}  // namespace opline::figures
