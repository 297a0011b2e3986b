// host_cost BOARD RUNS: KWS-S on a simulated board, loaded and then executed RUNS times; prints the
// simulated instructions of those. For translation_cost_test.cpp, which counts the host's.
#include <fmt/format.h>

#include <cstdlib>
#include <exception>

#include "tests/runners/loaded_network.h"

int main(int argc, char** argv) {
  using namespace opline;
  if (argc != 3) return 2;
  try {
    simulator::Machine machine = opline::testing::machine_with_image(argv[1], true);
    opline::testing::MachineTransport transport(machine);
    opline::testing::load(transport, opline::testing::request_for("kws-s"));
    const std::uint64_t before = machine.instructions();
    for (int i = 0; i < std::atoi(argv[2]); ++i) opline::testing::run_loaded(transport);
    fmt::print("{}\n", machine.instructions() - before);
  } catch (const std::exception& error) {
    fmt::print(stderr, "host_cost: {}\n", error.what());
    return 1;
  }
  return 0;
}
