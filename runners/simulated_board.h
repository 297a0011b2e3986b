// runners/simulated_board.h - a board of data/boards, its firmware image and the simulator, as a runner.
//
// The image boots once; every measurement starts from a snapshot of that moment, so cycles don't depend on
// what ran before.   Room: runners -> runners/simulator, board, network, measure, base.
#pragma once
#include <memory>
#include <string>

#include "runners/device_session.h"
#include "runners/runner.h"
#include "src/board/board.h"
#include "src/network/compile.h"

namespace opline::runners {

/// A booted image: a handle to immutable state that any number of runners in any threads share.
class SimulatedBoard {
 public:
  /// The board `name` with the image firmware/<name>.elf that opline's build made. Throws Error{usage} for an
  /// unknown board, Error{missing_tool} without the image, Error{device} when it does not boot.
  static SimulatedBoard load(const std::string& name);

  [[nodiscard]] const board::Board& board() const;
  [[nodiscard]] const measure::Setup& setup() const;
  [[nodiscard]] network::DeviceLimits limits() const;  ///< What the image leaves for networks.
  [[nodiscard]] const Capabilities& capabilities() const;

  /// A runner for one thread; it may outlive this object.
  [[nodiscard]] std::unique_ptr<Runner> make_runner() const;

 private:
  struct Booted;
  explicit SimulatedBoard(std::shared_ptr<const Booted> booted);
  std::shared_ptr<const Booted> booted_;
};

}  // namespace opline::runners
