#include "src/cli/judging.h"

#include <algorithm>

#include "src/base/error.h"

namespace opline::cli {

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
