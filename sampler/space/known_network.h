// sampler/space/known_network.h - networks that have a name and published figures:
// data/networks/*.toml.
//
// A known network is an architecture of a search space, or a list of layers, together with what its
// authors published about it, so that figures can be compared. docs/formats/known-network.md.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "sampler/space/architecture.h"
#include "sampler/space/space.h"

namespace opline::sampler {

/// A published execution on one board.
struct PublishedRun {
  std::string board;             ///< As in data/boards.
  double seconds = 0;            ///< Latency of one inference, > 0.
  std::optional<double> joules;  ///< Energy of one inference, > 0.
  std::string runtime;           ///< What executed it; empty where the source does not say.
  std::string source;
};

/// Figures of the source; each missing where it has none. Kilobytes are 1000 bytes.
struct PublishedFigures {
  std::string source;
  std::string url;   ///< May be empty.
  std::string note;  ///< What the published network has otherwise, in a sentence; may be empty.
  std::optional<double> ops;
  std::optional<double> parameters;
  std::optional<double> flash_bytes;
  std::optional<double> sram_bytes;
  std::vector<PublishedRun> runs;
};

struct KnownNetwork {
  std::string name;   ///< Stem of the file: "kws-s".
  std::string title;  ///< One line.
  network::Network network;
  std::optional<Space> space;  ///< None of a network that is given by its layers.
  Architecture architecture;   ///< Of `space`.
  std::optional<PublishedFigures> published;
};

/// The networks of data/networks, sorted.
[[nodiscard]] std::vector<std::string> known_network_names();

/// The network of data/networks/<name>.toml. Throws Error{usage} for an unknown name (lists the
/// known ones) and Error{input} "file:line: key: what, and what to do" for a mistake in the file.
[[nodiscard]] KnownNetwork load_known_network(const std::string& name);

/// Reads the text of such a file; `file` stands for its path in messages and gives the network its
/// name.
[[nodiscard]] KnownNetwork parse_known_network(const std::string& text,
                                               const std::filesystem::path& file);

}  // namespace opline::sampler
