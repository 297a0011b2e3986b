// runners/runner.h - something that measures networks under one setup.
#pragma once
#include "src/measure/outcome.h"
#include "src/measure/request.h"
#include "src/measure/setup.h"

namespace opline::runners {

/// Measures one network at a time; one per thread. The outcome must not depend on what was measured
/// before.
class Runner {
 public:
  virtual ~Runner() = default;
  [[nodiscard]] virtual measure::Outcome measure(const measure::Request& request) = 0;
};

}  // namespace opline::runners
