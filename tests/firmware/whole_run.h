// tests/firmware/whole_run.h - a board's image from reset through a network to its report, in the
// simulator, all traced.
//
// What other readers and executors of the same code are compared with: the addresses it executed,
// what it read from the cycle counter, every distinct instruction, and the state it ended in.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "runners/simulator/machine/machine.h"

namespace opline::firmware_test {

/// Bytes that boot expects from the host: setup, and a drawn network of the space `tiny` loaded,
/// run and reported.
std::string tiny_network_commands();

/// The board's image after reset.
simulator::Machine make_machine(const std::string& board);

struct WholeRun {
  simulator::Machine machine;  ///< As it waits for more after the report.
  std::string output;          ///< All that it sent.
  std::vector<std::uint32_t>
      addresses;  ///< Of executed instructions, without those whose condition failed.
  std::uint64_t instructions = 0;     ///< With them.
  std::vector<std::uint32_t> counts;  ///< What was read from DWT->CYCCNT, in order.
  /// Distinct instructions by address, encoding and condition.
  std::map<std::tuple<std::uint32_t, std::uint32_t, std::uint8_t>, simulator::TracedInstruction>
      distinct;
};

/// Throws std::runtime_error when it does not come to wait for input, or when a trace changes its
/// cycles.
WholeRun run_whole(const std::string& board, const std::string& commands);

}  // namespace opline::firmware_test
