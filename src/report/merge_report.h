// src/report/merge_report.h - what a merge did, as text and JSON.
//
//   a.db: 667 outcomes, 667 new (n1, opline 0.1.0)
//   b.db: 667 outcomes, 666 new (n2, opline 0.1.0)
//   study.db: 1333 outcomes of 1333 networks under 1 setup, 2000 draws of 1 campaign
//   content 3f0c6c6cf3a0...
#pragma once
#include <string>

#include "src/base/json.h"
#include "src/store/merge.h"

namespace opline::report {

/// `file`: the study that the parts were merged into. Ends with a newline. Of a merge that was
/// refused: a line per conflict.
[[nodiscard]] std::string in_words(const store::Merged& merged, const std::string& file);

/// {"format": "opline-merge", "version": 1, "study", "refused", "parts": [{"file", "content",
/// "host" (or null), "created_by", "created_at", "outcomes", "added", "fits_left_out",
/// "conflicts": [{"network", "setup", "board", "there", "there_file", "here"}]}], "content": null
/// where it was refused, else {"digest", "spaces", "networks", "setups", "campaigns", "draws",
/// "outcomes"}}.
[[nodiscard]] Json to_json(const store::Merged& merged, const std::string& file);

}  // namespace opline::report
