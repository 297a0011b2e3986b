// tests/energy_meters/simulated_device.h - the other end of a link: a device as a function that
// runs in a thread of its own, behind a pseudo-terminal or a TCP port.
#pragma once
#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

namespace opline::energy {

/// The device's side. Everything ends with an exception when the test is over.
class DeviceLink {
 public:
  DeviceLink(int descriptor, const std::atomic<bool>& over)
      : descriptor_(descriptor), over_(over) {}

  /// The next line without "\r\n" or "\n"; empty lines are skipped.
  std::string read_line();
  /// Exactly `count` bytes.
  std::string read(std::size_t count);
  /// Whether a byte waits to be read.
  [[nodiscard]] bool has_input();
  void write(std::string_view bytes);
  /// In pieces of `size`, so that the reader sees lines in parts.
  void write_in_pieces(std::string_view bytes, std::size_t size);
  /// The cable is pulled: the link is closed for good.
  void pull();

 private:
  void fill();

  int descriptor_;
  const std::atomic<bool>& over_;
  std::string input_;
};

class SimulatedDevice {
 public:
  using Behaviour = std::function<void(DeviceLink&)>;
  enum class Link { terminal, tcp };

  explicit SimulatedDevice(Behaviour behaviour, Link link = Link::terminal);
  ~SimulatedDevice();
  SimulatedDevice(const SimulatedDevice&) = delete;
  SimulatedDevice& operator=(const SimulatedDevice&) = delete;

  /// "/dev/pts/3", or "tcp:127.0.0.1:40001".
  [[nodiscard]] const std::string& address() const { return address_; }
  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  void open_terminal();
  void listen();
  void run(const Behaviour& behaviour);

  int descriptor_ = -1;  ///< The terminal's master, or the listening socket.
  int held_ = -1;        ///< The terminal's other side: keeps it open and raw.
  bool tcp_ = false;
  std::string address_;
  std::uint16_t port_ = 0;
  std::atomic<bool> over_{false};
  std::thread thread_;
};

}  // namespace opline::energy
