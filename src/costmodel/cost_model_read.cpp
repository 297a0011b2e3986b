// The cost model from JSON; docs/formats/cost-model.md.
#include <cmath>
#include <set>

#include "src/base/error.h"
#include "src/base/strict_json.h"
#include "src/costmodel/cost_model.h"
#include "src/costmodel/cost_model_keys.h"
#include "src/costmodel/cost_model_line.h"
#include "src/costmodel/model_reader.h"

namespace opline::costmodel {
namespace {

/// In version 1 `drawn` was the number of different networks, and the draws were not counted.
Counts read_counts(StrictObject object, std::uint64_t version) {
  Counts counts;
  const char* const different = version == 1 ? "drawn" : "different";
  counts.different = object.optional_integer(different);
  if (version != 1) counts.drawn = object.optional_integer("drawn");
  counts.pending = object.integer("pending");
  counts.fitting = object.optional_integer("fitting");
  counts.measured = object.integer("measured");
  object.reject_unknown_keys();
  if (counts.fitting && *counts.fitting < counts.measured)
    object.fail("fitting", "is below measured; only what fits is measured");
  if (counts.different && *counts.different < counts.fitting.value_or(counts.measured))
    object.fail(different, "is below fitting or measured; count every network that was drawn");
  if (counts.drawn && *counts.drawn < counts.different.value_or(counts.measured))
    object.fail("drawn", "is below different or measured; count every draw");
  return counts;
}

void read_campaign(StrictObject object, CostModel& file) {
  file.space_name = object.optional_text("space");
  file.prior = object.optional_text("prior");
  file.seed = object.optional_integer("seed");
  object.reject_unknown_keys();
}

void check_setup(StrictObject object) {
  const std::string runner = object.text("runner");
  if (runner != "simulated" && runner != "attached" && runner != "imported") {
    object.fail("runner",
                fmt::format("is `{}`; it must be simulated, attached or imported", runner));
  }
  (void)object.optional_text("board");
  (void)object.optional_text("runtime");
}

bool digits_where_due(const std::string& time) {
  const std::string pattern = "0000-00-00T00:00:00Z";
  if (time.size() != pattern.size()) return false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const bool digit = time[i] >= '0' && time[i] <= '9';
    if (pattern[i] == '0' ? !digit : time[i] != pattern[i]) return false;
  }
  return true;
}

Provenance read_provenance(StrictObject object, std::uint64_t version) {
  Provenance provenance;
  provenance.opline_version = object.text("opline_version");
  provenance.study = object.text("study");
  provenance.created_utc = object.text("created_utc");
  if (!digits_where_due(provenance.created_utc)) {
    object.fail("created_utc",
                fmt::format("is `{}`; write UTC as 2026-01-31T12:00:00Z", provenance.created_utc));
  }
  provenance.command = object.text("command");
  if (version >= 3) provenance.data_digest = object.optional_text("data_digest");
  object.reject_unknown_keys();
  return provenance;
}

std::optional<SpaceText> read_space(StrictObject& root) {
  std::optional<StrictObject> object = root.optional_object("space");
  if (!object) return std::nullopt;
  SpaceText space{object->text("name"), object->text("id"), object->text("text"),
                  object->value("structure")};
  if (!space.structure.is_object()) object->fail("structure", "is not an object; export it again");
  object->reject_unknown_keys();
  return space;
}

std::vector<Model> read_models(StrictObject& root, const Counts& counts) {
  std::vector<Model> models;
  std::set<std::string> titles;
  for (StrictObject& object : root.objects("models")) {
    models.push_back(read_model(object));
    const Model& model = models.back();
    if (!titles.insert(model.title()).second)
      object.fail("kind", fmt::format("{} is there twice; keep one of them", model.title()));
    if (model.fit && model.fit->n > counts.measured)
      object.fail("fit", "has more networks than were measured; correct one of them");
  }
  if (models.empty()) root.fail("models", "is empty; a cost model has at least one model");
  return models;
}

}  // namespace

CostModel cost_model_from_json(const Json& json, const std::string& name) {
  StrictObject root(json, name);
  root.expect_text("format", kFormatName, "name a cost model that opline has written");
  const std::uint64_t version = root.integer("version");
  if (version < 1 || version > kFormatVersion) {
    root.fail("version",
              fmt::format("is {}; this opline reads versions 1 to {}: use the opline that wrote "
                          "the file, or write it again",
                          version, kFormatVersion));
  }
  CostModel file;
  file.provenance = read_provenance(root.object("provenance"), version);
  check_setup(root.object("setup"));
  file.setup = root.value("setup");
  read_campaign(root.object("campaign"), file);
  file.counts = read_counts(root.object("counts"), version);
  if (version < 3) {
    file.models = {read_line_of_version_2(root, file.counts)};
  } else {
    root.expect_text("ops", kOpsDefinition, "opline counts no other ops");
    file.space = read_space(root);
    file.models = read_models(root, file.counts);
  }
  root.reject_unknown_keys();
  return file;
}

}  // namespace opline::costmodel
