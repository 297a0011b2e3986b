// sampler/space/backbone.h - appends blocks to a space: repetitions, ties, and everything that
// depends on neighbouring blocks.
//
// Internal to the module.
#pragma once
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>

#include "sampler/space/block_reader.h"
#include "sampler/space/space.h"

namespace opline::sampler {

/// Elements of the largest tensor (src/network/network_builder.cpp).
inline constexpr std::uint64_t kMaxElements = std::numeric_limits<std::int32_t>::max();

/// Appends blocks to `space`, whose input is known; keeps track of the map that the next one gets
/// and of where its channels come from. Every function throws Error{input} naming file, line, key
/// and remedy when an architecture could not be built.
class Backbone {
 public:
  /// `attempt` runs the checks whose failure does not affect other blocks; without it they throw as
  /// the rest does.
  explicit Backbone(Space& space, Attempt attempt = {});

  /// Appends the block and its repetitions.
  void append(const BlockEntry& entry);
  /// Checks the backbone as a whole; `file` for messages.
  void finish(const TomlTable& file) const;

 private:
  struct Tie {
    TomlTable table;  ///< Of its first block, for messages.
    std::size_t decision;
  };

  void run(const std::function<void()>& check) const;
  void check_name(const BlockEntry& entry, const Block& block) const;
  void infer_map(const BlockEntry& entry, Block& block) const;
  void slide(const BlockEntry& entry, Block& block) const;
  void add_decisions(const BlockEntry& entry, Block& block);
  [[nodiscard]] std::size_t add_decision(std::string name, DecisionKind kind,
                                         std::vector<int> options);
  [[nodiscard]] std::size_t tied_decision(const BlockEntry& entry, const Block& block);
  void follow_channels(const BlockEntry& entry, const Block& block);
  void check_size(const BlockEntry& entry, const Block& block) const;
  void count_layers(const BlockEntry& entry, const Block& block);
  void check_tie(const std::string& name, const Tie& tie) const;

  Space& space_;
  Attempt attempt_;
  Map map_;
  /// The width that decides how many channels reach the next block; nothing where that depends on
  /// whether a block is skipped.
  std::optional<Width> channels_;
  std::map<std::string, Tie> ties_;
  std::size_t max_layers_ = 0;
};

}  // namespace opline::sampler
