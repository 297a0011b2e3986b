// src/evaluation/same_networks.h - which rows of two series are the same network.
#pragma once
#include <cstddef>
#include <optional>
#include <vector>

#include "src/evaluation/series.h"

namespace opline::evaluation {

inline constexpr double kSameOps = 0.01;  ///< Tables round: 4.1 Mmacs for 8,210,432 ops.

/// For each row of `a` the position of the same network in `b`; none where b has not got it. Rows
/// are the same network when they have one id or name (a table may name its networks by the
/// architecture's text or by the id) and one op count; between a table and a study op counts may
/// differ by kSameOps. A table's ids are those of its columns (network_identity.h). O(rows).
[[nodiscard]] std::vector<std::optional<std::size_t>> same_networks(const Series& a,
                                                                    const ResponseRows& rows_a,
                                                                    const Series& b,
                                                                    const ResponseRows& rows_b);

}  // namespace opline::evaluation
