#include "src/cli/constraint_options.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "runners/simulated_board.h"
#include "src/base/error.h"

namespace opline::cli {
namespace {

constexpr std::uint64_t kMostNumber =
    1'000'000'000'000'000;  // 10^15: products below stay in 64 bits
constexpr std::size_t kMostDecimals = 6;

std::optional<std::uint64_t> factor_of(std::string_view suffix, Unit unit) {
  if (suffix.empty()) return 1;
  if (unit == Unit::bytes) {
    if (suffix == "B") return 1;
    if (suffix == "KB") return 1024;
    if (suffix == "MB") return 1024 * 1024;
    return std::nullopt;
  }
  if (suffix == "k") return 1'000;
  if (suffix == "M") return 1'000'000;
  if (suffix == "G") return 1'000'000'000;
  return std::nullopt;
}

std::optional<std::uint64_t> digits_at(std::string_view& text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{}) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

/// "1.5M" as 1500000: exactly, so the fraction must not reach below one.
std::optional<std::uint64_t> number_from(std::string_view text, Unit unit) {
  const std::optional<std::uint64_t> whole = digits_at(text);
  if (!whole) return std::nullopt;
  std::uint64_t fraction = 0;
  std::uint64_t scale = 1;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    const std::size_t before = text.size();
    const std::optional<std::uint64_t> decimals = digits_at(text);
    const std::size_t count = before - text.size();
    if (!decimals || count > kMostDecimals) return std::nullopt;
    fraction = *decimals;
    for (std::size_t i = 0; i < count; ++i) scale *= 10;
  }
  const std::optional<std::uint64_t> factor = factor_of(text, unit);
  if (!factor || *whole > kMostNumber / *factor || fraction * *factor % scale != 0)
    return std::nullopt;
  return *whole * *factor + fraction * *factor / scale;
}

}  // namespace

sampler::Range parse_range(std::string_view text, Unit unit) {
  const std::size_t dots = text.find("..");
  const std::string_view low = text.substr(0, dots);
  const std::string_view high = dots == std::string_view::npos ? low : text.substr(dots + 2);
  sampler::Range range;
  bool well = !(low.empty() && high.empty());
  if (!low.empty()) {
    const auto min = number_from(low, unit);
    well = well && min;
    range.min = min.value_or(0);
  }
  if (!high.empty()) {
    const auto max = number_from(high, unit);
    well = well && max;
    range.max = max.value_or(0);
  }
  if (well && range.min > range.max) {
    throw Error(ErrorCode::usage, "'{}' begins above its end; write it as {}..{}", text, high, low);
  }
  if (!well) {
    throw Error(ErrorCode::usage, "'{}' is no range; write it as {}", text,
                unit == Unit::bytes ? "64KB..256KB, ..320KB or 1000B.. (1 KB = 1024 B)"
                                    : "5M..30M, ..1.5M or 800k..");
  }
  return range;
}

void add_constraint_options(Options& options) {
  options.value("fits", "BOARD,...", "only networks that fit these boards' flash and SRAM");
  options.value("ops", "A..B", "only networks of so many ops, as 5M..30M or ..1.5M");
  options.value("parameters", "A..B", "only networks of so many parameters, as ..100k");
  options.value("flash", "A..B",
                "only networks whose weights and channel tables take so much flash, as ..512KB");
  options.value("sram", "A..B", "only networks whose arena takes so much SRAM, as ..96KB");
  options.value("where", "DECISION=OPTION,...",
                "only these options, as block3.skip=keep,conv1.width=16..64");
}

sampler::Constraint constraint_of(const Options& options, const sampler::Space& space) {
  sampler::Constraint constraint;
  const auto read = [&](const char* name, Unit unit, sampler::Range& range) {
    if (!options.has(name)) return;
    try {
      range = parse_range(options.text(name), unit);
    } catch (const Error& error) {
      options.fail(fmt::format("--{}: {}", name, error.what()));
    }
  };
  read("ops", Unit::count, constraint.ops);
  read("parameters", Unit::count, constraint.parameters);
  read("flash", Unit::bytes, constraint.flash_bytes);
  read("sram", Unit::bytes, constraint.sram_bytes);
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
