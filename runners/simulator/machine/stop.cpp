#include "runners/simulator/machine/stop.h"

namespace opline::simulator {

const char* to_text(StopReason reason) {
  switch (reason) {
    case StopReason::running:
      return "running";
    case StopReason::waiting_for_input:
      return "waiting for input";
    case StopReason::budget_exhausted:
      return "budget exhausted";
    case StopReason::breakpoint:
      return "breakpoint";
    case StopReason::fault:
      return "fault";
    case StopReason::unknown_instruction:
      return "unknown instruction";
    case StopReason::stack_overflow:
      return "stack overflow";
    case StopReason::endless_loop:
      return "endless loop";
    case StopReason::exited:
      return "exited";
  }
  return "?";
}

bool is_error(StopReason reason) {
  return reason == StopReason::fault || reason == StopReason::unknown_instruction ||
         reason == StopReason::stack_overflow;
}

}  // namespace opline::simulator
