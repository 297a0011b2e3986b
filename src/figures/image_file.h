// src/figures/image_file.h - from a gnuplot script to a picture file that says who made it.
#pragma once
#include <filesystem>
#include <functional>
#include <iosfwd>
#include <string>

namespace opline::figures {

enum class ImageFormat { svg, png };

struct FigureOptions {
  int width = 1200;                 ///< Pixels, 600 ... 10000.
  int height = 800;                 ///< Pixels, 500 ... 10000.
  std::string program = "gnuplot";  ///< Looked up in PATH, or a path.
};

/// What stands inside the file, besides the picture (image_note.h).
struct ImageNote {
  std::string format;      ///< "opline-latency-figure 1": the figure's kind and version.
  std::string title;       ///< Of an SVG document.
  std::string provenance;  ///< Command and study; may be empty.
};

/// Draws into `path`, as SVG or PNG after its extension, in one step: a reader sees the old file or
/// the new. `write_script` writes gnuplot's commands and data, without a `set output`. Throws
/// Error{usage} for another extension or size; Error{missing_tool} without gnuplot; Error{io} when
/// gnuplot fails (with its message) or the file cannot be written. What `write_script` throws
/// passes through.
void write_image(const std::filesystem::path& path, const FigureOptions& options,
                 const ImageNote& note,
                 const std::function<void(std::ostream& script, ImageFormat format)>& write_script);

}  // namespace opline::figures
