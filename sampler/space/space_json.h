// sampler/space/space_json.h - the structure of a space as JSON: what another program needs to
// read, write and decode architectures without knowing how blocks become layers.
//
// Version 1 has the layers of each block, kept and skipped, version 2 the graph of places
// (place.h), so that a reader only follows the channels. Used by `opline spaces --show NAME
// --json`, by cost models and by the Python package. docs/formats/space-structure.md documents
// every key.
#pragma once
#include "sampler/space/space.h"
#include "src/base/json.h"

namespace opline::sampler {

inline constexpr int kStructureVersion = 2;  ///< 1 where Space::is_version_1() and all is int8.

/// Format, version, name, id, input, blocks and decisions; no titles and no text of the file.
[[nodiscard]] Json structure_json(const Space& space);

}  // namespace opline::sampler
