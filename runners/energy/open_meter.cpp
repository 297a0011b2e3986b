#include "runners/energy/open_meter.h"

#include <array>
#include <vector>

#include "runners/energy/descriptor_stream.h"
#include "runners/energy/energy_bridge.h"
#include "runners/energy/lpm01a.h"
#include "runners/energy/otii.h"
#include "runners/energy/ppk2.h"
#include "src/base/error.h"
#include "src/base/parse_number.h"
#include "src/base/printable.h"
#include "src/base/suggest.h"

namespace opline::energy {
namespace {

constexpr double kConnectSeconds = 5;

struct KnownMeter {
  const char* name;
  MeterKind kind;
  int baud;  ///< Of its serial port.
};
constexpr std::array<KnownMeter, 4> kMeters = {
    {{"lpm01a", MeterKind::lpm01a, Lpm01a::kBaud},
     {"ppk2", MeterKind::ppk2, Ppk2::kBaud},
     {"otii", MeterKind::otii, 0},
     {"bridge", MeterKind::bridge, EnergyBridge::kBaud}}};

MeterKind kind_named(std::string_view name) {
  std::vector<std::string> known;
  for (const KnownMeter& meter : kMeters) {
    if (name == meter.name) return meter.kind;
    known.emplace_back(meter.name);
  }
  throw Error(ErrorCode::usage, "there is no meter `{}`; known: {}{}", printable(name, 40),
              fmt::join(known, ", "), did_you_mean(std::string(name), known));
}

int baud_of(MeterKind kind) {
  for (const KnownMeter& meter : kMeters) {
    if (meter.kind == kind) return meter.baud;
  }
  OPLINE_ASSERT(false, "meter {}", static_cast<int>(kind));
  return 0;
}

/// `text`: "HOST:PORT".
void parse_tcp(std::string_view text, MeterAddress& address) {
  const std::size_t colon = text.rfind(':');
  const auto port = colon == std::string_view::npos
                        ? std::nullopt
                        : parse_number<std::uint16_t>(text.substr(colon + 1));
  if (!port || *port == 0 || colon == 0)
    throw Error(ErrorCode::usage,
                "`tcp:{}` is not an address; write tcp:HOST:PORT, as in "
                "tcp:127.0.0.1:1905",
                printable(text, 80));
  address.host = text.substr(0, colon);
  address.tcp_port = *port;
}

std::unique_ptr<ByteStream> connect(const MeterAddress& address) {
  if (!address.host.empty()) return connect_tcp(address.host, address.tcp_port, kConnectSeconds);
  return open_serial_port(address.port, baud_of(address.kind));
}

}  // namespace

MeterAddress parse_meter_address(std::string_view text) {
  constexpr std::string_view kTcp = "tcp:";
  const std::size_t at = text.find('@');
  MeterAddress address;
  address.kind = kind_named(text.substr(0, at));
  const std::string_view where = at == std::string_view::npos ? "" : text.substr(at + 1);
  const bool otii = address.kind == MeterKind::otii;
  if (where.starts_with(kTcp))
    parse_tcp(where.substr(kTcp.size()), address);
  else if (otii && where.empty())
    parse_tcp(fmt::format("127.0.0.1:{}", Otii::kPort), address);
  else if (where.empty() || otii)
    throw Error(ErrorCode::usage, "`{}` does not say where the meter is; write {}",
                printable(text, 80),
                otii ? "otii@tcp:HOST:PORT" : "its serial port, as in ppk2@/dev/ttyACM1");
  else
    address.port = where;
  return address;
}

std::unique_ptr<EnergyMeter> open_meter(const MeterAddress& address,
                                        const MeterSettings& settings) {
  switch (address.kind) {
    case MeterKind::lpm01a:
      return std::make_unique<Lpm01a>(connect(address), settings);
    case MeterKind::ppk2:
      return std::make_unique<Ppk2>(connect(address), settings);
    case MeterKind::otii:
      return std::make_unique<Otii>(connect(address), settings);
    case MeterKind::bridge:
      return std::make_unique<EnergyBridge>(connect(address), settings);
  }
  OPLINE_ASSERT(false, "meter {}", static_cast<int>(address.kind));
  return nullptr;
}

}  // namespace opline::energy
