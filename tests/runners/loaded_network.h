// tests/runners/loaded_network.h - a network that opline's image has loaded on a simulated board,
// to be executed again and again.
#pragma once
#include <cstdint>
#include <string>

#include "runners/device_session.h"
#include "runners/firmware_translations.h"
#include "runners/simulator/machine/machine.h"
#include "sampler/space/known_network.h"
#include "src/base/error.h"
#include "src/base/files.h"
#include "src/network/compile.h"

namespace opline::testing {

/// A known network as a device without a clock would execute it, too.
inline measure::Request request_for(const std::string& known_network) {
  const sampler::KnownNetwork known = sampler::load_known_network(known_network);
  const network::Network& network = known.network;
  static const network::Pools kPools = network::Pools::generate(2U << 20, 1U << 19);
  const network::CompiledNetwork compiled = network::compile(network, kPools);
  return {network.id(), compiled.plan, compiled.digests, false, 2'000'000'000};
}

/// Executes the network that a device has loaded twice: an unmeasured and the measured run.
inline void run_loaded(runners::Transport& transport) {
  transport.send("plan run 1%");
  for (;;) {
    const runners::Received received = transport.read_line(60);
    if (received.status != runners::Received::Status::line)
      throw Error(ErrorCode::device, "plan run: {}", received.text);
    if (received.text == "m-ready") return;
  }
}

/// Loads and executes it once, and looks at the digests.
inline void load(runners::Transport& transport, const measure::Request& request) {
  runners::DeviceSession session(transport);
  const measure::Outcome outcome = session.measure(request);
  if (outcome.kind != measure::OutcomeKind::measured &&
      outcome.kind != measure::OutcomeKind::executed_without_timing)
    throw Error(ErrorCode::device, "the network: {}", outcome.reason);
}

/// The UART of a machine, which boots.
class MachineTransport : public runners::Transport {
 public:
  explicit MachineTransport(simulator::Machine& machine) : machine_(machine) {
    machine_.run();
    machine_.take_output();
  }
  void send(std::string_view bytes) override { machine_.send(bytes); }
  runners::Received read_line(double) override {
    for (;;) {
      if (const std::size_t end = received_.find("\r\n"); end != std::string::npos) {
        std::string line = received_.substr(0, end);
        received_.erase(0, end + 2);
        return {runners::Received::Status::line, line};
      }
      const simulator::Stop stop = machine_.run();
      received_ += machine_.take_output();
      if (received_.empty()) return {runners::Received::Status::crashed, stop.text};
    }
  }

 private:
  simulator::Machine& machine_;
  std::string received_;
};

/// A board with its image, whose kernels are translated or interpreted.
inline simulator::Machine machine_with_image(const std::string& board_name, bool translated) {
  board::Board board = board::load_board(board_name);
  board::Core core = board::load_core(board.core);
  auto image = simulator::ElfImage::from_file(resource("firmware/" + board_name + ".elf"));
  simulator::Machine machine(std::move(board), std::move(core), std::move(image));
  if (!translated) return machine;
  for (const simulator::Translation* const translation : runners::firmware_translations())
    if (machine.use(*translation)) return machine;
  throw Error(ErrorCode::missing_tool, "{} was not translated: build with OPLINE_TRANSLATE=ON",
              board_name);
}

}  // namespace opline::testing
