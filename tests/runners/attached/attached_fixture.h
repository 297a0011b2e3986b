// tests/runners/attached/attached_fixture.h - simulated boards served by a thread behind a
// pseudo-terminal or a TCP port, and a link between that does what links do.
#pragma once
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <thread>

#include "runners/attached/board_server.h"
#include "src/ports/endpoint.h"
#include "src/ports/link.h"

namespace opline::runners {

/// A board behind a pseudo-terminal or, `on_port`, a TCP port, for as long as it lives.
class ServedBoard {
 public:
  enum class Where { terminal, port };
  explicit ServedBoard(const std::string& name, Where where = Where::terminal,
                       double time_scale = 1)
      : server_(name, {}, time_scale) {
    if (where == Where::terminal) {
      terminal_.emplace();
    } else {
      listener_.emplace(std::uint16_t{0});
    }
    thread_ = std::jthread([this] { work(); });
  }
  ~ServedBoard() {
    stop_ = true;
    interrupt_ = true;
  }
  /// As a host names it.
  [[nodiscard]] std::string port() const {
    return terminal_ ? terminal_->path() : "tcp:127.0.0.1:" + std::to_string(listener_->port());
  }
  /// The button of the board.
  void press_reset() {
    reset_ = true;
    interrupt_ = true;
  }
  /// The supply: nothing answers any more.
  void pull_plug() {
    stop_ = true;
    interrupt_ = true;
    thread_.join();
    terminal_.reset();
    listener_.reset();
  }

 private:
  void work() {
    while (!stop_) {
      if (terminal_) {
        serve(terminal_->descriptor());
      } else if (const Descriptor host = listener_->accept(20); host.is_open()) {
        serve(host.number());
      }
    }
  }

  void serve(int stream) {
    for (BoardServer::End end = BoardServer::End::stopped; end == BoardServer::End::stopped;) {
      interrupt_ = false;
      if (stop_) return;
      if (reset_.exchange(false)) server_.reset();
      end = server_.serve(stream, interrupt_);
      if (end == BoardServer::End::halted) stop_ = true;
    }
  }

  std::optional<ports::PseudoTerminal> terminal_;
  std::optional<ports::TcpListener> listener_;
  BoardServer server_;
  std::atomic<bool> stop_ = false, interrupt_ = false, reset_ = false;
  std::jthread thread_;
};

/// What a link does to the bytes of either direction. Rates are per byte.
struct LinkFaults {
  double lose = 0, twice = 0, corrupt = 0, garbage = 0;
  std::chrono::milliseconds delay{0};  ///< Of each packet, at random up to this.
  std::size_t cut_after = 0;           ///< Bytes, then the host's connection is closed; 0: never.
  std::size_t cuts = 1;                ///< How often that happens.
};

/// A TCP port in front of another: one host at a time, faults that a seed decides.
class FaultyLink {
 public:
  FaultyLink(std::string board, LinkFaults faults, unsigned seed = 1)
      : board_(std::move(board)), faults_(faults), random_(seed), thread_([this] { work(); }) {}
  ~FaultyLink() { stop_ = true; }
  [[nodiscard]] std::string port() const {
    return "tcp:127.0.0.1:" + std::to_string(listener_.port());
  }
  /// Called with the bytes that have passed, on the link's thread.
  void on_bytes(std::function<void(std::size_t passed)> call) { call_ = std::move(call); }
  [[nodiscard]] std::size_t damaged() const { return damaged_; }
  [[nodiscard]] std::size_t connections() const { return connections_; }

 private:
  bool happens(double rate) {
    return rate > 0 && std::uniform_real_distribution(0.0, 1.0)(random_) < rate;
  }

  std::string damage(const char* bytes, std::size_t count) {
    std::string result;
    for (std::size_t i = 0; i < count; ++i) {
      const bool lose = happens(faults_.lose), twice = happens(faults_.twice);
      const bool corrupt = happens(faults_.corrupt), garbage = happens(faults_.garbage);
      damaged_ += lose || twice || corrupt || garbage ? 1 : 0;
      const char byte = corrupt ? static_cast<char>(bytes[i] ^ (1 << random_() % 8)) : bytes[i];
      if (!lose) result += byte;
      if (twice) result += byte;
      for (int n = garbage ? 5 : 0; n > 0; --n) result += static_cast<char>(random_());
    }
    return result;
  }

  /// False when the connection is over.
  bool carry(int from, int to) {
    std::array<char, 512> bytes;
    const ssize_t count = ::read(from, bytes.data(), bytes.size());
    if (count <= 0) return false;
    passed_ += static_cast<std::size_t>(count);
    if (call_) call_(passed_);
    if (faults_.delay.count() > 0)
      std::this_thread::sleep_for(faults_.delay * (random_() % 1000) / 1000);
    const std::string result = damage(bytes.data(), static_cast<std::size_t>(count));
    if (::send(to, result.data(), result.size(), MSG_NOSIGNAL) < 0) return false;
    if (faults_.cut_after == 0 || cuts_ >= faults_.cuts || passed_ < faults_.cut_after) return true;
    ++cuts_;
    passed_ = 0;
    return false;
  }

  void work() {
    while (!stop_) {
      const Descriptor host = listener_.accept(20);
      if (!host.is_open()) continue;
      ++connections_;
      const ports::Link board = ports::Link::open(board_, 115'200);
      std::array<pollfd, 2> ends = {pollfd{host.number(), POLLIN, 0},
                                    pollfd{board.descriptor(), POLLIN, 0}};
      for (bool open = true; open && !stop_;) {
        if (poll(ends.data(), ends.size(), 20) <= 0) continue;
        if (ends[0].revents != 0) open = carry(ends[0].fd, ends[1].fd);
        if (open && ends[1].revents != 0) open = carry(ends[1].fd, ends[0].fd);
      }
    }
  }

  std::string board_;
  LinkFaults faults_;
  std::mt19937 random_;
  ports::TcpListener listener_{0};
  std::function<void(std::size_t)> call_;
  std::atomic<bool> stop_ = false;
  std::atomic<std::size_t> damaged_ = 0, connections_ = 0;
  std::size_t passed_ = 0, cuts_ = 0;
  std::jthread thread_;
};

}  // namespace opline::runners
