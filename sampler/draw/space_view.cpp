#include "sampler/draw/space_view.h"

#include <fmt/format.h>

#include <algorithm>

#include "sampler/count/architecture_count.h"
#include "sampler/count/network_set.h"
#include "sampler/space/space_json.h"
#include "src/base/error.h"

namespace opline::sampler {
namespace {

std::string extents(int h, int w) { return fmt::format("{}x{}", h, w); }

/// The options of the block's choice of this kind, or `otherwise`.
std::string chosen(const Space& space, const Block& block, DecisionKind kind,
                   const std::string& otherwise) {
  for (const BlockChoice& choice : block.choices) {
    if (choice.kind == kind)
      return fmt::format("({})", fmt::join(space.decisions[choice.decision].labels, " | "));
  }
  return otherwise;
}

/// What a convolution has beyond window and activation.
std::string extras(const Space& space, const Block& block) {
  const auto of = [&](DecisionKind kind, const std::string& usual, const std::string& value) {
    const std::string text = chosen(space, block, kind, value);
    return text == usual ? "" : text;
  };
  const network::Window& window = block.window;
  std::string text;
  if (const auto dilation =
          of(DecisionKind::dilation, "1x1", extents(window.dilation_h, window.dilation_w));
      !dilation.empty())
    text += " dilation " + dilation;
  if (const auto groups = of(DecisionKind::groups, "1", std::to_string(block.groups));
      !groups.empty())
    text += fmt::format(" in {} groups", groups);
  if (const auto depth =
          of(DecisionKind::depth_multiplier, "1", std::to_string(block.depth_multiplier));
      !depth.empty())
    text += " depth multiplier " + depth;
  if (const auto percent =
          of(DecisionKind::squeeze_excite, "0", std::to_string(block.squeeze_excite.percent));
      !percent.empty())
    text += fmt::format(" squeeze-excite {} %", percent);
  return text;
}

std::string what(const Space& space, const Block& block) {
  std::string text = chosen(space, block, DecisionKind::type, std::string(to_string(block.type)));
  if (block.global) {
    text += " global";
  } else if (has_window(block.type)) {
    const network::Window& window = block.window;
    const std::string kernel = extents(window.kernel_h, window.kernel_w);
    const std::string stride = extents(window.stride_h, window.stride_w);
    text += fmt::format(" {} stride {} {}", chosen(space, block, DecisionKind::kernel, kernel),
                        chosen(space, block, DecisionKind::stride, stride),
                        network::to_string(window.padding));
  }
  if (block.type == BlockType::branches)
    text += fmt::format(" {} of {}", block.join == Join::add ? "sum" : "concatenation",
                        block.branches.size());
  const std::string activation =
      chosen(space, block, DecisionKind::activation, std::string(to_string(block.activation)));
  if (activation != "none") text += " " + activation;
  text += extras(space, block);
  if (block.residual == Residual::identity) text += " + input";
  if (block.residual == Residual::projection) text += " + input or its projection";
  if (block.residual == Residual::if_same_shape) text += " + input of the same shape";
  return text;
}

std::string width(const Space& space, const Width& width) {
  std::string text = "same";
  if (width.kind == Width::Kind::fixed) text = std::to_string(width.value);
  if (width.kind == Width::Kind::ratio) text = fmt::format("x{}", width.value / 100.0);
  if (width.kind == Width::Kind::decided) text = options_text(space.decisions[width.decision]);
  if (width.kind == Width::Kind::decided_ratio)
    text = fmt::format("x{}", fmt::join(space.decisions[width.decision].labels, ", x"));
  if (width.multiplier) {
    const std::string& name = space.decisions[*width.multiplier].name;
    text = fmt::format("({}) * {}", text, name.substr(0, name.rfind('.')));
  }
  return width.percent == 100 ? text : fmt::format("{} % of ({})", width.percent, text);
}

/// Of every place of the block, each once.
std::string maps_text(const Space& space, std::size_t block) {
  std::vector<std::string> maps;
  for (const Place& place : space.places) {
    if (place.block != block) continue;
    for (const Branch& branch : place.branches) {
      if (branch.layers.empty() || branch.layers.front().type == kInputLayer) continue;
      const Map& map = branch.layers.back().out;
      const std::string text = extents(map.h, map.w);
      if (std::find(maps.begin(), maps.end(), text) == maps.end()) maps.push_back(text);
    }
  }
  if (maps.size() > 3) return fmt::format("{} .. {} ({})", maps.front(), maps.back(), maps.size());
  return fmt::format("{}", fmt::join(maps, " | "));
}

std::string skip(const Space& space, const Block& block) {
  if (!block.skip) return "";
  const std::string stride = chosen(space, block, DecisionKind::stride, "");
  if (!stride.empty()) return "average pooling " + stride;
  if (!block.skip_pools()) return "identity";
  return fmt::format("average pooling {}x{}", block.window.stride_h, block.window.stride_w);
}

/// Nothing where that is too much work.
std::optional<std::string> count_networks(const Space& space) {
  try {
    return NetworkSet(space).size().str();
  } catch (const Error& error) {
    if (error.code() != ErrorCode::input) throw;
    return std::nullopt;
  }
}

/// "800 networks", "1 network".
std::string counted(const std::string& count, const char* what) {
  return fmt::format("{} {}{}", count, what, count == "1" ? "" : "s");
}

/// Columns padded to their widest cell, two blanks between, none at the end of a line.
std::string table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths(rows.front().size());
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) line += fmt::format("{:<{}}  ", row[i], widths[i]);
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return text;
}

