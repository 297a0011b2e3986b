// src/base/files.h - whole files, and where opline's own resources are.
//
// A file is read whole or refused: a part of it, cut off by a failing disk, a lack of memory or
// another program that rewrites it, must not look like a shorter file. Writing is
// src/base/output.h.
#pragma once
#include <filesystem>
#include <string>

#include "src/base/output.h"

namespace opline {

/// The whole content of `path`. A FIFO, a terminal or another stream is read to its end, up to 256
/// MiB
/// (`cmd | opline ... /dev/stdin`, or a shell's `<(cmd)`); it blocks until its writer comes.
/// Throws Error{io} naming the path and the reason: missing, a folder, unreadable, a read error, a
/// file that changed size meanwhile, too little memory.
[[nodiscard]] std::string read_file(const std::filesystem::path& path);

/// The folder that holds `data/` and `firmware/`: $OPLINE_HOME, else beside the running program,
/// else one level above it, else ../share/opline. Throws Error{missing_tool} that lists the places
/// it looked.
[[nodiscard]] std::filesystem::path resource_root();

/// `resource_root() / relative`. Throws Error{missing_tool} when there is no such file.
[[nodiscard]] std::filesystem::path resource(const std::filesystem::path& relative);

}  // namespace opline
