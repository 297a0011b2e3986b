// src/report/profile/flame_graph.h - where the cycles went by path of calls: as a flame graph, and
// as the folded stacks that other flame graph tools read.
#pragma once
#include <string>

#include "src/report/profile/profile_view.h"

namespace opline::report {

/// One line for each path with cycles of its own: "main;layer 0 conv;opline_conv_1x1 1234". The
/// cycles of all lines add up to those of the profile.
[[nodiscard]] std::string folded_stacks(const ProfileView& view);

/// A self-contained SVG, callers below callees. Widths are proportional to inclusive cycles;
/// the tooltip of a box has its cycles, share and instructions. Paths narrower than a third of a
/// pixel are left out.
[[nodiscard]] std::string flame_graph_svg(const ProfileView& view);

}  // namespace opline::report
