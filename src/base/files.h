// src/base/files.h - whole files, and where opline's own resources are.
#pragma once
#include <filesystem>
#include <string>
#include <string_view>

namespace opline {

/// The whole content of `path`. Throws Error{io} naming the path and the reason.
[[nodiscard]] std::string read_file(const std::filesystem::path& path);

/// Replaces `path` by `content` in one step (written beside it, flushed, renamed), so that a reader
/// sees the old or the new file and never a part. Makes missing folders. Throws Error{io}.
void write_file_atomically(const std::filesystem::path& path, std::string_view content);

/// The folder that holds `data/` and `firmware/`: $OPLINE_HOME, else beside the running program,
/// else one level above it, else ../share/opline. Throws Error{missing_tool} that lists the places
/// it looked.
[[nodiscard]] std::filesystem::path resource_root();

/// `resource_root() / relative`. Throws Error{missing_tool} when there is no such file.
[[nodiscard]] std::filesystem::path resource(const std::filesystem::path& relative);

}  // namespace opline
