// A profile as JSON; see docs/formats/profile.md.
#include <fmt/format.h>

#include "src/base/version.h"
#include "src/report/profile/profile_report.h"
#include "src/report/record.h"

namespace opline::report {
namespace {

using simulator::Cost;
using simulator::Profile;

Record cost_record(const Cost& cost) {
  Record record;
  record.add("cycles", cost.cycles()).add("instructions", cost.instructions);
  Record causes;
  for (std::size_t i = 0; i < simulator::kCycleCauses; ++i)
    causes.add(std::string(to_string(static_cast<simulator::CycleCause>(i))), cost.by_cause[i]);
  return record.part("causes", causes);
}

Record source_record(const Profile& profile,
                     const std::optional<simulator::SourcePosition>& source) {
  Record record;
  record.add("file", source ? Json(profile.files.at(source->file)) : Json(nullptr));
  return record.add("line", source ? Json(source->line) : Json(nullptr));
}

Record function_record(const simulator::ProfiledFunction& one) {
  Record record;
  record.add("name", one.name).add("address", one.address).add("calls", one.calls);
  return record.part("self", cost_record(one.self)).part("inclusive", cost_record(one.inclusive));
}

Record line_record(const Profile& profile, const simulator::ProfiledLine& one) {
  Record record = source_record(profile, one.source);
  record.part("inlined_at", source_record(profile, one.inlined_at));
  record.add("function", one.function);
  return record.part("self", cost_record(one.self));
}

Record instruction_record(const Profile& profile, const simulator::ProfiledInstruction& one) {
  Record record;
  record.add("address", one.address)
      .add("encoding", fmt::format("{:0{}x}", one.bits, one.wide ? 8 : 4))
      .add("text", one.text)
      .add("function", one.function)
      .part("source", source_record(profile, one.source))
      .part("inlined_at", source_record(profile, one.inlined_at))
      .add("skipped", one.skipped)
      .add("paired", one.paired);
  return record.part("self", cost_record(one.self));
}

Record call_record(const simulator::ProfiledCall& one) {
  Record record;
  record.add("site", one.site)
      .add("caller", one.caller)
      .add("callee", one.callee)
      .add("calls", one.calls);
  return record.part("inclusive", cost_record(one.inclusive));
}

Record layer_record(const simulator::ProfiledLayer& one) {
  Record record;
  record.add("name", one.name).add("begin", one.begin);
  return record.part("inclusive", cost_record(one.inclusive));
}

Record traffic_record(const simulator::MemoryTraffic& one) {
  Record record;
  record.add("region", one.region)
      .add("fetches", one.fetches)
      .add("fetched_bytes", one.fetched_bytes)
      .add("reads", one.reads)
      .add("read_bytes", one.read_bytes)
      .add("writes", one.writes)
      .add("written_bytes", one.written_bytes);
  return record;
}

Record stack_record(const simulator::StackUse& stack) {
  Record record;
  record.add("top", stack.top)
      .add("lowest", stack.lowest)
      .add("used_bytes", stack.used())
      .add("available_bytes", json_or_null(stack.available))
      .add("function", stack.function);
  return record;
}

template <typename T, typename RecordOf>
Json list_of(const std::vector<T>& all, const RecordOf& record_of) {
  Json json = Json::array();
  for (const T& one : all) json.push_back(record_of(one).json());
  return json;
}

}  // namespace

Json to_json(const ProfileView& view, ProfileDetail detail) {
  const Profile& profile = view.profile;
  Record record;
  record.add("format", "opline-profile")
      .add("version", 1)
      .add("opline", version())
      .add("command", view.command)
      .add("subject", view.subject)
      .add("image", view.image)
      .add("window", view.window)
      .add("board", view.board)
      .add("runner", "simulated")
      .add("timing_model", view.timing_model)
      .add("clock_hz", json_or_null(view.clock_hz))
      .add("stop", view.stop ? Json(view.stop->text) : Json(nullptr))
      .add("begin", profile.begin)
      .add("end", profile.end)
      .part("total", cost_record(profile.total))
      .add("skipped", profile.skipped)
      .add("paired", profile.paired)
      .list("layers", list_of(profile.layers, layer_record))
      .list("functions", list_of(profile.functions, function_record))
      .list("lines",
            list_of(profile.lines, [&](const auto& one) { return line_record(profile, one); }))
      .list("calls", list_of(profile.calls, call_record))
      .list("memory", list_of(profile.traffic, traffic_record))
      .part("stack", stack_record(profile.stack));
  if (detail == ProfileDetail::everything) {
    record.list("instructions", list_of(profile.instructions, [&](const auto& one) {
                  return instruction_record(profile, one);
                }));
  }
  return record.json();
}

}  // namespace opline::report
