#include "tests/store/fault_vfs.h"

#include <sqlite3.h>

#include <algorithm>
#include <set>
#include <stdexcept>
#include <utility>

namespace opline::store {
namespace {

struct State {
  sqlite3_vfs* below = nullptr;
  Fault fault = Fault::none;
  int at = 0;
  int calls = 0;
  std::set<int> writes;
  std::function<void()> look;
};
State state;

/// A file of the shim; the one below lies behind it in memory.
struct File {
  sqlite3_file base;
  [[nodiscard]] sqlite3_file* below() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};
sqlite3_file* below(sqlite3_file* file) { return reinterpret_cast<File*>(file)->below(); }
const sqlite3_io_methods& methods(sqlite3_file* file) { return *below(file)->pMethods; }

/// Counts a call. True: it is the one with the fault.
bool count() {
  if (state.look) state.look();
  return ++state.calls == state.at && state.fault != Fault::none;
}

/// `call` with the fault of all calls but writes: `error`.
template <typename Call>
int changed(int error, const Call& call) {
  return count() ? error : call();
}

int write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
  const bool hit = count();
  state.writes.insert(state.calls);
  const auto make = [&](int part) {
    return methods(file).xWrite(below(file), bytes, part, offset);
  };
  if (state.look) {
    make(size / 2);
    state.look();
  }
  if (state.fault == Fault::none || state.calls < state.at) return make(size);
  if (hit && state.fault == Fault::short_write) make(size / 2);
  return SQLITE_FULL;
}

int truncate(sqlite3_file* file, sqlite3_int64 size) {
  return changed(SQLITE_IOERR_TRUNCATE, [&] { return methods(file).xTruncate(below(file), size); });
}

int sync(sqlite3_file*, int) {
  return changed(SQLITE_IOERR_FSYNC, [] { return SQLITE_OK; });
}

int shm_map(sqlite3_file* file, int page, int size, int extend, void volatile** memory) {
  const auto map = [&] { return methods(file).xShmMap(below(file), page, size, extend, memory); };
  return extend != 0 ? changed(SQLITE_IOERR_SHMSIZE, map) : map();
}

int remove(sqlite3_vfs*, const char* name, int) {
  return changed(SQLITE_IOERR_DELETE, [&] { return state.below->xDelete(state.below, name, 0); });
}

const sqlite3_io_methods kMethods = {
    2,
    [](sqlite3_file* file) { return methods(file).xClose(below(file)); },
    [](sqlite3_file* file, void* to, int size, sqlite3_int64 offset) {
      return methods(file).xRead(below(file), to, size, offset);
    },
    write,
    truncate,
    sync,
    [](sqlite3_file* file, sqlite3_int64* size) {
      return methods(file).xFileSize(below(file), size);
    },
    [](sqlite3_file* file, int lock) { return methods(file).xLock(below(file), lock); },
    [](sqlite3_file* file, int lock) { return methods(file).xUnlock(below(file), lock); },
    [](sqlite3_file* file, int* locked) {
      return methods(file).xCheckReservedLock(below(file), locked);
    },
    [](sqlite3_file* file, int operation, void* argument) {
      return methods(file).xFileControl(below(file), operation, argument);
    },
    [](sqlite3_file* file) { return methods(file).xSectorSize(below(file)); },
    [](sqlite3_file* file) { return methods(file).xDeviceCharacteristics(below(file)); },
    shm_map,
    [](sqlite3_file* file, int offset, int n, int flags) {
      return methods(file).xShmLock(below(file), offset, n, flags);
    },
    [](sqlite3_file* file) { methods(file).xShmBarrier(below(file)); },
    [](sqlite3_file* file, int remove) { return methods(file).xShmUnmap(below(file), remove); },
    nullptr,
    nullptr,
};

int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  file->pMethods = nullptr;
  int exists = 1;
  if (name != nullptr) state.below->xAccess(state.below, name, SQLITE_ACCESS_EXISTS, &exists);
  const auto make = [&] {
    return state.below->xOpen(state.below, name, below(file), flags, out_flags);
  };
  const bool creates = exists == 0 && (flags & SQLITE_OPEN_CREATE) != 0;
  const int code = creates ? changed(SQLITE_CANTOPEN, make) : make();
  if (code == SQLITE_OK) file->pMethods = &kMethods;
  return code;
}

sqlite3_vfs shim;

}  // namespace

FaultVfs::FaultVfs() {
  state = {};
  state.below = sqlite3_vfs_find(nullptr);
  shim = *state.below;
  shim.pNext = nullptr;
  shim.zName = "opline-fault";
  shim.szOsFile = static_cast<int>(sizeof(File)) + state.below->szOsFile;
  shim.xOpen = open;
  shim.xDelete = remove;
  shim.xRandomness = [](sqlite3_vfs*, int size, char* bytes) {
    std::fill_n(bytes, size, '\0');
    return size;
  };
  if (sqlite3_vfs_register(&shim, 1) != SQLITE_OK) throw std::runtime_error("no VFS");
}

FaultVfs::~FaultVfs() {
  sqlite3_vfs_unregister(&shim);
  sqlite3_vfs_register(state.below, 1);
}

void FaultVfs::arm(Fault fault, int call) {
  state.fault = fault;
  state.at = call;
  state.calls = 0;
  state.writes.clear();
  state.look = nullptr;
  sqlite3_randomness(0, nullptr);  // Its generator is seeded again.
}

int FaultVfs::calls() const { return state.calls; }

bool FaultVfs::was_write(int call) const { return state.writes.count(call) != 0; }

void FaultVfs::observe(std::function<void()> look) { state.look = std::move(look); }

}  // namespace opline::store
