// sampler/space/architecture.h - one point of a search space, and how it is written.
//
//   conv1=84 block1=112 block2=84 block3=skip
//   conv1=32 block1=16 block2=96:24
// One item per block that has decisions, in the order of the backbone: its width, or its expansion,
// or both separated by a colon, or `skip`, or `keep` where the skip is the block's only decision.
// Tied blocks each give their common width. The only architecture of a space without decisions is
// `fixed`. docs/formats/architecture.md.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sampler/space/space.h"

namespace opline::sampler {

/// Index of the chosen option of each decision, in the order of Space::decisions.
struct Architecture {
  std::vector<std::uint16_t> options;
  bool operator==(const Architecture&) const = default;
};

/// Whether the decision matters: the widths of a skipped block do not, and a tied width only while
/// one of its blocks is kept. `architecture` must have one legal option for each decision of the
/// space, here and below (else OPLINE_ASSERT).
[[nodiscard]] bool is_active(const Space& space, const Architecture& architecture,
                             std::size_t decision);

/// The same architecture with option 0 wherever the decision does not matter; what sample() and
/// parse_architecture() return. Canonical architectures are equal exactly when their texts are.
/// (Different ones can still decode to the same network: which of two equal blocks is skipped does
/// not show.)
[[nodiscard]] Architecture canonical(const Space& space, Architecture architecture);

/// The canonical text; one line.
[[nodiscard]] std::string to_text(const Space& space, const Architecture& architecture);

/// Reads a text; items may be in any order. The result is canonical. Throws Error{input}
/// "architecture of <space>: what, and what to do" for an unknown, missing or doubled block, for a
/// value that is not an option and for tied blocks that differ.
[[nodiscard]] Architecture parse_architecture(const Space& space, std::string_view text);

}  // namespace opline::sampler
