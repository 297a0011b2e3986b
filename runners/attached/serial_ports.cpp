#include "runners/attached/serial_ports.h"

#include <libserialport.h>

#include <algorithm>
#include <memory>

#include "runners/attached/board_link.h"
#include "runners/attached/stream_transport.h"
#include "runners/device_session.h"
#include "src/base/error.h"

namespace opline::runners {
namespace {

std::string text_of(const char* text) { return text == nullptr ? "" : text; }

SerialPort describe(const sp_port* port) {
  SerialPort found;
  found.path = text_of(sp_get_port_name(port));
  found.description = text_of(sp_get_port_description(port));
  int vendor = 0, product = 0;
  if (sp_get_port_usb_vid_pid(port, &vendor, &product) == SP_OK) {
    found.vendor = static_cast<std::uint16_t>(vendor);
    found.product = static_cast<std::uint16_t>(product);
    found.probe = probe_of(*found.vendor, *found.product);
    found.serial = text_of(sp_get_port_usb_serial(port));
  }
  return found;
}

}  // namespace

std::string probe_of(std::uint16_t vendor, std::uint16_t product) {
  for (const UsbId& id : debug_probes()) {
    if (id.vendor == vendor && id.product.value_or(product) == product) return id.probe;
  }
  return {};
}

std::vector<SerialPort> serial_ports() {
  sp_port** list = nullptr;
  if (sp_list_ports(&list) != SP_OK)
    throw Error(ErrorCode::io, "the serial ports cannot be listed; is /sys mounted?");
  const std::unique_ptr<sp_port*, decltype(&sp_free_port_list)> owner(list, &sp_free_port_list);
  std::vector<SerialPort> ports;
  for (sp_port** port = list; *port != nullptr; ++port) ports.push_back(describe(*port));
  std::sort(ports.begin(), ports.end(),
            [](const SerialPort& a, const SerialPort& b) { return a.path < b.path; });
  return ports;
}

PortAnswer ask_port(const std::string& path) {
  constexpr unsigned kBaud = 115'200;
  try {
    StreamTransport transport(ports::Link::open(path, kBaud));
    DeviceSession session(transport, {1, true});
    session.synchronise();
    const Capabilities& device = session.capabilities();
    return {device.board, device.runtime, {}};
  } catch (const Error& error) {
    return {{}, {}, error.what()};
  }
}

}  // namespace opline::runners
