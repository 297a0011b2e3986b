// src/measure/response.h - what of a network is measured and predicted: how long one inference
// takes, or how much energy.
#pragma once

namespace opline::measure {

enum class Response { latency, energy };

/// "latency", "energy".
[[nodiscard]] const char* to_string(Response response);
/// "s", "J".
[[nodiscard]] const char* unit_of(Response response);

}  // namespace opline::measure
