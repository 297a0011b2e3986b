#include "sampler/space_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/multiprecision/cpp_int.hpp>

namespace opline::sampler {
namespace {

std::string_view activation_suffix(network::Activation activation) {
  if (activation == network::Activation::none) return "";
  return activation == network::Activation::relu ? " relu" : " relu6";
}

std::string what(const Block& block) {
  std::string text(to_string(block.type));
  if (block.type != BlockType::fully_connected && block.type != BlockType::softmax) {
    const network::Window& window = block.window;
    text += fmt::format(" {}x{} stride {}x{} {}", window.kernel_h, window.kernel_w, window.stride_h,
                        window.stride_w, window.padding == network::Padding::same ? "same" : "valid");
  }
  text += activation_suffix(block.activation);
  if (block.residual) text += " + input";
  return text;
}

std::string width(const Space& space, const Block& block) {
  if (block.width.kind == Width::Kind::same) return "same";
  if (block.width.kind == Width::Kind::fixed) return std::to_string(block.width.value);
  return options_text(space.decisions[block.width.decision].options);
}

std::string skip(const Block& block) {
  if (!block.skip) return "";
  if (!block.skip_pools()) return "identity";
  return fmt::format("average pooling {}x{}", block.window.stride_h, block.window.stride_w);
}

/// Blocks decide independently: a block has its widths, and being skipped is one more.
std::string count_architectures(const Space& space) {
  boost::multiprecision::cpp_int count = 1;
  for (const Block& block : space.blocks) {
    std::size_t choices = 1;
    if (block.width.kind == Width::Kind::decided)
      choices = space.decisions[block.width.decision].options.size();
    if (block.skip) ++choices;
    count *= choices;
  }
  return count.str();
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

std::string_view kind_text(DecisionKind kind) { return kind == DecisionKind::skip ? "skip" : "width"; }

}  // namespace

std::string options_text(const std::vector<int>& options) {
  bool even = options.size() > 2;
  for (std::size_t i = 2; even && i < options.size(); ++i) {
    even = options[i] - options[i - 1] == options[1] - options[0];
  }
  if (even) return fmt::format("{}..{} step {}", options.front(), options.back(), options[1] - options[0]);
  return fmt::format("{}", fmt::join(options, ", "));
}

SpaceView view(const Space& space) {
  SpaceView view{space.name, space.title, space.description, space.id, space.input, {}, space.decisions, {}};
  for (const Block& block : space.blocks) {
    view.blocks.push_back({block.name, what(block), block.out, width(space, block), skip(block)});
  }
  view.architectures = count_architectures(space);
  return view;
}

std::string to_text(const SpaceView& view) {
  std::vector<std::vector<std::string>> backbone = {{"block", "what", "map", "width", "skip"}};
  backbone.push_back(
      {"input", "", fmt::format("{}x{}", view.input.h, view.input.w), std::to_string(view.input.c), ""});
  for (const BlockView& block : view.blocks) {
    backbone.push_back(
        {block.name, block.what, fmt::format("{}x{}", block.map.h, block.map.w), block.width, block.skip});
  }
  std::string text = fmt::format("{}: {}\nid {}\n\n{}\n", view.name, view.title, view.id, table(backbone));
  text += fmt::format("{} decision{}, {} architecture{}\n", view.decisions.size(),
                      view.decisions.size() == 1 ? "" : "s", view.architectures,
                      view.architectures == "1" ? "" : "s");
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
  Json json = {
      {"name", view.name}, {"title", view.title}, {"description", view.description}, {"id", view.id}};
  json["input"] = {view.input.h, view.input.w, view.input.c};
  json["blocks"] = Json::array();
  for (const BlockView& block : view.blocks) {
    Json item = {{"name", block.name},
                 {"what", block.what},
                 {"map", {block.map.h, block.map.w}},
                 {"width", block.width}};
    item["skip"] = block.skip.empty() ? Json(nullptr) : Json(block.skip);
    json["blocks"].push_back(item);
  }
  json["decisions"] = Json::array();
  for (const Decision& decision : view.decisions) {
    Json item = {{"name", decision.name}, {"kind", kind_text(decision.kind)}};
    item["options"] = decision.kind == DecisionKind::skip ? Json({"keep", "skip"}) : Json(decision.options);
    json["decisions"].push_back(item);
  }
  json["architectures"] = view.architectures;
  return json;
}

std::string describe(const Space& space) { return to_text(view(space)); }

}  // namespace opline::sampler
