// src/cli/subject.h - one series named on the command line: a file, and which of its series is
// meant.
//
//   study.db                                     a study with one series
//   study.db:space=kws,boards=nucleo-f446re      one of several; keys are the options that select
//                                                (opline fit --help)
//   mine.csv:ops=mmacs,latency=latency_ms        a table; keys are the options that read one
#pragma once
#include <memory>
#include <string>

#include "src/cli/source.h"

namespace opline::cli {

/// A series that is kept with the study it is from.
class Subject {
 public:
  /// Throws Error{usage} for an unknown key or unless exactly one series matches (then they are
  /// listed as texts to give), else as Source; messages begin with `text` or its file.
  Subject(const std::string& text, Console& console);

  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] const FittedSeries& series() const { return series_; }
  [[nodiscard]] store::Study& study() { return source_->study(); }

 private:
  void open(Console& console);

  std::string text_;
  std::unique_ptr<Options> options_;  ///< Referred to by the source.
  std::unique_ptr<Source> source_;
  FittedSeries series_;
};

}  // namespace opline::cli
