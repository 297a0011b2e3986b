#include "src/figures/thinning.h"

#include <cmath>
#include <cstdint>
#include <unordered_set>

namespace opline::figures {

Thinned thin_out(const std::vector<double>& x, const std::vector<double>& y, std::size_t most,
                 double finest) {
  Thinned result;
  if (x.size() > most) result.cell = finest;
  for (;;) {
    result.kept.clear();
    std::unordered_set<std::uint64_t> taken;
    for (std::size_t i = 0; i < x.size(); ++i) {
      if (result.cell > 0) {
        const auto column = static_cast<std::int32_t>(std::floor(x[i] / result.cell));
        const auto row = static_cast<std::int32_t>(std::floor(y[i] / result.cell));
        const std::uint64_t cell = static_cast<std::uint64_t>(static_cast<std::uint32_t>(column))
                                       << 32 |
                                   static_cast<std::uint32_t>(row);
        if (!taken.insert(cell).second) continue;
        if (result.kept.size() == most) break;
      }
      result.kept.push_back(i);
    }
    if (result.cell == 0 || taken.size() <= most) return result;
    result.cell *= 1.5;
  }
}

}  // namespace opline::figures
