// runners/command_channel.h - a command to a device and its reply, with or without checksums.
//
// Without: text and '%'; the reply ends with m-ready. With ("Checked commands" of
// docs/formats/protocol.md): the device answers only what arrived whole, the reply carries the
// command's number and a CRC-32 of both, and what was damaged is sent again. What goes wrong is an
// Outcome, never an exception. Internal to the module.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runners/transport.h"
#include "src/measure/outcome.h"

namespace opline::runners {

class CommandChannel {
 public:
  struct Reply {
    std::vector<std::string> lines;  ///< Without the final m-ready; printable.
    /// The link or the device failed before m-ready, or it answered e-[..].
    std::optional<measure::Outcome> failure;
  };

  explicit CommandChannel(Transport& transport) : transport_(transport) {}

  /// Sends the command as it is. `seconds`: for each line.
  Reply command(const std::string& text, double seconds);
  /// The same with checksums, at most kAttempts times. For a command that may be executed twice:
  /// the reply may be what was lost. A boot message ends it as `board_lost`.
  Reply checked_command(const std::string& text, double seconds);
  Reply read_until_ready(double seconds);

  /// Until the device answers an empty command, and then is silent: whatever was being said before
  /// is over. False when it does not answer.
  [[nodiscard]] bool synchronise();

  static constexpr int kAttempts = 8;

 private:
  /// How one exchange of a checked command ended.
  enum class Exchange { whole, damaged, silent, over };
  Exchange exchange(const std::string& text, double seconds, Reply& reply);
  Exchange read_checked(std::uint32_t crc, double seconds, Reply& reply);
  /// What m-ready-[NN,CRC] says of the reply before it; nothing when it is of another command.
  [[nodiscard]] std::optional<Exchange> judge_ready(std::string_view inside,
                                                    std::uint32_t crc) const;
  [[nodiscard]] bool is_awake();

  Transport& transport_;
  std::uint8_t number_ = 0;  ///< Of the last checked command.
};

}  // namespace opline::runners
