#include "sampler/draw/space_view.h"

#include <fmt/format.h>

#include <algorithm>

#include "sampler/count/network_set.h"
#include "sampler/space/space_json.h"
#include "src/base/error.h"

namespace opline::sampler {
namespace {

std::string what(const Block& block) {
  std::string text(to_string(block.type));
  if (block.type != BlockType::fully_connected && block.type != BlockType::softmax) {
    const network::Window& window = block.window;
    text += fmt::format(" {}x{} stride {}x{} {}", window.kernel_h, window.kernel_w, window.stride_h,
                        window.stride_w, network::to_string(window.padding));
  }
  if (block.activation != network::Activation::none)
    text += fmt::format(" {}", network::to_string(block.activation));
  if (block.residual) text += " + input";
  return text;
}

std::string width(const Space& space, const Width& width) {
  if (width.kind == Width::Kind::same) return "same";
  if (width.kind == Width::Kind::fixed) return std::to_string(width.value);
  return options_text(space.decisions[width.decision].options);
}

std::string skip(const Block& block) {
  if (!block.skip) return "";
  if (!block.skip_pools()) return "identity";
  return fmt::format("average pooling {}x{}", block.window.stride_h, block.window.stride_w);
}

/// Ways to keep a block, the choice of its width aside.
std::size_t ways_to_keep(const Space& space, const Block& block) {
  if (!block.expansion || !block.expansion->is_decided()) return 1;
  return space.decisions[block.expansion->decision].options.size();
}

/// Blocks decide independently, but for those that share a width: that one counts only while a
/// block of them is kept.
std::string count_architectures(const Space& space) {
  const auto skips = [](const Block& block) { return block.skip ? 1U : 0U; };
  BigCount count = 1;
  for (const Block& block : space.blocks) {
    if (!block.width.is_decided()) count *= ways_to_keep(space, block) + skips(block);
  }
  for (const Decision& decision : space.decisions) {
    const Width& width = space.blocks[decision.blocks.front()].width;
    if (!width.is_decided() || &space.decisions[width.decision] != &decision) continue;
    BigCount ways = 1;         // of the blocks that share the width
    BigCount all_skipped = 1;  // 1 where that is one of them
    for (const std::size_t block : decision.blocks) {
      ways *= ways_to_keep(space, space.blocks[block]) + skips(space.blocks[block]);
      all_skipped *= skips(space.blocks[block]);
    }
    count *= (ways - all_skipped) * decision.options.size() + all_skipped;
  }
  return count.str();
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

/// The heading, the input and the blocks; without columns for what no block has.
std::vector<std::vector<std::string>> backbone(const SpaceView& view) {
  const auto any = [&](std::string BlockView::*member) {
    return std::any_of(view.blocks.begin(), view.blocks.end(),
                       [member](const BlockView& block) { return !(block.*member).empty(); });
  };
  const bool expansions = any(&BlockView::expansion);
  const bool ties = any(&BlockView::tie);
  std::vector<std::vector<std::string>> rows;
  const auto add = [&](const BlockView& block, const std::string& map) {
    rows.push_back({block.name, block.what, map});
    if (expansions) rows.back().push_back(block.expansion);
    rows.back().push_back(block.width);
    if (ties) rows.back().push_back(block.tie);
    rows.back().push_back(block.skip);
  };
  const auto map_text = [](int h, int w) { return fmt::format("{}x{}", h, w); };
  add({"block", "what", {}, "expansion", "width", "tie", "skip"}, "map");
  add({"input", "", {}, "", std::to_string(view.input.c), "", ""},
      map_text(view.input.h, view.input.w));
  for (const BlockView& block : view.blocks) add(block, map_text(block.map.h, block.map.w));
  return rows;
}

std::string_view kind_text(DecisionKind kind) {
  return kind == DecisionKind::skip ? "skip" : "width";
}

}  // namespace

std::string options_text(const std::vector<int>& options) {
  bool even = options.size() > 2;
  for (std::size_t i = 2; even && i < options.size(); ++i) {
    even = options[i] - options[i - 1] == options[1] - options[0];
  }
  if (even)
    return fmt::format("{}..{} step {}", options.front(), options.back(), options[1] - options[0]);
  return fmt::format("{}", fmt::join(options, ", "));
}

SpaceView view(const Space& space) {
  SpaceView view;
  view.name = space.name;
  view.title = space.title;
  view.description = space.description;
  view.id = space.id;
  view.input = space.input;
  view.decisions = space.decisions;
  for (const Block& block : space.blocks) {
    view.blocks.push_back({block.name, what(block), block.out,
                           block.expansion ? width(space, *block.expansion) : "",
                           width(space, block.width), block.tie, skip(block)});
  }
  view.architectures = count_architectures(space);
  view.networks = count_networks(space);
  view.structure = structure_json(space);
  return view;
}

std::string to_text(const SpaceView& view) {
  std::string text =
      fmt::format("{}: {}\nid {}\n\n{}\n", view.name, view.title, view.id, table(backbone(view)));
  const std::string networks =
      view.networks ? counted(*view.networks, "network") : "networks not counted";
  text += fmt::format("{}, {} ({})\n", counted(std::to_string(view.decisions.size()), "decision"),
                      networks, counted(view.architectures, "architecture"));
  std::vector<std::vector<std::string>> decisions = {{"decision", "options", ""}};
  for (const Decision& decision : view.decisions) {
    decisions.push_back(
        {decision.name, std::to_string(decision.options.size()),
         decision.kind == DecisionKind::skip ? "keep, skip" : options_text(decision.options)});
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
    Json item = {{"name", decision.name}, {"kind", kind_text(decision.kind)}};
    item["options"] =
        decision.kind == DecisionKind::skip ? Json({"keep", "skip"}) : Json(decision.options);
    json["decisions"].push_back(item);
  }
  json["architectures"] = view.architectures;
  json["networks"] = view.networks ? Json(*view.networks) : Json(nullptr);
  json["structure"] = view.structure;
  return json;
}

std::string describe(const Space& space) { return to_text(view(space)); }

}  // namespace opline::sampler
