// runners/simulator/debug/gdb_packets.h - the framing of GDB's remote serial protocol.
//
// GDB manual, appendix E ("GDB Remote Serial Protocol"), E.1: `$data#checksum`, acknowledged by `+`
// or `-`; bytes `}`, `$`, `#` and `*` are escaped by `}` and sent exclusive-or 0x20; the byte 0x03
// outside a packet is an interrupt.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace opline::simulator::gdb {

/// What came from the debugger.
struct Received {
  enum class Kind : std::uint8_t { packet, damaged, interrupt } kind = Kind::packet;
  std::string data;  ///< Of a packet, with escapes resolved.
};

/// Bytes in, packets out. A packet of more than kLongest bytes is damaged.
class PacketReader {
 public:
  static constexpr std::size_t kLongest = 0x4000;

  void feed(std::string_view bytes) { pending_ += bytes; }
  /// The next one that is complete. Acknowledgements are skipped.
  std::optional<Received> next();

 private:
  std::string pending_;
};

/// A packet with its checksum.
[[nodiscard]] std::string packet(std::string_view data);

/// Two digits per byte, lower case.
[[nodiscard]] std::string to_hex(std::string_view bytes);
/// The opposite; absent where it is not an even number of digits.
[[nodiscard]] std::optional<std::string> from_hex(std::string_view digits);
/// A number without prefix; absent where it is not one of at most 32 bits.
[[nodiscard]] std::optional<std::uint32_t> hex_number(std::string_view digits);

}  // namespace opline::simulator::gdb
