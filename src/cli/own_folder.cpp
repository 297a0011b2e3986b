#include "src/cli/own_folder.h"

#include <stdlib.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <string>

#include "src/base/error.h"

namespace opline::cli {
namespace {

constexpr int kInterrupted = 7;
constexpr std::size_t kMost = 8;
constexpr std::size_t kFiles = 4;
constexpr int kTries = 1000;  ///< Another thread may just be making a file.

/// The names of a folder and of what SQLite makes in it, for a handler that must not allocate.
struct Names {
  std::string folder;
  std::array<std::string, kFiles> files;
  std::atomic<bool> used{false};
};
std::array<Names, kMost> names;
std::size_t living = 0;
struct sigaction old_int, old_term;

/// Async-signal-safe: unlink, rmdir and _exit are.
extern "C" void remove_and_exit(int) {
  for (const Names& one : names) {
    if (!one.used) continue;
    for (int i = 0; i < kTries; ++i) {
      for (const std::string& file : one.files) unlink(file.c_str());
      if (rmdir(one.folder.c_str()) == 0) break;
    }
  }
  _exit(kInterrupted);
}

void watch_signals() {
  struct sigaction action {};
  action.sa_handler = remove_and_exit;
  sigemptyset(&action.sa_mask);
  sigaddset(&action.sa_mask, SIGINT);
  sigaddset(&action.sa_mask, SIGTERM);
  sigaction(SIGINT, &action, &old_int);
  sigaction(SIGTERM, &action, &old_term);
}

void unwatch_signals() {
  sigaction(SIGINT, &old_int, nullptr);
  sigaction(SIGTERM, &old_term, nullptr);
}

std::size_t free_slot() {
  std::size_t slot = 0;
  while (slot < kMost && names[slot].used) ++slot;
  OPLINE_ASSERT(slot < kMost, "more than {} folders of tables", kMost);
  return slot;
}

}  // namespace

OwnFolder::OwnFolder() : slot_(free_slot()) {
  std::error_code failed;
  std::filesystem::path parent = std::filesystem::temp_directory_path(failed);
  if (failed) parent = "/tmp";
  std::string pattern = (parent / "opline-XXXXXX").string();
  sigset_t both;
  sigset_t before;
  sigemptyset(&both);
  sigaddset(&both, SIGINT);
  sigaddset(&both, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &both, &before);  // so that no signal finds it made and not noted
  const bool made = mkdtemp(pattern.data()) != nullptr;
  if (made) {
    path_ = pattern;
    const std::string study = this->study().string();
    names[slot_].folder = pattern;
    names[slot_].files = {study, study + "-wal", study + "-shm", study + "-journal"};
    names[slot_].used = true;
    if (living++ == 0) watch_signals();
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (!made)
    throw Error(ErrorCode::io, "{}: can't be made; set TMPDIR to a folder that can be written",
                pattern);
}

OwnFolder::~OwnFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
  names[slot_].used = false;
  if (--living == 0) unwatch_signals();
}

}  // namespace opline::cli
