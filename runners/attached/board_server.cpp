#include "runners/attached/board_server.h"

#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <thread>

#include "runners/firmware_translations.h"
#include "runners/simulated_board.h"
#include "runners/simulator/machine/machine.h"
#include "src/base/error.h"
#include "src/base/files.h"

namespace opline::runners {
namespace {

using Clock = std::chrono::steady_clock;
using simulator::Machine;
using simulator::StopReason;

constexpr int kPollMilliseconds = 50;              // between two looks at `stop`
constexpr std::uint64_t kPieceCycles = 2'000'000;  // the same, while the board computes
constexpr int kPatienceMilliseconds = 1000;        // for a host that does not read

std::unique_ptr<Machine> boot(const std::string& name,
                              const std::optional<std::filesystem::path>& elf) {
  const board::Board board = board::load_board(name);
  const std::filesystem::path path = elf ? *elf : own_image_of(board);
  auto machine = std::make_unique<Machine>(board, board::load_core(board.core),
                                           simulator::ElfImage::from_file(path));
  for (const simulator::Translation* const translation : firmware_translations())
    if (machine->use(*translation)) break;
  return machine;
}

/// What has come from the host.
struct Input {
  enum class State {
    open,
    closed,
    hung_up  ///< A terminal that no host has open: closed, or not opened yet.
  };
  State state = State::open;
  std::string bytes;
};

Input read_input(int stream, int milliseconds) {
  pollfd ready{stream, POLLIN, 0};
  if (poll(&ready, 1, milliseconds) <= 0) return {};
  if ((ready.revents & POLLIN) == 0) return {Input::State::hung_up, {}};
  std::array<char, 4096> buffer;
  const ssize_t count = read(stream, buffer.data(), buffer.size());
  if (count > 0) return {Input::State::open, {buffer.data(), static_cast<std::size_t>(count)}};
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return {};
  return {count < 0 && errno == EIO ? Input::State::hung_up : Input::State::closed, {}};
}

}  // namespace

BoardServer::BoardServer(const std::string& name, const std::optional<std::filesystem::path>& elf,
                         double time_scale)
    : machine_(boot(name, elf)),
      cycles_per_second_(static_cast<double>(machine_->board().clock_hz) * time_scale) {}

BoardServer::~BoardServer() = default;

void BoardServer::reset() {
  machine_->reset();
  is_idle_ = false;
  why_halted_.clear();
}

bool BoardServer::run() {
  const simulator::Stop stop = machine_->run({kPieceCycles});
  (void)machine_->take_itm_output();
  (void)machine_->take_semihosting_output();
  is_idle_ = stop.reason == StopReason::waiting_for_input;
  idle_since_ = Clock::now();
  if (is_idle_ || stop.reason == StopReason::budget_exhausted) return true;
  why_halted_ = stop.text;
  return false;
}

void BoardServer::send(int stream) {
  const std::string bytes = machine_->take_output();
  for (std::size_t sent = 0; sent < bytes.size();) {
    const ssize_t count = write(stream, bytes.data() + sent, bytes.size() - sent);
    if (count > 0) {
      sent += static_cast<std::size_t>(count);
      continue;
    }
    pollfd ready{stream, POLLOUT, 0};
    if (errno != EAGAIN || poll(&ready, 1, kPatienceMilliseconds) <= 0) return;
  }
}

bool BoardServer::receive(int stream, bool& has_been_open) {
  Input input = read_input(stream, is_idle_ ? kPollMilliseconds : 0);
  const bool awaits_host = input.state == Input::State::hung_up && !has_been_open;
  if (awaits_host)  // a terminal that nobody has opened yet: poll() returns at once
    std::this_thread::sleep_for(std::chrono::milliseconds(kPollMilliseconds));
  if (input.state == Input::State::open) has_been_open = true;
  if (is_idle_) {
    const Clock::time_point now = Clock::now();
    const std::chrono::duration<double> passed = now - idle_since_;
    machine_->pass_time(static_cast<std::uint64_t>(passed.count() * cycles_per_second_));
    idle_since_ = now;
  }
  machine_->send(input.bytes);
  is_idle_ = is_idle_ && input.bytes.empty();
  return input.state == Input::State::open || awaits_host;
}

BoardServer::End BoardServer::serve(int stream, const std::atomic<bool>& stop) {
  bool has_been_open = false;
  while (!stop) {
    const bool is_alive = why_halted_.empty() && (is_idle_ || run());
    send(stream);
    if (!is_alive) return End::halted;
    if (!receive(stream, has_been_open)) return End::closed;
  }
  return End::stopped;
}

}  // namespace opline::runners
