#include "src/cli/progress.h"

#include <fmt/ostream.h>

#include <ostream>

#include "src/base/units.h"

namespace opline::cli {
namespace {

constexpr std::chrono::seconds kSilentStart{2};
constexpr std::chrono::seconds kSteady{10};
constexpr std::chrono::milliseconds kRedraw{100};
constexpr std::chrono::seconds kLeastBetweenLines{2};
constexpr std::chrono::seconds kMostBetweenLines{30};

std::uint64_t tenths(std::uint64_t done, std::uint64_t total) {
  return total == 0 ? 0
                    : static_cast<std::uint64_t>(10.0 * static_cast<double>(done) /
                                                 static_cast<double>(total));
}

std::string line(const std::string& what, double seconds, std::uint64_t done, std::uint64_t total,
                 bool is_steady) {
  std::string so_far = fmt::format("{}: {} of {} ({:.0f} %) in {}", what, done, total,
                                   100.0 * static_cast<double>(done) / static_cast<double>(total),
                                   format_seconds(seconds));
  constexpr double kLeastShare = 0.01;
  const double share = static_cast<double>(done) / static_cast<double>(total);
  if (done >= total || (share < kLeastShare && !is_steady)) return so_far;
  const double left = seconds * static_cast<double>(total - done) / static_cast<double>(done);
  return fmt::format("{}, about {} left", so_far, format_seconds(left));
}

}  // namespace

Progress::Progress(Console& console, std::string what, std::function<Clock::time_point()> now)
    : console_(console), what_(std::move(what)), now_(std::move(now)) {}

Progress::~Progress() {
  if (printed_ && console_.err_is_terminal) console_.err << "\r\033[K" << std::flush;
}

bool Progress::is_due(Clock::time_point now, std::uint64_t done, std::uint64_t total) const {
  if (console_.quiet || done == 0 || total == 0 || now - start_ < kSilentStart) return false;
  if (finished_ && done >= total) return false;
  const Clock::duration since = now - printed_at_;
  if (console_.err_is_terminal) return since >= kRedraw;
  if (!printed_ || since >= kMostBetweenLines) return true;
  if (done >= total) return true;
  return since >= kLeastBetweenLines && tenths(done, total) > printed_tenths_;
}

void Progress::update(std::uint64_t done, std::uint64_t total) {
  const Clock::time_point now = now_();
  if (done > 0 && !first_at_) first_at_ = now;
  if (!is_due(now, done, total)) return;
  printed_ = true;
  printed_at_ = now;
  printed_tenths_ = tenths(done, total);
  finished_ = done >= total;
  const double seconds = std::chrono::duration<double>(now - start_).count();
  const std::string text =
      line(what_, seconds, done, total, first_at_ && now - *first_at_ >= kSteady);
  if (console_.err_is_terminal) {
    fmt::print(console_.err, "\r\033[K{}", text);
  } else {
    fmt::print(console_.err, "opline: {}\n", text);
  }
  console_.err.flush();
}

}  // namespace opline::cli
