// src/report/profile/timeline.h - calls over time, as the JSON of Chrome's trace viewer, which
// Perfetto opens (docs/formats/timeline.md).
#pragma once
#include <string>

#include "src/report/profile/profile_view.h"

namespace opline::report {

/// Layers in one track, functions in another. One line for each event.
[[nodiscard]] std::string timeline_json(const ProfileView& view);

}  // namespace opline::report
