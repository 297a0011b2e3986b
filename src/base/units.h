// src/base/units.h - figures with their units: how opline prints them and how it reads them.
//
// One convention everywhere. Printed bytes are binary multiples with the IEC's names (IEC
// 80000-13): memories of microcontrollers come in powers of two. On input both kinds are read, as
// GNU coreutils does: KiB, Ki, K and k are 1024 bytes, kB and KB are 1000; MiB, Mi and M are
// 1024^2, MB is 1000^2. Ops, parameters and macs are counted in decimal multiples, as papers count.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace opline {

/// "512 B", "53.2 KiB", "1.50 MiB", "3.25 GiB".
[[nodiscard]] std::string format_bytes(std::uint64_t bytes);

/// "12.3 us", "250 ms", "3.40 s", "2 min 05 s", "1 h 02 min". `seconds` >= 0.
[[nodiscard]] std::string format_seconds(double seconds);

/// "1.23 kops", "16.4 Mops", "1.20 Gops": decimal multiples, as papers count.
[[nodiscard]] std::string format_ops(std::uint64_t ops);

/// What a figure is of, and with it which units it may have. The first unit is the one that
/// everything is converted to.
enum class Quantity {
  count,    ///< no unit; k, M, G: 1000, 1000^2, 1000^3.
  bytes,    ///< B or no unit; KiB, Ki, K, k, kB, KB and so on up to G.
  ops,      ///< ops, kops, Mops, Gops; macs, kmacs, Mmacs, Gmacs, each two ops.
  seconds,  ///< s, ms, us, ns.
  joules,   ///< J, mJ, uJ, nJ.
  amperes,  ///< A, mA, uA, nA.
  volts,    ///< V, mV, uV.
};

/// How much of the quantity's first unit one `unit` is; nothing for a unit that the quantity does
/// not have. The case of letters matters: "mJ" is not "MJ".
[[nodiscard]] std::optional<double> unit_factor(Quantity quantity, std::string_view unit);

/// The same for a unit at the end of a column's name: case does not matter ("latency_MS",
/// "energy_mj"), and "seconds" and "joules" may be written out. Not for counts and bytes,
/// which have units that differ in case alone.
[[nodiscard]] std::optional<double> unit_factor_in_name(Quantity quantity, std::string_view unit);

/// Whether the texts are equal but for the case of ASCII letters.
[[nodiscard]] bool equal_ignoring_case(std::string_view a, std::string_view b);

/// The units of a quantity, for messages: "s, ms, us, ns".
[[nodiscard]] std::string known_units(Quantity quantity);

/// "100ms" as 0.1 with Quantity::seconds: a decimal number and a unit, with or without a blank
/// between them. Nothing where the text is anything else, the value is not finite, or the unit is
/// missing although the quantity needs one (ops, seconds, joules).
[[nodiscard]] std::optional<double> parse_quantity(std::string_view text, Quantity quantity);

/// "1.5M" as 1500000, "64KiB" as 65536: exactly. Nothing where the text is anything else, is not a
/// whole number of the first unit, has more than 6 decimals, or is above 10^15. Only for `count`
/// and `bytes`.
[[nodiscard]] std::optional<std::uint64_t> parse_whole(std::string_view text, Quantity quantity);

}  // namespace opline
