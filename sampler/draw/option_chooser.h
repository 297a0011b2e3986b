// sampler/draw/option_chooser.h - draws the options of an architecture, decision by decision, each
// independently.
//
// Internal to the module; docs/formats/prior.md defines how the random stream is used.
#pragma once
#include <cstdint>
#include <vector>

#include "sampler/draw/distribution.h"
#include "sampler/space/space.h"
#include "src/base/random.h"

namespace opline::sampler {

class OptionChooser {
 public:
  /// Uniform over the allowed options, or by their weights where the distribution has any. Throws
  /// Error{usage} for weights made for another number of decisions and where the allowed options
  /// have no weight.
  OptionChooser(const Space& space, const Distribution& distribution);

  /// Writes one option per decision into `options`, which has one element per decision.
  void choose(RandomStream& stream, std::vector<std::uint16_t>& options) const;

 private:
  struct Choice {
    std::vector<std::uint16_t> allowed;  ///< Empty: all `count` of them.
    /// By allowed option: the smallest 32-bit random number above its share; empty: uniform.
    std::vector<std::uint64_t> cuts;
    std::uint32_t count = 0;
  };
  std::vector<Choice> choices_;
};

}  // namespace opline::sampler
