// runners/simulator/translate/runtime_text.h - pace.h and all that it includes, as this program was
// built with it: what code that is compiled while opline runs begins with.
//
// Part of the program, so that it cannot differ from the functions and the layouts that the program
// has, and needs no headers where opline is installed.
#pragma once
#include <string_view>

namespace opline::simulator {

/// Preprocessed by GCC but for its macros (-E -fdirectives-only). Empty in builds without
/// translation (OPLINE_TRANSLATE=OFF, sanitizers, other compilers).
[[nodiscard]] std::string_view runtime_text();

}  // namespace opline::simulator
