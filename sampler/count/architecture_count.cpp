#include "sampler/count/architecture_count.h"

#include <algorithm>
#include <map>
#include <set>

namespace opline::sampler {
namespace {

constexpr std::size_t kMostStates = 1'000'000;

/// Ways to keep a block, the choice of its width aside.
std::size_t ways_to_keep(const Space& space, const Block& block) {
  if (!block.expansion || !block.expansion->is_decided()) return 1;
  return space.decisions[block.expansion->decision].options.size();
}

/// Blocks of a version 1 space decide independently, but for those that share a width: that one
/// counts only while a block of them is kept.
BigCount count_version_1(const Space& space) {
  const auto skips = [](const Block& block) { return block.skip ? 1U : 0U; };
  BigCount count = 1;
  for (const Block& block : space.blocks) {
    if (!block.width.is_decided()) count *= ways_to_keep(space, block) + skips(block);
  }
  for (const Decision& decision : space.decisions) {
    const Width& width = space.blocks[decision.blocks.front()].width;
    if (!width.is_decided() || &space.decisions[width.decision] != &decision) continue;
    BigCount ways = 1;         // of the blocks that share the width
    BigCount all_skipped = 1;  // 1 where that is one of them
    for (const std::size_t block : decision.blocks) {
      ways *= ways_to_keep(space, space.blocks[block]) + skips(space.blocks[block]);
      all_skipped *= skips(space.blocks[block]);
    }
    count *= (ways - all_skipped) * decision.options.size() + all_skipped;
  }
  return count;
}

/// Sums over the paths of the graph. What a path has to remember are the shared decisions that it
/// has counted and that later blocks depend on, too.
class PathCount {
 public:
  explicit PathCount(const Space& space) : space_(space) {}

  std::optional<BigCount> run() {
    const BigCount count = from(0, {});
    if (known_.size() >= kMostStates) return std::nullopt;
    return count;
  }

 private:
  using Seen = std::set<std::size_t>;

  BigCount from(std::size_t place, const Seen& seen) {
    if (place == space_.places.size()) return 1;
    const auto before = known_.find({place, seen});
    if (before != known_.end()) return before->second;
    if (known_.size() >= kMostStates) return 0;
    BigCount total = 0;
    const std::vector<Branch>& branches = space_.places[place].branches;
    for (std::size_t i = 0; i < branches.size(); ++i) {
      if (i > 0 && selects_alike(branches[i], branches[i - 1]))
        continue;  // channels tell them apart
      total += through(branches[i], seen);
    }
    known_.emplace(std::pair(place, seen), total);
    return total;
  }

  BigCount through(const Branch& branch, const Seen& seen) {
    BigCount ways = 1;
    Seen more = seen;
    for (const std::size_t decision : branch.decisions) {
      const bool selects =
          std::any_of(branch.when.begin(), branch.when.end(),
                      [&](const Selection& one) { return one.decision == decision; });
      if (!selects && more.insert(decision).second)
        ways *= space_.decisions[decision].options.size();
    }
    std::erase_if(more, [&](std::size_t decision) {
      return branch.next == space_.places.size() ||
             space_.decisions[decision].blocks.back() < space_.places[branch.next].block;
    });
    return ways * from(branch.next, more);
  }

  static bool selects_alike(const Branch& a, const Branch& b) {
    return std::equal(a.when.begin(), a.when.end(), b.when.begin(), b.when.end(),
                      [](const Selection& x, const Selection& y) {
                        return x.decision == y.decision && x.first == y.first;
                      });
  }

  const Space& space_;
  std::map<std::pair<std::size_t, Seen>, BigCount> known_;
};

}  // namespace

std::optional<BigCount> count_architectures(const Space& space) {
  if (space.is_version_1()) return count_version_1(space);
  return PathCount(space).run();
}

}  // namespace opline::sampler
