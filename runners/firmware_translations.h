// runners/firmware_translations.h - the kernels of opline's images, translated when opline is
// built.
#pragma once
#include <span>

#include "runners/simulator/translate/translation.h"

namespace opline::runners {

/// Empty in builds without translation (OPLINE_TRANSLATE=OFF, sanitizers).
[[nodiscard]] std::span<const simulator::Translation* const> firmware_translations();

}  // namespace opline::runners
