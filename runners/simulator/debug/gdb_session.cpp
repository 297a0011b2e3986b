#include "runners/simulator/debug/gdb_session.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "runners/simulator/debug/gdb_registers.h"
#include "src/base/error.h"

namespace opline::simulator {
namespace {

using namespace gdb;

// What runs between two looks at what the debugger sends: some milliseconds.
constexpr std::uint64_t kPieceCycles = 1'000'000;
constexpr int kPieceSteps = 20'000;

constexpr const char* kOk = "OK";
constexpr const char* kFailed = "E01";
// Signals by GDB's numbers (E.12): trap, illegal instruction, segmentation violation.
constexpr const char* kTrap = "T05";

const char* signal_of(StopReason reason) {
  if (reason == StopReason::unknown_instruction) return "T04";
  return reason == StopReason::fault || reason == StopReason::stack_overflow ? "T0b" : kTrap;
}

/// The text before `separator`, which is removed with it.
std::string_view take_until(std::string_view& text, char separator) {
  const std::size_t end = std::min(text.find(separator), text.size());
  const std::string_view first = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return first;
}

}  // namespace

GdbSession::GdbSession(Machine& machine, std::function<void(std::string_view)> uart)
    : machine_(machine), uart_(std::move(uart)) {}

void GdbSession::receive(std::string_view bytes) {
  reader_.feed(bytes);
  while (!ended_) {
    const std::optional<Received> one = reader_.next();
    if (!one) return;
    if (one->kind == Received::Kind::interrupt) {
      if (running_) report("T02thread:1;");  // SIGINT
    } else if (one->kind == Received::Kind::damaged) {
      if (acknowledges_) replies_ += '-';
    } else {
      handle(one->data);
    }
  }
}

std::string GdbSession::take_replies() { return std::exchange(replies_, {}); }

void GdbSession::handle(const std::string& packet) {
  if (acknowledges_) replies_ += '+';
  const std::string reply = reply_to(packet);
  if (!running_ && !(ended_ && reply.empty())) replies_ += gdb::packet(reply);
}

std::string GdbSession::reply_to(const std::string& packet) {
  if (packet.empty()) return {};
  const std::string_view arguments = std::string_view(packet).substr(1);
  switch (packet[0]) {
    case '?':
      return last_stop_;
    case 'g':
      return all_registers(machine_);
    case 'G':
      return set_all_registers(machine_, arguments) ? kOk : kFailed;
    case 'p': {
      const auto number = hex_number(arguments);
      return number ? register_text(machine_, *number).value_or(kFailed) : kFailed;
    }
    case 'P': {
      std::string_view value = arguments;
      const auto number = hex_number(take_until(value, '='));
      return number && set_register(machine_, *number, value) ? kOk : kFailed;
    }
    case 'm':
      return read_memory(arguments);
    case 'M':
      return write_memory(arguments, false);
    case 'X':
      return write_memory(arguments, true);
    case 'Z':
      return set_point(arguments, true);
    case 'z':
      return set_point(arguments, false);
    case 'c':
    case 'C':
    case 's':
    case 'S':
      return resume(packet);
    case 'H':
    case 'T':
      return kOk;
    case 'D':
      ended_ = true;
      return kOk;
    case 'k':
      ended_ = true;
      return {};
    default:
      return query(packet);
  }
}

std::string GdbSession::query(std::string_view packet) {
  const auto begins = [&](std::string_view with) { return packet.starts_with(with); };
  if (begins("qSupported"))
    return fmt::format("PacketSize={:x};qXfer:features:read+;QStartNoAckMode+;vContSupported+",
                       PacketReader::kLongest / 2);
  if (packet == "QStartNoAckMode") {
    acknowledges_ = false;
    return kOk;
  }
  if (begins("qXfer:features:read:target.xml:")) {
    packet.remove_prefix(std::string_view("qXfer:features:read:target.xml:").size());
    const auto offset = hex_number(take_until(packet, ',')), length = hex_number(packet);
    const std::string& text = target_description();
    if (!offset || !length || *offset > text.size()) return kFailed;
    return (text.size() - *offset > *length ? "m" : "l") + text.substr(*offset, *length);
  }
  if (packet == "vCont?") return "vCont;c;C;s;S";
  if (begins("vCont;")) return resume_all(packet.substr(6));
  if (begins("vKill")) {
    ended_ = true;
    return kOk;
  }
  if (begins("qRcmd,")) {
    const auto command = from_hex(packet.substr(6));
    return command ? to_hex(monitor(*command)) : kFailed;
  }
  if (begins("qAttached")) return "1";
  if (packet == "qC") return "QC1";
  if (packet == "qfThreadInfo") return "m1";
  if (packet == "qsThreadInfo") return "l";
  return {};
}

std::string GdbSession::monitor(const std::string& command) {
  if (command == "cycles") return fmt::format("{} cycles since reset\n", machine_.cycles());
  if (command == "instructions")
    return fmt::format("{} instructions since reset\n", machine_.instructions());
  if (command == "reset") {
    machine_.reset();
    return "reset; `maintenance flush register-cache` shows the registers\n";
  }
  if (command == "fault") return machine_.last_fault().value_or("no fault since reset") + "\n";
  if (command == "notes") {
    std::string text;
    for (const std::string& note : machine_.notes()) text += note + "\n";
    return text.empty() ? "nothing was used that is not simulated\n" : text;
  }
  return "monitor cycles | instructions | reset | fault | notes\n";
}

// ---- memory ----

std::string GdbSession::read_memory(std::string_view arguments) const {
  const auto address = hex_number(take_until(arguments, ',')), bytes = hex_number(arguments);
  if (!address || !bytes || *bytes > PacketReader::kLongest / 4) return kFailed;
  const auto read = machine_.inspect(*address, *bytes);
  return read ? to_hex(*read) : kFailed;
}

std::string GdbSession::write_memory(std::string_view arguments, bool binary) {
  std::string_view data = arguments;
  std::string_view place = take_until(data, ':');
  const auto address = hex_number(take_until(place, ',')), length = hex_number(place);
  const auto bytes = binary ? std::optional(std::string(data)) : from_hex(data);
  if (!address || !length || !bytes || bytes->size() != *length) return kFailed;
  if (bytes->empty()) return kOk;
  const board::Flash& flash = machine_.board().flash;
  try {
    if (*address - flash.base < flash.bytes) {
      machine_.write_flash(*address, *bytes);
    } else {
      machine_.write_memory(*address, *bytes);
    }
  } catch (const Error&) {
    return kFailed;
  }
  return kOk;
}

// ---- breakpoints and watchpoints ----

std::string GdbSession::set_point(std::string_view arguments, bool insert) {
  const auto kind = hex_number(take_until(arguments, ','));
  const auto address = hex_number(take_until(arguments, ','));
  const auto bytes = hex_number(take_until(arguments, ';'));
  if (!kind || !address || !bytes) return kFailed;
  if (*kind < 2) {
    const std::uint32_t place = *address & ~1U;
    if (insert && !machine_.inspect(place, 2)) return kFailed;  // GDB: cannot insert breakpoint
    return set_breakpoint(place, insert);
  }
  if (*kind > 4) return {};
  const Watchpoint point{static_cast<Watch>(*kind), *address, *bytes};
  std::erase(watchpoints_, point);
  if (insert) watchpoints_.push_back(point);
  return kOk;
}

std::string GdbSession::set_breakpoint(std::uint32_t address, bool insert) {
  const board::Flash& flash = machine_.board().flash;
  if (address - flash.base >= flash.bytes) {
    std::erase(ram_breakpoints_, address);
    if (insert) ram_breakpoints_.push_back(address);
  } else if (insert) {
    machine_.stop_at(address);
  } else {
    machine_.do_not_stop_at(address);
  }
  return kOk;
}

const GdbSession::Watchpoint* GdbSession::watched(const std::optional<MemoryAccess>& access) const {
  if (!access) return nullptr;
  for (const Watchpoint& point : watchpoints_) {
    const bool kind = point.kind == Watch::access || (point.kind == Watch::write) == access->writes;
    // Either begins in the other.
    const bool overlaps = access->address - point.address < point.bytes ||
                          point.address - access->address < access->bytes;
    if (kind && overlaps) return &point;
  }
  return nullptr;
}

// ---- execution ----

/// c, C signal, s, S signal, each with an address or without (C and S: after a semicolon).
std::string GdbSession::resume(std::string_view packet) {
  std::string_view address = packet.substr(1);
  if (packet[0] == 'C' || packet[0] == 'S') take_until(address, ';');
  if (!address.empty()) {
    const auto value = hex_number(address);
    if (!value) return kFailed;
    Registers all = machine_.registers();
    all.r[15] = *value;
    machine_.set_registers(all);
  }
  stepping_ = packet[0] == 's' || packet[0] == 'S';
  running_ = true;
  told_of_waiting_ = false;
  return {};
}

/// There is one thread: the first action is its.
std::string GdbSession::resume_all(std::string_view actions) {
  std::string_view action = take_until(actions, ';');
  action = take_until(action, ':');
  if (action.empty() || std::string_view("cCsS").find(action[0]) == std::string_view::npos)
    return kFailed;
  return resume(action.substr(0, 1));
}

bool GdbSession::run_piece() {
  if (!running_) return false;
  if (must_step()) {
    step_piece();
  } else {
    const Stop stop = machine_.run({kPieceCycles});
    forward_output();
    stopped(stop);
  }
  return running_ && !told_of_waiting_;
}

void GdbSession::step_piece() {
  for (int i = 0; i < kPieceSteps && running_; ++i) {
    if (report_watchpoint()) return;
    const Stop stop = machine_.step();
    forward_output();
    if (stop.reason != StopReason::budget_exhausted) return stopped(stop);
    const std::uint32_t pc = machine_.registers().r[15];
    if (stepping_ || machine_.stops_at(pc) ||
        std::find(ram_breakpoints_.begin(), ram_breakpoints_.end(), pc) != ram_breakpoints_.end())
      return report("T05thread:1;");
  }
}

/// True where the next instruction is going to access what is watched.
bool GdbSession::report_watchpoint() {
  const std::uint32_t pc = machine_.registers().r[15];
  const bool reported = std::exchange(watch_reported_at_, std::nullopt) == pc;
  const Watchpoint* const hit = reported ? nullptr : watched(machine_.next_access());
  if (hit == nullptr) return false;
  watch_reported_at_ = pc;
  const char* const kind = hit->kind == Watch::write  ? "watch"
                           : hit->kind == Watch::read ? "rwatch"
                                                      : "awatch";
  report(fmt::format("T05{}:{:x};thread:1;", kind, hit->address));
  return true;
}

/// A run that has used up its piece goes on; so does one that waits for a byte, later.
void GdbSession::stopped(const Stop& stop) {
  switch (stop.reason) {
    case StopReason::budget_exhausted:
      told_of_waiting_ = false;
      return;
    case StopReason::waiting_for_input:
      if (!std::exchange(told_of_waiting_, true)) print("opline: " + stop.text + "\n");
      if (stepping_) report("T05thread:1;");
      return;
    case StopReason::exited:
      running_ = false;
      last_stop_ = fmt::format("W{:02x}", machine_.exit_status().value_or(0) & 0xFF);
      replies_ += packet(last_stop_);
      return;
    case StopReason::breakpoint:
      return report("T05thread:1;");
    default:
      print("opline: " + stop.text + "\n");
      return report(fmt::format("{}thread:1;", signal_of(stop.reason)));
  }
}

void GdbSession::report(const std::string& reason) {
  running_ = false;
  last_stop_ = reason;
  replies_ += packet(reason);
}

/// On the debugger's console; only while it waits for the core.
void GdbSession::print(std::string_view text) {
  constexpr std::size_t kPart = 1024;
  for (; running_ && !text.empty(); text.remove_prefix(std::min(kPart, text.size())))
    replies_ += packet("O" + to_hex(text.substr(0, kPart)));
}

void GdbSession::forward_output() {
  if (const std::string sent = machine_.take_output(); !sent.empty()) uart_(sent);
  print(machine_.take_semihosting_output());
  print(machine_.take_itm_output());
}

}  // namespace opline::simulator
