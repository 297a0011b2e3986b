#include "src/costmodel/cpp_header.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "src/base/error.h"
#include "src/base/files.h"
#include "src/base/printable.h"
#include "src/costmodel/architecture_cost.h"

namespace opline::costmodel {
namespace {

/// The template with each @KEY@ replaced.
class Template {
 public:
  explicit Template(const std::string& name) : text_(read_file(resource("data/exports/" + name))) {}
  Template& set(const std::string& key, const std::string& value) {
    const std::string mark = "@" + key + "@";
    std::size_t at = text_.find(mark);
    OPLINE_ASSERT(at != std::string::npos, "no {} in the template", mark);
    for (; at != std::string::npos; at = text_.find(mark, at + value.size()))
      text_.replace(at, mark.size(), value);
    return *this;
  }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
};

/// A double as C++ reads it back, bit for bit.
std::string number(double value) {
  std::string text = fmt::format("{}", value);
  if (text.find_first_of(".en") == std::string::npos) text += ".0";
  return text;
}

/// Items between commas, a few to a line.
class List {
 public:
  void add(const std::string& item) {
    if (!text_.empty()) text_ += ",";
    line_ += item.size() + 2;
    const bool full = line_ > 96;
    text_ += text_.empty() || full ? "\n    " : " ";
    if (full) line_ = item.size() + 6;
    text_ += item;
  }
  /// `empty`: the item of a list without any, since C++ has no empty arrays.
  [[nodiscard]] std::string text(const char* empty = "") const {
    return text_.empty() ? empty : text_;
  }

 private:
  std::string text_;
  std::size_t line_ = 4;
};

/// Text of others within a comment: one line.
std::string comment(const std::string& text) { return "// " + printable(text, 400) + "\n"; }

std::string provenance_of(const CostModel& file) {
  const auto setup = [&](const char* key) {
    const Json value = file.setup.value(key, Json(nullptr));
    return value.is_string() ? value.get<std::string>() : std::string("unknown");
  };
  std::string text =
      comment(fmt::format("board {}, {}, runtime {}, prior {}", setup("board"), setup("runner"),
                          setup("runtime"), file.prior.value_or("unknown")));
  text += comment(fmt::format("{} networks measured; study {}, {}", file.counts.measured,
                              file.provenance.study, file.provenance.created_utc));
  return text + comment(file.provenance.command);
}

/// An enumerator of the header's detail::Kind.
std::string_view name_of(sampler::Width::Kind kind) {
  constexpr std::string_view kNames[] = {"same",  "block_input",   "fixed", "decided",
                                         "ratio", "decided_ratio", "like",  "sum"};
  return kNames[static_cast<std::size_t>(kind)];
}

int value_of(const sampler::Width& width) {
  const int value = width.is_decided() ? static_cast<int>(width.decision) : width.value;
  // The header's tensors count from the branch's input on.
  return width.kind == sampler::Width::Kind::like ? value + 1 : value;
}

std::string row_of(const sampler::Width& width) {
  return fmt::format("{{{}, {}, {}, {}, {}}}", name_of(width.kind), value_of(width),
                     width.multiplier ? static_cast<int>(*width.multiplier) : -1, width.percent,
                     width.multiple_of);
}

/// The rows of a graph's tables.
class GraphRows {
 public:
  explicit GraphRows(const CostGraph& graph) {
    for (const sampler::BranchTable::Lookup& place : graph.branch_table.places())
      places.add(
          fmt::format("{{{}, {}, {}}}", place.selectors_begin, place.selectors_end, place.table));
    for (const sampler::BranchTable::Selector& selector : graph.branch_table.selectors())
      selectors.add(fmt::format("{{{}, {}}}", selector.decision, selector.stride));
    for (const std::uint32_t branch : graph.branch_table.table()) table.add(std::to_string(branch));
    for (const CostGraph::Branch& branch : graph.branches)
      branches.add(fmt::format(
          "{{{}, {}, {}, {}, {}}}", branch.layers_begin, branch.layers_end,
          static_cast<int>(branch.guard),
          branch.guard == sampler::Guard::none ? 0 : number_of(branch.guard_width), branch.next));
    for (const CostGraph::Layer& layer : graph.layers)
      layers.add(fmt::format("{{{}, {}, {}, {}}}", number_of(layer.width), layer.from + 1,
                             layer.other + 1, layer.work));
    for (const std::string& width : known_widths_) widths.add(width);
  }

  List places, selectors, table, branches, layers, widths;

 private:
  std::size_t number_of(const sampler::Width& width) {
    const std::string row = row_of(width);
    const auto known = std::find(known_widths_.begin(), known_widths_.end(), row);
    const auto number = static_cast<std::size_t>(known - known_widths_.begin());
    if (known == known_widths_.end()) known_widths_.push_back(row);
    return number;
  }

