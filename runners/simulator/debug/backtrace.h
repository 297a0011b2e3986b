// runners/simulator/debug/backtrace.h - which calls led to where a machine is.
//
// Works without debug information: a word of the stack is the return address of a call when it is
// odd, in code, and behind a BL or BLX there; of these, the next caller is the first whose BL goes
// to the function below it in the chain. Where none does (the function was reached by a jump from
// another one), the first return address of any call is taken, and the frame says so. An
// EXC_RETURN leads through the exception's frame (DDI 0403, B1.5.6) to the code that was
// interrupted.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "runners/simulator/machine/machine.h"

namespace opline::simulator {

struct Frame {
  std::uint32_t address = 0;  ///< Of the next instruction; in callers, of the call.
  bool certain = true;        ///< The call goes to the function of the frame before.
  unsigned interrupted = 0;   ///< The exception that interrupted the code here; 0: none.
};

/// The innermost frame first; at most `most`.
[[nodiscard]] std::vector<Frame> backtrace(const Machine& machine, std::size_t most = 32);

/// "#0  0x08001234 in conv_1x1+0x24", one per line.
[[nodiscard]] std::string backtrace_text(const std::vector<Frame>& frames, const ElfImage& image);

}  // namespace opline::simulator
