#include <fmt/ostream.h>

#include <ostream>

#include "runners/attached/board_server.h"
#include "runners/simulator/debug/crash_report.h"
#include "runners/simulator/debug/gdb_server.h"
#include "src/base/error.h"
#include "src/base/files.h"
#include "src/base/printable.h"
#include "src/base/units.h"
#include "src/cli/exit_code.h"
#include "src/cli/measuring.h"
#include "src/cli/options.h"
#include "src/cli/signals.h"
#include "src/ports/endpoint.h"

namespace opline::cli {
namespace {

using simulator::Machine;

Options options_of_simulate() {
  Options options(
      "simulate",
      "Run a bare-metal Cortex-M program on a simulated board. What it prints over the board's "
      "UART,\n"
      "by semihosting and over the ITM goes to stdout; how it ended, to stderr. After a fault: the "
      "calls\n"
      "and instructions that led to it. With --gdb, a debugger decides what runs:\n"
      "  gdb-multiarch FILE.elf -ex 'target remote :3333'",
      "opline simulate firmware.elf --board nucleo-f446re\n"
      "opline simulate firmware.elf --board nucleo-f746zg --input commands.txt --seconds 2\n"
      "opline simulate firmware.elf --board nucleo-f446re --gdb 3333\n"
      "opline simulate --board nucleo-f446re --pty");
  options.positional("FILE.elf", "the program: an ELF executable that is linked for the board");
  options.value("board", "NAME", "the board; `opline boards` lists them");
  options.completes("board", Names::boards);
  options.value("seconds", "S",
                "without --gdb: end after this much time of the board, at its full clock", "60");
  add_timing_option(options);
  options.value("input", "FILE", "what the board's UART receives");
  options.value("gdb", "PORT",
                "wait for a debugger on this TCP port of 127.0.0.1 (0: any that is free)");
  options.flag("pty",
               "serve the board's UART on a pseudo-terminal, whose path is printed, until Ctrl-C: "
               "what a board on USB is to other programs. Without FILE.elf: opline's own firmware");
  options.value("tcp", "PORT", "the same on this TCP port of 127.0.0.1 (0: any that is free)");
  options.flag("once", "with --pty or --tcp: end when the other side closes");
  options.exits({static_cast<int>(ErrorCode::input), static_cast<int>(ErrorCode::io),
                 static_cast<int>(ErrorCode::device), kInterrupted});
  return options;
}

Machine machine_of(const Options& options) {
  const std::vector<std::string> files = options.positionals();
  if (files.size() != 1) options.fail("one FILE.elf is needed");
  const board::Board board = board::load_board(options.text("board"));
  Machine machine(board, board::without_rules(board::load_core(board.core), rules_off(options)),
                  simulator::ElfImage::from_file(files[0]));
  if (const auto input = options.optional_text("input")) machine.send(read_file(*input));
  return machine;
}

constexpr const char* kStopping = "ending the simulation";

/// "breakpoint: BKPT 0x00 at 0x08000040 (in main)". Faults in faults take several sentences.
std::string end_of(const Machine& machine, const simulator::Stop& stop, bool interrupted) {
  constexpr std::size_t kLongest = 2000;
  if (interrupted && stop.reason == simulator::StopReason::budget_exhausted)
    return fmt::format("interrupted at {:#010x} (in {})", stop.pc,
                       machine.image().describe(stop.pc));
  return fmt::format("{}: {}", to_text(stop.reason), printable(stop.text, kLongest));
}

/// How the program ended, on stderr; the exit code.
int conclude(const Machine& machine, const simulator::FreeRun& run, bool interrupted,
             Console& console) {
  const std::uint64_t hz = machine.core_clock_hz().value_or(machine.board().clock_hz);
  fmt::print(console.err, "{}\n", end_of(machine, run.stop, interrupted));
  fmt::print(console.err, "{} instructions, {} cycles ({} at {}; simulated)\n", run.instructions,
             run.cycles, format_seconds(static_cast<double>(run.cycles) / static_cast<double>(hz)),
             fmt::format("{:g} MHz", static_cast<double>(hz) / 1e6));
  for (const std::string& note : machine.notes()) fmt::print(console.err, "note: {}\n", note);
  if (run.crash)
    fmt::print(console.err, "\n{}", simulator::crash_text(*run.crash, machine.image()));
  if (interrupted) return kInterrupted;
  const bool failed = run.crash || machine.exit_status().value_or(0) != 0;
  return failed ? static_cast<int>(ErrorCode::device) : 0;
}

int debug(Machine& machine, std::uint16_t port, Console& console) {
  simulator::GdbServer server(port);
  fmt::print(console.err, "waiting for a debugger: target remote :{}\n", server.port());
  console.err.flush();
  const OrderlyStop stop(kStopping);
  server.serve(
      machine, [&](std::string_view text) { console.out << text << std::flush; }, stop.requested());
  return stop.requested() ? kInterrupted : 0;
}

/// --pty, --tcp: hosts come and go, the board stays as it is.
class Service {
 public:
  Service(const Options& options, Console& console)
      : server_(options.text("board"), firmware_of(options)),
        once_(options.has("once")),
        console_(console) {}