  std::vector<std::string> known_widths_;
};

std::string blocks_text(const CostGraph& graph) {
  List layers, blocks;
  for (const CostGraph::Layer& layer : graph.layers)
    layers.add(fmt::format("{{{}, {}, {}}}", name_of(layer.width.kind), value_of(layer.width),
                           layer.work));
  for (const CostGraph::Block& block : graph.blocks)
    blocks.add(fmt::format("{{{}, {}, {}, {}, {}}}", block.skip, block.kept, block.kept_end,
                           block.skipped, block.skipped_end));
  return Template("cost_model_blocks.h.in")
      .set("LAYERS", layers.text())
      .set("BLOCKS", blocks.text())
      .set("INPUT_CHANNELS", std::to_string(graph.input_channels))
      .text();
}

std::string graph_text(const CostGraph& graph) {
  const GraphRows rows(graph);
  return Template("cost_model_graph.h.in")
      .set("COST_INDEX",
           graph.has_four_bits ? "4 * layer.cost + 2 * (in % 2) + out % 2" : "layer.cost")
      .set("MOST_LAYERS", std::to_string(graph.most_layers))
      .set("PLACES", rows.places.text())
      .set("PLACE_COUNT", std::to_string(graph.places))
      .set("SELECTORS", rows.selectors.text("{0, 0}"))
      .set("TABLE", rows.table.text())
      .set("BRANCHES", rows.branches.text())
      .set("LAYERS", rows.layers.text())
      .set("WIDTHS", rows.widths.text())
      .set("INPUT_CHANNELS", std::to_string(graph.input_channels))
      .text();
}

/// What the numbers of options mean.
std::string option_texts(const sampler::Space& space) {
  std::string text;
  if (!space.decisions.empty()) text = "// Options, numbered from 0:\n";
  for (const sampler::Decision& decision : space.decisions)
    text += comment(fmt::format("  {}: {}", decision.name, options_text(decision)));
  return text;
}

std::string space_text(const sampler::Space& space, const CostGraph& graph) {
  List names, options, first;
  for (const sampler::Decision& decision : space.decisions) names.add("\"" + decision.name + "\"");
  for (const int value : graph.values) options.add(std::to_string(value));
  for (const std::size_t start : graph.first) first.add(std::to_string(start));
  return Template("cost_model_space.h.in")
      .set("SPACE_NAME", printable(space.name))
      .set("DECISIONS", std::to_string(space.decisions.size()))
      .set("DECISION_NAMES", names.text("nullptr"))
      .set("OPTION_TEXTS", option_texts(space))
      .set("OPTIONS", options.text("0"))
      .set("FIRST", first.text("0"))
      .set("COST_NOTE", graph.has_four_bits
                            ? ". Codes of four bits share a byte, so four\n"
                              "/// stand together: for numbers of input and output channels that "
                              "are even, or odd"
                            : "")
      .set("LOOP", graph.blocks.empty() ? graph_text(graph) : blocks_text(graph))
      .text();
}

std::string costs_text(const ArchitectureCost& cost) {
  List costs;
  for (const BilinearCost& one : cost.costs())
    costs.add(fmt::format("{{{}, {}, {}, {}}}", number(one.constant), number(one.in),
                          number(one.out), number(one.in_out)));
  return fmt::format(
      "inline constexpr detail::Cost kCosts[] = {{{}}};\n"
      "/// Of the architecture with these options, one per decision.\n"
      "inline double predict(const std::uint16_t* options) {{\n"
      "  return detail::total(kCosts, {}, options);\n}}\n",
      costs.text(), number(cost.intercept()));
}

std::string offset_text(double absolute, double relative) {
  return fmt::format("{{{}, {}}}", number(absolute), number(relative));
}

std::string quality_text(const Model& model) {
  const std::string unknown = "{kUnknown, kUnknown}";
  std::string below = unknown, above = unknown, margin = unknown;
  if (model.interval) {
    below = offset_text(model.interval->below.absolute, model.interval->below.relative);
    above = offset_text(model.interval->above.absolute, model.interval->above.relative);
  }
  if (model.margin) margin = offset_text(model.margin->absolute, model.margin->relative);
  return fmt::format("inline constexpr Quality kQuality = {{{}, {}, {}, {}, {}}};\n",
                     number(model.ops.low), number(model.ops.high), below, above, margin);
}

/// "latency_ops_by_type".
std::string namespace_of(const Model& model) {
  return cpp_identifier(fmt::format("{}_{}", to_string(model.of), to_string(model.kind)));
}

std::string description_of(const Model& model) {
  return fmt::format(
      "// ---- {} in {}; judged: {}; held-out error {}; interval {}; exceeded by {} ----\n\n",
      model.title(), model.unit(), model.verdict ? name_of(model.verdict->ruling) : "not judged",
      model.held_out ? fmt::format("{:.2f} %", model.held_out->mape_percent) : "unknown",
      model.interval ? fmt::format("{:.3g} %", 100 * model.interval->confidence) : "unknown",
      model.margin ? fmt::format("{:.2g} %", 100 * model.margin->exceeded) : "unknown");
}

std::string model_text(const Model& model, const ArchitectureCost* cost) {
  const std::string name = namespace_of(model);
  std::string text = description_of(model) + "namespace " + name + " {\n\n" + quality_text(model);
  if (model.kind == ModelKind::ops)
    text +=
        fmt::format("inline constexpr double predict(double ops) {{ return {} + {} * ops; }}\n",
                    number(model.line->estimate("intercept")), number(model.line->estimate("ops")));
  if (cost != nullptr) text += costs_text(*cost);
  return text + "\n}  // namespace " + name + "\n\n";
}

}  // namespace

/// Keywords of C++20, and std.
constexpr std::string_view kReserved[] = {"alignas",       "alignof",     "and",
                                          "asm",           "auto",        "bitand",
                                          "bitor",         "bool",        "break",
                                          "case",          "catch",       "char",
                                          "class",         "compl",       "concept",
                                          "const",         "consteval",   "constexpr",
                                          "constinit",     "continue",    "decltype",
                                          "default",       "delete",      "do",
                                          "double",        "else",        "enum",
                                          "explicit",      "export",      "extern",
                                          "false",         "float",       "for",
                                          "friend",        "goto",        "if",
                                          "inline",        "int",         "long",
                                          "mutable",       "namespace",   "new",
                                          "noexcept",      "not",         "nullptr",
                                          "operator",      "or",          "private",
                                          "protected",     "public",      "register",
                                          "requires",      "return",      "short",
                                          "signed",        "sizeof",      "static",
                                          "std",           "struct",      "switch",
                                          "template",      "this",        "throw",
                                          "and_eq",        "char16_t",    "char32_t",
                                          "char8_t",       "const_cast",  "co_await",
                                          "co_return",     "co_yield",    "dynamic_cast",
                                          "not_eq",        "or_eq",       "reinterpret_cast",
                                          "static_assert", "static_cast", "thread_local",
                                          "wchar_t",       "xor_eq",      "true",
                                          "try",           "typedef",     "typeid",
                                          "typename",      "union",       "unsigned",
                                          "using",         "virtual",     "void",
                                          "volatile",      "while",       "xor"};

std::string cpp_identifier(const std::string& text) {
  std::string name;
  for (const char c : text) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool digit = c >= '0' && c <= '9';
    if (name.empty() && !letter) name = "m";
    if (letter || digit) {
      name += c;
    } else if (name.back() != '_') {
      name += '_';
    }
  }
  while (!name.empty() && name.back() == '_') name.pop_back();
  if (name.empty()) return "model";
  const bool reserved =
      std::find(std::begin(kReserved), std::end(kReserved), name) != std::end(kReserved);
  return reserved ? "m" + name : name;
}

