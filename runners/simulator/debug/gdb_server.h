// runners/simulator/debug/gdb_server.h - waits for a debugger on this host and serves it.
#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <string_view>

#include "runners/simulator/machine/machine.h"

namespace opline::simulator {

/// Listens on 127.0.0.1, never on another interface.
class GdbServer {
 public:
  /// `port` 0: any that is free. Throws Error{io} where it cannot listen there.
  explicit GdbServer(std::uint16_t port);
  GdbServer(const GdbServer&) = delete;
  GdbServer& operator=(const GdbServer&) = delete;
  ~GdbServer();

  [[nodiscard]] std::uint16_t port() const { return port_; }

  /// Once: waits for one debugger, refuses others from then on, and serves it until it detaches,
  /// ends the session or closes the connection; returns at once when `stop` becomes true. `uart`:
  /// what the UART sends. Throws Error{io} where the connection fails.
  void serve(Machine& machine, const std::function<void(std::string_view)>& uart,
             const std::atomic<bool>& stop);

 private:
  void stop_listening();

  int listener_ = -1;
  std::uint16_t port_ = 0;
};

}  // namespace opline::simulator
