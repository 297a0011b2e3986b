// src/evaluation/calibration/calibrate.h - simulated seconds against measured ones, and the
// constants between them.
//
// Networks are the same by id, name or digest of the .tflite file (same_networks.h). What was
// simulated under one setup is one scope, whatever campaigns it is from; it is paired with what was
// measured on the same board. Fields of the two setups that are known and differ (a runtime, flags)
// make the calibration not valid; fields that the measurements do not record are listed.
#pragma once
#include <string>
#include <vector>

#include "analysis/verdict/calibration.h"
#include "src/evaluation/calibration/scope.h"
#include "src/evaluation/series.h"

namespace opline::evaluation {

/// A series and the file that it is from.
struct SourcedSeries {
  std::string file;
  Series series;  ///< Simulated ones read with their layers: residuals may go with their mix.
};

/// One side of a calibration: everything of one setup.
struct CalibrationSide {
  std::vector<std::string> files;   ///< As they were given; no file twice.
  std::vector<std::string> titles;  ///< title_of() each series.
  measure::Setup setup;
  std::string data_digest;  ///< digest_of() the rows together.
  std::size_t networks = 0;
};

/// One network of both sides.
struct CalibratedPair {
  std::string name;     ///< name_of() the simulated row.
  std::string network;  ///< Id; may be empty.
  std::uint64_t ops = 0;
  double simulated_seconds = 0;
  double measured_seconds = 0;
};

struct Calibration {
  Scope scope;
  CalibrationSide measured, simulated;
  std::vector<CalibratedPair> pairs;
  /// None where why_none says why.
  std::optional<analysis::CalibrationFit> fit;
  std::string why_none;
  /// Known on both sides and different: simulated (a) against measured (b).
  std::vector<ScopeDifference> wrong_scope;
  std::vector<std::string> not_recorded;  ///< Fields of the scope that the measurements leave open.

  /// That of the fit; not_valid for a wrong scope. Asserts that there is a fit.
  [[nodiscard]] analysis::Ruling ruling() const;
  /// Why it is not valid: a sentence each.
  [[nodiscard]] std::vector<std::string> reasons() const;
};

/// One calibration for each simulated setup whose board was measured, in the order of `simulated`;
/// at least one. Throws Error{usage}:
///   - `measured` has a simulated series, or `simulated` one that was measured on a board;
///   - no board is in both;
///   - several setups of a board match, so that which one is meant has to be said.
[[nodiscard]] std::vector<Calibration> calibrate(std::vector<SourcedSeries> measured,
                                                 std::vector<SourcedSeries> simulated,
                                                 const analysis::CalibrationOptions& options);

}  // namespace opline::evaluation