std::string cpp_header(const CostModel& file, const std::string& name) {
  std::optional<sampler::Space> space;
  std::shared_ptr<const CostGraph> graph;
  if (file.space) {
    space = sampler::parse_space(file.space->text, file.space->name + ".toml");
    graph = std::make_shared<const CostGraph>(*space);
  }
  std::string models;
  std::string of_space;
  std::string reasons;
  for (const Model& model : file.models) {
    std::optional<ArchitectureCost> cost;
    if (space) {
      Result<ArchitectureCost> made = ArchitectureCost::make(graph, model);
      if (!made) reasons += fmt::format("; {}: {}", model.title(), made.reason());
      cost = std::move(made).optional();
    } else if (model.kind != ModelKind::ops) {
      reasons += fmt::format("; {}: it needs the search space", model.title());
    }
    if (!cost && model.kind != ModelKind::ops) continue;
    if (cost && of_space.empty()) of_space = space_text(*space, *graph);
    models += model_text(model, cost ? &*cost : nullptr);
  }
  if (models.empty())
    throw Error(ErrorCode::input, "no model can be written as a C++ header{}", reasons);
  return Template("cost_model.h.in")
      .set("TITLE", printable(fmt::format("Cost model of {}, as C++.",
                                          file.space_name.value_or("imported measurements"))))
      .set("PROVENANCE", provenance_of(file))
      .set("VERSION", file.provenance.opline_version)
      .set("NAMESPACE", name)
      .set("SPACE", of_space)
      .set("MODELS", models)
      .text();
}

}  // namespace opline::costmodel
