// src/base/sink.h - a content that is written part by part, so that it need not be in memory as a
// whole.
#pragma once
#include <filesystem>
#include <functional>
#include <iosfwd>
#include <string_view>

namespace opline {

/// Takes the next part of a content.
using Sink = std::function<void(std::string_view)>;

/// write_output() (output.h) of the parts that `produce` hands to the sink. What it throws leaves a
/// regular file as it was.
void write_output(const std::filesystem::path& path,
                  const std::function<void(const Sink& sink)>& produce,
                  std::ostream& standard_output);

}  // namespace opline
