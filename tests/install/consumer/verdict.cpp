// From a study file to a verdict and its JSON, with the installed libraries.
#include <cstdio>

#include "src/base/error.h"
#include "src/evaluation/judge.h"
#include "src/evaluation/study_series.h"
#include "src/report/judgement_report.h"

int main(int count, char** arguments) try {
  using namespace opline;
  if (count != 2) return 2;
  store::Study study = store::Study::open(arguments[1], store::Mode::read_only);
  const auto series = evaluation::read_series(study, {}, evaluation::WithLayers::yes);
  evaluation::JudgeOptions options;
  options.thresholds = evaluation::shipped_thresholds();
  const evaluation::Judgement judgement = evaluation::judge({&series.front()}, options);
  std::printf("%s", to_text(report::record_of(judgement).json()).c_str());
  return judgement.verdict ? 0 : 1;
} catch (const opline::Error& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return static_cast<int>(error.code());
}
