#include "sampler/space/space_json.h"

#include "sampler/space/architecture_parts.h"

namespace opline::sampler {
namespace {

Json map_json(const Map& map) { return {map.h, map.w}; }

/// Null where the layer or block slides no window.
Json window_json(const network::Window& window, bool slides) {
  if (!slides) return nullptr;
  return {{"kernel", {window.kernel_h, window.kernel_w}},
          {"stride", {window.stride_h, window.stride_w}},
          {"padding", network::to_string(window.padding)}};
}

Json width_json(const Width& width) {
  Json json;
  switch (width.kind) {
    case Width::Kind::same:
      json = {{"kind", "same"}};
      break;
    case Width::Kind::block_input:
      return {{"kind", "block_input"}};
    case Width::Kind::fixed:
      json = {{"kind", "fixed"}, {"value", width.value}};
      break;
    case Width::Kind::decided:
      json = {{"kind", "decided"}, {"decision", width.decision}};
      break;
    case Width::Kind::ratio:
      json = {{"kind", "ratio"}, {"value", width.value}};
      break;
    case Width::Kind::decided_ratio:
      json = {{"kind", "decided_ratio"}, {"decision", width.decision}};
      break;
    case Width::Kind::like:
      return {{"kind", "like"}, {"layer", width.value}};
    case Width::Kind::sum:
      return {{"kind", "sum"}};
  }
  if (width.multiplier) json["multiplier"] = *width.multiplier;
  if (width.percent != 100) json["percent"] = width.percent;
  if (width.multiple_of != 1) json["multiple_of"] = width.multiple_of;
  return json;
}

std::string_view type_text(const BlockLayer& layer) {
  return layer.type == kInputLayer ? "input" : network::to_string(layer.type);
}

Json layer_json(const BlockLayer& layer) {
  return {{"type", type_text(layer)},
          {"window", window_json(layer.window, network::slides(layer.type))},
          {"activation", network::to_string(layer.activation)},
          {"width", width_json(layer.width)},
          {"input_map", map_json(layer.in)},
          {"output_map", map_json(layer.out)}};
}

Json layers_json(const std::vector<BlockLayer>& layers) {
  Json json = Json::array();
  for (const BlockLayer& layer : layers) json.push_back(layer_json(layer));
  return json;
}

Json block_json(const Block& block) {
  return {{"name", block.name},
          {"type", to_string(block.type)},
          {"window", window_json(block.window, has_window(block.type))},
          {"activation", to_string(block.activation)},
          {"expansion", block.expansion ? width_json(*block.expansion) : Json(nullptr)},
          {"width", width_json(block.width)},
          {"tie", block.tie.empty() ? Json(nullptr) : Json(block.tie)},
          {"residual", block.residual == Residual::identity},
          {"skip", json_or_null(block.skip)},
          {"input_map", map_json(block.in)},
          {"output_map", map_json(block.out)}};
}

/// With the layers of its place: those of a version 1 space.
Json block_json(const Block& block, const Place& place) {
  Json json = block_json(block);
  json["kept"] = layers_json(place.branches.front().layers);
  json["skipped"] = block.skip ? layers_json(place.branches.back().layers) : Json(nullptr);
  return json;
}

Json options_json(const Decision& decision) {
  if (decision.kind == DecisionKind::width) return decision.options;
  return decision.labels;
}

Json decision_json(const Decision& decision) {
  return {{"name", decision.name},
          {"kind", to_string(decision.kind)},
          {"options", options_json(decision)},
          {"blocks", decision.blocks}};
}

// ---- Version 2 ----

std::string_view guard_text(Guard guard) { return guard == Guard::same ? "same" : "different"; }

Json branch_json(const Branch& branch) {
  Json json = {{"when", Json::array()}, {"layers", Json::array()}, {"next", branch.next}};
  for (const Selection& one : branch.when)
    json["when"].push_back({{"decision", one.decision}, {"first", one.first}, {"last", one.last}});
  for (const BlockLayer& layer : branch.layers) {
    Json item = layer_json(layer);
    item["from"] = layer.from;
    item["other"] = layer.joins() ? Json(layer.other) : Json(nullptr);
    item["groups"] = layer.groups;
    item["constant"] = layer.constant;
    if (!item["window"].is_null())
      item["window"]["dilation"] = {layer.window.dilation_h, layer.window.dilation_w};
    item["guard"] = layer.guard == Guard::none ? Json(nullptr) : Json(guard_text(layer.guard));
    json["layers"].push_back(item);
  }
  return json;
}

Json place_json(const Place& place) {
  Json json = {{"block", place.block}, {"branches", Json::array()}};
  for (const Branch& branch : place.branches) json["branches"].push_back(branch_json(branch));
  return json;
}

Json item_json(const Item& item) {
  Json json = {{"name", item.name},
               {"skip", json_or_null(item.skip)},
               {"kept", item.kept},
               {"skipped", item.skipped},
               {"depth", nullptr}};
  if (item.depth)
    json["depth"] = {{"decision", item.depth->decision}, {"at_least", item.depth->at_least}};
  return json;
}

void add_graph(const Space& space, Json& json) {
  for (std::size_t i = 0; i < space.decisions.size(); ++i) {
    json["decisions"][i]["prefix"] = prefix_of(space.decisions[i].kind);
    json["decisions"][i]["values"] = space.decisions[i].options;
  }
  json["inputs"] = Json::array();
  for (const network::Shape& input : space.inputs)
    json["inputs"].push_back({input.h, input.w, input.c});
  json["places"] = Json::array();
  for (const Place& place : space.places) json["places"].push_back(place_json(place));
  json["items"] = Json::array();
  for (const Item& item : space.items) json["items"].push_back(item_json(item));
}

}  // namespace

Json structure_json(const Space& space) {
  // Readers of the first version know int8 only.
  const bool first_version = space.is_version_1() && space.bits == network::Bits{};
  Json json = {{"format", "opline-space-structure"},
               {"version", first_version ? 1 : kStructureVersion},
               {"name", space.name},
               {"id", space.id},
               {"input", {space.input.h, space.input.w, space.input.c}},
               {"blocks", Json::array()},
               {"decisions", Json::array()}};
  for (std::size_t i = 0; i < space.blocks.size(); ++i)
    json["blocks"].push_back(first_version ? block_json(space.blocks[i], space.places[i])
                                           : block_json(space.blocks[i]));
  for (const Decision& decision : space.decisions)
    json["decisions"].push_back(decision_json(decision));
  if (space.bits != network::Bits{}) {
    json["weight_bits"] = space.bits.weights;
    json["activation_bits"] = space.bits.activations;
  }
  if (!first_version) add_graph(space, json);
  return json;
}

}  // namespace opline::sampler
