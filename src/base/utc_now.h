// src/base/utc_now.h - the present moment, for provenance.
#pragma once
#include <string>

namespace opline {

/// "2026-01-31T12:00:00Z". Libraries take times from their callers and never call this.
[[nodiscard]] std::string utc_now();

}  // namespace opline
