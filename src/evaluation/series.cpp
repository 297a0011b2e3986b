#include "src/evaluation/series.h"

#include <fmt/format.h>

#include <cctype>

#include "sampler/draw/prior.h"
#include "src/base/digest.h"
#include "src/base/error.h"
#include "src/base/printable.h"

namespace opline::evaluation {
namespace {

constexpr std::size_t kLongestName = 80;

/// The prior in a file's name: nothing for the default; a long one, with a constraint, by its first
/// part and a digest.
std::string stem_of_prior(const std::string& prior) {
  if (prior == sampler::to_string(sampler::Prior::uniform_decisions)) return {};
  const std::size_t end = prior.find(' ');
  if (end == std::string::npos) return "-" + prior;
  return "-" + prior.substr(0, end) + "-" + digest(prior).substr(0, 8);
}

std::string safe_file_name(std::string text) {
  for (char& letter : text) {
    const bool plain =
        std::isalnum(static_cast<unsigned char>(letter)) != 0 || letter == '-' || letter == '_';
    if (!plain) letter = '_';
  }
  return text;
}

/// A name of a study or a table, which may come from others, as a title quotes it.
std::string shown(const std::string& name) { return printable(name, kLongestName); }

std::string prior_and_seed(const Series& series) {
  constexpr std::size_t kLongestPrior = 400;  // its constraint is a part of its name
  return fmt::format(", prior {}, seed {}", printable(series.prior, kLongestPrior), *series.seed);
}

}  // namespace

std::size_t Series::measurements() const {
  std::size_t count = 0;
  for (const Row& row : rows) count += row.repeats;
  return count;
}

std::string title_of(const Series& series) {
  std::string text = fmt::format("{} on {} ({}, {}", shown(series.space) + series.space_mark,
                                 shown(series.marked_board()), to_string(series.setup.runner),
                                 shown(series.setup.runtime.text_or("runtime unknown")));
  if (series.seed) text += prior_and_seed(series);
  if (series.calibration) text += ", " + calibration_of(series);
  return text + fmt::format(", setup {})", series.setup_id.substr(0, 8));
}

std::string campaign_title(const Series& series) {
  const std::string space = shown(series.space) + series.space_mark;
  return series.seed ? space + prior_and_seed(series) : space;
}

std::string file_stem(const Series& series) {
  std::string stem = series.marked_space() + "-" + series.marked_board();
  if (series.setup.runner == measure::Runner::attached) stem += "-attached";
  if (series.seed) stem += fmt::format("{}-seed{}", stem_of_prior(series.prior), *series.seed);
  return safe_file_name(stem);
}

std::string boards_file_stem(const Series& series) {
  std::string stem = series.marked_space() + "-boards";
  if (series.seed) stem += stem_of_prior(series.prior);
  if (series.seed && *series.seed != 1) stem += fmt::format("-seed{}", *series.seed);
  return safe_file_name(stem);
}

std::string calibration_of(const Series& series) {
  if (!series.simulated()) return {};
  if (!series.calibration) return "uncalibrated";
  constexpr std::size_t kLongestFile = 200;
  const AppliedCalibration& applied = *series.calibration;
  return fmt::format("calibrated ({}, {}{})", printable(applied.file, kLongestFile),
                     printable(applied.scope, kLongestFile),
                     applied.not_valid ? ", not judged valid" : "");
}

std::string origin_of(const Series& series) {
  switch (series.setup.runner) {
    case measure::Runner::simulated:
      return "simulated, " + calibration_of(series);
    case measure::Runner::attached:
      return "measured";
    case measure::Runner::imported:
      return "imported";
  }
  OPLINE_ASSERT(false, "runner {}", static_cast<int>(series.setup.runner));
  return {};
}

ResponseRows response_rows(const Series& series, Response of) {
  ResponseRows result;
  result.of = of;
  bool measured_energy = false;
  for (const Row& row : series.rows) measured_energy = measured_energy || row.joules;
  const bool modelled = of == Response::energy && !measured_energy;
  result.by_construction = modelled;
  if (modelled && !series.power) {
    result.why_none =
        "no energy was measured, and no active power of this board is known to model it with";
    return result;
  }
  if (of == Response::latency) result.lack_of_fit = series.lack_of_fit;
  for (const Row& row : series.rows) {
    const std::optional<double> y = of == Response::latency || modelled ? row.seconds : row.joules;
    if (!y) continue;
    result.rows.push_back(&row);
    result.ops.push_back(static_cast<double>(row.ops));
    result.y.push_back(modelled ? *y * series.power->watts : *y);
  }
  if (result.y.empty())
    result.why_none = fmt::format("no network with a measured {}", to_string(of));
  return result;
}

std::string name_of(const Row& row) {
  if (!row.name.empty()) return row.name;
  return row.line ? fmt::format("line {}", *row.line) : row.network.substr(0, 12);
}

}  // namespace opline::evaluation
