#include "sampler/space/known_network.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "sampler/space/decode.h"
#include "src/base/data_files.h"
#include "src/base/error.h"
#include "src/base/files.h"
#include "src/base/toml.h"
#include "src/network/network_text.h"

namespace opline::sampler {
namespace {

constexpr const char* kFolder = "data/networks";
constexpr int kVersion = 1;
constexpr double kSmallest = std::numeric_limits<double>::min();  // a published figure is above 0
constexpr double kLargest = 1e18;
constexpr double kBytesPerKilobyte = 1000;
constexpr double kJoulesPerMillijoule = 1e-3;

void check_format(const TomlTable& file) {
  if (file.text("format") != "opline-network") {
    file.fail("format",
              fmt::format("is `{}`; a known network begins with format = \"opline-network\"",
                          file.text("format")));
  }
  const std::int64_t version = file.integer("version", 1);
  if (version != kVersion) {
    file.fail("version", fmt::format("is {}, but this opline reads version {}; update opline",
                                     version, kVersion));
  }
}

std::optional<double> figure(const TomlTable& table, const char* key, double unit) {
  if (!table.has(key)) return std::nullopt;
  return unit * table.number(key, kSmallest, kLargest);
}

std::string text_or(const TomlTable& table, const char* key, const std::string& otherwise) {
  return table.has(key) ? table.text(key) : otherwise;
}

/// `source` is that of all figures, where the run has none of its own.
PublishedRun read_run(const TomlTable& table, const std::string& source) {
  PublishedRun run;
  run.board = table.text("board");
  run.runtime = text_or(table, "runtime", "");
  run.source = text_or(table, "source", source);
  run.seconds = table.number("seconds", kSmallest, kLargest);
  run.joules = figure(table, "millijoules", kJoulesPerMillijoule);
  return run;
}

PublishedFigures read_published(const TomlTable& table) {
  PublishedFigures published;
  published.source = table.text("source");
  published.url = text_or(table, "url", "");
  published.note = text_or(table, "note", "");
  published.ops = figure(table, "ops", 1);
  published.parameters = figure(table, "parameters", 1);
  published.flash_bytes = figure(table, "flash_kilobytes", kBytesPerKilobyte);
  published.sram_bytes = figure(table, "sram_kilobytes", kBytesPerKilobyte);
  for (const TomlTable& run : table.tables("run"))
    published.runs.push_back(read_run(run, published.source));
  return published;
}

/// Of an Error of load_space() and other readers, which don't know this file.
template <typename Read>
auto with_place(const TomlTable& file, const char* key, Read read) {
  try {
    return read();
  } catch (const Error& error) {
    file.fail(key, error.what());
  }
}

}  // namespace

std::vector<std::string> known_network_names() { return data_names(kFolder); }

KnownNetwork load_known_network(const std::string& name) {
  const std::filesystem::path path = data_file(kFolder, "network", name);
  return parse_known_network(read_file(path), path);
}

KnownNetwork parse_known_network(const std::string& text, const std::filesystem::path& path) {
  const TomlTable file = TomlTable::from_text(text, path.string());
  check_format(file);
  KnownNetwork network;
  network.name = path.stem().string();
  network.title = file.text("title");
  const bool by_layers = file.has("layers");
  const std::string space = by_layers ? "" : file.text("space");
  std::string description = file.text(by_layers ? "layers" : "architecture");
  if (file.has("published")) network.published = read_published(file.table("published"));
  file.reject_unknown_keys();
  if (by_layers) {
    network.network =
        with_place(file, "layers", [&] { return network::network_from_text(description); });
    return network;
  }
  network.space = with_place(file, "space", [&] { return load_space(space); });
  std::replace(description.begin(), description.end(), '\n', ' ');
  network.architecture = with_place(
      file, "architecture", [&] { return parse_architecture(*network.space, description); });
  network.network = decode(*network.space, network.architecture);
  return network;
}

}  // namespace opline::sampler
