#include "src/evaluation/calibration/apply.h"

#include <algorithm>

#include "src/base/error.h"
#include "src/base/printable.h"

namespace opline::evaluation {
namespace {

/// The one with the fewest differences; of none nothing is closest.
const StoredCalibration& closest(const std::vector<const StoredCalibration*>& all,
                                 const Scope& wanted) {
  return **std::min_element(all.begin(), all.end(), [&](const auto* a, const auto* b) {
    return differences(a->scope, wanted).size() < differences(b->scope, wanted).size();
  });
}

[[noreturn]] void refuse(const CalibrationFile& file, const Scope& found, const Scope& wanted) {
  throw Error(
      ErrorCode::usage,
      "{}: the calibration of {} is not for what was simulated as {}: {}; a constant of other "
      "kernels, flags or timing would be off by up to 50 % (docs/accuracy.md); calibrate this "
      "scope (opline calibrate), or leave out --calibration",
      printable(file.name), printable(found.title(), 200), printable(wanted.title(), 200),
      text_of(differences(found, wanted)));
}

std::string scopes_of(const CalibrationFile& file) {
  std::string text;
  for (const StoredCalibration& one : file.calibrations)
    text += "\n  " + printable(one.scope.title(), 200);
  return text;
}

void apply(Series& series, const AppliedCalibration& calibration) {
  for (Row& row : series.rows) {
    if (!row.seconds) continue;
    const double seconds = calibration.seconds(*row.seconds);
    if (!(seconds > 0))
      throw Error(ErrorCode::input,
                  "{}: {} is simulated to take {:g} s, which its constants turn into {:g} s; "
                  "calibrate with one constant, or with networks of this size",
                  printable(calibration.file), printable(name_of(row)), *row.seconds, seconds);
    row.seconds = seconds;
  }
  series.calibration = calibration;
}

}  // namespace

const StoredCalibration* calibration_for(const CalibrationFile& file, const measure::Setup& setup) {
  const Scope wanted = scope_of(setup);
  std::vector<const StoredCalibration*> on_board;
  for (const StoredCalibration& one : file.calibrations) {
    if (one.scope == wanted) return &one;
    if (one.scope.board == wanted.board) on_board.push_back(&one);
  }
  if (on_board.empty()) return nullptr;
  refuse(file, closest(on_board, wanted).scope, wanted);
}

AppliedCalibration applied(const CalibrationFile& file, const StoredCalibration& calibration) {
  return {file.name,
          calibration.scope.title(),
          calibration.scale,
          calibration.offset_seconds,
          calibration.further_error,
          calibration.ruling != analysis::Ruling::valid};
}

void apply_calibrations(const CalibrationFile& file, std::vector<Series>& all) {
  bool any = false;
  for (Series& one : all) {
    if (!one.simulated()) continue;
    const StoredCalibration* found = calibration_for(file, one.setup);
    if (found == nullptr) continue;
    apply(one, applied(file, *found));
    any = true;
  }
  if (!any)
    throw Error(ErrorCode::usage, "{}: holds no calibration for what is shown; its scopes:{}",
                printable(file.name), scopes_of(file));
}

}  // namespace opline::evaluation
