// runners/simulator/debug/gdb_server.h - waits for a debugger on this host and serves it.
#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "runners/simulator/machine/machine.h"
#include "src/ports/endpoint.h"

namespace opline::simulator {

/// Listens on 127.0.0.1, never on another interface.
class GdbServer {
 public:
  /// `port` 0: any that is free. Throws Error{io} where it cannot listen there.
  explicit GdbServer(std::uint16_t port);

  [[nodiscard]] std::uint16_t port() const { return port_; }

  /// Once: waits for one debugger, refuses others from then on, and serves it until it detaches,
  /// ends the session or closes the connection; returns at once when `stop` becomes true. `uart`:
  /// what the UART sends.
  void serve(Machine& machine, const std::function<void(std::string_view)>& uart,
             const std::atomic<bool>& stop);

 private:
  std::optional<ports::TcpListener> listener_;  ///< Until a debugger has come.
  std::uint16_t port_ = 0;
};

}  // namespace opline::simulator
