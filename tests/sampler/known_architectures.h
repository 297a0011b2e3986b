// tests/sampler/known_architectures.h - the paper's networks as architectures of the space kws.   Room:
// tests.
//
// MicroNets (MLSys 2021), table 5; the blocks that DS-CNN(L) enlarged has beyond them are skipped. Ops as the
// paper prints them.
#pragma once
#include <array>
#include <string_view>

namespace opline::sampler {

struct KnownArchitecture {
  std::string_view name;
  std::string_view text;
  double paper_mops;
};

inline constexpr std::array<KnownArchitecture, 3> kKnownKws = {{
    {"KWS-S",
     "conv1=84 block1=112 block2=84 block3=84 block4=84 block5=196 block6=skip block7=skip block8=skip "
     "block9=skip",
     16.4},
    {"KWS-M",
     "conv1=140 block1=140 block2=140 block3=140 block4=112 block5=196 block6=skip block7=skip block8=skip "
     "block9=skip",
     30.6},
    {"KWS-L",
     "conv1=276 block1=248 block2=276 block3=276 block4=248 block5=248 block6=248 block7=248 block8=skip "
     "block9=skip",
     129},
}};

}  // namespace opline::sampler
