#include "src/evaluation/calibration/calibrate.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "src/base/counted.h"
#include "src/base/digest.h"
#include "src/base/error.h"
#include "src/base/printable.h"
#include "src/base/units.h"
#include "src/evaluation/judged_model.h"
#include "src/evaluation/observations.h"
#include "src/evaluation/same_networks.h"

namespace opline::evaluation {
namespace {

/// Everything of one setup.
struct Pool {
  Series series;
  CalibrationSide side;
};

/// Appends the rows of `from` whose networks `to` has not got.
void append_rows(Series& to, Series&& from) {
  std::set<std::string> known;
  for (const Row& row : to.rows) known.insert(row.network.empty() ? row.name : row.network);
  const bool layers = to.layers.size() == to.rows.size() && from.layers.size() == from.rows.size();
  if (!layers) to.layers.clear();
  for (std::size_t i = 0; i < from.rows.size(); ++i) {
    const Row& row = from.rows[i];
    const std::string& key = row.network.empty() ? row.name : row.network;
    if (!key.empty() && !known.insert(key).second) continue;
    to.rows.push_back(row);
    if (layers) to.layers.push_back(std::move(from.layers[i]));
  }
}

std::vector<Pool> pools_of(std::vector<SourcedSeries> all) {
  std::vector<Pool> pools;
  for (SourcedSeries& one : all) {
    auto found = std::find_if(pools.begin(), pools.end(), [&](const Pool& pool) {
      return pool.series.setup_id == one.series.setup_id;
    });
    const std::string title = title_of(one.series);
    if (found == pools.end()) {
      pools.push_back({std::move(one.series), {}});
      found = pools.end() - 1;
      found->side.setup = found->series.setup;
    } else {
      append_rows(found->series, std::move(one.series));
    }
    CalibrationSide& side = found->side;
    if (std::find(side.files.begin(), side.files.end(), one.file) == side.files.end())
      side.files.push_back(one.file);
    side.titles.push_back(title);
  }
  for (Pool& pool : pools) {
    pool.side.data_digest = digest_of(pool.series);
    pool.side.networks = pool.series.rows.size();
  }
  return pools;
}

void require_roles(const std::vector<SourcedSeries>& measured,
                   const std::vector<SourcedSeries>& simulated) {
  for (const SourcedSeries& one : measured) {
    if (one.series.simulated())
      throw Error(ErrorCode::usage,
                  "{}: {} is simulated; --measured takes what was measured on a board, or imported",
                  one.file, title_of(one.series));
  }
  for (const SourcedSeries& one : simulated) {
    if (one.series.setup.runner == measure::Runner::attached)
      throw Error(ErrorCode::usage,
                  "{}: {} was measured on a board; --simulated takes what the simulator gave",
                  one.file, title_of(one.series));
  }
}

/// Fields that both setups record, and differently. The timing model is the simulator's alone.
std::vector<ScopeDifference> contradictions(const Pool& simulated, const Pool& measured) {
  std::vector<ScopeDifference> found =
      differences(scope_of(simulated.series.setup), scope_of(measured.series.setup));
  std::erase_if(found, [](const ScopeDifference& one) {
    return one.a.empty() || one.b.empty() || one.field == "timing_model";
  });
  return found;
}

std::vector<std::string> unrecorded(const Pool& simulated, const Pool& measured) {
  std::vector<std::string> fields;
  for (const ScopeDifference& one :
       differences(scope_of(simulated.series.setup), scope_of(measured.series.setup))) {
    if (one.b.empty() && one.field != "timing_model") fields.push_back(one.field);
  }
  return fields;
}

[[noreturn]] void ambiguous(const std::string& board, const char* side,
                            const std::vector<const Pool*>& several) {
  std::string known;
  for (const Pool* one : several)
    known += fmt::format("\n  {}: {}", one->side.files.front(), one->side.titles.front());
  throw Error(ErrorCode::usage,
              "several {} setups of board {} match; name one with the key setup=ID:{}", side,
              printable(board), known);
}

/// What was measured on the board of `simulated`: of several setups the one that contradicts
/// nothing. Null where none was.
const Pool* counterpart(const Pool& simulated, const std::vector<Pool>& measured) {
  std::vector<const Pool*> on_board;
  std::vector<const Pool*> matching;
  for (const Pool& one : measured) {
    if (one.series.setup.board != simulated.series.setup.board) continue;
    on_board.push_back(&one);
    if (contradictions(simulated, one).empty()) matching.push_back(&one);
  }
  const std::vector<const Pool*>& candidates = matching.empty() ? on_board : matching;
  if (candidates.empty()) return nullptr;
  if (candidates.size() > 1) ambiguous(simulated.series.setup.board, "measured", candidates);
  return candidates.front();
}

/// What was simulated, and what was measured of it.
struct Counterparts {
  const Pool* simulated;
  const Pool* measured;
};

/// Of what was simulated under setups that contradict the measured one, e.g. at another clock,
/// nothing stays where another setup agrees with it.
void keep_agreeing(std::vector<Counterparts>& all) {
  const auto agrees = [](const Counterparts& one) {
    return contradictions(*one.simulated, *one.measured).empty();
  };
  const std::vector<Counterparts> before = all;
  std::erase_if(all, [&](const Counterparts& one) {
    return !agrees(one) &&
           std::any_of(before.begin(), before.end(), [&](const Counterparts& other) {
             return other.measured == one.measured && agrees(other);
           });
  });
}

void require_one_each(const std::vector<Counterparts>& all) {
  for (const Counterparts& one : all) {
    std::vector<const Pool*> rivals;
    for (const Counterparts& other : all)
      if (other.measured == one.measured) rivals.push_back(other.simulated);
    if (rivals.size() > 1) ambiguous(one.measured->series.setup.board, "simulated", rivals);
  }
}

std::string boards_of(const std::vector<Pool>& pools) {
  std::set<std::string> boards;
  for (const Pool& one : pools) boards.insert(printable(one.series.setup.board));
  std::string text;
  for (const std::string& board : boards) text += (text.empty() ? "" : ", ") + board;
  return text;
}

/// Features of the paired networks, in the order of the pairs; `rows`: of the simulated series.
std::vector<analysis::NetworkFeature> features_of(const Series& simulated,
                                                  const std::vector<std::size_t>& rows) {
  std::vector<analysis::NetworkFeature> features;
  for (const analysis::NetworkFeature& one : observe(simulated).features) {
    analysis::NetworkFeature paired{one.name, one.unit, {}};
    for (const std::size_t row : rows) paired.values.push_back(one.values[row]);
    features.push_back(std::move(paired));
  }
  return features;
}

void fit(Calibration& calibration, const std::vector<analysis::NetworkFeature>& features,
         const analysis::CalibrationOptions& options) {
  std::vector<double> x, y, ops;
  for (const CalibratedPair& pair : calibration.pairs) {
    x.push_back(pair.simulated_seconds);
    y.push_back(pair.measured_seconds);
    ops.push_back(static_cast<double>(pair.ops));
  }
  const auto result = analysis::try_fit_calibration({x, y, ops, features}, options);
  calibration.why_none = result.reason();
  calibration.fit = result.optional();
}

Calibration calibrate_one(const Pool& simulated, const Pool& measured,
                          const analysis::CalibrationOptions& options) {
  Calibration calibration;
  calibration.scope = scope_of(simulated.series.setup);
  calibration.measured = measured.side;
  calibration.simulated = simulated.side;
  calibration.wrong_scope = contradictions(simulated, measured);
  calibration.not_recorded = unrecorded(simulated, measured);
  const ResponseRows a = response_rows(simulated.series, Response::latency);
  const ResponseRows b = response_rows(measured.series, Response::latency);
  std::vector<std::size_t> rows;
  const auto in_b = same_networks(simulated.series, a, measured.series, b);
  for (std::size_t i = 0; i < in_b.size(); ++i) {
    if (!in_b[i]) continue;
    const Row& row = *a.rows[i];
    calibration.pairs.push_back({name_of(row), row.network, row.ops, a.y[i], b.y[*in_b[i]]});
    rows.push_back(i);
  }
  fit(calibration, features_of(simulated.series, rows), options);
  return calibration;
}

std::string percent(double share) { return fmt::format("{:.3g} %", 100 * share); }

std::string reason_of(const analysis::CalibrationTrend& trend, double margin) {
  const bool ops = trend.name == "ops";
  const auto shown = [&](double value) {
    return ops ? format_ops(static_cast<std::uint64_t>(value)) : fmt::format("{:.3g}", value);
  };
  return fmt::format(
      "residuals go with {}: {:+.1f} % ({:+.1f} to {:+.1f} %) from {} to {}, above the margin of "
      "{}",
      trend.name, 100 * trend.effect, 100 * trend.interval.low, 100 * trend.interval.high,
      shown(trend.low), shown(trend.high), percent(margin));
}

std::string reason_of(const analysis::Criterion& error, const analysis::CalibrationFit& fit) {
  return fmt::format(
      "measured seconds of a further network may be {} off ({:.3g} % interval), above the margin "
      "of "
      "{}{}",
      percent(fit.further_error), 100 * fit.confidence, percent(fit.margin),
      error.note.empty() ? "" : ": " + error.note);
}

}  // namespace

analysis::Ruling Calibration::ruling() const {
  OPLINE_ASSERT(fit, "a calibration without constants has no ruling: {}", why_none);
  return wrong_scope.empty() ? fit->ruling : analysis::Ruling::not_valid;
}

std::vector<std::string> Calibration::reasons() const {
  std::vector<std::string> found;
  if (!wrong_scope.empty())
    found.push_back("simulated and measured networks are of different scopes: " +
                    text_of(wrong_scope));
  if (!fit) return found;
  for (const analysis::Criterion& one : fit->criteria) {
    if (one.standing == analysis::Standing::met) continue;
    if (one.name == "pairs")
      found.push_back(fmt::format("{}; {} needs at least {:g}", counted(fit->n, "pair"),
                                  fit->offset ? "two constants" : "one constant", one.threshold));
    if (one.name == "error") found.push_back(reason_of(one, *fit));
  }
  for (const analysis::CalibrationTrend& trend : fit->trends) {
    if (trend.matters) found.push_back(reason_of(trend, fit->margin));
  }
  return found;
}

std::vector<Calibration> calibrate(std::vector<SourcedSeries> measured,
                                   std::vector<SourcedSeries> simulated,
                                   const analysis::CalibrationOptions& options) {
  require_roles(measured, simulated);
  const std::vector<Pool> of_measured = pools_of(std::move(measured));
  const std::vector<Pool> of_simulated = pools_of(std::move(simulated));
  std::vector<Counterparts> found;
  for (const Pool& one : of_simulated) {
    const Pool* other = counterpart(one, of_measured);
    if (other != nullptr) found.push_back({&one, other});
  }
  keep_agreeing(found);
  require_one_each(found);
  if (found.empty())
    throw Error(
        ErrorCode::usage,
        "no board was both simulated ({}) and measured ({}); name the board of a table with "
        "the key boards=NAME",
        boards_of(of_simulated), boards_of(of_measured));
  std::vector<Calibration> all;
  all.reserve(found.size());
  for (const Counterparts& one : found)
    all.push_back(calibrate_one(*one.simulated, *one.measured, options));
  return all;
}

}  // namespace opline::evaluation