/// Nothing for int8.
std::string bits_text(const network::Bits& bits) {
  if (bits == network::Bits{}) return "";
  return fmt::format("weights of {} bits, activations of {}", bits.weights, bits.activations);
}

/// The heading, the input and the blocks; without columns for what no block has.
std::vector<std::vector<std::string>> backbone(const SpaceView& view) {
  const auto any = [&](std::string BlockView::*member) {
    return std::any_of(view.blocks.begin(), view.blocks.end(),
                       [member](const BlockView& block) { return !(block.*member).empty(); });
  };
  const bool expansions = any(&BlockView::expansion);
  const bool ties = any(&BlockView::tie);
  std::vector<std::vector<std::string>> rows;
  const auto add = [&](const BlockView& block) {
    rows.push_back({block.name, block.what, block.maps});
    if (expansions) rows.back().push_back(block.expansion);
    rows.back().push_back(block.width);
    if (ties) rows.back().push_back(block.tie);
    rows.back().push_back(block.skip);
  };
  add({"block", "what", {}, "map", "expansion", "width", "tie", "skip"});
  add({"input",
       bits_text(view.bits),
       {},
       extents(view.input.h, view.input.w),
       "",
       std::to_string(view.input.c),
       "",
       ""});
  for (const BlockView& block : view.blocks) add(block);
  return rows;
}

/// A row for each block of a branch, named as its decisions are.
void add_branch(const Space& space, const Block& block, std::size_t branch, SpaceView& view) {
  for (const Block& inner : block.branches[branch]) {
    view.blocks.push_back({inner.name, what(space, inner), inner.out,
                           extents(inner.out.h, inner.out.w),
                           inner.expansion ? width(space, *inner.expansion) : "",
                           width(space, inner.width), inner.tie, ""});
  }
}

}  // namespace

SpaceView view(const Space& space) {
  SpaceView view;
  view.name = space.name;
  view.title = space.title;
  view.description = space.description;
  view.id = space.id;
  view.input = space.input;
  view.bits = space.bits;
  view.decisions = space.decisions;
  for (std::size_t i = 0; i < space.blocks.size(); ++i) {
    const Block& block = space.blocks[i];
    view.blocks.push_back({block.name, what(space, block), block.out, maps_text(space, i),
                           block.expansion ? width(space, *block.expansion) : "",
                           block.type == BlockType::branches ? "" : width(space, block.width),
                           block.tie, skip(space, block)});
    for (std::size_t branch = 0; branch < block.branches.size(); ++branch)
      add_branch(space, block, branch, view);
  }
  if (const auto count = count_architectures(space)) view.architectures = count->str();
  view.networks = count_networks(space);
  view.structure = structure_json(space);
  return view;
}

std::string to_text(const SpaceView& view) {
  std::string text =
      fmt::format("{}: {}\nid {}\n\n{}\n", view.name, view.title, view.id, table(backbone(view)));
  const std::string networks =
      view.networks ? counted(*view.networks, "network") : "networks not counted";
  const std::string architectures = view.architectures
                                        ? counted(*view.architectures, "architecture")
                                        : "architectures not counted";
  text += fmt::format("{}, {} ({})\n", counted(std::to_string(view.decisions.size()), "decision"),
                      networks, architectures);
  std::vector<std::vector<std::string>> decisions = {{"decision", "options", ""}};
  for (const Decision& decision : view.decisions) {
    decisions.push_back(
        {decision.name, std::to_string(decision.options.size()), options_text(decision)});
  }
  if (!view.decisions.empty()) text += "\n" + table(decisions);
  if (!view.description.empty()) {
    text += "\n" + view.description;
    if (!text.ends_with('\n')) text += '\n';
  }
  return text;
}

Json to_json(const SpaceView& view) {
  Json json = {{"name", view.name},
               {"title", view.title},
               {"description", view.description},
               {"id", view.id}};
  json["input"] = {view.input.h, view.input.w, view.input.c};
  json["weight_bits"] = view.bits.weights;
  json["activation_bits"] = view.bits.activations;
  json["blocks"] = Json::array();
  for (const BlockView& block : view.blocks) {
    Json item = {{"name", block.name},
                 {"what", block.what},
                 {"map", {block.map.h, block.map.w}},
                 {"width", block.width}};
    const auto text_or_null = [](const std::string& text) {
      return text.empty() ? Json(nullptr) : Json(text);
    };
    item["expansion"] = text_or_null(block.expansion);
    item["tie"] = text_or_null(block.tie);
    item["skip"] = text_or_null(block.skip);
    json["blocks"].push_back(item);
  }
  json["decisions"] = Json::array();
  for (const Decision& decision : view.decisions) {
    Json item = {{"name", decision.name}, {"kind", to_string(decision.kind)}};
    item["options"] =
        decision.kind == DecisionKind::width ? Json(decision.options) : Json(decision.labels);
    json["decisions"].push_back(item);
  }
  json["architectures"] = view.architectures ? Json(*view.architectures) : Json(nullptr);
  json["networks"] = view.networks ? Json(*view.networks) : Json(nullptr);
  json["structure"] = view.structure;
  return json;
}

std::string describe(const Space& space) { return to_text(view(space)); }

}  // namespace opline::sampler
