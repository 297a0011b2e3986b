#include "runners/attached/attached_device.h"

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cmath>
#include <thread>

#include "runners/attached/board_link.h"
#include "runners/firmware_identity.h"
#include "runners/simulated_board.h"
#include "src/base/error.h"
#include "src/base/files.h"
#include "src/base/printable.h"

extern "C" {
#include "firmware/kernels/opline_kernels.h"
}

namespace opline::runners {
namespace {

using Clock = std::chrono::steady_clock;
using measure::Outcome;
using measure::OutcomeKind;

constexpr double kClockTolerance = 0.01;  // a crystal has 50 ppm, an RC oscillator 1 %
constexpr double kClockResolution = 0.002;
constexpr double kMostClockSeconds = 5;
constexpr int kStamps = 3;
constexpr int kAttempts = 2;    // for a network
constexpr int kMostLosses = 3;  // networks in a row, then the board is set aside
constexpr std::chrono::milliseconds kBetweenConnections{250};

/// The board's time, and the host's at the same moment.
struct Stamp {
  double device = 0, host = 0;  ///< Seconds.
  double uncertainty = 0;       ///< Of `host`: half of what the exchange took.
};

std::optional<Stamp> take_stamp(DeviceSession& session) {
  std::optional<Stamp> best;
  for (int i = 0; i < kStamps; ++i) {
    const Clock::time_point begin = Clock::now();
    const std::optional<std::uint64_t> time = session.timestamp();
    if (!time) return std::nullopt;
    const std::chrono::duration<double> took = Clock::now() - begin;
    const std::chrono::duration<double> middle = begin.time_since_epoch() + took / 2;
    const Stamp stamp{static_cast<double>(*time) / 1e6, middle.count(), took.count() / 2};
    if (!best || stamp.uncertainty < best->uncertainty) best = stamp;
  }
  return best;
}

[[noreturn]] void fail(const std::string& what) { throw Error(ErrorCode::device, "{}", what); }

/// "nucleo-f446re-dev-ttyACM0.txt".
std::string record_name(const AttachedPort& where) {
  std::string name = std::filesystem::path(where.board).stem().string() + "-" + where.port;
  for (char& c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '.') c = '-';
  }
  name.erase(
      std::unique(name.begin(), name.end(), [](char a, char b) { return a == '-' && b == '-'; }),
      name.end());
  return name + ".txt";
}

/// What another attempt may change.
bool is_trouble(OutcomeKind kind) {
  return kind == OutcomeKind::board_lost || kind == OutcomeKind::timed_out ||
         kind == OutcomeKind::crashed;
}

}  // namespace

AttachedDevice::AttachedDevice(AttachedPort where, const AttachedOptions& options)
    : where_(std::move(where)), options_(options), board_(board::load_board(where_.board)) {
  if (options.trigger_pulses && !board_.trigger)
    throw Error(
        ErrorCode::usage,
        "{}: a meter needs a pin that marks inference, and the file of {} has no [trigger]; "
        "add one (docs/formats/board.md)",
        printable(where_.text()), board_.name);
  const std::filesystem::path path = options.elf ? *options.elf : own_image_of(board_);
  image_ = simulator::ElfImage::from_bytes(read_file(path), path.filename().string());
  connect();
  capabilities_ = session_->capabilities();
  setup_ = setup_of(capabilities_);
  by_name([this] { require_clock(); });
}

void AttachedDevice::by_name(const std::function<void()>& check) const {
  try {
    check();
  } catch (const Error& error) {
    throw Error(error.code(), "{}: {}", printable(where_.text()), error.what());
  }
}

void AttachedDevice::disconnect() {
  session_.reset();
  recorder_.reset();
  transport_.reset();
}

Transport& AttachedDevice::recorded(Transport& transport) {
  if (!options_.record) return transport;
  if (!record_.is_open()) {
    std::error_code failed;  // then the file cannot be opened either
    std::filesystem::create_directories(*options_.record, failed);
    const std::filesystem::path path = *options_.record / record_name(where_);
    record_.open(path);
    record_ << session_heading(where_.text());
    if (!record_)
      throw Error(ErrorCode::io, "{}: cannot be written; give --record another folder",
                  path.string());
  }
  record_ << "# connected\n";
  recorder_ = std::make_unique<RecordingTransport>(transport, record_);
  return *recorder_;
}

void AttachedDevice::connect() {
  disconnect();
  by_name([this] {
    transport_ =
        std::make_unique<StreamTransport>(ports::Link::open(where_.port, baud_rate(board_)));
    session_ = std::make_unique<DeviceSession>(
        recorded(*transport_),
        SessionOptions{options_.command_seconds, true, options_.repeats, board_.clock_hz});
    session_->synchronise();
    require_board(session_->capabilities());
    require_firmware();
    if (options_.trigger_pulses) session_->set_trigger(*options_.trigger_pulses);
  });
}

