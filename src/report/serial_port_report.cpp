#include "src/report/serial_port_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "src/base/printable.h"

namespace opline::report {
namespace {

std::string device_of(const runners::SerialPort& port) {
  std::string text = port.probe.empty() ? printable(port.description) : port.probe;
  if (!port.vendor) return text;
  return text + fmt::format(" ({:04x}:{:04x}{}{})", *port.vendor, port.product.value_or(0),
                            port.serial.empty() ? "" : ", ", printable(port.serial));
}

std::string answer_of(const PortView& view) {
  if (!view.answer) return "not a debug probe that opline knows";
  if (!view.answer->board.empty())
    return fmt::format("{}, {}", printable(view.answer->board), printable(view.answer->runtime));
  return printable(view.answer->trouble, 400);
}

Json text_or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

}  // namespace

std::string in_words(const std::vector<PortView>& ports) {
  if (ports.empty())
    return "no serial port is there; is the board's USB cable one that carries data? "
           "docs/boards.md\n";
  std::size_t paths = 0, devices = 0;
  for (const PortView& view : ports) {
    paths = std::max(paths, printable(view.port.path).size());
    devices = std::max(devices, device_of(view.port).size());
  }
  std::string text;
  for (const PortView& view : ports)
    text += fmt::format("{:{}}  {:{}}  {}\n", printable(view.port.path), paths,
                        device_of(view.port), devices, answer_of(view));
  return text;
}

Json to_json(const std::vector<PortView>& ports) {
  Json all = Json::array();
  for (const PortView& view : ports) {
    const runners::SerialPort& port = view.port;
    Json usb = nullptr;
    if (port.vendor)
      usb = {{"vendor", fmt::format("{:04x}", *port.vendor)},
             {"product", fmt::format("{:04x}", port.product.value_or(0))},
             {"serial", text_or_null(port.serial)}};
    const runners::PortAnswer answer = view.answer.value_or(runners::PortAnswer{});
    all.push_back({{"port", port.path},
                   {"description", text_or_null(port.description)},
                   {"usb", usb},
                   {"probe", text_or_null(port.probe)},
                   {"board", text_or_null(answer.board)},
                   {"runtime", text_or_null(answer.runtime)},
                   {"trouble", text_or_null(answer.trouble)}});
  }
  return all;
}

}  // namespace opline::report
