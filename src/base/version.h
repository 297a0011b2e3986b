// src/base/version.h - what this build of opline calls itself in provenance.
#pragma once
#include <string_view>

namespace opline {

/// "0.1.0".
[[nodiscard]] std::string_view version();

}  // namespace opline
