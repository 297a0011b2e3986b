#include "src/cli/network_argument.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "sampler/draw/sample.h"
#include "sampler/space/decode.h"
#include "src/base/error.h"
#include "src/base/files.h"
#include "src/base/suggest.h"
#include "src/store/study.h"
#include "src/tflite/from_tflite.h"

namespace opline::cli {
namespace {

NamedNetwork from_file(const std::string& path) {
  const std::string content = read_file(path);
  const std::span bytes(reinterpret_cast<const std::uint8_t*>(content.data()), content.size());
  network::QuantisedNetwork numbers = tflite::from_tflite(bytes, path);
  network::Network network = numbers.network;
  return {std::filesystem::path(path).stem().string(),
          "",
          std::move(network),
          std::move(numbers),
          std::nullopt,
          content.size()};
}

NamedNetwork from_known(const std::string& name) {
  const sampler::KnownNetwork known = sampler::load_known_network(name);
  return {name,
          known.space ? sampler::to_text(*known.space, known.architecture) : "",
          known.network,
          std::nullopt,
          known.published,
          std::nullopt};
}

NamedNetwork from_space(const sampler::Space& space, const sampler::Architecture& architecture) {
  return {"",
          sampler::to_text(space, architecture),
          sampler::decode(space, architecture),
          std::nullopt,
          std::nullopt,
          std::nullopt};
}

/// An id of a study, or its beginning; fewer digits could be a word.
bool is_id(const std::string& text) {
  return text.size() >= 6 && text.size() <= 32 &&
         text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

/// The network of the study whose id starts with these digits, by the architecture that was drawn.
NamedNetwork from_study(const std::string& digits, const Options& options) {
  store::Study study = store::Study::open(options.text("db"), store::Mode::read_only);
  std::map<std::string, std::pair<std::string, std::string>> found;  // id: space, architecture
  for (const store::CampaignRow& campaign : study.campaigns()) {
    if (!campaign.campaign.seed) continue;  // imported: names instead of decisions
    for (const store::Draw& draw : study.draws(campaign.key)) {
      if (draw.network.starts_with(digits))
        found.try_emplace(draw.network, campaign.campaign.space, draw.architecture);
    }
  }
  if (found.size() != 1)
    options.fail(
        fmt::format("--network {}: {} networks of {} start with these digits; give more digits",
                    digits, found.size(), study.path().string()));
  const auto& [id, drawn] = *found.begin();
  const std::vector<store::SpaceRow> spaces = study.spaces();
  const auto row =
      std::find_if(spaces.begin(), spaces.end(),
                   [&drawn = drawn](const store::SpaceRow& one) { return one.id == drawn.first; });
  OPLINE_ASSERT(row != spaces.end(), "a campaign of no space: {}", drawn.first);
  const sampler::Space space = sampler::parse_space(row->text, row->name + ".toml");
  NamedNetwork named = from_space(space, sampler::parse_architecture(space, drawn.second));
  OPLINE_ASSERT(named.network.id() == id, "{} decodes to {}", id, named.network.id());
  return named;
}

bool is_file(const std::string& text) {
  return text.ends_with(".tflite") ||
         (text.find('/') != std::string::npos && text.find('=') == std::string::npos);
}

/// As parse_architecture() takes it; anything else was meant as a name.
bool is_architecture(const std::string& text) {
  return text.find('=') != std::string::npos || text == "fixed";
}

sampler::Space space_of(const Options& options) {
  return sampler::load_space(options.optional_text("space").value_or("kws"));
}

/// The pools of a network's layout. A network that no device can execute is refused before memory
/// is taken for its weights.
network::Pools pools_for(const network::Network& network) {
  const network::Layout layout = network::executable_layout(network, network::TensorSource::pools);
  return network::Pools::generate(network::weight_bytes_at_most(layout),
                                  layout.footprint.channel_bytes);
}

}  // namespace

void add_network_options(Options& options) {
  options.value("network", "NAME",
                "a known network (kws-s), a .tflite file, or decisions of --space as printed by "
                "`opline sample`");
  options.completes("network", Names::networks);
  options.value("index", "I", "without --network: sample I (0, 1, ...) of --seed");
}

NamedNetwork network_named(const std::string& text, const Options& options) {
  if (is_file(text)) return from_file(text);
  if (is_architecture(text)) {
    const sampler::Space space = space_of(options);
    return from_space(space, sampler::parse_architecture(space, text));
  }
  const std::vector<std::string> known = sampler::known_network_names();
  if (std::find(known.begin(), known.end(), text) != known.end()) return from_known(text);
  if (is_id(text) && options.has("db")) return from_study(text, options);
  options.fail(fmt::format(
      "--network `{}` is not known{}; known: {}; or give the path of a .tflite file, or the "
      "decisions of an architecture of --space as printed by `opline sample`",
      text, did_you_mean(text, known), fmt::join(known, ", ")));
}

NamedNetwork resolve_network(const Options& options, const std::optional<std::string>& path) {
  const auto text = options.optional_text("network");
  if (path && text) options.fail("give the file or --network, not both");
  for (const char* option : {"index", "seed", "space"}) {
    if (path && options.given(option))
      options.fail(
          fmt::format("--{} applies to a sampled network; leave it out with a file", option));
  }
  if (path) return from_file(*path);
  if (text) return network_named(*text, options);
  if (!options.has("index"))
    options.fail("name a network: --network NAME, or --index I for a sample of --space");
  const sampler::Space space = space_of(options);
  const std::uint64_t seed = options.has("seed") ? options.integer("seed") : 1;
  return from_space(space, sampler::sample(space, sampler::Prior::uniform_decisions, seed,
                                           options.integer("index")));
}

std::vector<std::filesystem::path> files_of_network(const Options& options,
                                                    const std::optional<std::string>& path) {
  std::vector<std::filesystem::path> files;
  if (path) files.emplace_back(*path);
  if (const auto text = options.optional_text("network"); text && is_file(*text))
    files.emplace_back(*text);
  if (const auto space = options.optional_text("space"); space && space->ends_with(".toml"))
    files.emplace_back(*space);
  return files;
}

network::QuantisedNetwork numbers_of(const NamedNetwork& named) {
  if (named.numbers) return *named.numbers;
  return network::quantised(named.network, pools_for(named.network));
}

network::CompiledNetwork compile(const NamedNetwork& named) {
  if (named.numbers) return network::compile(*named.numbers);
  return network::compile(named.network, pools_for(named.network));
}

network::Layout lay_out(const NamedNetwork& named) {
  return network::lay_out(
      named.network, named.numbers ? network::TensorSource::own : network::TensorSource::pools);
}

}  // namespace opline::cli
