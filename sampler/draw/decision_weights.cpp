#include "sampler/draw/decision_weights.h"

#include <fmt/format.h>

#include <algorithm>

#include "src/base/digest.h"
#include "src/base/files.h"
#include "src/base/toml.h"

namespace opline::sampler {
namespace {

constexpr int kVersion = 1;
constexpr std::size_t kDigits = 16;
constexpr double kMostWeight = 1e12;

void check_format(const TomlTable& file) {
  if (file.text("format") != "opline-weights") {
    file.fail("format",
              fmt::format("is `{}`; weights of decisions begin with format = \"opline-weights\"",
                          file.text("format")));
  }
  const std::int64_t version = file.integer("version", 1);
  if (version != kVersion) {
    file.fail("version", fmt::format("is {}, but this opline reads version {}; update opline",
                                     version, kVersion));
  }
}

/// A misspelt key is reported before what is missing because of it. Which decisions there are is
/// read_weights()'s matter.
void reject_unknown_keys(const TomlTable& file) {
  for (const char* key : {"format", "version", "title", "weights"}) (void)file.has(key);
  if (file.kind("weights") == TomlKind::table) {
    const TomlTable all = file.table("weights");
    for (const std::string& block : all.keys()) {
      if (all.kind(block) != TomlKind::table) continue;
      const TomlTable table = all.table(block);
      for (const std::string& key : table.keys()) (void)table.has(key);
    }
  }
  file.reject_unknown_keys();
}

std::vector<double> read_weights(const TomlTable& table, const std::string& key,
                                 const Decision& decision) {
  std::vector<double> weights = table.numbers(key, 0, kMostWeight);
  if (weights.size() != decision.options.size()) {
    table.fail(key, fmt::format("has {} weights, but {} has {} options ({}); write one an option",
                                weights.size(), decision.name, decision.options.size(),
                                options_text(decision)));
  }
  if (std::all_of(weights.begin(), weights.end(), [](double weight) { return weight == 0; })) {
    table.fail(key, "has no weight above 0, so nothing could be drawn; raise one");
  }
  return weights;
}

/// The decision that `block`.`key` names.
std::size_t decision_at(const Space& space, const TomlTable& table, const std::string& block,
                        const std::string& key) {
  const std::string name = block + "." + key;
  for (std::size_t i = 0; i < space.decisions.size(); ++i) {
    if (space.decisions[i].name == name) return i;
  }
  table.fail(key, fmt::format("`{}` is not a decision of {}; `opline spaces --show {}` lists them",
                              name, space.name, space.name));
}

std::string digest_of(const Space& space, const DecisionWeights& weights) {
  std::string text = fmt::format("opline-weights 1\nspace {}\n", space.id);
  for (std::size_t i = 0; i < weights.weights.size(); ++i) {
    if (weights.weights[i].empty()) continue;
    text += fmt::format("{} {}\n", space.decisions[i].name, fmt::join(weights.weights[i], " "));
  }
  return digest(text).substr(0, kDigits);
}

}  // namespace

DecisionWeights parse_weights(const std::string& text, const std::string& file_name,
                              const Space& space) {
  const TomlTable file = TomlTable::from_text(text, file_name);
  check_format(file);
  reject_unknown_keys(file);
  DecisionWeights result;
  result.title = file.text("title");
  result.weights.resize(space.decisions.size());
  const TomlTable all = file.table("weights");
  for (const std::string& block : all.keys()) {
    const TomlTable table = all.table(block);
    for (const std::string& key : table.keys()) {
      const std::size_t decision = decision_at(space, table, block, key);
      result.weights[decision] = read_weights(table, key, space.decisions[decision]);
    }
  }
  result.digest = digest_of(space, result);
  return result;
}

DecisionWeights load_weights(const std::filesystem::path& path, const Space& space) {
  return parse_weights(read_file(path), path.string(), space);
}

}  // namespace opline::sampler
