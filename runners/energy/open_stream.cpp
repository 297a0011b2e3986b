// Opens serial ports and TCP connections.
#include "runners/energy/descriptor_stream.h"
#include "src/base/error.h"
#include "src/base/printable.h"
#include "src/ports/link.h"

namespace opline::energy {
namespace {

/// As a stream of this name, which errors begin with.
template <typename Open>
std::unique_ptr<ByteStream> stream_of(const std::string& name, Open open) {
  try {
    const ports::Link link = open();
    return std::make_unique<DescriptorStream>(name, link.descriptor(), [link] {});
  } catch (const Error& error) {
    throw Error(error.code(), "{}: {}", printable(name), error.what());
  }
}

}  // namespace

std::unique_ptr<ByteStream> open_serial_port(const std::string& path, int baud) {
  return stream_of(path, [&] { return ports::Link::open_path(path, static_cast<unsigned>(baud)); });
}

std::unique_ptr<ByteStream> connect_tcp(const std::string& host, std::uint16_t port,
                                        double seconds) {
  return stream_of(fmt::format("tcp:{}:{}", host, port),
                   [&] { return ports::Link::connect(host, std::to_string(port), seconds); });
}

}  // namespace opline::energy
