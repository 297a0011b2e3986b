// runners/simulator/debug/gdb_session.h - a debugger's view of a Machine: GDB's remote serial
// protocol, apart from how its bytes travel.
//
//   GdbSession session(machine, [](std::string_view text) { /* UART output */ });
//   session.receive(bytes_from_gdb);
//   send(session.take_replies());
//   while (session.is_running()) { session.run_piece(); send(session.take_replies()); ... }
//
// GDB manual, appendix E. Understood: ? g G p P m M X c C s S vCont Z0 to Z4 z0 to z4 H T D k vKill
// qSupported QStartNoAckMode qXfer:features:read qAttached qC qfThreadInfo qRcmd; everything else
// is answered as not supported. Breakpoints in flash cost nothing; with a watchpoint, or a
// breakpoint in RAM, the core executes instruction by instruction. A watchpoint stops before the
// access, as GDB expects of an Arm core. The text of a stop, ITM output
// and what the program writes by semihosting go to the debugger's console.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runners/simulator/debug/gdb_packets.h"
#include "runners/simulator/machine/machine.h"

namespace opline::simulator {

class GdbSession {
 public:
  /// `machine` must outlive it, and is not to be run by others. `uart` takes what the UART sends.
  GdbSession(Machine& machine, std::function<void(std::string_view)> uart);

  /// Bytes from the debugger, in any pieces.
  void receive(std::string_view bytes);
  /// Bytes for the debugger since the last call.
  std::string take_replies();

  /// The debugger has let the core go on.
  [[nodiscard]] bool is_running() const { return running_; }
  /// Executes for a moment. False where there is nothing to do until a byte comes: the core waits
  /// for input.
  bool run_piece();
  /// The debugger has detached or ended the session; the core is where it was.
  [[nodiscard]] bool has_ended() const { return ended_; }

 private:
  enum class Watch : std::uint8_t { write = 2, read = 3, access = 4 };
  struct Watchpoint {
    Watch kind;
    std::uint32_t address, bytes;
    bool operator==(const Watchpoint&) const = default;
  };

  void handle(const std::string& packet);
  std::string reply_to(const std::string& packet);
  std::string query(std::string_view packet);
  std::string monitor(const std::string& command);
  std::string read_memory(std::string_view arguments) const;
  std::string write_memory(std::string_view arguments, bool binary);
  std::string set_point(std::string_view arguments, bool insert);
  std::string set_breakpoint(std::uint32_t address, bool insert);
  std::string resume(std::string_view packet);
  std::string resume_all(std::string_view actions);
  [[nodiscard]] bool must_step() const {
    return stepping_ || !watchpoints_.empty() || !ram_breakpoints_.empty();
  }
  void step_piece();
  [[nodiscard]] const Watchpoint* watched(const std::optional<MemoryAccess>& access) const;
  bool report_watchpoint();
  void stopped(const Stop& stop);
  void report(const std::string& reason);
  void print(std::string_view text);
  void forward_output();

  Machine& machine_;
  std::function<void(std::string_view)> uart_;
  gdb::PacketReader reader_;
  std::string replies_, last_stop_ = "S05";
  bool acknowledges_ = true, running_ = false, stepping_ = false, ended_ = false;
  bool told_of_waiting_ = false;
  std::optional<std::uint32_t> watch_reported_at_;  ///< Goes on with that instruction once.
  std::vector<Watchpoint> watchpoints_;
  std::vector<std::uint32_t> ram_breakpoints_;
};

}  // namespace opline::simulator
