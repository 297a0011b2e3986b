#include "src/report/merge_report.h"

#include "src/base/counted.h"
#include "src/base/printable.h"

namespace opline::report {
namespace {

std::string in_words(const store::PartAdded& part) {
  const store::PartRow& row = part.row;
  std::string text = fmt::format(
      "{}: {}, {} new ({}, {})", printable(row.file, 300), counted(row.outcomes, "outcome"),
      row.added, printable(row.host.value_or("host unknown")), printable(row.created_by));
  if (part.fits > 0)
    text += fmt::format("; {} left out, opline fit repeats them", counted(part.fits, "stored fit"));
  return text + "\n";
}

std::string in_words(const store::Conflict& conflict, const std::string& part) {
  return fmt::format("{}: network {} on {} (setup {}): {} here, {} in {}\n", printable(part, 300),
                     conflict.network, printable(conflict.board), conflict.setup, conflict.here,
                     conflict.there, printable(conflict.there_file, 300));
}

Json to_json(const store::PartAdded& part) {
  Json conflicts = Json::array();
  for (const store::Conflict& one : part.conflicts) {
    conflicts.push_back({{"network", one.network},
                         {"setup", one.setup},
                         {"board", one.board},
                         {"there", one.there},
                         {"there_file", one.there_file},
                         {"here", one.here}});
  }
  const store::PartRow& row = part.row;
  return {{"file", row.file},
          {"content", row.content},
          {"host", json_or_null(row.host)},
          {"created_by", row.created_by},
          {"created_at", row.created_at},
          {"outcomes", row.outcomes},
          {"added", row.added},
          {"fits_left_out", part.fits},
          {"conflicts", conflicts}};
}

}  // namespace

std::string in_words(const store::Merged& merged, const std::string& file) {
  std::string text;
  for (const store::PartAdded& part : merged.parts) {
    if (!merged.refused) text += in_words(part);
    for (const store::Conflict& conflict : part.conflicts)
      text += in_words(conflict, part.row.file);
  }
  if (merged.refused) return text;
  const store::Content& content = merged.content;
  return text + fmt::format("{}: {} of {} under {}, {} of {}\ncontent {}\n", printable(file, 300),
                            counted(content.outcomes, "outcome"),
                            counted(content.networks, "network"), counted(content.setups, "setup"),
                            counted(content.draws, "draw"), counted(content.campaigns, "campaign"),
                            content.digest);
}

Json to_json(const store::Merged& merged, const std::string& file) {
  Json parts = Json::array();
  for (const store::PartAdded& part : merged.parts) parts.push_back(to_json(part));
  const store::Content& content = merged.content;
  return {{"format", "opline-merge"},
          {"version", 1},
          {"study", file},
          {"refused", merged.refused},
          {"parts", parts},
          {"content", merged.refused ? Json(nullptr)
                                     : Json{{"digest", content.digest},
                                            {"spaces", content.spaces},
                                            {"networks", content.networks},
                                            {"setups", content.setups},
                                            {"campaigns", content.campaigns},
                                            {"draws", content.draws},
                                            {"outcomes", content.outcomes}}}};
}

}  // namespace opline::report