/// What the firmware says of itself agrees with the board's file.
void AttachedDevice::require_board(const Capabilities& device) const {
  if (device.board != board_.name)
    fail(
        fmt::format("the firmware there is for the board `{}`; name that one, or flash {}'s: "
                    "`opline firmware flash --board {}`",
                    printable(device.board), board_.name, printable(where_.board)));
  if (!device.checked || device.payload != measure::Payload::plan)
    fail(
        fmt::format("its firmware is of another version or kind; flash this opline's: `opline "
                    "firmware flash --board {}`",
                    printable(where_.board)));
  if (device.clock_hz && *device.clock_hz != board_.clock_hz)
    fail(
        fmt::format("its core runs at {} Hz (clock source: {}), the board's file says {}; has the "
                    "external clock started?",
                    *device.clock_hz, printable(device.clock_source), board_.clock_hz));
  const std::uint64_t pools = std::uint64_t{device.weight_pool_bytes} + device.channel_pool_bytes;
  if (pools > board_.flash.bytes || device.arena_bytes > board_.sram.bytes)
    fail("the firmware claims more memory than the board has; flash opline's own");
}

void AttachedDevice::require_firmware() {
  for (const simulator::Segment& segment : image_->segments()) {
    const auto bytes = static_cast<std::uint32_t>(segment.bytes.size());
    if (segment.address - board_.flash.base >= board_.flash.bytes) continue;
    if (session_->flash_crc(segment.address, bytes) ==
        opline_crc32(0, segment.bytes.data(), segment.bytes.size()))
      continue;
    fail(
        fmt::format("its flash holds another firmware than {}; flash that: `opline firmware flash "
                    "--board {}`",
                    image_->name(), printable(where_.board)));
  }
}

void AttachedDevice::require_clock() {
  const std::optional<Stamp> first = take_stamp(*session_);
  if (!first) return;  // without a clock or counter nothing is timed
  const double seconds = std::clamp(first->uncertainty / kClockResolution, options_.clock_seconds,
                                    std::max(options_.clock_seconds, kMostClockSeconds));
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
  const std::optional<Stamp> second = take_stamp(*session_);
  if (!second) return;
  const double host = second->host - first->host;
  const double ratio = (second->device - first->device) / host;
  const double uncertainty = (first->uncertainty + second->uncertainty) / host;
  if (std::abs(ratio - 1) <= kClockTolerance + uncertainty) return;
  fail(
      fmt::format("its cycle counter runs at {:.2f} % of the {:.4g} MHz that it claims (clock "
                  "source: {}); check the external clock and its jumpers",
                  100 * ratio, static_cast<double>(*capabilities_.clock_hz) / 1e6,
                  printable(capabilities_.clock_source)));
}

measure::Setup AttachedDevice::setup_of(const Capabilities& device) const {
  measure::Setup setup;
  setup.board = board_.name;
  setup.core = board_.core;
  setup.clock_hz = device.clock_hz;
  setup.supply_volts = board_.supply_volts;
  setup.runtime = runtime_of(device, measure::OutputCheck::final);
  setup.firmware_digest = loaded_digest(*image_);
  setup.compiler = device.compiler;
  setup.flags = device.flags;
  setup.placement = device.placement;
  setup.runner = measure::Runner::attached;
  return setup;
}

bool AttachedDevice::reconnect() {
  const Clock::time_point end =
      Clock::now() + std::chrono::duration_cast<Clock::duration>(
                         std::chrono::duration<double>(options_.reconnect_seconds));
  for (;;) {
    try {
      connect();
      by_name([this] {
        if (setup_of(session_->capabilities()).id() != setup_.id())
          fail("it reports another clock, runtime or compiler than before; flash it again");
      });
      return true;
    } catch (const Error& error) {
      disconnect();
      if (Clock::now() >= end) {
        set_aside_ = fmt::format(
            "{}; set aside: unplug the board and plug it in again, and repeat the command, which "
            "resumes",
            error.what());
        return false;
      }
    }
    std::this_thread::sleep_for(kBetweenConnections);
  }
}

Outcome AttachedDevice::measure(const measure::Request& asked) {
  measure::Request request = asked;
  request.timing_required = false;  // a device without timing has an outcome of its own
  Outcome outcome;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    if (!session_ && !reconnect()) return Outcome::failed(OutcomeKind::board_lost, set_aside_);
    outcome = session_->measure(request);
    if (!is_trouble(outcome.kind)) {
      losses_ = 0;
      return outcome;
    }
    disconnect();
  }
  losses_ = outcome.kind == OutcomeKind::board_lost ? losses_ + 1 : 0;
  if (losses_ >= kMostLosses)
    set_aside_ = fmt::format(
        "{}: it was lost with {} networks in a row (last: {}); set aside: check its cable and "
        "supply, and repeat the command, which resumes",
        printable(where_.text()), losses_, outcome.reason);
  return outcome;
}

}  // namespace opline::runners
