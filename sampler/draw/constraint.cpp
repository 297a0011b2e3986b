#include "sampler/draw/constraint.h"

#include <algorithm>
#include <charconv>

#include "sampler/space/decode.h"
#include "src/base/digest.h"
#include "src/base/error.h"

namespace opline::sampler {
namespace {

constexpr std::size_t kBoardDigits = 8;

std::string board_text(const BoardLimits& board) {
  const network::DeviceLimits& limits = board.limits;
  const std::string meaning =
      fmt::format("weights {} channels {} arena {}", limits.weight_pool_bytes,
                  limits.channel_pool_bytes, limits.arena_bytes);
  return fmt::format("{}@{}", board.board, digest(meaning).substr(0, kBoardDigits));
}

std::string allowed_text(const Space& space, const AllowedOptions& allowed) {
  const Decision& decision = space.decisions[allowed.decision];
  std::string text = decision.name;
  const char* between = " ";
  for (const std::uint16_t option : allowed.options) {
    text += between + option_text(decision, option);
    between = "|";
  }
  return text;
}

const Decision& find_decision(const Space& space, std::string_view name, std::size_t& position) {
  for (position = 0; position < space.decisions.size(); ++position) {
    if (space.decisions[position].name == name) return space.decisions[position];
  }
  std::vector<std::string_view> known;
  for (const Decision& decision : space.decisions) known.push_back(decision.name);
  throw Error(ErrorCode::usage, "`{}` is not a decision of {}; its decisions: {}", name, space.name,
              fmt::join(known, ", "));
}

/// Nothing where the text is not a number.
std::optional<int> number_from(std::string_view digits) {
  int number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return number;
}

/// The options whose text is a number from one to another, both included.
std::vector<std::uint16_t> numbers_between(const Decision& decision, std::string_view text) {
  const std::size_t dots = text.find("..");
  const std::optional<int> from = number_from(text.substr(0, dots));
  const std::optional<int> to =
      dots == std::string_view::npos ? from : number_from(text.substr(dots + 2));
  std::vector<std::uint16_t> allowed;
  if (!from || !to) return allowed;
  for (std::size_t i = 0; i < decision.options.size(); ++i) {
    const std::optional<int> number = number_from(option_text(decision, i));
    if (number && *number >= *from && *number <= *to)
      allowed.push_back(static_cast<std::uint16_t>(i));
  }
  return allowed;
}

/// The options that `text` stands for.
std::vector<std::uint16_t> options_named(const Decision& decision, std::string_view text) {
  for (std::size_t i = 0; i < decision.options.size(); ++i) {
    if (option_text(decision, i) == text) return {static_cast<std::uint16_t>(i)};
  }
  return numbers_between(decision, text);
}

void see(Range& seen, std::uint64_t value) {
  seen.min = std::min(seen.min, value);
  seen.max = std::max(seen.max, value);
}

std::string range_text(std::string_view name, const Range& seen, std::string_view unit) {
  return fmt::format("{} ran from {} to {}{}", name, seen.min, seen.max, unit);
}

}  // namespace

std::string Range::text() const {
  return fmt::format("{}..{}", min == 0 ? "" : std::to_string(min),
                     max == kOpen ? "" : std::to_string(max));
}

std::string Constraint::text(const Space& space) const {
  std::vector<std::string> parts;
  const auto add = [&](std::string_view name, const Range& range) {
    if (!range.is_open()) parts.push_back(fmt::format("{} {}", name, range.text()));
  };
  add("ops", ops);
  add("parameters", parameters);
  add("flash", flash_bytes);
  add("sram", sram_bytes);
  for (const BoardLimits& board : fits) parts.push_back("fits " + board_text(board));
  for (const AllowedOptions& allowed : where) parts.push_back(allowed_text(space, allowed));
  return fmt::format("{}", fmt::join(parts, ", "));
}

AllowedOptions parse_allowed(const Space& space, std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos) {
    throw Error(ErrorCode::usage,
                "`{}` names no option; write it as block1.skip=keep or conv1.width=16..64", text);
  }
  AllowedOptions allowed;
  const Decision& decision = find_decision(space, text.substr(0, equals), allowed.decision);
  const std::string_view option = text.substr(equals + 1);
  allowed.options = options_named(decision, option);
  if (allowed.options.empty()) {
    throw Error(ErrorCode::usage, "`{}` is not an option of {}; it has {}", option, decision.name,
                options_text(decision));
  }
  return allowed;
}

bool meets(const Constraint& constraint, const Space& space, const Architecture& architecture,
           const network::NetworkOps& ops, Seen& seen, bool* laid_out) {
  see(seen.ops, ops.ops());
  see(seen.parameters, ops.parameters);
  if (!constraint.ops.contains(ops.ops()) || !constraint.parameters.contains(ops.parameters))
    return false;
  if (!constraint.needs_layout()) return true;
  *laid_out = true;
  const network::Layout layout = network::lay_out(decode(space, architecture));
  see(seen.flash_bytes, layout.footprint.flash_bytes());
  see(seen.sram_bytes, layout.footprint.arena_bytes);
  if (!constraint.flash_bytes.contains(layout.footprint.flash_bytes())) return false;
  if (!constraint.sram_bytes.contains(layout.footprint.arena_bytes)) return false;
  for (const BoardLimits& board : constraint.fits) {
    if (const auto reason = network::reason_not_to_run(layout, board.limits)) {
      seen.last_shortage = fmt::format("{}: {}", board.board, *reason);
      return false;
    }
  }
  return true;
}

void Seen::include(const Seen& other) {
  for (Range Seen::*range :
       {&Seen::ops, &Seen::parameters, &Seen::flash_bytes, &Seen::sram_bytes}) {
    (this->*range).min = std::min((this->*range).min, (other.*range).min);
    (this->*range).max = std::max((this->*range).max, (other.*range).max);
  }
  if (!other.last_shortage.empty()) last_shortage = other.last_shortage;
}

std::string describe(const Seen& seen, const Constraint& constraint) {
  std::vector<std::string> parts;
  if (!constraint.ops.is_open()) parts.push_back(range_text("ops", seen.ops, ""));
  if (!constraint.parameters.is_open())
    parts.push_back(range_text("parameters", seen.parameters, ""));
  if (constraint.needs_layout() && seen.sram_bytes.min <= seen.sram_bytes.max) {
    parts.push_back(range_text("flash", seen.flash_bytes, " B"));
    parts.push_back(range_text("SRAM", seen.sram_bytes, " B"));
  }
  if (!seen.last_shortage.empty()) parts.push_back(seen.last_shortage);
  return fmt::format("{}", fmt::join(parts, "; "));
}

}  // namespace opline::sampler
