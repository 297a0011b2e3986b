// src/report/space_report.h - a search space as text: `opline spaces`.
#pragma once
#include <string>

#include "sampler/draw/space_view.h"

namespace opline::report {

/// Name and title.
[[nodiscard]] std::string in_one_line(const sampler::SpaceView& view);
/// Backbone, decisions and size (sampler::to_text()). Titles and names of a file are shown as
/// printable text.
[[nodiscard]] std::string in_words(sampler::SpaceView view);

}  // namespace opline::report
