#include "src/costmodel/cost_graph.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "src/costmodel/branch_bits.h"

namespace opline::costmodel {
namespace {

using sampler::BlockLayer;

bool has_same_bits(const network::Layer& a, const network::Layer& b) {
  return a.weight_bits == b.weight_bits && a.input_bits == b.input_bits &&
         a.output_bits == b.output_bits;
}

/// Layers of a branch, those that keep channels as parts of others' work.
struct Condensed {
  std::vector<CostGraph::Layer> layers;  ///< Without `work`.
  std::vector<CostGraph::Work> works;    ///< By layer.
};

/// `bits`: the layers with theirs; `polynomials`: of each figure.
Condensed condensed(const std::vector<BlockLayer>& layers, const std::vector<network::Layer>& bits,
                    std::size_t polynomials) {
  Condensed result;
  CostGraph::Work of_input;  // of layers that keep the channels of the branch's input
  std::vector<int> tensors;  // by layer: the tensor, as its number of channels is that of another
  const auto tensor = [&](int of_layer) {
    return of_layer < 0 ? sampler::kBlockInput : tensors[static_cast<std::size_t>(of_layer)];
  };
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const BlockLayer& layer = layers[i];
    CostGraph::Work work;
    if (layer.type != sampler::kInputLayer) work.push_back(figures_of(layer, bits[i], polynomials));
    const int from = tensor(layer.from);
    const bool is_only = result.layers.empty() && i + 1 == layers.size();
    if (keeps_channels(layer) && !is_only) {
      CostGraph::Work& whose =
          from == sampler::kBlockInput ? of_input : result.works[static_cast<std::size_t>(from)];
      whose.push_back(from == sampler::kBlockInput ? work.front() : behind(work.front()));
      tensors.push_back(from);
      continue;
    }
    tensors.push_back(static_cast<int>(result.layers.size()));
    sampler::Width width = layer.width;
    if (width.kind == sampler::Width::Kind::like) width.value = tensor(width.value);
    result.layers.push_back({width, from, tensor(layer.other), 0});
    result.works.push_back(std::move(work));
  }
  if (!of_input.empty())  // the first layer reads it
    result.works.front().insert(result.works.front().end(), of_input.begin(), of_input.end());
  return result;
}

/// A place of the space, and whether what comes before makes the tensor that reaches it 8 bits
/// wide.
using Node = std::pair<std::size_t, bool>;

class Builder {
 public:
  Builder(const sampler::Space& space, CostGraph& graph) : space_(space), graph_(graph) {}

  void build() {
    find_nodes();
    find_followers();
    graph_.places = nodes_.size();
    for (const auto& [node, entry] : nodes_) add_place(node, entry);
  }

 private:
  struct Entry {
    std::size_t number = 0;
    std::vector<Node> next;           ///< By branch.
    std::array<bool, 4> followers{};  ///< Those it can be to what comes before: eight + 2 x passes.
  };

  [[nodiscard]] const std::vector<sampler::Branch>& branches_of(const Node& node) const {
    return space_.places[node.first].branches;
  }
  [[nodiscard]] bool is_end(const Node& node) const { return node.first == space_.places.size(); }

  /// Branches end at higher places, so one pass in their order finds all.
  void find_nodes() {
    nodes_[{0, true}];
    for (auto& [node, entry] : nodes_) {
      for (const sampler::Branch& branch : branches_of(node)) {
        const Node next{branch.next, BranchBits(branch, space_.bits).makes_eight(node.second)};
        entry.next.push_back(next);
        if (!is_end(next)) nodes_[next];
      }
    }
    std::size_t number = 0;
    for (auto& [node, entry] : nodes_) entry.number = number++;
  }

  void find_followers() {
    std::for_each(nodes_.rbegin(), nodes_.rend(), [&](auto& item) {
      auto& [node, entry] = item;
      for (std::size_t i = 0; i < entry.next.size(); ++i) {
        const BranchBits bits(branches_of(node)[i], space_.bits);
        for (const Followers& one : followers_of(entry.next[i])) {
          const Followers its = bits.followers(one);
          entry.followers[(its.eight ? 1U : 0U) + (its.passes ? 2U : 0U)] = true;
        }
      }
    });
  }

