#include "src/measure/request.h"

#include "src/base/error.h"

namespace opline::measure {

std::string_view to_string(Payload payload) { return payload == Payload::plan ? "plan" : "tflite"; }

Payload payload_from_string(std::string_view text) {
  if (text == "plan") return Payload::plan;
  if (text == "tflite") return Payload::tflite;
  throw Error(ErrorCode::usage, "unknown payload `{}`; known: plan, tflite", text);
}

std::string_view to_string(OutputCheck check) {
  return check == OutputCheck::final ? "final" : "none";
}

OutputCheck output_check_from_string(std::string_view text) {
  if (text == "final") return OutputCheck::final;
  if (text == "none") return OutputCheck::none;
  throw Error(ErrorCode::usage, "unknown output check `{}`; known: final, none", text);
}

std::optional<std::string> fault(const Request& request) {
  if (request.network.empty()) return "a request without a network's id";
  if (request.payload == Payload::plan && request.plan.empty()) return "a request without a plan";
  if (request.payload == Payload::tflite && request.tensors.empty())
    return "a request without a .tflite";
  if (request.payload == Payload::tflite && !request.plan.empty())
    return "a request with a plan and a .tflite";
  const bool is_checked =
      request.payload == Payload::plan || request.output_check == OutputCheck::final;
  if (request.expected_digests.empty() && is_checked)
    return "a request without digests: its output can't be checked";
  if (request.budget_cycles == 0) return "a budget of 0 cycles: nothing can run in it";
  for (const std::uint32_t layer : request.layer_of_operator) {
    if (layer >= request.expected_digests.size())
      return "an operator of a layer that the network doesn't have";
  }
  return std::nullopt;
}

}  // namespace opline::measure
