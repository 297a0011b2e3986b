// src/report/cost_model_view.h - what was fitted and judged, as a cost model that a search loads.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "sampler/space/space.h"
#include "src/costmodel/cost_model.h"
#include "src/evaluation/judged_model.h"

namespace opline::report {

/// Models that are left out for the same reason.
struct LeftOutModels {
  std::string why;
  std::vector<std::string> titles;  ///< "latency, lookup".
};

struct CostModelView {
  costmodel::CostModel file;  ///< Its models may be empty: then there is nothing to write.
  std::vector<LeftOutModels> left_out;  ///< By reason, in the order of the models.
  bool not_valid_left_out = false;      ///< Some of them are judged not valid.
};

/// `models`: of `series`. Models that could not be fitted are left out, and those judged not valid
/// unless `allow_not_valid`, which the file then says of each. `space` where it is known.
[[nodiscard]] CostModelView cost_model_view(const evaluation::Series& series,
                                            const std::vector<evaluation::JudgedModel>& models,
                                            const std::optional<sampler::Space>& space,
                                            bool allow_not_valid,
                                            const costmodel::Provenance& provenance);

/// What the file holds, one line per model: kind, held-out error, margin, verdict. Ends with a
/// newline.
[[nodiscard]] std::string text_of(const costmodel::CostModel& file);

}  // namespace opline::report
