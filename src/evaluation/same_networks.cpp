#include "src/evaluation/same_networks.h"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <unordered_map>

namespace opline::evaluation {
namespace {

/// Rows of a series by what their networks may be recognised by.
class Identities {
 public:
  Identities(const ResponseRows& rows, double same_ops) : rows_(rows), same_ops_(same_ops) {
    for (std::size_t i = 0; i < rows.rows.size(); ++i) {
      for (const std::string* identity : {&rows.rows[i]->network, &rows.rows[i]->name})
        if (!identity->empty()) positions_.emplace(*identity, i);
    }
  }
  /// Position of the same network; none where the series has not got it.
  [[nodiscard]] std::optional<std::size_t> find(const Row& row) const {
    for (const std::string* identity : {&row.network, &row.name}) {
      const auto found = positions_.find(*identity);
      if (found == positions_.end()) continue;
      const double a = static_cast<double>(row.ops);
      const double b = rows_.ops[found->second];
      if (std::abs(a - b) <= same_ops_ * std::max(a, b)) return found->second;
    }
    return std::nullopt;
  }

 private:
  const ResponseRows& rows_;
  double same_ops_;
  std::unordered_map<std::string_view, std::size_t> positions_;
};

}  // namespace

std::vector<std::optional<std::size_t>> same_networks(const Series& a, const ResponseRows& rows_a,
                                                      const Series& b, const ResponseRows& rows_b) {
  // A table rounds its op counts; those of a study are exact.
  const auto imported = [](const Series& one) {
    return one.setup.runner == measure::Runner::imported;
  };
  const bool table_and_study =
      a.seed.has_value() != b.seed.has_value() || imported(a) != imported(b);
  const Identities in_b(rows_b, table_and_study ? kSameOps : 0);
  std::vector<std::optional<std::size_t>> found;
  found.reserve(rows_a.rows.size());
  for (const Row* row : rows_a.rows) found.push_back(in_b.find(*row));
  return found;
}

}  // namespace opline::evaluation
