// src/report/profile/callgrind.h - a profile in Callgrind's format, for KCachegrind and
// callgrind_annotate.
//
// Format: Valgrind's manual, "Callgrind Format Specification". Events are cycles, instructions and
// each cause of cycles; positions are addresses and lines.
#pragma once
#include <string>

#include "src/report/profile/profile_view.h"

namespace opline::report {

[[nodiscard]] std::string callgrind_text(const ProfileView& view);

}  // namespace opline::report
