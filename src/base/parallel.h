// src/base/parallel.h - the same work for many items on several threads.
#pragma once
#include <cstddef>
#include <functional>

namespace opline {

/// Calls `work(i)` for every i in [0, count), on at most `threads` (>= 1) threads and never on more
/// than there are items. Items are handed out in order. The first exception ends the handing out
/// and is rethrown here after all threads have ended. Without the means to start a further thread
/// it continues with those that it has.
void parallel_for(unsigned threads, std::size_t count,
                  const std::function<void(std::size_t)>& work);

/// Threads that run at the same time on this machine; at least 1.
[[nodiscard]] unsigned processors();

}  // namespace opline
