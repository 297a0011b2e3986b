#include "src/base/parallel.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace opline {

void parallel_for(unsigned threads, std::size_t count,
                  const std::function<void(std::size_t)>& work) {
  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  std::exception_ptr first;
  const auto run = [&] {
    try {
      for (std::size_t i = next++; i < count; i = next++) work(i);
    } catch (...) {
      next = count;
      const std::lock_guard lock(mutex);
      if (!first) first = std::current_exception();
    }
  };
  {
    std::vector<std::jthread> others;
    for (std::size_t i = 1; i < std::min<std::size_t>(threads, count); ++i) {
      try {
        others.emplace_back(run);
      } catch (const std::system_error&) {
        break;
      }
    }
    run();
  }
  if (first) std::rethrow_exception(first);
}

unsigned processors() { return std::max(1U, std::thread::hardware_concurrency()); }

}  // namespace opline
