// tests/store/fault_vfs.h - SQLite's file layer with a fault at a chosen call: a shim over the
// default one (sqlite.org/vfs.html).
//
// A call counts when it changes something on the disk: creating a file, write, truncate, sync,
// delete, enlarging the shared memory. Syncs are counted and not made: what is tested is a killed
// process and a full disk, not a power cut. Random numbers are zeros: equal work leaves equal
// bytes.
#pragma once
#include <cstdint>
#include <functional>

namespace opline::store {

enum class Fault : std::uint8_t {
  none,
  full,        ///< The disk is full from this call on: writes fail, and this call whatever it is.
  short_write  ///< As full, but half of the first write that fails is made.
};

/// Makes the shim the default for connections opened while it lives; one at a time.
class FaultVfs {
 public:
  FaultVfs();
  ~FaultVfs();
  FaultVfs(const FaultVfs&) = delete;
  FaultVfs& operator=(const FaultVfs&) = delete;

  /// `fault` at the call number `call` (from 1); counting starts again.
  void arm(Fault fault, int call);
  /// Calls since arm().
  [[nodiscard]] int calls() const;
  /// Whether call number `call` (from 1) since arm() was a write.
  [[nodiscard]] bool was_write(int call) const;
  /// Has `look` called, until the next arm(), whenever a kill would leave the files in another
  /// state: before every call, and when half of a write is made.
  void observe(std::function<void()> look);
};

}  // namespace opline::store
