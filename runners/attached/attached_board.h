// runners/attached/attached_board.h - boards on serial ports or behind TCP, as runners.
//
//   AttachedBoards boards = AttachedBoards::connect({{"nucleo-f446re", "/dev/ttyACM0"}}).front();
//   std::unique_ptr<Runner> runner = boards.make_runner();
//
// Before anything is measured, a board must answer, be the one that is named, execute the firmware
// of this build (CRC-32 of every byte of the image in its flash), and its cycle counter must agree
// with the host's clock within 1 %. A link that loses, damages or doubles bytes costs time only
// (docs/formats/protocol.md, "Checked commands"). A board that is lost while it measures is
// connected again and the network measured once more; when that does not help, the network is
// `board_lost`, and the board is set aside: it gets no more networks, and the others go on.
#pragma once
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runners/device_session.h"
#include "runners/runner.h"
#include "src/board/board.h"
#include "src/measure/setup.h"
#include "src/network/compile.h"

namespace opline::runners {

/// Where a board is.
struct AttachedPort {
  std::string board;  ///< "nucleo-f446re".
  std::string port;   ///< "/dev/ttyACM0", "tcp:localhost:4000": see ports::Link::open.
  [[nodiscard]] std::string text() const { return board + "@" + port; }
};

/// "nucleo-f446re@/dev/ttyACM0"; nothing where `text` has no '@'. Throws Error{usage} where one of
/// the two is missing.
[[nodiscard]] std::optional<AttachedPort> parse_attached_port(std::string_view text);

struct AttachedOptions {
  std::optional<std::filesystem::path>
      elf;  ///< That the board must execute; absent: firmware/<board>.elf of opline's build.
  unsigned repeats = 1;  ///< Measured runs of each network, >= 1.
  /// A folder, made where it is missing, for what is said on each port (session_record.h).
  std::optional<std::filesystem::path> record;
  /// For a power meter: whether the trigger pin pulses at the ends of each measured run, or is high
  /// during it. Throws Error{usage} where the board's file has no [trigger]. Absent: as it is.
  std::optional<bool> trigger_pulses;
  double reconnect_seconds = 15;  ///< A board that was reset or plugged in again is back in less.
  double command_seconds = 2;     ///< The longest reply takes 0.3 s at 115200 baud.
  double clock_seconds = 1;  ///< For which the cycle counter is compared with the host's clock.
};

/// One or several boards of one setup: whichever is free measures the next network. A handle;
/// runners may be in any thread.
class AttachedBoards {
 public:
  /// Boards with the same setup share one AttachedBoards, in the order of `ports`. Throws
  /// Error{usage} for an unknown board or a port that is named twice, Error{missing_tool} without
  /// opline's image, Error{device} that says what to do when a board does not answer, or is not the
  /// one that is expected (above).
  static std::vector<AttachedBoards> connect(const std::vector<AttachedPort>& ports,
                                             const AttachedOptions& options = {});

  [[nodiscard]] const board::Board& board() const;
  [[nodiscard]] const measure::Setup& setup() const;
  [[nodiscard]] network::DeviceLimits limits() const;
  [[nodiscard]] const Capabilities& capabilities() const;
  [[nodiscard]] std::vector<AttachedPort> ports() const;

  /// Its measure() throws Error{device} once every board is set aside.
  [[nodiscard]] std::unique_ptr<Runner> make_runner() const;

  /// A sentence for each board that was set aside: why, and what to do.
  [[nodiscard]] std::vector<std::string> set_aside() const;
  /// Whether there is a board left.
  [[nodiscard]] bool is_available() const;

 private:
  struct Shared;
  explicit AttachedBoards(std::shared_ptr<Shared> shared);
  std::shared_ptr<Shared> shared_;
};

}  // namespace opline::runners
