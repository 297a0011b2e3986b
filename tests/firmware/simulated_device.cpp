// tests/firmware/simulated_device.cpp - see the header.
#include "tests/firmware/simulated_device.h"

#include <stdexcept>

#include "src/board/board.h"
#include "src/board/core.h"

namespace opline::firmware_test {
namespace {

constexpr std::uint64_t kBudget =
    20'000'000'000;  // cycles; a hundred times what a plan of these tests takes

simulator::Machine make_machine(const std::string& elf, const std::string& board_name) {
  board::Board board = board::load_board(board_name);
  board::Core core = board::load_core(board.core);
  auto image = simulator::ElfImage::from_file(elf);
  return {std::move(board), std::move(core), std::move(image)};
}

}  // namespace

SimulatedDevice::SimulatedDevice(const std::string& elf, const std::string& board)
    : machine_(make_machine(elf, board)) {
  read_until_ready();
}

std::vector<std::string> SimulatedDevice::command(const std::string& text) {
  machine_.send(text + "%");
  return read_until_ready();
}

std::vector<std::string> SimulatedDevice::read_until_ready() {
  const simulator::Stop stop = machine_.run({kBudget});
  const std::string output = machine_.take_output();
  if (stop.reason != simulator::StopReason::waiting_for_input) {
    throw std::runtime_error(std::string("stopped: ") + simulator::to_text(stop.reason) + ", " +
                             stop.text + "; output: " + output);
  }
  std::vector<std::string> lines;
  for (std::size_t at = 0, end; (end = output.find("\r\n", at)) != std::string::npos;
       at = end + 2) {
    lines.push_back(output.substr(at, end - at));
  }
  if (lines.empty() || lines.back() != "m-ready") throw std::runtime_error("no m-ready: " + output);
  lines.pop_back();
  return lines;
}

}  // namespace opline::firmware_test
