#include "runners/device_session.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "runners/device_report.h"
#include "src/base/error.h"
#include "src/base/parse_number.h"
#include "src/base/printable.h"

extern "C" {
#include "firmware/kernels/opline_kernels.h"
}

namespace opline::runners {
namespace {

using measure::Outcome;
using measure::OutcomeKind;
using measure::Payload;

constexpr std::size_t kPlanBytesPerCommand =
    36;  // "plan " + 72 digits + "%" fit the 80-byte command buffer
constexpr std::size_t kCheckedPlanBytes = 24;  // 10 of checksum, "plan at 4000000 " and 48 digits
constexpr double kCrcSecondsPerByte =
    1e-5;  // 20 cycles on the device: 0.1 s for 1 MiB at 216 MHz; a busy simulator takes seconds
constexpr int kSetupAttempts = 5;  // over a link that damages replies
constexpr int kLoadAttempts =
    2;  // a byte lost on the wire shows in the plan's CRC; send once more, then give up

std::string hexadecimal(const std::uint8_t* bytes, std::size_t count) {
  return fmt::format("{:02x}", fmt::join(bytes, bytes + count, ""));
}

template <typename T>
T required(const std::map<std::string, std::string, std::less<>>& values, std::string_view key) {
  const auto found = values.find(key);
  const std::optional<T> value =
      found == values.end() ? std::nullopt : parse_number<T>(found->second);
  if (!value) {
    throw Error(
        ErrorCode::device,
        "the device doesn't report `{}`; flash the firmware of this version of opline; if it "
        "is that already, the end of its replies is lost on the way: try another cable or "
        "port",
        key);
  }
  return *value;
}

Payload payload_of(const std::string& text) {
  if (text.empty() || text == measure::to_string(Payload::plan)) return Payload::plan;
  if (text == measure::to_string(Payload::tflite)) return Payload::tflite;
  throw Error(ErrorCode::device, "the device executes `{}`; plan and tflite are known",
              printable(text));
}

std::string text_of(const std::map<std::string, std::string, std::less<>>& values,
                    std::string_view key) {
  const auto found = values.find(key);
  return found == values.end() ? std::string{} : found->second;
}

}  // namespace

DeviceSession::Reply DeviceSession::command(const std::string& text, double seconds) {
  const bool checked = options_.checked && capabilities_ && capabilities_->checked;
  return checked ? channel_.checked_command(text, seconds) : channel_.command(text, seconds);
}

void DeviceSession::wait_until_ready() {
  const Reply reply = channel_.read_until_ready(options_.command_seconds);
  if (reply.failure)
    throw Error(ErrorCode::device, "the board did not start: {}", reply.failure->reason);
}

void DeviceSession::synchronise() {
  if (!channel_.synchronise())
    throw Error(ErrorCode::device,
                "the board does not answer; press its reset button, or flash opline's firmware if "
                "it has another (docs/boards.md)");
}

/// Over a link that may damage it: as often as it takes to read that the device knows checksums,
/// then once more with them. A device that does not know them is believed when it says the same
/// twice.
DeviceSession::Reply DeviceSession::ask_for_setup() {
  if (!options_.checked) return channel_.command("setup", options_.command_seconds);
  const std::string capability = "m-setup-[checked=1]";
  Reply reply;
  for (int attempt = 0; attempt < kSetupAttempts; ++attempt) {
    const std::vector<std::string> before = std::move(reply.lines);
    reply = channel_.command("setup", options_.command_seconds);
    if (std::find(reply.lines.begin(), reply.lines.end(), capability) != reply.lines.end())
      return channel_.checked_command("setup", options_.command_seconds);
    if (!reply.failure && attempt > 0 && reply.lines == before) return reply;
    if (!channel_.synchronise()) break;
  }
  if (!reply.failure)
    reply.failure = Outcome::failed(
        OutcomeKind::board_lost,
        "each reply is another: the link damages them, or another program reads the port, too; "
        "close that, or try another cable");
  return reply;
}

const Capabilities& DeviceSession::capabilities() {
  if (capabilities_) return *capabilities_;
  const Reply reply = ask_for_setup();
  if (reply.failure) throw Error(ErrorCode::device, "setup%: {}", reply.failure->reason);
  return capabilities_.emplace(read_capabilities(reply.lines));
}

std::uint32_t DeviceSession::flash_crc(std::uint32_t address, std::uint32_t bytes) {
  const double seconds = options_.command_seconds + kCrcSecondsPerByte * bytes;
  const Reply reply = command(fmt::format("crc {:08x} {}", address, bytes), seconds);
  if (reply.failure) throw Error(ErrorCode::device, "crc%: {}", reply.failure->reason);
  for (const std::string& line : reply.lines) {
    const auto inside = bracketed(line, "m-crc-");
    const auto crc = inside ? parse_number<std::uint32_t>(*inside, 16) : std::nullopt;
    if (crc) return *crc;
  }
  throw Error(ErrorCode::device, "crc%: the device answers without a checksum");
}

std::optional<std::uint64_t> DeviceSession::timestamp() {
  constexpr std::string_view kLap = "m-lap-us-";
  if (!capabilities().clock_hz || !capabilities().cycle_counter) return std::nullopt;
  const Reply reply = command("timestamp", options_.command_seconds);
  if (reply.failure) throw Error(ErrorCode::device, "timestamp%: {}", reply.failure->reason);
  for (const std::string& line : reply.lines) {
    if (!line.starts_with(kLap)) continue;
    if (const auto time = parse_number<std::uint64_t>(line.substr(kLap.size()))) return time;
  }
  throw Error(ErrorCode::device, "timestamp%: the device answers without a time");
}

void DeviceSession::set_trigger(bool pulses) {
  const Reply reply = command(pulses ? "trigger pulse" : "trigger level", options_.command_seconds);
  if (reply.failure) throw Error(ErrorCode::device, "trigger%: {}", reply.failure->reason);
}

Capabilities DeviceSession::read_capabilities(const std::vector<std::string>& lines) {
  std::map<std::string, std::string, std::less<>> values;
  for (const std::string& line : lines) {
    const auto inside = bracketed(line, "m-setup-");
    if (!inside) continue;
    const std::size_t equals = inside->find('=');
    if (equals != std::string_view::npos)
      values.emplace(inside->substr(0, equals), inside->substr(equals + 1));
  }
  Capabilities found;
  found.board = text_of(values, "board");
  found.core = text_of(values, "core");
  found.kernels = text_of(values, "kernels");
  found.runtime = text_of(values, "runtime");
  found.compiler = text_of(values, "compiler");
  found.flags = text_of(values, "flags");
  found.placement = text_of(values, "placement");
  if (const auto start = values.find("start"); start != values.end()) found.start = start->second;
  const auto clock_hz = required<std::uint64_t>(values, "clock_hz");
  if (clock_hz != 0) found.clock_hz = clock_hz;
  found.cycle_counter = required<int>(values, "cycle_counter") == 1;
  found.clock_source = text_of(values, "clock_source");
  found.checked = text_of(values, "checked") == "1";
  found.arena_bytes = required<std::uint32_t>(values, "arena_bytes");
  found.payload = payload_of(text_of(values, "payload"));
  if (found.payload == Payload::tflite) {
    found.tensors_bytes = required<std::uint32_t>(values, "tensors_bytes");
    return found;
  }
  found.plan_version = required<std::uint32_t>(values, "plan_version");
  if (found.plan_version != OPLINE_PLAN_VERSION) {
    throw Error(ErrorCode::device,
                "the device executes plans of version {}, this opline writes version {}; flash its "
                "own firmware",
                found.plan_version, OPLINE_PLAN_VERSION);
  }
  found.weight_pool_bytes = required<std::uint32_t>(values, "weight_pool_bytes");
  found.channel_pool_bytes = required<std::uint32_t>(values, "channel_pool_bytes");
  return found;
}

DeviceSession::Reply DeviceSession::load_plan(const std::vector<std::uint8_t>& plan) {
  const std::uint32_t crc = opline_crc32(0, plan.data(), plan.size());
  const bool checked = options_.checked && capabilities_ && capabilities_->checked;
  const std::size_t most = checked ? kCheckedPlanBytes : kPlanBytesPerCommand;
  Reply reply =
      command(fmt::format("plan load {} {:08x}", plan.size(), crc), options_.command_seconds);
  for (std::size_t at = 0; at < plan.size() && !reply.failure; at += most) {
    // With a position: a command may be sent twice.
    const std::string digits = hexadecimal(plan.data() + at, std::min(most, plan.size() - at));
    reply = command(checked ? fmt::format("plan at {} {}", at, digits) : "plan " + digits,
                    options_.command_seconds);
  }
  return reply;
}

/// The file is in the region already; the device compares the CRC and prepares its runtime.
DeviceSession::Reply DeviceSession::load_model(const std::vector<std::uint8_t>& model) {
  const std::uint32_t module = capabilities().tensors_bytes;
  if (model.size() > module) {
    const std::string why = fmt::format(
        "the .tflite has {} B, the firmware reserves {} B of flash for it", model.size(), module);
    return {{}, Outcome::failed(OutcomeKind::does_not_fit, why)};
  }
  const std::uint32_t crc = opline_crc32(0, model.data(), model.size());
  Reply reply =
      command(fmt::format("model load {} {:08x}", model.size(), crc), options_.command_seconds);
  for (const std::string& line : reply.lines) {
    const auto reason = bracketed(line, "m-does-not-fit-");
    if (!reply.failure && reason)
      reply.failure = Outcome::failed(OutcomeKind::does_not_fit, std::string(*reason));
  }
  return reply;
}

DeviceSession::Reply DeviceSession::load(const measure::Request& request) {
  if (request.payload == Payload::tflite) return load_model(request.tensors);
  Reply reply = load_plan(request.plan);
  for (int attempt = 1; attempt < kLoadAttempts && reply.failure &&
                        reply.failure->kind == OutcomeKind::crashed && !reply.lines.empty();
       ++attempt) {
    reply = load_plan(request.plan);
  }
  return reply;
}

void DeviceSession::require_able(const measure::Request& request) {
  const Capabilities& device = capabilities();
  if (request.payload != device.payload) {
    throw Error(ErrorCode::device,
                "{}: the firmware executes a {}, but a {} was requested; use --payload {}",
                device.board, measure::to_string(device.payload),
                measure::to_string(request.payload), measure::to_string(device.payload));
  }
  if (request.timing_required && !(device.cycle_counter && device.clock_hz)) {
    throw Error(ErrorCode::device,
                "{} has no clock or no cycle counter, so it can't measure latency", device.board);
  }
}

/// Asks for the capabilities in the middle of a campaign, where a device that no longer answers is
/// an outcome.
std::optional<Outcome> DeviceSession::lost_before_start() {
  if (capabilities_) return std::nullopt;
  const Reply reply = ask_for_setup();
  if (reply.failure) return reply.failure;
  try {
    capabilities_ = read_capabilities(reply.lines);
  } catch (const Error& error) {
    return Outcome::failed(OutcomeKind::board_lost, error.what());
  }
  return std::nullopt;
}

Outcome DeviceSession::run(const measure::Request& request) {
  // One unmeasured run, then the measured one.
  const auto clock_hz =
      static_cast<double>(capabilities().clock_hz.value_or(options_.assumed_clock_hz));
  const double seconds = 2 * static_cast<double>(request.budget_cycles) / clock_hz;
  const bool is_plan = request.payload == Payload::plan;
  Reply reply =
      command(is_plan ? "plan run 1" : fmt::format("model run {} 1", request.input_seed), seconds);
  if (reply.failure) return *reply.failure;
  reply = command(is_plan ? "plan report" : "model report", options_.command_seconds);
  if (reply.failure) return *reply.failure;
  return judge(reply.lines, request);
}

Outcome DeviceSession::measure(const measure::Request& request) {
  const std::optional<std::string> problem = measure::fault(request);
  OPLINE_ASSERT(!problem, "{}", *problem);
  OPLINE_ASSERT(options_.repeats >= 1, "no run is asked for");
  if (auto lost = lost_before_start()) return *lost;
  require_able(request);
  const Reply reply = load(request);
  if (reply.failure) return *reply.failure;
  std::vector<measure::Measurement> runs;
  for (unsigned i = 0; i < options_.repeats; ++i) {
    Outcome outcome = run(request);
    if (outcome.kind != OutcomeKind::measured || options_.repeats == 1) return outcome;
    runs.push_back(std::move(*outcome.measurement));
  }
  return Outcome::measured(measure::median_of_runs(runs));
}

}  // namespace opline::runners
