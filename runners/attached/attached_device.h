// runners/attached/attached_device.h - one board on one port, and what is done when it is in
// trouble. Internal to the module; attached_board.h is what others use.
#pragma once
#include <fstream>
#include <functional>
#include <memory>
#include <string>

#include "runners/attached/attached_board.h"
#include "runners/attached/session_record.h"
#include "runners/attached/stream_transport.h"
#include "runners/device_session.h"
#include "runners/simulator/machine/elf_image.h"

namespace opline::runners {

/// One thread at a time.
class AttachedDevice {
 public:
  /// Opens the port and checks what answers there: attached_board.h.
  AttachedDevice(AttachedPort where, const AttachedOptions& options);

  [[nodiscard]] const AttachedPort& where() const { return where_; }
  [[nodiscard]] const board::Board& board() const { return board_; }
  [[nodiscard]] const measure::Setup& setup() const { return setup_; }
  [[nodiscard]] const Capabilities& capabilities() const { return capabilities_; }

  /// A board that was lost is connected again, and the network measured once more. `board_lost`
  /// when that fails, too.
  [[nodiscard]] measure::Outcome measure(const measure::Request& request);

  /// Why it is not used any more, and what to do; empty while it is.
  [[nodiscard]] const std::string& set_aside() const { return set_aside_; }

 private:
  void connect();
  void disconnect();
  /// With a copy in a file, where the options say so.
  Transport& recorded(Transport& transport);
  /// Connects for as long as the options say. Sets the board aside when that fails.
  [[nodiscard]] bool reconnect();
  void require_board(const Capabilities& device) const;
  void require_firmware();
  void require_clock();
  [[nodiscard]] measure::Setup setup_of(const Capabilities& device) const;
  /// Calls `check`, and names the board in what it throws.
  void by_name(const std::function<void()>& check) const;

  AttachedPort where_;
  AttachedOptions options_;
  board::Board board_;
  std::shared_ptr<const simulator::ElfImage> image_;
  std::unique_ptr<StreamTransport> transport_;
  std::ofstream record_;
  std::unique_ptr<RecordingTransport> recorder_;
  std::unique_ptr<DeviceSession> session_;
  Capabilities capabilities_;
  measure::Setup setup_;
  int losses_ = 0;  ///< Networks in a row that were not measured because the board was lost.
  std::string set_aside_;
};

}  // namespace opline::runners
