// tests/firmware/simulated_device.h - an image on a simulated board, spoken to as a host does.
//
#pragma once
#include <string>
#include <vector>

#include "runners/simulator/machine/machine.h"

namespace opline::firmware_test {

class SimulatedDevice {
 public:
  /// Boots the image. Throws std::runtime_error when it does not get ready.
  explicit SimulatedDevice(const std::string& elf, const std::string& board = "nucleo-f446re");

  /// Sends "text%" and returns the lines before m-ready. Throws std::runtime_error when the core
  /// stops for another reason than waiting for input.
  std::vector<std::string> command(const std::string& text);

  simulator::Machine& machine() { return machine_; }

 private:
  std::vector<std::string> read_until_ready();

  simulator::Machine machine_;
};

}  // namespace opline::firmware_test
