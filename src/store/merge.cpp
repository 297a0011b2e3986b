#include "src/store/merge.h"

#include <system_error>

#include "src/base/error.h"
#include "src/base/other_file.h"

namespace opline::store {
namespace {

namespace fs = std::filesystem;

/// Ends the transaction without a change.
struct Refused {};

/// Opens each part once, before anything is created; how many networks and outcomes they hold.
std::uint64_t size_of(const std::vector<fs::path>& parts) {
  std::uint64_t size = 0;
  for (const fs::path& part : parts) size += Study::open(part, Mode::read_only).size();
  return size;
}

/// Removes a study that this call created, unless another process has put something into it.
void remove_created(const fs::path& path) {
  try {
    if (Study::open(path, Mode::read_only).size() != 0) return;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::input) return;  // input: nothing was committed
  }
  std::error_code ignored;
  for (const char* suffix : {"", "-wal", "-shm", "-journal"})
    fs::remove(path.string() + suffix, ignored);
}

/// Which file has the other outcome of each conflict.
void name_files(std::vector<Conflict>& conflicts, const std::vector<fs::path>& earlier) {
  for (const fs::path& file : earlier) {
    Study study = Study::open(file, Mode::read_only);
    for (Conflict& conflict : conflicts) {
      if (conflict.there_file.empty() && study.outcome(conflict.network, conflict.setup))
        conflict.there_file = file.string();
    }
  }
}

}  // namespace

Merged merge(const fs::path& path, const std::vector<fs::path>& parts, std::string_view now,
             const std::function<void(std::uint64_t done, std::uint64_t total)>& progress) {
  require_other_file(path, parts);
  const std::uint64_t total = size_of(parts);
  const bool is_new = !fs::exists(path);
  std::uint64_t done = 0;
  Merged merged;
  std::vector<fs::path> earlier;
  const auto add = [&](Study& study) {
    if (!is_new) earlier.push_back(path);
    for (const fs::path& file : parts) {
      Study part = Study::open(file, Mode::read_only);
      merged.parts.push_back(study.add_part(part, now, [&] {
        if (progress) progress(++done, total);
      }));
      std::vector<Conflict>& conflicts = merged.parts.back().conflicts;
      if (!conflicts.empty()) name_files(conflicts, earlier);
      merged.refused = merged.refused || !conflicts.empty();
      earlier.push_back(file);
    }
    if (merged.refused) throw Refused{};
  };
  try {
    Study study = Study::open(path, Mode::create, now);
    study.transact([&] { add(study); });
    study.require_in_place();
    merged.content = study.content();
  } catch (const Refused&) {
    if (is_new) remove_created(path);
  } catch (const Error&) {
    if (is_new && fs::exists(path)) remove_created(path);
    throw;
  }
  return merged;
}

}  // namespace opline::store
