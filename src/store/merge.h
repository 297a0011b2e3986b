// src/store/merge.h - several studies become one: the shards of a campaign, or studies of one's
// own.
//
// Rows are told apart by what they are (Study::content()), never by their keys: networks, setups,
// campaigns and outcomes that several files hold are there once. Everything happens in one
// transaction: an interruption leaves the study as it was (one that did not exist: empty), and the
// same call again does the whole.
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string_view>
#include <vector>

#include "src/store/study.h"

namespace opline::store {

struct Merged {
  std::vector<PartAdded> parts;  ///< In the order they were given.
  bool refused = false;          ///< A part has a conflict: nothing was changed.
  Content content;               ///< Of the study afterwards; of one that was refused nothing.
};

/// Adds `parts` to the study at `path`, which is created when it does not exist. Throws
/// Error{usage} when `path` is one of the parts, Error{input}, {damaged} or {io} for a part that
/// cannot be read or merged; then, as where outcomes conflict, nothing is changed, and no file is
/// left where none was. Parts are not changed; older formats are read as they are. `now` as in
/// Study. `progress`: in networks and outcomes of all parts.
[[nodiscard]] Merged merge(
    const std::filesystem::path& path, const std::vector<std::filesystem::path>& parts,
    std::string_view now,
    const std::function<void(std::uint64_t done, std::uint64_t total)>& progress = {});

}  // namespace opline::store
