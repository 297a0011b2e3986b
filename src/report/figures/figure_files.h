// src/report/figures/figure_files.h - a figure as files: pictures, and its numbers as CSV.
#pragma once
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "src/figures/figure.h"
#include "src/figures/figure_options.h"

namespace opline::report {

/// What is written of a figure, and how it looks.
struct FigureOutput {
  figures::FigureOptions look;
  std::vector<figures::ImageFormat> images = {figures::ImageFormat::svg, figures::ImageFormat::png};
  bool numbers = true;  ///< Also a .csv file.
  /// Called with each path before anything is written, to refuse it by throwing.
  std::function<void(const std::filesystem::path&)> check = {};
};

/// Writes `stem` with the extension of each image, and .csv; returns the paths in this order.
/// `stem` may have folders, which are made. Throws as figures::write_image().
std::vector<std::string> write_figure(const figures::Figure& figure,
                                      const std::filesystem::path& stem,
                                      const FigureOutput& output = {});

/// The same for the name of one file, e.g. "sram.pdf": that image, and its numbers beside it.
std::vector<std::string> write_figure_as(const figures::Figure& figure,
                                         const std::filesystem::path& path, FigureOutput output);

}  // namespace opline::report
