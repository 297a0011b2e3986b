#include "src/report/profile/timeline.h"

#include <fmt/format.h>

#include "src/base/json.h"
#include "src/base/version.h"

namespace opline::report {
namespace {

constexpr int kLayers = 1, kFunctions = 2;

std::string thread_name(int thread, const char* name) {
  const Json json = {{"ph", "M"},
                     {"name", "thread_name"},
                     {"pid", 1},
                     {"tid", thread},
                     {"args", {{"name", name}}}};
  return json.dump();
}

}  // namespace

/// Microseconds where the clock is known, else one microsecond for each cycle.
std::string timeline_json(const ProfileView& view) {
  const simulator::Profile& profile = view.profile;
  const double microseconds = view.clock_hz ? 1e6 / static_cast<double>(*view.clock_hz) : 1.0;
  const Json other = {{"format", "opline-timeline"},
                      {"version", 1},
                      {"opline", version()},
                      {"command", view.command},
                      {"subject", view.subject},
                      {"board", view.board},
                      {"runner", "simulated"},
                      {"timing_model", view.timing_model},
                      {"clock_hz", json_or_null(view.clock_hz)},
                      {"shortest_cycles", profile.shortest_span}};
  std::string text = fmt::format(
      "{{\"otherData\": {},\n\"displayTimeUnit\": \"ns\",\n\"traceEvents\": [\n{},\n{}",
      other.dump(), thread_name(kLayers, "layers"), thread_name(kFunctions, "functions"));
  for (const simulator::CallSpan& span : profile.spans) {
    const std::string name = span.layer ? layer_name(profile, *span.layer)
                                        : profile.functions.at(span.function.value_or(0)).name;
    text += fmt::format(
        ",\n{{\"ph\":\"X\",\"name\":{},\"pid\":1,\"tid\":{},\"ts\":{:.4f},\"dur\":{:.4f}}}",
        Json(name).dump(-1, ' ', false, Json::error_handler_t::replace),
        span.layer ? kLayers : kFunctions,
        static_cast<double>(span.begin - profile.begin) * microseconds,
        static_cast<double>(span.end - span.begin) * microseconds);
  }
  return text + "\n]}\n";
}

}  // namespace opline::report
