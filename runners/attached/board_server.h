// runners/attached/board_server.h - a simulated board behind a byte stream: what a host finds on a
// serial port.
//
// The UART is ready at once whatever its baud rate, and computing takes as long as the simulator
// needs; while the board waits for a byte its time passes as the host's does, so that a host can
// compare the cycle counter with its own clock.
#pragma once
#include <atomic>
#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace opline::simulator {
class Machine;
}

namespace opline::runners {

class BoardServer {
 public:
  /// How a stream ended.
  enum class End {
    closed,   ///< The host closed it.
    stopped,  ///< `stop` was set.
    halted    ///< The core stopped: why_halted().
  };

  /// Boots `elf` on the board `name`; absent: opline's own image of it. `time_scale`: seconds of
  /// the board in a second of the host, above 0; other than 1 for a board whose clock is wrong.
  /// Throws Error{usage} for an unknown board, Error{io} or Error{input} for the image.
  explicit BoardServer(const std::string& name,
                       const std::optional<std::filesystem::path>& elf = {}, double time_scale = 1);
  ~BoardServer();
  BoardServer(const BoardServer&) = delete;
  BoardServer& operator=(const BoardServer&) = delete;

  /// The board is reset, as by its button.
  void reset();

  /// Carries bytes both ways. `stream`: non-blocking; a pseudo-terminal may not be open at its
  /// other end yet. What the board sends while nobody reads is lost after a second, as on a wire.
  /// May be called again: the board goes on where it was.
  End serve(int stream, const std::atomic<bool>& stop);

  [[nodiscard]] const std::string& why_halted() const { return why_halted_; }
  [[nodiscard]] const simulator::Machine& machine() const { return *machine_; }

 private:
  /// Until the board waits for a byte or has run for a while; false when the core stopped.
  bool run();
  void send(int stream);
  /// Waits for bytes while the board idles. False: the other end is closed.
  bool receive(int stream, bool& has_been_open);

  std::unique_ptr<simulator::Machine> machine_;
  double cycles_per_second_;  ///< Of the host, while idle.
  bool is_idle_ = false;
  std::chrono::steady_clock::time_point idle_since_;  ///< Until when its time has passed.
  std::string why_halted_;
};

}  // namespace opline::runners
