#include "sampler/space/known_network.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "src/base/data_files.h"
#include "src/base/error.h"
#include "src/base/files.h"
#include "src/base/toml.h"

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

PublishedRun read_run(const TomlTable& table) {
  PublishedRun run;
  run.board = table.text("board");
  run.seconds = table.number("seconds", kSmallest, kLargest);
  run.joules = figure(table, "millijoules", kJoulesPerMillijoule);
  return run;
}

PublishedFigures read_published(const TomlTable& table) {
  PublishedFigures published;
  published.source = table.text("source");
  published.ops = figure(table, "ops", 1);
  published.flash_bytes = figure(table, "flash_kilobytes", kBytesPerKilobyte);
  published.sram_bytes = figure(table, "sram_kilobytes", kBytesPerKilobyte);
  for (const TomlTable& run : table.tables("run")) published.runs.push_back(read_run(run));
  return published;
}

/// Of an Error of load_space() or parse_architecture(), which don't know this file.
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
  const std::string space = file.text("space");
  std::string architecture = file.text("architecture");
  if (file.has("published")) network.published = read_published(file.table("published"));
  file.reject_unknown_keys();
  network.space = with_place(file, "space", [&] { return load_space(space); });
  std::replace(architecture.begin(), architecture.end(), '\n', ' ');
  network.architecture = with_place(
      file, "architecture", [&] { return parse_architecture(network.space, architecture); });
  return network;
}

}  // namespace opline::sampler
