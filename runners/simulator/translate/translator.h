// runners/simulator/translate/translator.h - writes an image's loops as C++ for the host's
// compiler.
//
// One function of C++ per function of the image that has a loop or is called from one. What an
// instruction does is an operation of execute/semantics, the same that the interpreter executes,
// here with operands that are constants; what it costs was decided by the decoder (isa/prepare.h).
// Everything rare is left to the interpreter: calls, returns, floating point, and whatever stops.
#pragma once
#include <set>
#include <string>

#include "runners/simulator/machine/machine.h"

namespace opline::simulator {

/// C++ that defines `extern const Translation <symbol>` in namespace opline::simulator, for what
/// `machine` executes, to be compiled behind pace.h. Only functions of these names, or all when
/// there are none. Throws Error{input} where the image has no such function or none with a loop.
[[nodiscard]] std::string translate(const Machine& machine, const std::string& symbol,
                                    const std::set<std::string>& names = {});

}  // namespace opline::simulator
