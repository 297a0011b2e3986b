#include "runners/device_session.h"

#include <fmt/ranges.h>

#include <charconv>
#include <map>

#include "src/base/error.h"

extern "C" {
#include "firmware/kernels/opline_kernels.h"
}

namespace opline::runners {
namespace {

using measure::Measurement;
using measure::Outcome;
using measure::OutcomeKind;

constexpr std::size_t kPlanBytesPerCommand = 36;  // "plan " + 72 digits + "%" fit the 80-byte command buffer
constexpr std::string_view kReady = "m-ready";
constexpr std::uint64_t kSlowestClockHz =
    1'000'000;  // where a device doesn't know its clock: wait long enough
constexpr std::size_t kMostLines =
    std::size_t{2} * OPLINE_MAX_LAYERS;  // the longest reply is a report: a line a layer
constexpr int kLoadAttempts =
    2;  // a byte lost on the wire shows in the plan's CRC; send once more, then give up

template <typename T>
std::optional<T> parse(std::string_view text, int base = 10) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// The inside of "<prefix>[...]".
std::optional<std::string_view> bracketed(std::string_view line, std::string_view prefix) {
  if (!line.starts_with(prefix) || line.size() < prefix.size() + 2) return std::nullopt;
  line.remove_prefix(prefix.size());
  if (line.front() != '[' || line.back() != ']') return std::nullopt;
  return line.substr(1, line.size() - 2);
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::string hexadecimal(const std::uint8_t* bytes, std::size_t count) {
  return fmt::format("{:02x}", fmt::join(bytes, bytes + count, ""));
}

OutcomeKind kind_of(Received::Status status) {
  switch (status) {
    case Received::Status::timed_out:
      return OutcomeKind::timed_out;
    case Received::Status::crashed:
      return OutcomeKind::crashed;
    case Received::Status::lost:
    case Received::Status::line:
      break;
  }
  return OutcomeKind::board_lost;
}

/// What `plan report%` says, checked for form only.
struct Report {
  std::vector<std::uint64_t> layer_cycles;
  std::vector<std::uint32_t> layer_digests;
  std::optional<std::uint64_t> total_cycles;
  std::optional<std::uint32_t> output_digest;
  bool timed = true;
};

/// "i,cycles,digest"; cycles are empty on a device without a cycle counter.
bool read_layer(std::string_view inside, Report& report) {
  const std::vector<std::string_view> parts = split(inside, ',');
  if (parts.size() != 3 || parse<std::size_t>(parts[0]) != report.layer_digests.size()) return false;
  const auto digest = parse<std::uint32_t>(parts[2], 16);
  const auto cycles = parse<std::uint64_t>(parts[1]);
  if (!digest || (!cycles && !parts[1].empty())) return false;
  report.layer_digests.push_back(*digest);
  if (cycles) report.layer_cycles.push_back(*cycles);
  report.timed = report.timed && cycles.has_value();
  return true;
}

std::optional<Report> read_report(const std::vector<std::string>& lines) {
  Report report;
  for (const std::string& line : lines) {
    if (const auto layer = bracketed(line, "m-layer-")) {
      if (!read_layer(*layer, report)) return std::nullopt;
    } else if (const auto total = bracketed(line, "m-total-")) {
      report.total_cycles = parse<std::uint64_t>(*total);
      if (!report.total_cycles && !total->empty()) return std::nullopt;
    } else if (const auto output = bracketed(line, "m-output-")) {
      report.output_digest = parse<std::uint32_t>(*output, 16);
    }
  }
  if (!report.output_digest || report.layer_digests.empty()) return std::nullopt;
  return report;
}

/// The first difference from what the host computed.
std::optional<std::string> wrong_output(const Report& report, const std::vector<std::uint32_t>& expected) {
  if (report.layer_digests.size() != expected.size()) {
    return fmt::format("the device reports {} layers, the plan has {}", report.layer_digests.size(),
                       expected.size());
  }
  for (std::size_t i = 0; i < expected.size(); ++i) {
    if (report.layer_digests[i] == expected[i]) continue;
    return fmt::format("layer {}: digest {:08x}, the host computes {:08x}", i, report.layer_digests[i],
                       expected[i]);
  }
  if (*report.output_digest != expected.back()) {
    return fmt::format("the measured run's output {:08x} is not that of the run before it, {:08x}",
                       *report.output_digest, expected.back());
  }
  return std::nullopt;
}

/// Counters that stand still or wrapped are refused, not stored.
std::optional<std::string> wrong_counters(const Report& report) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < report.layer_cycles.size(); ++i) {
    if (report.layer_cycles[i] == 0)
      return fmt::format("layer {} took 0 cycles: the counter stands still", i);
    sum += report.layer_cycles[i];
  }
  if (!report.total_cycles || *report.total_cycles < sum) {
    return fmt::format("the layers' cycles add up to {}, more than the whole network's: the counter wrapped",
                       sum);
  }
  return std::nullopt;
}

Outcome judge(const std::vector<std::string>& lines, const measure::Request& request) {
  const std::optional<Report> report = read_report(lines);
  if (!report) {
    return Outcome::failed(OutcomeKind::board_lost,
                           fmt::format("the report could not be read: {}", fmt::join(lines, " | ")));
  }
  if (auto difference = wrong_output(*report, request.expected_digests)) {
    return Outcome::failed(OutcomeKind::wrong_output, *difference);
  }
  Measurement measurement;
  measurement.layer_digests = report->layer_digests;
  if (!report->timed || !report->total_cycles) {
    return {OutcomeKind::executed_without_timing, "the device has no clock or no cycle counter", measurement};
  }
  if (auto fault = wrong_counters(*report)) return Outcome::failed(OutcomeKind::board_lost, *fault);
  measurement.cycles = report->total_cycles;
  measurement.layer_cycles = report->layer_cycles;
  return {OutcomeKind::measured, "", measurement};
}

template <typename T>
T required(const std::map<std::string, std::string, std::less<>>& values, std::string_view key) {
  const auto found = values.find(key);
  const std::optional<T> value = found == values.end() ? std::nullopt : parse<T>(found->second);
  if (!value) {
    throw Error(ErrorCode::device,
                "the device doesn't report `{}`; flash the firmware of this version of opline", key);
  }
  return *value;
}

std::string text_of(const std::map<std::string, std::string, std::less<>>& values, std::string_view key) {
  const auto found = values.find(key);
  return found == values.end() ? std::string{} : found->second;
}

}  // namespace

