#include "src/cli/constraint_options.h"

#include <algorithm>
#include <optional>

#include "runners/simulated_board.h"
#include "src/base/error.h"

namespace opline::cli {
sampler::Range parse_range(std::string_view text, Quantity quantity) {
  const std::size_t dots = text.find("..");
  const std::string_view low = text.substr(0, dots);
  const std::string_view high = dots == std::string_view::npos ? low : text.substr(dots + 2);
  sampler::Range range;
  bool well = !(low.empty() && high.empty());
  if (!low.empty()) {
    const auto min = parse_whole(low, quantity);
    well = well && min;
    range.min = min.value_or(0);
  }
  if (!high.empty()) {
    const auto max = parse_whole(high, quantity);
    well = well && max;
    range.max = max.value_or(0);
  }
  if (well && range.min > range.max) {
    throw Error(ErrorCode::usage, "'{}' starts above its end; did you mean {}..{}?", text, high,
                low);
  }
  if (!well) {
    throw Error(ErrorCode::usage, "'{}' is not a range; write it like {}", text,
                quantity == Quantity::bytes
                    ? "64KiB..256KiB, ..100kB or 1000.. (1 KiB = 1024 B, 1 kB = 1000 B)"
                    : "5M..30M, ..1.5M or 800k..");
  }
  return range;
}

void add_constraint_options(Options& options) {
  options.value("fits", "BOARD,...", "only networks that fit the flash and SRAM of these boards");
  options.completes("fits", Names::boards);
  options.value("ops", "A..B", "only networks with ops in this range, e.g. 5M..30M or ..1.5M");
  options.value("parameters", "A..B",
                "only networks with a number of parameters in this range, e.g. ..100k");
  options.value(
      "flash", "A..B",
      "only networks whose weights and channel tables take this much flash, e.g. ..512KiB "
      "(1 KiB = 1024 B, 1 kB = 1000 B)");
  options.value("sram", "A..B",
                "only networks whose tensor arena takes this much SRAM, e.g. ..96KiB or ..100kB");
  options.value("where", "DECISION=OPTION,...",
                "only architectures with these options, e.g. block3.skip=keep,conv1.width=16..64");
}

sampler::Constraint constraint_of(const Options& options, const sampler::Space& space) {
  sampler::Constraint constraint;
  const auto read = [&](const char* name, Quantity quantity, sampler::Range& range) {
    if (!options.has(name)) return;
    try {
      range = parse_range(options.text(name), quantity);
    } catch (const Error& error) {
      options.fail(fmt::format("--{}: {}", name, error.what()));
    }
  };
  read("ops", Quantity::count, constraint.ops);
  read("parameters", Quantity::count, constraint.parameters);
  read("flash", Quantity::bytes, constraint.flash_bytes);
  read("sram", Quantity::bytes, constraint.sram_bytes);
  if (options.has("fits")) {
    std::vector<std::string> boards = options.list("fits");
    std::sort(boards.begin(), boards.end());  // the order says nothing
    boards.erase(std::unique(boards.begin(), boards.end()), boards.end());
    for (const std::string& board : boards) {
      constraint.fits.push_back({board, runners::SimulatedBoard::load(board).limits()});
    }
  }
  if (!options.has("where")) return constraint;
  for (const std::string& item : options.list("where")) {
    constraint.where.push_back(sampler::parse_allowed(space, item));
  }
  const auto earlier = [](const auto& a, const auto& b) { return a.decision < b.decision; };
  std::sort(constraint.where.begin(), constraint.where.end(), earlier);
  const auto same =
      std::adjacent_find(constraint.where.begin(), constraint.where.end(),
                         [](const auto& a, const auto& b) { return a.decision == b.decision; });
  if (same != constraint.where.end()) {
    options.fail(fmt::format("--where names {} twice; give it one range",
                             space.decisions[same->decision].name));
  }
  return constraint;
}

}  // namespace opline::cli
