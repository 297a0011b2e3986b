#include "runners/energy/energy_bridge_lines.h"

#include <algorithm>
#include <array>
#include <vector>

#include "src/base/error.h"
#include "src/base/parse_number.h"
#include "src/base/printable.h"

namespace opline::energy {
namespace {

struct KnownChip {
  const char* name;
  unsigned die;  ///< Without its last digit, the revision.
  double shunt_volts;
  double bus_volts;
};
constexpr unsigned kTexasInstruments = 0x5449;
constexpr std::array<KnownChip, 3> kChips = {{
    {"ina226", 0x226, 2.5e-6, 1.25e-3},              // SBOS547, 7.6
    {"ina228", 0x228, 312.5e-9, 195.3125e-6},        // SLYS021, 7.6
    {"ina228-40mv", 0x228, 78.125e-9, 195.3125e-6},  // with ADCRANGE = 1
}};

}  // namespace

std::vector<std::string_view> words_of_bridge_line(std::string_view line) {
  std::vector<std::string_view> words;
  while (!line.empty()) {
    const std::size_t end = std::min(line.find(' '), line.size());
    words.push_back(line.substr(0, end));
    line.remove_prefix(std::min(end + 1, line.size()));
  }
  return words;
}

std::optional<std::string_view> checked_bridge_line(std::string_view line) {
  if (line.size() < 3 || line[line.size() - 3] != '*') return std::nullopt;
  const auto expected = parse_number<unsigned>(line.substr(line.size() - 2), 16);
  line.remove_suffix(3);
  unsigned sum = 0;
  for (const char c : line) sum ^= static_cast<unsigned char>(c);
  if (expected != sum) return std::nullopt;
  return line;
}

std::optional<InaChip> ina_chip(std::string_view name, std::string_view maker,
                                std::string_view die) {
  for (const KnownChip& chip : kChips) {
    if (name != chip.name) continue;
    const bool right = parse_number<unsigned>(maker, 16) == kTexasInstruments &&
                       parse_number<unsigned>(die, 16).value_or(0) >> 4 == chip.die;
    if (right) return InaChip{std::string(name), chip.shunt_volts, chip.bus_volts};
  }
  return std::nullopt;
}

EnergyBridgeLines::EnergyBridgeLines(std::string meter, InaChip chip, double shunt_ohms,
                                     double interval)
    : meter_(std::move(meter)), chip_(std::move(chip)), shunt_ohms_(shunt_ohms) {
  trace_.interval = interval;
}

void EnergyBridgeLines::add(std::string_view line) {
  const auto checked = checked_bridge_line(line);
  if (!checked) return;
  if (checked->starts_with("error"))
    throw Error(ErrorCode::device, "{}: the bridge reports `{}`; check its wiring to the chip",
                meter_, printable(*checked));
  const std::vector<std::string_view> words = words_of_bridge_line(*checked);
  if (words.size() == 2 && words[0] == "ok" && words[1] == "stop") stopped_ = true;
  if (words.size() == 3 && words[0] == "e") {
    const auto time = parse_number<std::uint32_t>(words[1]);
    if (time && (words[2] == "0" || words[2] == "1"))
      trace_.edges.push_back({seconds_of(*time), words[2] == "1"});
  }
  if (words.size() != 5 || words[0] != "s") return;
  const auto number = parse_number<std::uint16_t>(words[1]);
  const auto time = parse_number<std::uint32_t>(words[2]);
  const auto shunt = parse_number<std::int32_t>(words[3]);
  const auto bus = parse_number<std::uint32_t>(words[4]);
  if (number && time && shunt && bus) add_sample(*number, *time, *shunt, *bus);
}

/// The counter wraps every 71 minutes; times next to each other are less than half of that apart.
double EnergyBridgeLines::seconds_of(std::uint32_t time) {
  if (!last_) first_ = *(last_ = time);
  const auto step = static_cast<std::int32_t>(time - static_cast<std::uint32_t>(*last_));
  return static_cast<double>(*last_ + step - first_) / 1e6;
}

void EnergyBridgeLines::add_sample(std::uint16_t number, std::uint32_t time, double shunt,
                                   double bus) {
  const auto lost = static_cast<std::uint16_t>(number - expected_);
  const double seconds = seconds_of(time);
  if (!trace_.empty() && seconds <= trace_.seconds.back())
    throw Error(ErrorCode::device,
                "{}: sample {} at {} us is not after the one in front of it; correct the bridge's "
                "program",
                meter_, number, time);
  if (lost > 0 && !trace_.empty()) trace_.gaps.push_back({trace_.size(), lost});
  trace_.add(seconds, shunt * chip_.shunt_volts / shunt_ohms_, bus * chip_.bus_volts);
  expected_ = static_cast<std::uint16_t>(number + 1);
  last_ = *last_ + static_cast<std::int32_t>(time - static_cast<std::uint32_t>(*last_));
}

double EnergyBridgeLines::recorded_seconds() const {
  return trace_.empty() ? 0 : trace_.seconds.back() - trace_.seconds.front();
}

Trace EnergyBridgeLines::take() {
  std::stable_sort(
      trace_.edges.begin(), trace_.edges.end(),
      [](const TriggerEdge& a, const TriggerEdge& b) { return a.seconds < b.seconds; });
  return std::move(trace_);
}

}  // namespace opline::energy
