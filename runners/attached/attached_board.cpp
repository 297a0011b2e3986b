#include "runners/attached/attached_board.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "runners/attached/attached_device.h"
#include "src/base/error.h"
#include "src/base/printable.h"

namespace opline::runners {

/// The boards, and which of them is at work.
struct AttachedBoards::Shared {
  struct One {
    std::unique_ptr<AttachedDevice> device;
    bool is_busy = false;
    std::string set_aside;  ///< Of the device, when it was last free.
  };

  /// Waits for a board that is free; null when all are set aside.
  One* acquire() {
    std::unique_lock lock(mutex);
    for (;;) {
      bool any = false;
      for (One& one : boards) {
        if (!one.set_aside.empty()) continue;
        any = true;
        if (one.is_busy) continue;
        one.is_busy = true;
        return &one;
      }
      if (!any) return nullptr;
      changed.wait(lock);
    }
  }

  void release(One& one) {
    const std::lock_guard lock(mutex);
    one.is_busy = false;
    one.set_aside = one.device->set_aside();
    changed.notify_all();
  }

  [[nodiscard]] std::vector<std::string> sentences() {
    const std::lock_guard lock(mutex);
    std::vector<std::string> all;
    for (const One& one : boards) {
      if (!one.set_aside.empty()) all.push_back(one.set_aside);
    }
    return all;
  }

  std::vector<One> boards;  ///< Fixed once there are runners.
  std::mutex mutex;         ///< Of `is_busy` and `set_aside`.
  std::condition_variable changed;
};

namespace {

void require_different_ports(const std::vector<AttachedPort>& ports) {
  for (std::size_t i = 0; i < ports.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (ports[i].port == ports[j].port)
        throw Error(ErrorCode::usage, "the port {} is named twice", printable(ports[i].port));
    }
  }
}

}  // namespace

std::optional<AttachedPort> parse_attached_port(std::string_view text) {
  const std::size_t at = text.find('@');
  if (at == std::string_view::npos) return std::nullopt;
  AttachedPort port{std::string(text.substr(0, at)), std::string(text.substr(at + 1))};
  if (port.board.empty() || port.port.empty())
    throw Error(ErrorCode::usage,
                "'{}': expected BOARD@PORT, e.g. nucleo-f446re@/dev/ttyACM0 or "
                "nucleo-f446re@tcp:localhost:4000",
                printable(text));
  return port;
}

AttachedBoards::AttachedBoards(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {}

std::vector<AttachedBoards> AttachedBoards::connect(const std::vector<AttachedPort>& ports,
                                                    const AttachedOptions& options) {
  require_different_ports(ports);
  std::vector<AttachedBoards> groups;
  for (const AttachedPort& port : ports) {
    auto device = std::make_unique<AttachedDevice>(port, options);
    auto group = std::find_if(groups.begin(), groups.end(), [&](const AttachedBoards& one) {
      return one.setup().id() == device->setup().id();
    });
    if (group == groups.end())
      group = groups.insert(group, AttachedBoards(std::make_shared<Shared>()));
    group->shared_->boards.push_back({std::move(device), false, {}});
  }
  return groups;
}

const board::Board& AttachedBoards::board() const { return shared_->boards[0].device->board(); }
const measure::Setup& AttachedBoards::setup() const { return shared_->boards[0].device->setup(); }
const Capabilities& AttachedBoards::capabilities() const {
  return shared_->boards[0].device->capabilities();
}

network::DeviceLimits AttachedBoards::limits() const {
  const Capabilities& device = capabilities();
  return {device.weight_pool_bytes, device.channel_pool_bytes, device.arena_bytes};
}

std::vector<AttachedPort> AttachedBoards::ports() const {
  std::vector<AttachedPort> all;
  for (const Shared::One& one : shared_->boards) all.push_back(one.device->where());
  return all;
}

std::vector<std::string> AttachedBoards::set_aside() const { return shared_->sentences(); }
bool AttachedBoards::is_available() const {
  return shared_->sentences().size() < shared_->boards.size();
}

std::unique_ptr<Runner> AttachedBoards::make_runner() const {
  class AttachedRunner : public Runner {
   public:
    explicit AttachedRunner(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {}

    measure::Outcome measure(const measure::Request& request) override {
      std::optional<measure::Outcome> outcome;
      while (Shared::One* const one = shared_->acquire()) {
        outcome = one->device->measure(request);
        const bool is_lost = !one->device->set_aside().empty();
        shared_->release(*one);
        if (!is_lost) break;  // else another board measures this network
      }
      if (!outcome) throw Error(ErrorCode::device, "{}", shared_->sentences().front());
      return *outcome;
    }

   private:
    std::shared_ptr<Shared> shared_;
  };
  return std::make_unique<AttachedRunner>(shared_);
}

}  // namespace opline::runners
