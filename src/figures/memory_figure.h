// src/figures/memory_figure.h - SRAM over time: what is live in the arena while each layer runs.
//
// A bar a layer in the order of execution, stacked from what the layer reads, writes and scribbles
// on and from tensors that wait for a later layer; a line for what the device has. Drawn by gnuplot
// in the colours of pen.h.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "src/figures/image_file.h"

namespace opline::figures {

/// Live bytes while one layer runs; parts do not overlap.
struct LayerMemory {
  std::string name;           ///< "conv2d 49x10x84", shown below its bar.
  std::uint64_t inputs = 0;   ///< Tensors that it reads.
  std::uint64_t output = 0;   ///< The tensor that it writes.
  std::uint64_t scratch = 0;  ///< Its own working memory.
  std::uint64_t waiting = 0;  ///< Tensors that a later layer reads.
  [[nodiscard]] std::uint64_t total() const { return inputs + output + scratch + waiting; }
};

struct MemoryFigure {
  std::string title;                ///< "SRAM over time: kws-s".
  std::string subtitle;             ///< Runtime and network; may be empty.
  std::vector<LayerMemory> layers;  ///< 1 to 512, in order of execution.
  /// Bytes that the memory plan takes for activations: the peak of the bars plus what could not be
  /// packed.
  std::uint64_t planned = 0;
  std::optional<std::uint64_t> available;  ///< Bytes that a device leaves for activations.
  std::string device;                      ///< Whose `available` that is.
  std::string provenance;                  ///< Command, for the file's note. May be empty.
};

/// Draws `figure` into `path` as write_image() does. Throws as it does, and Error{input} without
/// layers or for more than 512.
void write_memory_figure(const std::filesystem::path& path, const MemoryFigure& figure,
                         const FigureOptions& options = {});

}  // namespace opline::figures
