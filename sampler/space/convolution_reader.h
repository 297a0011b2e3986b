// sampler/space/convolution_reader.h - reads the keys that version 2 adds to convolutions.
//
//   dilation = 2                            as a kernel is written
//   groups = 4                              or { choices = [1, 2, 4] }
//   depth_multiplier = 2                    or { choices = [1, 2] }
//   squeeze_excite = { percent = 25 }       or percent = [0, 25] for a decision
// Internal to the module (docs/formats/space.md is the manual of the keys).
#pragma once
#include "sampler/space/block_reader.h"

namespace opline::sampler {

/// Declares every key that these may have where they are tables.
void declare_convolution_keys(const TomlTable& table);

/// Each throws Error{input} naming file, line, key and remedy; an absent key changes nothing.
void read_dilation(BlockEntry& entry);
void read_groups(BlockEntry& entry);
void read_depth_multiplier(BlockEntry& entry);
void read_squeeze_excite(BlockEntry& entry);

}  // namespace opline::sampler
