// sampler/draw/option_chooser.h - draws the options of an architecture, decision by decision, each
// independently.
//
// Internal to the module; docs/formats/prior.md says which words of the stream become which option.
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

  /// One option a decision into `options`, which has that many places.
  void choose(RandomStream& stream, std::vector<std::uint16_t>& options) const;

 private:
  struct Choice {
    std::vector<std::uint16_t> allowed;  ///< Empty: all `count` of them.
    std::vector<std::uint64_t>
        cuts;  ///< By allowed option: the first of 2^32 words that is not its; empty: uniform.
    std::uint32_t count = 0;
  };
  std::vector<Choice> choices_;
};

}  // namespace opline::sampler
