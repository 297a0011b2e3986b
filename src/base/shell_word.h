// src/base/shell_word.h - an argument as a POSIX shell reads it.
#pragma once
#include <string>

namespace opline {

/// One word for a POSIX shell: as it is, or in single quotes, in which it interprets nothing.
[[nodiscard]] std::string shell_word(const std::string& argument);

}  // namespace opline
