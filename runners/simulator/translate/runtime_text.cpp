#include "runners/simulator/translate/runtime_text.h"

#ifdef OPLINE_RUNTIME_TEXT

// The assembler includes the file; a compiler takes long for a literal of megabytes.
asm(".pushsection .rodata\n"
    "opline_runtime_text_begin:\n"
    ".incbin \"" OPLINE_RUNTIME_TEXT
    "\"\n"
    "opline_runtime_text_end:\n"
    ".globl opline_runtime_text_begin, opline_runtime_text_end\n"
    ".popsection\n");

extern "C" const char opline_runtime_text_begin[], opline_runtime_text_end[];

namespace opline::simulator {
std::string_view runtime_text() { return {opline_runtime_text_begin, opline_runtime_text_end}; }
}  // namespace opline::simulator

#else

namespace opline::simulator {
std::string_view runtime_text() { return {}; }
}  // namespace opline::simulator

#endif
