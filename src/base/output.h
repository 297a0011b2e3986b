// src/base/output.h - files that are written.
//
// A regular file is replaced in one step; what is not one (a device, a FIFO, a descriptor such as
// /dev/stdout) is written into and never replaced.
#pragma once
#include <filesystem>
#include <iosfwd>
#include <string_view>

namespace opline {

/// Makes `content` the content of `path`. Makes missing folders. Throws Error{io}.
/// - A regular file, or none yet: written beside it, flushed to the disk and renamed, so that a
/// reader
///   sees the old or the new file and never a part. An existing file keeps its permissions; one
///   that may not be written is refused.
/// - A symbolic link: the file it points to, existing or not; the link stays.
/// - A device or a FIFO: written into; an error leaves what was written so far.
/// - A descriptor of this process (/dev/stdout, /dev/fd/3): written where it stands, even where it
/// is a
///   regular file, as a shell's redirection expects. Flush streams that share it first.
void write_file_atomically(const std::filesystem::path& path, std::string_view content);

/// The same for an option such as `--out`: "-" stands for `standard_output`, which is flushed
/// before and after. A file named "-" is "./-". Throws Error{io}.
void write_output(const std::filesystem::path& path, std::string_view content,
                  std::ostream& standard_output);

}  // namespace opline
