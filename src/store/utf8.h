// src/store/utf8.h - texts from a file that others may have changed. Internal to the module.
#pragma once
#include <string>
#include <string_view>

namespace opline::store {

/// Whether `bytes` are well-formed UTF-8 (Unicode 15, table 3-7: no overlong forms, surrogates or
/// values above U+10FFFF).
[[nodiscard]] bool is_utf8(std::string_view bytes);

}  // namespace opline::store
