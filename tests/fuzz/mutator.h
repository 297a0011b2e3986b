// tests/fuzz/mutator.h - damages inputs, the same way for the same seed and index, for tests that
// feed parsers with them.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "src/base/random.h"

namespace opline::fuzz {

/// What a parser is fed with.
struct Corpus {
  std::vector<std::string> seeds;  ///< Legal inputs; at least one, none empty.
  std::vector<std::string>
      fragments;  ///< Pieces that mean something in the format: values, keywords, magic numbers.
  bool binary =
      false;  ///< Whether words of 2 and 4 bytes and bits are damaged besides bytes and lines.
};

/// Mutant `index` of `seed`; a function of corpus, seed and index alone.
class Mutator {
 public:
  /// `corpus` must live as long.
  Mutator(const Corpus& corpus, std::uint64_t seed, std::uint64_t index)
      : corpus_(corpus), random_(seed, index) {}

  /// One of the seeds, damaged in one to three places.
  [[nodiscard]] std::string mutant();
  /// `text`, damaged in one or two places.
  [[nodiscard]] std::string mutate(std::string text);

 private:
  std::size_t pick(std::size_t bound) { return random_.below(static_cast<std::uint32_t>(bound)); }
  std::string once(std::string text);
  std::string damage_text(std::string text);
  std::string damage_bytes(std::string text);

  const Corpus& corpus_;
  RandomStream random_;
};

/// A text without what stands behind '#', so that most mutations hit something that counts.
[[nodiscard]] std::string without_comments(const std::string& text);

}  // namespace opline::fuzz
