#include "src/measure/setup.h"

#include <array>
#include <cmath>
#include <utility>

#include "src/base/digest.h"
#include "src/base/error.h"

namespace opline::measure {
namespace {

constexpr std::array<std::pair<Runner, std::string_view>, 3> kRunners{
    {{Runner::simulated, "simulated"},
     {Runner::attached, "attached"},
     {Runner::imported, "imported"}}};

constexpr std::array<std::string_view, 11> kKeys{
    "board",    "core",  "clock_hz",  "supply_volts", "runtime",     "firmware_digest",
    "compiler", "flags", "placement", "runner",       "timing_model"};

Json text_or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

[[noreturn]] void fail(std::string_view key, std::string_view what) {
  throw Error(ErrorCode::input, "setup: {}: {}", key, what);
}

void require_exact_keys(const Json& json) {
  if (!json.is_object())
    throw Error(ErrorCode::input, "setup: must be a JSON object with its fields as keys");
  for (std::string_view key : kKeys) {
    if (!json.contains(key)) fail(key, "is missing; write null where it is unknown");
  }
  for (const auto& item : json.items()) {
    bool known = false;
    for (std::string_view key : kKeys) known = known || item.key() == key;
    if (!known) fail(item.key(), "is not a key of a setup; remove it");
  }
}

std::string read_text(const Json& json, std::string_view key) {
  const Json& value = json.at(std::string(key));
  if (value.is_null()) return "";
  if (!value.is_string() || value.get_ref<const std::string&>().empty())
    fail(key, "must be a text or null");
  return value.get<std::string>();
}

std::optional<std::uint64_t> read_clock(const Json& json) {
  const Json& value = json.at("clock_hz");
  if (value.is_null()) return std::nullopt;
  if (!value.is_number_integer() ||
      (!value.is_number_unsigned() && value.get<std::int64_t>() < 0)) {
    fail("clock_hz", "must be a whole number of hertz above 0, or null");
  }
  return value.get<std::uint64_t>();
}

std::optional<double> read_volts(const Json& json) {
  const Json& value = json.at("supply_volts");
  if (value.is_null()) return std::nullopt;
  if (!value.is_number()) fail("supply_volts", "must be a number of volts above 0, or null");
  return value.get<double>();
}

/// What no setup may say, whether it was built in memory or read.
void require_valid(const Setup& setup) {
  if (setup.board.empty()) fail("board", "is missing; name the board that was measured");
  if (setup.clock_hz && *setup.clock_hz == 0)
    fail("clock_hz", "is 0; leave it out when it is unknown");
  if (setup.supply_volts && !(std::isfinite(*setup.supply_volts) && *setup.supply_volts > 0)) {
    fail("supply_volts", "must be above 0; leave it out when it is unknown");
  }
}

}  // namespace

std::string_view to_string(Runner runner) {
  for (const auto& [value, name] : kRunners) {
    if (value == runner) return name;
  }
  OPLINE_ASSERT(false, "no runner has the value {}", static_cast<int>(runner));
  return {};
}

Runner runner_from_string(std::string_view text) {
  for (const auto& [value, name] : kRunners) {
    if (name == text) return value;
  }
  throw Error(ErrorCode::input, "unknown runner `{}`; known: simulated, attached, imported", text);
}

Json Setup::to_json() const {
  require_valid(*this);
  return Json{{"board", board},
              {"core", text_or_null(core)},
              {"clock_hz", json_or_null(clock_hz)},
              {"supply_volts", json_or_null(supply_volts)},
              {"runtime", text_or_null(runtime.text())},
              {"firmware_digest", text_or_null(firmware_digest)},
              {"compiler", text_or_null(compiler)},
              {"flags", text_or_null(flags)},
              {"placement", text_or_null(placement)},
              {"runner", std::string(to_string(runner))},
              {"timing_model", text_or_null(timing_model)}};
}

std::string Setup::canonical_text() const {
  const Json json = to_json();
  try {
    return json.dump();
  } catch (const Json::type_error&) {
    throw Error(ErrorCode::input,
                "setup of board `{}`: a text is not UTF-8; convert the file it came from", board);
  }
}

std::string Setup::id() const { return digest(canonical_text()); }

Setup Setup::from_json(const Json& json) {
  require_exact_keys(json);
  Setup setup;
  setup.board = read_text(json, "board");
  setup.core = read_text(json, "core");
  setup.clock_hz = read_clock(json);
  setup.supply_volts = read_volts(json);
  setup.runtime = parse_runtime(read_text(json, "runtime"));
  setup.firmware_digest = read_text(json, "firmware_digest");
  setup.compiler = read_text(json, "compiler");
  setup.flags = read_text(json, "flags");
  setup.placement = read_text(json, "placement");
  setup.runner = runner_from_string(read_text(json, "runner"));
  setup.timing_model = read_text(json, "timing_model");
  require_valid(setup);
  return setup;
}

}  // namespace opline::measure
