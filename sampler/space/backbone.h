// sampler/space/backbone.h - appends blocks to a space: repetitions, ties, the graph of places, and
// everything that depends on neighbouring blocks.
//
// Internal to the module.
#pragma once
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "sampler/space/block_layers.h"
#include "sampler/space/block_reader.h"
#include "sampler/space/space.h"

namespace opline::sampler {

/// Elements of the largest tensor (src/network/network_builder.cpp).
inline constexpr std::uint64_t kMaxElements = std::numeric_limits<std::int32_t>::max();
inline constexpr std::size_t kMaxPlaces = 4096;
inline constexpr std::size_t kMaxBranches = 4096;  ///< Of one place.

/// Appends blocks to `space`, whose inputs are known; keeps track of the maps that the next one can
/// get and of where its channels come from. Every function throws Error{input} naming file, line,
/// key and remedy when an architecture could not be built.
class Backbone {
 public:
  /// `attempt` runs the checks whose failure does not affect other blocks; without it they throw as
  /// the rest does.
  explicit Backbone(Space& space, Attempt attempt = {});

  /// A decision whose percentages scale the widths of `blocks` (names as written), or, where there
  /// are none, of all blocks that are not fully connected. Before the first block.
  void add_multiplier(const MultiplierEntry& entry);
  /// Appends the block and its repetitions.
  void append(const BlockEntry& entry);
  /// Checks the backbone as a whole and completes the graph; `file` for messages.
  void finish(const TomlTable& file);

 private:
  struct Tie {
    TomlTable table;  ///< Of its first block, for messages.
    std::size_t decision;
    std::size_t uses = 0;
  };
  struct Multiplier {
    MultiplierEntry entry;
    std::size_t decision;
    std::set<std::string> unused;  ///< Names of blocks that were not appended yet.
  };
  /// The numbers of channels that a tensor can have.
  struct Range {
    std::int64_t most = 0;
    std::int64_t divisor = 0;  ///< Divides each of them.
  };
  /// A map that reaches the next block.
  struct Arrival {
    Map map;
    Range channels;
    /// (place, branch) that end here.
    std::vector<std::pair<std::size_t, std::size_t>> from;
  };
  /// The block of one place and one choice of its options.
  struct Resolved {
    BlockVariant variant;
    Map out;
  };

  void run(const std::function<void()>& check) const;
  void check_name(const BlockEntry& entry, const Block& block) const;

  void append_one(const BlockEntry& entry, int number, std::size_t depth);
  [[nodiscard]] std::vector<Resolved> resolve(const BlockEntry& entry, const Block& block,
                                              const Map& in) const;
  void check_padding(const BlockEntry& entry, const Block& block, const Map& out) const;
  [[nodiscard]] Map slide(const BlockEntry& entry, Block& block, bool global) const;
  [[nodiscard]] Map run_branches(const BlockEntry& entry, Block& block) const;

  void add_decisions(const BlockEntry& entry, Block& block);
  void add_choices(const BlockEntry& entry, Block& block);
  void add_widths(const BlockEntry& entry, Block& block);
  void scale(const BlockEntry& entry, const Block& block, Width& width);
  [[nodiscard]] std::size_t add_decision(std::string name, DecisionKind kind,
                                         std::vector<int> options);
  [[nodiscard]] std::size_t tied_decision(const BlockEntry& entry, const Block& block);

  /// Whether a block has as many output as input channels.
  enum class Channels : std::uint8_t { same, different, depends };
  [[nodiscard]] Channels follow_channels(const BlockEntry& entry, const Block& block);
  [[nodiscard]] std::optional<Width> output_width(const Block& block) const;
  void check_sums(const BlockEntry& entry, const Block& block) const;

  void add_place(const BlockEntry& entry, const Block& block, const Arrival& arrival,
                 const std::vector<Resolved>& resolved, Channels channels);
  void add_kept(const BlockEntry& entry, const Resolved& one, const std::vector<Selection>& when,
                const Range& in, Channels channels);
  void add_skipped(const BlockEntry& entry, const Block& block, const std::vector<Selection>& there,
                   const Arrival& arrival);
  void add_branch(const BlockEntry& entry, const Block& block, Branch branch, const Map& out,
                  const Range& in);
  void arrive(const Map& map, const Range& channels, std::size_t place, std::size_t branch,
              std::vector<Arrival>& arrivals) const;
  [[nodiscard]] Range check_layers(const BlockEntry& entry, const Block& block,
                                   const std::vector<BlockLayer>& layers, const Range& in) const;
  void check_size(const BlockEntry& entry, const Block& block, const BlockLayer& layer,
                  std::int64_t channels) const;
  template <class Of>
  [[nodiscard]] std::int64_t divisor_of(const BlockLayer& layer, const Of& of) const;
  void count_layers(const BlockEntry& entry, const Block& block);
  void check_tie(const std::string& name, const Tie& tie) const;
  void check_items(const TomlTable& file) const;
  [[nodiscard]] bool can_vanish() const;

  Space& space_;
  Attempt attempt_;
  std::vector<Arrival> arrivals_;
  std::vector<Arrival> next_;   ///< Of the block that is being appended.
  std::vector<Arrival> exits_;  ///< Of the stage that is being appended, where it ends early.
  /// The width that decides how many channels reach the next block; nothing where that depends on
  /// whether a block is skipped.
  std::optional<Width> channels_;
  std::vector<std::optional<Width>> exit_channels_;
  std::map<std::string, Tie> ties_;
  std::vector<Multiplier> multipliers_;
  std::size_t max_layers_ = 0;
  std::size_t most_layers_ = 0;  ///< Of the block that is being appended.
};

}  // namespace opline::sampler
