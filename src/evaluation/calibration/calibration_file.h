// src/evaluation/calibration/calibration_file.h - calibrations as a file that views apply.
//
// JSON, "opline-calibration" version 1; docs/formats/calibration.md is its reference and
// data/schemas/calibration.schema.json its JSON Schema. It holds one calibration per scope, each
// with its fit, its verdict, its pairs and where they come from. Reading is strict: a missing,
// unknown or inconsistent key is an error, never a default.
#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "analysis/verdict/verdict.h"
#include "src/base/json.h"
#include "src/evaluation/calibration/calibrate.h"
#include "src/evaluation/calibration/scope.h"

namespace opline::evaluation {

/// What made a calibration. Given by the caller, so that the same call writes the same bytes.
struct CalibrationProvenance {
  std::string opline_version;  ///< "0.1.0"
  std::string created_utc;     ///< "2026-01-31T12:00:00Z"
  std::string command;         ///< The command line.
};

/// One calibration of a file: what views need of it, and all of it.
struct StoredCalibration {  // NOLINT(bugprone-exception-escape): Json's move only asserts
  Scope scope;
  double scale = 1;
  std::optional<double> offset_seconds;
  double further_error = 0;  ///< A share.
  analysis::Ruling ruling = analysis::Ruling::not_valid;
  Json json;  ///< As it stands in the file.
};

struct CalibrationFile {
  std::string name;                             ///< As it was given; for messages and labels.
  std::vector<StoredCalibration> calibrations;  ///< At least one when read; scopes differ.
};

/// `calibration` must have a fit (asserted).
[[nodiscard]] StoredCalibration stored(const Calibration& calibration,
                                       const CalibrationProvenance& provenance);

/// Strict. Throws Error{input} "file: key: what, and what to do".
[[nodiscard]] CalibrationFile parse_calibrations(const std::string& text, const std::string& name);
/// Throws Error{io} as well.
[[nodiscard]] CalibrationFile load_calibrations(const std::filesystem::path& path);
[[nodiscard]] std::string text_of(const CalibrationFile& file);

/// Adds `calibration`; one of the same scope is replaced.
void put(CalibrationFile& file, StoredCalibration calibration);

}  // namespace opline::evaluation