DeviceSession::Reply DeviceSession::read_until_ready(double seconds) {
  Reply reply;
  for (;;) {
    Received received = transport_.read_line(seconds);
    if (received.status != Received::Status::line) {
      // A line e-[...] before the end says more than the silence after it.
      if (!reply.failure) reply.failure = Outcome::failed(kind_of(received.status), received.text);
      return reply;
    }
    if (received.text == kReady) return reply;
    if (const auto error = bracketed(received.text, "e-"); error && !reply.failure) {
      reply.failure = Outcome::failed(OutcomeKind::crashed, fmt::format("the device reports: {}", *error));
    }
    if (reply.lines.size() == kMostLines) {
      reply.failure =
          Outcome::failed(OutcomeKind::board_lost, "the device sends lines without end and never m-ready");
      return reply;
    }
    reply.lines.push_back(std::move(received.text));
  }
}

DeviceSession::Reply DeviceSession::command(const std::string& text, double seconds) {
  transport_.send(text + "%");
  return read_until_ready(seconds);
}

void DeviceSession::wait_until_ready() {
  const Reply reply = read_until_ready(options_.command_seconds);
  if (reply.failure) throw Error(ErrorCode::device, "the board did not start: {}", reply.failure->reason);
}

const Capabilities& DeviceSession::capabilities() {
  if (!capabilities_) capabilities_ = read_capabilities();
  return *capabilities_;
}

Capabilities DeviceSession::read_capabilities() {
  const Reply reply = command("setup", options_.command_seconds);
  if (reply.failure) throw Error(ErrorCode::device, "setup%: {}", reply.failure->reason);
  std::map<std::string, std::string, std::less<>> values;
  for (const std::string& line : reply.lines) {
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
  const auto clock_hz = required<std::uint64_t>(values, "clock_hz");
  if (clock_hz != 0) found.clock_hz = clock_hz;
  found.cycle_counter = required<int>(values, "cycle_counter") == 1;
  found.plan_version = required<std::uint32_t>(values, "plan_version");
  if (found.plan_version != OPLINE_PLAN_VERSION) {
    throw Error(
        ErrorCode::device,
        "the device executes plans of version {}, this opline writes version {}; flash its own firmware",
        found.plan_version, OPLINE_PLAN_VERSION);
  }
  found.arena_bytes = required<std::uint32_t>(values, "arena_bytes");
  found.weight_pool_bytes = required<std::uint32_t>(values, "weight_pool_bytes");
  found.channel_pool_bytes = required<std::uint32_t>(values, "channel_pool_bytes");
  return found;
}

DeviceSession::Reply DeviceSession::load(const std::vector<std::uint8_t>& plan) {
  const std::uint32_t crc = opline_crc32(0, plan.data(), plan.size());
  Reply reply = command(fmt::format("plan load {} {:08x}", plan.size(), crc), options_.command_seconds);
  for (std::size_t at = 0; at < plan.size() && !reply.failure; at += kPlanBytesPerCommand) {
    const std::size_t count = std::min(kPlanBytesPerCommand, plan.size() - at);
    reply = command("plan " + hexadecimal(plan.data() + at, count), options_.command_seconds);
  }
  return reply;
}

Outcome DeviceSession::measure(const measure::Request& request) {
  const std::optional<std::string> problem = measure::fault(request);
  OPLINE_ASSERT(!problem, "{}", *problem);
  const Capabilities& device = capabilities();
  const bool can_time = device.cycle_counter && device.clock_hz;
  if (request.timing_required && !can_time) {
    throw Error(ErrorCode::device, "{} has no clock or no cycle counter, so it can't measure latency",
                device.board);
  }
  const auto clock_hz = static_cast<double>(device.clock_hz.value_or(kSlowestClockHz));
  Reply reply = load(request.plan);
  for (int attempt = 1; attempt < kLoadAttempts && reply.failure &&
                        reply.failure->kind == OutcomeKind::crashed && !reply.lines.empty();
       ++attempt) {
    reply = load(request.plan);
  }
  if (reply.failure) return *reply.failure;
  // One unmeasured run, then the measured one.
  reply = command("plan run 1", 2 * static_cast<double>(request.budget_cycles) / clock_hz);
  if (reply.failure) return *reply.failure;
  reply = command("plan report", options_.command_seconds);
  if (reply.failure) return *reply.failure;
  return judge(reply.lines, request);
}

}  // namespace opline::runners
