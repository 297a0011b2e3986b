// src/cli/network_argument.h - one network, however the command line names it: shared by inspect
// and export.
#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "sampler/space/known_network.h"
#include "src/cli/options.h"
#include "src/network/quantised_network.h"

namespace opline::cli {

/// A network, and where it came from.
struct NamedNetwork {
  std::string
      name;  ///< Of a known network, or the stem of a file; empty for a sample or an architecture.
  std::string architecture;  ///< Its decisions; empty for an imported network.
  network::Network network;
  std::optional<network::QuantisedNetwork>
      numbers;  ///< Of an imported network: its own tensors and scales.
  std::optional<sampler::PublishedFigures> published;  ///< Of a known network.
  std::optional<std::uint64_t> file_bytes;             ///< Size of the file of an imported network.
};

/// --network and --index. The verb declares --space (kws where it isn't given) and --seed, which it
/// may have use for itself.
void add_network_options(Options& options);

/// What they name, or the file `path` where one is given beside the options. `--network` is a known
/// network (kws-s), the path of a .tflite file, an architecture of --space, or, where the verb has
/// --db, the id of a network in that study (or its first digits, six at least); without it, sample
/// --index of --seed. Throws Error{usage} that says what a network can be, and what
/// load_known_network(), parse_architecture() and from_tflite() throw.
[[nodiscard]] NamedNetwork resolve_network(const Options& options,
                                           const std::optional<std::string>& path = {});

/// The network that `--network text` names; throws as resolve_network().
[[nodiscard]] NamedNetwork network_named(const std::string& text, const Options& options);

/// The files that resolve_network() reads: `path`, those of --network and --space.
[[nodiscard]] std::vector<std::filesystem::path> files_of_network(
    const Options& options, const std::optional<std::string>& path = {});

/// The numbers of `named`: its own, or those that the pools give it.
[[nodiscard]] network::QuantisedNetwork numbers_of(const NamedNetwork& named);

/// Plan, tensors and expected digests.
[[nodiscard]] network::CompiledNetwork compile(const NamedNetwork& named);

/// The layout on a device of opline's runtime, from the pools or with its own tensors.
[[nodiscard]] network::Layout lay_out(const NamedNetwork& named);

}  // namespace opline::cli
