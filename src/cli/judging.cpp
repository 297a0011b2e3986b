#include "src/cli/judging.h"

#include <algorithm>

#include "src/base/error.h"
#include "src/base/parallel.h"

namespace opline::cli {

evaluation::JudgeOptions judge_options(const Options& options) {
  evaluation::JudgeOptions wanted;
  const std::optional<std::string> thresholds = options.optional_text("thresholds");
  wanted.thresholds =
      thresholds ? evaluation::read_thresholds(*thresholds) : evaluation::shipped_thresholds();
  wanted.threads = processors();
  return wanted;
}

int exit_code_of(const std::vector<evaluation::Judgement>& all) {
  using analysis::Ruling;
  const auto ruled = [&](Ruling ruling) {
    return std::any_of(all.begin(), all.end(), [&](const evaluation::Judgement& one) {
      return one.verdict && one.verdict->ruling == ruling;
    });
  };
  const auto judged = [](const evaluation::Judgement& one) { return one.verdict.has_value(); };
  if (ruled(Ruling::not_valid)) return kNotValid;
  if (!std::all_of(all.begin(), all.end(), judged)) return static_cast<int>(ErrorCode::input);
  if (ruled(Ruling::undecided)) return kUndecided;
  return ruled(Ruling::valid_with_margin) ? kValidWithMargin : 0;
}

}  // namespace opline::cli
