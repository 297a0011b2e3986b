// runners/simulator/translate/meaning.h - what a handler does, as the translator writes it: the
// name of its operation of execute/semantics, and which registers and flags it reads and writes.
#pragma once
#include <cstdint>
#include <string>

#include "runners/simulator/execute/semantics/access.h"
#include "runners/simulator/machine/cpu.h"

namespace opline::simulator::translation {

enum class Form : std::uint8_t {
  other,  ///< Not translated: the interpreter executes it.
  operation,
  load,
  store,
  load_double,
  store_double,
  load_multiple,
  store_multiple,
  branch,
  branch_cond,     ///< `cond`
  compare_branch,  ///< `nonzero`
};

/// How much of the flags an operation sets.
enum class Sets : std::uint8_t { nothing, some, all };

// Fields of an Op that name registers.
inline constexpr std::uint8_t kRd = 1, kRn = 2, kRm = 4, kRa = 8;

struct Meaning {
  Form form = Form::other;
  std::string operation;      ///< As C++ names it.
  std::string without_flags;  ///< The same but for the flags; empty where it only sets those.
  std::uint8_t reads = 0, writes = 0;
  Sets sets = Sets::nothing;
  bool reads_flags = false;
  bool makes_halves = false;  ///< SXTB16: its result is two signed halves.
  bool takes_halves = false;  ///< SMLAD and the like: rn and rm are two signed halves.
  Width width = Width::u32;
  Address address = Address::offset;
  std::uint8_t cond = 14;
  bool nonzero = false;
};

/// Form::other for handlers that are not translated.
[[nodiscard]] const Meaning& meaning_of(Handler handler);

}  // namespace opline::simulator::translation
