#include "sampler/space/space_json.h"

#include "sampler/space/block_layers.h"

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
  switch (width.kind) {
    case Width::Kind::same:
      return {{"kind", "same"}};
    case Width::Kind::block_input:
      return {{"kind", "block_input"}};
    case Width::Kind::fixed:
      return {{"kind", "fixed"}, {"value", width.value}};
    case Width::Kind::decided:
      return {{"kind", "decided"}, {"decision", width.decision}};
  }
  return nullptr;
}

Json layers_json(const std::vector<BlockLayer>& layers) {
  Json json = Json::array();
  for (const BlockLayer& layer : layers) {
    json.push_back({{"type", network::to_string(layer.type)},
                    {"window", window_json(layer.window, network::slides(layer.type))},
                    {"activation", network::to_string(layer.activation)},
                    {"width", width_json(layer.width)},
                    {"input_map", map_json(layer.in)},
                    {"output_map", map_json(layer.out)}});
  }
  return json;
}

Json block_json(const Block& block) {
  const bool slides = block.type != BlockType::fully_connected && block.type != BlockType::softmax;
  return {{"name", block.name},
          {"type", to_string(block.type)},
          {"window", window_json(block.window, slides)},
          {"activation", network::to_string(block.activation)},
          {"expansion", block.expansion ? width_json(*block.expansion) : Json(nullptr)},
          {"width", width_json(block.width)},
          {"tie", block.tie.empty() ? Json(nullptr) : Json(block.tie)},
          {"residual", block.residual},
          {"skip", json_or_null(block.skip)},
          {"input_map", map_json(block.in)},
          {"output_map", map_json(block.out)},
          {"kept", layers_json(kept_layers(block))},
          {"skipped", block.skip ? layers_json(skipped_layers(block)) : Json(nullptr)}};
}

Json decision_json(const Decision& decision) {
  const bool skip = decision.kind == DecisionKind::skip;
  return {{"name", decision.name},
          {"kind", skip ? "skip" : "width"},
          {"options", skip ? Json({"keep", "skip"}) : Json(decision.options)},
          {"blocks", decision.blocks}};
}

}  // namespace

Json structure_json(const Space& space) {
  Json json = {{"format", "opline-space-structure"},
               {"version", kStructureVersion},
               {"name", space.name},
               {"id", space.id},
               {"input", {space.input.h, space.input.w, space.input.c}},
               {"blocks", Json::array()},
               {"decisions", Json::array()}};
  for (const Block& block : space.blocks) json["blocks"].push_back(block_json(block));
  for (const Decision& decision : space.decisions)
    json["decisions"].push_back(decision_json(decision));
  return json;
}

}  // namespace opline::sampler
