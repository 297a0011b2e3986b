// sampler/count/big_count.h - how many networks there are: exact, beyond 64 bits.
#pragma once
#include <boost/multiprecision/cpp_int.hpp>

namespace opline::sampler {

/// Exact, signed, of any size; `kws` has more than 2^59 networks, `vww50` more than 2^80.
using BigCount = boost::multiprecision::cpp_int;

/// What ranks are computed with where the count has at most kWideCountBits: several times as fast.
__extension__ using WideCount = unsigned __int128;
inline constexpr unsigned kWideCountBits = 127;  ///< One to spare for sums.

}  // namespace opline::sampler
