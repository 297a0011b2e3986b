// runners/simulated_board.h - a board, its firmware image and the simulator, as a runner.
//
// The image boots once; every measurement starts from a snapshot of that moment, so cycles don't
// depend on what ran before.
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "runners/device_session.h"
#include "runners/foreign_code.h"
#include "runners/runner.h"
#include "runners/simulator/profile/profile.h"
#include "src/board/board.h"
#include "src/network/compile.h"

namespace opline::runners {

/// opline's own image: firmware/<board>.elf for a board of data/boards, and beside the file for
/// another. Throws Error{missing_tool} where it is not there.
[[nodiscard]] std::filesystem::path own_image_of(const board::Board& board);

/// Which firmware, and what it is asked.
struct FirmwareOptions {
  /// Absent: opline's own, firmware/<board>.elf for a board of data/boards, and beside the file
  /// for another (opline firmware build).
  std::optional<std::filesystem::path> elf;
  measure::Payload payload = measure::Payload::plan;
  measure::OutputCheck output_check =
      measure::OutputCheck::final;  ///< Of a .tflite; part of the setup.
};

/// Which instructions of each measurement are written down (runners/simulator/trace/trace.h).
struct InstructionTrace {
  std::string from = "opline_run_layer";  ///< A function of the image: the trace begins with its
                                          ///< first instruction.
  std::uint64_t instructions = 10'000;    ///< 1 or more.
  /// Called for the heading and for each instruction, in order; a line without its end.
  std::function<void(const std::string& line)> line;
};

/// Called with the profile of each measured run (runners/simulator/profile/profile.h), one layer
/// for each layer of the plan: from the first layer's first instruction to the return of the last.
/// Not called where the measurement failed before the run ended.
using ProfileSink = std::function<void(simulator::Profile)>;

/// A booted image: a handle to immutable state that any number of runners in any threads share.
class SimulatedBoard {
 public:
  /// `board`, at its operating point, with its firmware. `rules_off`: timing rules of its core that
  /// do not apply (src/board/timing_rules.h). Throws Error{usage} for an unknown rule or a board
  /// that cannot be simulated, Error{missing_tool} without opline's image, Error{io} or
  /// Error{input} for another that is not there or no ELF file for this board, Error{device} when
  /// it does not boot, is for another board, clock or payload, was built from another version of
  /// the board's file, or has no region where it needs one.
  static SimulatedBoard load(const board::Board& board, const FirmwareOptions& options = {},
                             std::span<const std::string> rules_off = {});
  /// The board `name`, or of the .toml file with that path (board::load_board). Throws Error{usage}
  /// or Error{input} for a board that is not there or has mistakes, else as the other.
  static SimulatedBoard load(std::string_view name, const FirmwareOptions& options = {},
                             std::span<const std::string> rules_off = {});

  [[nodiscard]] const board::Board& board() const;
  [[nodiscard]] const measure::Setup& setup() const;
  /// What the image leaves for networks. For .tflite files: the region for the weights; only their
  /// own runtime can tell what arena they need, so that is not limited here.
  [[nodiscard]] network::DeviceLimits limits() const;
  [[nodiscard]] const FirmwareOptions& firmware() const;
  [[nodiscard]] const std::string& image_name() const;  ///< File name of the firmware.
  [[nodiscard]] const Capabilities& capabilities() const;

  /// The same board; runners that it makes from now on, but for those that trace or profile,
  /// translate the functions where an image spends its time that opline's build has not
  /// translated.
  [[nodiscard]] SimulatedBoard translating(ForeignCodeOptions options) const;
  /// What became of that, in one sentence for the user, or nothing (ForeignCode::outcome()).
  [[nodiscard]] std::string translation_outcome() const;

  /// A runner for one thread; it may outlive this object.
  [[nodiscard]] std::unique_ptr<Runner> make_runner() const;
  /// The same, writing down what the core executes; cycles are those of make_runner(). Throws
  /// Error{usage} for a function that the image doesn't have.
  [[nodiscard]] std::unique_ptr<Runner> make_tracing_runner(InstructionTrace trace) const;
  /// The same, profiling each measured run. Throws Error{usage} for a firmware that does not
  /// execute plans.
  [[nodiscard]] std::unique_ptr<Runner> make_profiling_runner(ProfileSink sink) const;

 private:
  struct Booted;
  static void require_this_board(const Booted& booted, std::optional<std::uint32_t> programmed_hz);
  explicit SimulatedBoard(std::shared_ptr<const Booted> booted);
  std::shared_ptr<const Booted> booted_;
  std::shared_ptr<ForeignCode> foreign_code_;  ///< Null: see translating().
};

}  // namespace opline::runners