  /// What can follow a tensor that ends there; the network's output has 8 bits.
  [[nodiscard]] std::vector<Followers> followers_of(const Node& end) const {
    if (is_end(end)) return {{true, false}};
    const Entry& entry = nodes_.at(end);
    std::vector<Followers> all;
    for (unsigned i = 0; i < entry.followers.size(); ++i) {
      if (entry.followers[i]) all.push_back({(i & 1U) != 0, (i & 2U) != 0});
    }
    return all;
  }

  void add_place(const Node& node, const Entry& entry) {
    graph_.branch_table.add(space_.places[node.first]);
    for (std::size_t i = 0; i < entry.next.size(); ++i) {
      CostGraph::Branch& branch = add_branch(branches_of(node)[i], bits_of(node, entry, i));
      branch.next = is_end(entry.next[i]) ? graph_.places : nodes_.at(entry.next[i]).number;
    }
  }

  /// The layers of branch `i` with their bits.
  std::vector<network::Layer> bits_of(const Node& node, const Entry& entry, std::size_t i) {
    const BranchBits bits(branches_of(node)[i], space_.bits);
    std::vector<network::Layer> known;
    for (const Followers& followers : followers_of(entry.next[i])) {
      std::vector<network::Layer> layers = bits.layers(node.second, followers);
      if (!known.empty() && !std::equal(layers.begin(), layers.end(), known.begin(), has_same_bits))
        graph_.why_no_bits = fmt::format(
            "whether codes of block `{}` have 4 or 8 bits depends on which blocks follow it; "
            "decode "
            "the architecture and use predict()",
            space_.blocks[space_.places[node.first].block].name);
      known = std::move(layers);
    }
    return known;
  }

  CostGraph::Branch& add_branch(const sampler::Branch& branch,
                                const std::vector<network::Layer>& bits) {
    CostGraph::Branch& one = graph_.branches.emplace_back();
    for (const BlockLayer& layer : branch.layers) {
      if (layer.guard == sampler::Guard::none) continue;
      one.guard = layer.guard;
      one.guard_width = layer.width;
    }
    Condensed condensed = costmodel::condensed(branch.layers, bits, graph_.polynomials());
    one.layers_begin = graph_.layers.size();
    for (std::size_t i = 0; i < condensed.layers.size(); ++i) {
      condensed.layers[i].work = number_of(condensed.works[i]);
      graph_.layers.push_back(condensed.layers[i]);
    }
    one.layers_end = graph_.layers.size();
    graph_.most_layers = std::max(graph_.most_layers, condensed.layers.size());
    return one;
  }

  std::size_t number_of(const CostGraph::Work& work) {
    const auto known = std::find(graph_.works.begin(), graph_.works.end(), work);
    const std::size_t number = static_cast<std::size_t>(known - graph_.works.begin());
    if (known == graph_.works.end()) graph_.works.push_back(work);
    return number;
  }

  const sampler::Space& space_;
  CostGraph& graph_;
  std::map<Node, Entry> nodes_;
};

/// Of a version 1 space: its places have a branch, or two that a skip selects.
std::vector<CostGraph::Block> blocks_of(const sampler::Space& space,
                                        const std::vector<CostGraph::Branch>& branches) {
  std::vector<CostGraph::Block> blocks;
  auto branch = branches.begin();
  for (const sampler::Place& place : space.places) {
    CostGraph::Block& block = blocks.emplace_back();
    block.kept = branch->layers_begin;
    block.kept_end = branch++->layers_end;
    if (place.branches.size() == 1) continue;
    block.skip = static_cast<std::int32_t>(*space.blocks[place.block].skip);
    block.skipped = branch->layers_begin;
    block.skipped_end = branch++->layers_end;
  }
  return blocks;
}

}  // namespace

CostGraph::CostGraph(const sampler::Space& space)
    : input_channels(space.input.c), branch_table(space.decisions) {
  has_four_bits = space.bits != network::Bits{};
  for (const sampler::Decision& decision : space.decisions) {
    first.push_back(values.size());
    values.insert(values.end(), decision.options.begin(), decision.options.end());
  }
  Builder(space, *this).build();
  if (space.is_version_1() && !has_four_bits) blocks = blocks_of(space, branches);
}

}  // namespace opline::costmodel