  int on_terminal() {
    const ports::PseudoTerminal terminal;
    announce(terminal.path());
    while (!has_ended()) {
      served_ = server_.serve(terminal.descriptor(), stop_.requested());
      if (once_) break;
    }
    return exit_code();
  }

  int on_port(std::uint16_t port) {
    const ports::TcpListener listener(port);
    announce(fmt::format("tcp:127.0.0.1:{}", listener.port()));
    while (!has_ended()) {
      const Descriptor host = listener.accept(kPollMilliseconds);
      if (!host.is_open()) continue;
      served_ = server_.serve(host.number(), stop_.requested());
      if (once_) break;
    }
    return exit_code();
  }

 private:
  using End = runners::BoardServer::End;
  static constexpr int kPollMilliseconds = 100;

  static std::optional<std::filesystem::path> firmware_of(const Options& options) {
    std::vector<std::string> files = options.positionals();
    if (files.size() > 1) options.fail("at most one FILE.elf is needed");
    return files.empty() ? std::nullopt : std::optional<std::filesystem::path>(files[0]);
  }

  void announce(const std::string& where) {
    fmt::print(console_.out, "{}\n", where);
    console_.out.flush();
  }

  [[nodiscard]] bool has_ended() const { return served_ == End::halted || stop_.requested(); }

  int exit_code() {
    if (served_ == End::halted) {
      fmt::print(console_.err, "{}\n", printable(server_.why_halted(), 2000));
      return static_cast<int>(ErrorCode::device);
    }
    return stop_.requested() ? kInterrupted : 0;
  }

  runners::BoardServer server_;
  bool once_;
  Console& console_;
  End served_ = End::closed;
  OrderlyStop stop_{kStopping};
};

void require_alone(const Options& options) {
  for (const char* other : {"gdb", "input", "timing"}) {
    if (options.has(other)) options.fail(fmt::format("--{} is not for --pty and --tcp", other));
  }
  if (options.given("seconds")) options.fail("--pty and --tcp serve until Ctrl-C, or --once");
  if (options.has("pty") && options.has("tcp")) options.fail("give --pty or --tcp, not both");
}

}  // namespace

int simulate_verb(const std::vector<std::string>& arguments, Console& console) {
  Options options = options_of_simulate();
  if (!options.parse(arguments, console)) return 0;
  if (options.has("gdb") && options.given("seconds"))
    options.fail("with --gdb the debugger decides when the run ends; leave --seconds out");
  if (options.has("pty") || options.has("tcp")) {
    require_alone(options);
    Service service(options, console);
    return options.has("pty")
               ? service.on_terminal()
               : service.on_port(static_cast<std::uint16_t>(options.integer("tcp", 0, 65535)));
  }
  if (options.has("once")) options.fail("--once is for --pty and --tcp");
  Machine machine = machine_of(options);
  if (options.has("gdb"))
    return debug(machine, static_cast<std::uint16_t>(options.integer("gdb", 0, 65535)), console);
  const double cycles =
      options.number("seconds", 0, 1e9) * static_cast<double>(machine.board().clock_hz);
  const OrderlyStop stop(kStopping);
  const simulator::FreeRun run =
      simulator::run_freely(machine, {static_cast<std::uint64_t>(cycles), &stop.requested()},
                            [&](std::string_view text) { console.out << text << std::flush; });
  return conclude(machine, run, stop.requested(), console);
}

}  // namespace opline::cli
