#include "src/report/space_report.h"

#include <fmt/format.h>

#include "src/base/printable.h"

namespace opline::report {
namespace {

constexpr std::size_t kLongestDescription = 4000;

}  // namespace

std::string in_one_line(const sampler::SpaceView& view) {
  return fmt::format("{:<13} {}\n", printable(view.name), printable(view.title));
}

std::string in_words(sampler::SpaceView view) {
  view.name = printable(view.name);
  view.title = printable(view.title);
  view.description = printable_lines(view.description, kLongestDescription);
  for (sampler::BlockView& block : view.blocks) {
    block.name = printable(block.name);
    block.tie = printable(block.tie);
  }
  for (sampler::Decision& decision : view.decisions) decision.name = printable(decision.name);
  return sampler::to_text(view);
}

}  // namespace opline::report
