#include "sampler/draw/distribution.h"

namespace opline::sampler {

std::string Distribution::name(const Space& space) const {
  std::string name(to_string(prior));
  if (weights) name += " " + weights->digest;
  if (without_replacement) name += " without replacement";
  if (!constraint.is_empty()) name += " given " + constraint.text(space);
  return name;
}

}  // namespace opline::sampler
