// analysis/validation/repeats.h - repeated measurements of a network are not networks.
//
// A line, its intervals, a bootstrap and a cross-validation ask what other networks would do, so
// the unit of all of them is the network. Rows are first reduced to one per network, its median;
// everything after that resamples networks. The repeats still tell how exact a measurement is, and
// with it whether the line misses the networks by more than the measurement does: the lack-of-fit F
// test (Fisher 1922; Draper and Smith, Applied Regression Analysis, 3rd ed., section 2.1).
//
//   RowKeys keys = names.empty() ? keys_by_ops(ops) : keys_by_name(names);
//   Result<Repeats> repeats = reduce_repeats(ops, seconds, keys.network);
//   validate_proxy(repeats->x, repeats->y, {.rows_are_networks = true, ...});
//   for (std::size_t row : verdict.deciding_rows) name_of(repeats->first_row[row]);
#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/numerics/interval.h"
#include "analysis/regression/diagnostics.h"
#include "src/base/result.h"

namespace opline::analysis {

/// What rows were told apart by.
enum class KeySource {
  rows,  ///< Each row is a network of its own.
  name,  ///< Rows of one name are repeats.
  ops,   ///< Rows without names, of the same ops, are taken to be repeats.
};

struct RowKeys {
  std::vector<std::size_t> network;  ///< One per row: 0, 1, ... in the order of first appearance.
  std::size_t networks = 0;
  KeySource source = KeySource::rows;
};

/// By name. KeySource::rows where no two are the same.
[[nodiscard]] RowKeys keys_by_name(std::span<const std::string> names);

/// For rows without names. Two networks of a space may well have the same ops, so equal ops prove
/// nothing; but a table in which each number of ops comes twice or more on average (rows >= 2 x
/// different ops) is taken to hold repeats, each number of ops being one network: to count them as
/// networks would claim more than is known, to count networks as repeats only asks for more of
/// them. In other tables each row is a network. O(n log n).
[[nodiscard]] RowKeys keys_by_ops(std::span<const double> ops);

/// The rows of each network, in their order. 2 numbers per row, whatever the networks.
class RowsByNetwork {
 public:
  /// `network`: a key per row, 0 to networks - 1, each used. O(n). Throws Error{input} for keys out
  /// of range or that leave a number out.
  explicit RowsByNetwork(std::span<const std::size_t> network);
  [[nodiscard]] std::size_t networks() const { return first_.size() - 1; }
  [[nodiscard]] std::size_t rows() const { return rows_.size(); }
  /// At least one row. network < networks().
  [[nodiscard]] std::span<const std::size_t> operator[](std::size_t network) const {
    return std::span(rows_).subspan(first_[network], first_[network + 1] - first_[network]);
  }

 private:
  std::vector<std::size_t> first_;  ///< Of each network in rows_, and the end.
  std::vector<std::size_t> rows_;
};

/// Per network the median of its known values; none where none is known. `values`: one per row
/// (asserted). O(n log n).
[[nodiscard]] std::vector<std::optional<double>> medians_of_known(
    const RowsByNetwork& rows, std::span<const std::optional<double>> values);

/// How far repeats of a network are apart, and the line from the networks' means.
struct LackOfFit {
  Test test;  ///< F with networks - 2 and rows - networks degrees of freedom; classical.
  double pure_error = 0;  ///< Standard deviation of repeats about their network's mean; unit of y.
  double pure_error_percent = 0;  ///< The same of y / mean of the network's y, percent.
  double pure_share = 0;  ///< Of the residual sum of squares of all rows, the repeats' own part.
};

struct Repeats {
  // One value per network, in the order of the keys.
  std::vector<double> x;
  std::vector<double> y;                 ///< Median of the repeats.
  std::vector<std::size_t> repeats;      ///< Rows of the network, >= 1.
  std::vector<Interval> range;           ///< Smallest and largest y of the repeats.
  std::vector<std::size_t> first_row;    ///< Its first row, for names.
  std::size_t rows = 0;                  ///< Of the table.
  std::size_t fewest = 0, most = 0;      ///< Repeats of a network.
  std::optional<LackOfFit> lack_of_fit;  ///< None without repeats, for fewer than 3 networks or 2
                                         ///< different x, and where all repeats are equal.
};

/// How far rows that are taken for repeats of a network are apart, and whether they can be: rows of
/// two boards under one name are no repeats, but their medians may well lie on a line.
struct RepeatSpread {
  KeySource source = KeySource::name;  ///< What they share: never KeySource::rows.
  std::size_t rows = 0, networks = 0;
  double deviation_percent = 0;  ///< Standard deviation / mean of a network's rows: the median over
                                 ///< networks with several.
  double factor = 1;             ///< Largest / smallest of a network's rows: the same median.
  double scatter_percent = 0;    ///< Standard deviation of the medians about their line, relative.
  /// The chance that medians lie so close to their line, were a network's rows independent
  /// measurements of it: the lower tail of the lack-of-fit F, of relative errors.
  double p = 1;

  /// Further apart than measurements of one network are: by more than 10 % of latency.
  [[nodiscard]] bool wide() const { return deviation_percent > 10; }
  /// Wide, and not by errors: p < 0.001. Errors of measurement move the medians off the line as
  /// well; what cancels in every median is a difference between the rows, e.g. of their boards.
  [[nodiscard]] bool contradictory() const { return wide() && p < 0.001; }
};

/// Nothing where no network has several rows, for fewer than 3 networks or one x, and unless every
/// y is above 0. O(n log n). Throws as reduce_repeats().
[[nodiscard]] std::optional<RepeatSpread> repeat_spread(const Repeats& repeats,
                                                        std::span<const double> y,
                                                        const RowsByNetwork& rows,
                                                        KeySource source);

/// Reduces rows to networks. O(n log n). A reason where rows of one network differ in x. Throws
/// Error{input} for unequal lengths and values that are not finite.
[[nodiscard]] Result<Repeats> reduce_repeats(std::span<const double> x, std::span<const double> y,
                                             const RowsByNetwork& rows);
/// The same from keys, as RowsByNetwork(), whose errors it has.
[[nodiscard]] Result<Repeats> reduce_repeats(std::span<const double> x, std::span<const double> y,
                                             std::span<const std::size_t> network);

}  // namespace opline::analysis
