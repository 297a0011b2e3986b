// runners/firmware_identity.h - which firmware a board executes, as its setup says. Internal to the
// module.
#pragma once
#include <filesystem>
#include <string>

#include "runners/device_session.h"
#include "runners/simulator/machine/elf_image.h"
#include "src/board/board.h"
#include "src/measure/request.h"
#include "src/measure/runtime.h"

namespace opline::runners {

/// Digest of what reaches the board. Symbols and line numbers do not, and change no cycle.
[[nodiscard]] std::string loaded_digest(const simulator::ElfImage& image);

/// `check`: of a .tflite; another check gives `measured` another meaning.
[[nodiscard]] measure::Runtime runtime_of(const Capabilities& capabilities,
                                          measure::OutputCheck check);

}  // namespace opline::runners
