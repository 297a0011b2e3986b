// sampler/draw/constraint.h - conditions on networks that restrict a prior.
//
// Drawing under a constraint means drawing from the prior conditional on it. `where` and, of
// uniform-networks, bounds on the working memory are conditioned on exactly; the rest by rejection:
// draws from the sample's own random stream are repeated until a network meets it.
#pragma once
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sampler/space/architecture.h"
#include "src/network/layout.h"
#include "src/network/op_count.h"

namespace opline::sampler {

/// Both ends are included.
struct Range {
  static constexpr std::uint64_t kOpen = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t min = 0;
  std::uint64_t max = kOpen;

  [[nodiscard]] bool contains(std::uint64_t value) const { return value >= min && value <= max; }
  [[nodiscard]] bool is_open() const { return min == 0 && max == kOpen; }
  /// "5000000..30000000", "..100", "7..".
  [[nodiscard]] std::string text() const;
  bool operator==(const Range&) const = default;
};

/// A board that the networks must run on: what its firmware image leaves for them.
struct BoardLimits {
  std::string board;
  network::DeviceLimits limits;
};

/// The options that a decision may take: at least one, ascending, each once.
struct AllowedOptions {
  std::size_t decision = 0;
  std::vector<std::uint16_t> options;
};

struct Constraint {
  Range ops, parameters;
  Range flash_bytes;  ///< Footprint::flash_bytes() of lay_out().
  Range sram_bytes;   ///< Footprint::arena_bytes of lay_out().
  /// reason_not_to_run() of lay_out() is empty. (compile() may need a few more bytes of the weight
  /// pool; a network that exceeds the board only by these is an outcome of the campaign.)
  std::vector<BoardLimits> fits;
  /// By decision, ascending, each once. Widths of skipped blocks are free.
  std::vector<AllowedOptions> where;

  [[nodiscard]] bool is_empty() const { return !rejects() && where.empty(); }
  /// Whether drawing needs rejection.
  [[nodiscard]] bool rejects() const { return counts_ops() || needs_layout(); }
  [[nodiscard]] bool counts_ops() const { return !ops.is_open() || !parameters.is_open(); }
  [[nodiscard]] bool needs_layout() const {
    return !flash_bytes.is_open() || !sram_bytes.is_open() || !fits.empty();
  }
  /// All conditions in one line and a fixed order, as part of a campaign's name:
  /// "ops 5000000..30000000, fits nucleo-f446re@1a2b3c4d, block3.skip keep". Empty without
  /// conditions. The digits behind a board are a digest of its limits.
  [[nodiscard]] std::string text(const Space& space) const;
};

/// Reads "<decision>=<option>" or "<decision>=<from>..<to>", e.g. "block3.skip=keep",
/// "conv1.width=28..100". Throws Error{usage} for an unknown decision (lists the known), an option
/// that it does not have, or a range without an option.
[[nodiscard]] AllowedOptions parse_allowed(const Space& space, std::string_view text);

/// Figures of the rejected draws of a sample, for the message when none was accepted.
struct Seen {
  Range ops{Range::kOpen, 0}, parameters{Range::kOpen, 0}, flash_bytes{Range::kOpen, 0},
      sram_bytes{Range::kOpen, 0};
  std::string last_shortage;  ///< Why the last network did not run on a board.
  void include(const Seen& other);
};

/// Whether the network meets everything but `where`. `ops` is its count. The network is laid out
/// only when that is needed and `ops` meets its conditions; `*laid_out` then becomes true. Figures
/// are added to `seen`.
[[nodiscard]] bool meets(const Constraint& constraint, const Space& space,
                         const Architecture& architecture, const network::NetworkOps& ops,
                         Seen& seen, bool* laid_out);

/// "ops ran from 1.2 Mops to 3.4 Mops, ..." for the figures that the constraint restricts.
[[nodiscard]] std::string describe(const Seen& seen, const Constraint& constraint);

}  // namespace opline::sampler
