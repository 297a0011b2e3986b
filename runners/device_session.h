// runners/device_session.h - one session with opline's firmware, or another that speaks its
// protocol, whatever carries the bytes.
//
// Speaks docs/formats/protocol.md: reads the device's capabilities, loads a plan or has the .tflite
// in the device's region taken, runs it, reads cycles and digests and checks them against what the
// host computed. What a device does wrong becomes an Outcome, never an exception.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runners/command_channel.h"
#include "runners/transport.h"
#include "src/measure/outcome.h"
#include "src/measure/request.h"

namespace opline::runners {

/// What `setup%` reports.
struct Capabilities {
  std::string board;
  std::string core;
  std::optional<std::uint64_t>
      clock_hz;  ///< Unknown where the clock tree could not be set (an emulator).
  bool cycle_counter = false;
  bool checked = false;  ///< It knows commands with checksums.
  std::string clock_source;
  std::string kernels;  ///< "dsp" or "portable".
  std::string runtime;
  std::string compiler;
  std::string flags;
  std::string placement;  ///< Of code, weights, arena and stack.
  std::string start;  ///< Digest of what it takes from the board's file; empty: says nothing of it.
  measure::Payload payload = measure::Payload::plan;
  std::uint32_t arena_bytes = 0;
  std::uint32_t tensors_bytes =
      0;  ///< Of the reserved flash region; of a device that executes .tflite files.
  std::uint32_t plan_version = 0;  ///< This and the pools: of one that executes plans.
  std::uint32_t weight_pool_bytes = 0;
  std::uint32_t channel_pool_bytes = 0;
};

struct SessionOptions {
  double command_seconds =
      10;  ///< Device time for any command but a run: thousands of times what one takes.
  /// Commands with checksums, sent again where they or their replies were damaged, if the device
  /// knows them: for links that may lose bytes.
  bool checked = false;
  unsigned repeats = 1;  ///< Measured runs, >= 1; Measurement::repeat_cycles.
  /// For the time that a run may take, where the device doesn't know its clock.
  std::uint64_t assumed_clock_hz = 1'000'000;
};

class DeviceSession {
 public:
  explicit DeviceSession(Transport& transport, SessionOptions options = {})
      : channel_(transport), options_(options) {}

  /// Reads the boot messages up to the first `m-ready`. Throws Error{device} that quotes what came
  /// instead.
  void wait_until_ready();

  /// The same for a device that may be in any state: booting, waiting, in the middle of something
  /// that another program asked for. Throws Error{device} when it does not answer.
  void synchronise();

  /// Read once, then remembered. Throws Error{device} when the device doesn't answer as this
  /// protocol version does.
  [[nodiscard]] const Capabilities& capabilities();

  /// CRC-32 of this part of the device's flash. Throws Error{device}.
  [[nodiscard]] std::uint32_t flash_crc(std::uint32_t address, std::uint32_t bytes);
  /// Microseconds since the device's start, by its cycle counter; missing where it has no counter
  /// or no clock. Throws Error{device} when it does not answer.
  [[nodiscard]] std::optional<std::uint64_t> timestamp();

  /// What the trigger pin does from now on, until the device is reset: `pulses` when a measured run
  /// begins and when it ends, or is high during it. Of opline's firmware only. Throws
  /// Error{device}.
  void set_trigger(bool pulses);

  /// Loads, runs (one unmeasured run, then the measured one; this as often as SessionOptions say)
  /// and checks. Of several the median is the measurement. `request.tensors` lie in
  /// the device's region already: placing them is the runner's. Throws Error{device} when timing is
  /// required of a device that has none, or the device executes another payload.
  [[nodiscard]] measure::Outcome measure(const measure::Request& request);

 private:
  using Reply = CommandChannel::Reply;
  static Capabilities read_capabilities(const std::vector<std::string>& lines);
  std::optional<measure::Outcome> lost_before_start();
  Reply command(const std::string& text, double seconds);
  Reply ask_for_setup();
  void require_able(const measure::Request& request);
  Reply load(const measure::Request& request);
  Reply load_plan(const std::vector<std::uint8_t>& plan);
  Reply load_model(const std::vector<std::uint8_t>& model);
  measure::Outcome run(const measure::Request& request);

  CommandChannel channel_;
  SessionOptions options_;
  std::optional<Capabilities> capabilities_;
};

}  // namespace opline::runners
