#include "src/cli/progress.h"

#include <fmt/ostream.h>

#include <ostream>

#include "src/base/units.h"

namespace opline::cli {
namespace {
constexpr std::chrono::seconds kQuietStart{2};
constexpr std::chrono::milliseconds kRedraw{100};
}  // namespace

Progress::Progress(Console& console, std::string what)
    : console_(console), what_(std::move(what)) {}

Progress::~Progress() {
  if (visible_) console_.err << "\r\033[K" << std::flush;
}

void Progress::update(std::uint64_t done, std::uint64_t total) {
  const Clock::time_point now = Clock::now();
  if (!console_.err_is_terminal || now - start_ < kQuietStart || now - drawn_ < kRedraw ||
      done == 0)
    return;
  drawn_ = now;
  visible_ = true;
  const double elapsed = std::chrono::duration<double>(now - start_).count();
  const double left = elapsed * static_cast<double>(total - done) / static_cast<double>(done);
  fmt::print(console_.err, "\r\033[K{} {}/{} ({:.0f} %), {} left", what_, done, total,
             100.0 * static_cast<double>(done) / static_cast<double>(total), format_seconds(left));
  console_.err.flush();
}

}  // namespace opline::cli
