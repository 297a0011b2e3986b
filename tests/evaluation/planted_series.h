// tests/evaluation/planted_series.h - series with a known line, without a study.
#pragma once
#include <string>

#include "src/base/digest.h"
#include "src/evaluation/series.h"

namespace opline::evaluation {

/// `n` networks of 1 to n Mops on a line of `ns_per_op` and 1 ms with an even ripple of about one
/// per cent; names start with `name`. Imported, on board `board`.
inline Series planted_series(int n, double ns_per_op, const std::string& name = "net",
                             const std::string& board = "board") {
  Series series;
  series.space = "planted";
  series.prior = "imported";
  series.setup.runner = measure::Runner::imported;
  series.setup.board = board;
  series.setup_id = series.setup.id();
  for (int i = 1; i <= n; ++i) {
    Row row;
    row.name = name + std::to_string(i);
    row.network = digest(row.name);
    row.ops = 1'000'000ULL * static_cast<std::uint64_t>(i);
    row.seconds = (1e-3 + ns_per_op * 1e-3 * i) * (i % 3 == 0 ? 1.01 : 0.995);
    series.rows.push_back(std::move(row));
  }
  series.counts.measured.networks = n;
  return series;
}

}  // namespace opline::evaluation
