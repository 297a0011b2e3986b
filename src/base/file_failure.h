// src/base/file_failure.h - what goes wrong with files, as errors. Private to src/base.
#pragma once
#include <filesystem>
#include <string>
#include <string_view>

namespace opline {

/// Throws Error{io} "path: what".
[[noreturn]] void fail_on(const std::filesystem::path& path, const std::string& what);
/// Throws Error{io} "path: what (reason)" with the reason that errno holds.
[[noreturn]] void fail_by_errno(const std::filesystem::path& path, std::string_view what);

}  // namespace opline
