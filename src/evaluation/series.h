// src/evaluation/series.h - one series: networks of one source under one setup, with their latency.
//
// A series is what gets fitted, judged and compared: the networks that one campaign drew from one
// search space by one prior, measured under one setup; or the rows of a user's table. It is plain
// data. read_series() (study_series.h) makes it from a study, series_of() (table_series.h) from a
// table; everything else in this module takes it and knows neither files nor databases.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analysis/validation/repeats.h"
#include "src/measure/response.h"
#include "src/measure/setup.h"
#include "src/store/rows.h"

namespace opline::evaluation {

/// One measured network.
struct Row {
  std::string network;    ///< The network's id; empty in a table that was not imported.
  std::string name;       ///< Canonical text of its architecture, or the user's name; may be empty.
  std::uint64_t ops = 0;  ///< Above 0.
  std::optional<double> seconds;    ///< One inference: as measured, else cycles / clock.
  std::optional<double> joules;     ///< As measured; never modelled.
  std::optional<std::size_t> line;  ///< Of the table's file, from 1; none in a study.
  std::size_t repeats = 1;  ///< Measurements of the network that the figures are medians of.
  std::optional<std::uint64_t> activation_bytes = {};  ///< Peak of the tensors; none in a table.
};

/// Series::layers are those of this many networks at most: the first drawn, which are a sample of
/// the prior as all are. Models of layers are known well enough from 20 000 networks (about 270 000
/// layers of kws; a coefficient's error falls with their square root), and a million networks of 13
/// layers would take gigabytes.
inline constexpr std::size_t kMostNetworksWithLayers = 20'000;

/// A figure of every network beside ops, e.g. a column of the table. values[i] belongs to rows[i].
struct RowFigure {
  std::string name;
  std::vector<double> values;
};

/// Constants that were applied to simulated seconds (calibration/apply.h).
struct AppliedCalibration {
  std::string file;   ///< As it was given.
  std::string scope;  ///< Scope::title().
  double scale = 1;
  std::optional<double> offset_seconds;
  /// A further network's measured seconds are within this share of the calibrated ones, at 95 %.
  double further_error = 0;
  bool not_valid = false;  ///< Judged not valid or undecided, and kept because it was asked for.

  /// Of a whole network.
  [[nodiscard]] double seconds(double simulated) const {
    return scale * simulated + offset_seconds.value_or(0);
  }
};

struct Series {
  std::string space;     ///< Name of the search space, or what a table's networks are called.
  std::string space_id;  ///< Id of the space's file in the study; empty for a table.
  /// "@1a2b3c4d", the beginning of space_id, where the study has another space of this name.
  std::string space_mark;
  std::string prior;                  ///< "uniform-decisions", ...; "imported" for a table.
  std::optional<std::uint64_t> seed;  ///< None when nothing was sampled: imported data.
  std::string setup_id;
  measure::Setup setup;
  /// " at 60 MHz", where it was read together with series of the same board at other clocks.
  std::string clock_mark;
  std::vector<Row> rows;  ///< In order of first draw.
  store::Summary counts;  ///< How far the campaign is under this setup.
  /// What energy is modelled with, power x seconds; none where no power is known.
  std::optional<store::ModelledPower> power;
  bool covers_whole_space = false;  ///< Every network of the space: nothing is sampled.
  store::CampaignKey campaign = 0;  ///< Within its study; 0 for a table.
  /// layers[i] belongs to rows[i]; of the first kMostNetworksWithLayers rows. Empty unless they
  /// were asked for.
  std::vector<store::NetworkLayers> layers;
  /// Ops of the campaign's networks that do not fit the board, in order of first draw.
  std::vector<std::uint64_t> unfit_ops;
  std::vector<RowFigure> figures;  ///< Of a table: the columns of --features.
  /// How exact the table's latencies are, where it has repeats of networks; a study keeps their
  /// medians only.
  std::optional<analysis::LackOfFit> lack_of_fit;
  /// How far apart rows of one name are, or rows without names of the same ops; where there are.
  /// Wide ones of the same ops are networks of their own.
  std::optional<analysis::RepeatSpread> repeat_spread;

  /// What the rows' seconds were calibrated with; cycles in `layers` stay raw. None: as measured,
  /// or uncalibrated.
  std::optional<AppliedCalibration> calibration;

  /// The name that selects the space among those of its study.
  [[nodiscard]] std::string marked_space() const { return space + space_mark; }
  /// The board's name, and its clock where that is needed to tell series apart.
  [[nodiscard]] std::string marked_board() const { return setup.board + clock_mark; }
  /// Measurements: of a table its rows with a latency.
  [[nodiscard]] std::size_t measurements() const;
  [[nodiscard]] bool simulated() const { return setup.runner == measure::Runner::simulated; }
  [[nodiscard]] bool sampled() const { return seed.has_value() && !covers_whole_space; }
};

/// "kws on nucleo-f446re (simulated, opline 0.1.0, prior uniform-decisions, seed 1, setup
/// 1a2b3c4d)", with calibration_of() in front of the setup where it is calibrated. Names are
/// printable() and shortened, here and in campaign_title().
[[nodiscard]] std::string title_of(const Series& series);
/// "kws, prior uniform-decisions, seed 1": what is common to a campaign's series.
[[nodiscard]] std::string campaign_title(const Series& series);
/// "kws-nucleo-f446re-seed1", with another prior than uniform-decisions
/// "kws-nucleo-f446re-uniform-networks-seed1", of an attached board
/// "kws-nucleo-f446re-attached-seed1": safe as a file name; a constraint is shortened to a digest.
[[nodiscard]] std::string file_stem(const Series& series);
/// The same for a picture of all boards of the campaign: "kws-boards", with another prior or seed
/// than 1 "kws-boards-uniform-networks-seed2".
[[nodiscard]] std::string boards_file_stem(const Series& series);

/// "simulated, uncalibrated", "simulated, calibrated (kws.json, nucleo-f446re, ...)", "measured",
/// "imported": where the seconds come from. Printable.
[[nodiscard]] std::string origin_of(const Series& series);
/// "uncalibrated" or "calibrated (FILE, SCOPE)" of a simulated series; empty of another.
[[nodiscard]] std::string calibration_of(const Series& series);

// ---- What is fitted ----

using measure::Response;

/// The rows that have the response. Energy is the measured one where there is any; else it is
/// modelled, power x latency, and then says by construction what the latency says.
struct ResponseRows {
  Response of = Response::latency;
  std::vector<const Row*> rows;  ///< Point into the series, which must outlive this.
  std::vector<double> ops;
  std::vector<double> y;         ///< Seconds or joules.
  bool by_construction = false;  ///< Energy modelled from latency.
  std::string why_none;          ///< Where there are no rows.
  /// Series::lack_of_fit of a latency; none of an energy, and of several series.
  std::optional<analysis::LackOfFit> lack_of_fit = {};
  [[nodiscard]] const char* unit() const { return unit_of(of); }
};
[[nodiscard]] ResponseRows response_rows(const Series& series, Response of);

/// What to call a row's network: its architecture or the user's name, else "line 12" of a table or
/// the first twelve digits of its id.
[[nodiscard]] std::string name_of(const Row& row);

}  // namespace opline::evaluation
