#include "src/measure/runtime.h"

#include <fmt/format.h>

#include <charconv>

namespace opline::measure {
namespace {

constexpr std::string_view kPlanner = ", planner ";
constexpr std::string_view kCheck = ", tflite, output check ";

/// What follows `key` in `text`, which is cut before it; missing when `key` is not there.
std::optional<std::string_view> cut_after(std::string_view& text, std::string_view key) {
  const std::size_t at = text.find(key);
  if (at == text.npos) return std::nullopt;
  const std::string_view rest = text.substr(at + key.size());
  text = text.substr(0, at);
  return rest;
}

Runtime parse(std::string_view text) {
  Runtime runtime;
  if (const auto number = cut_after(text, kPlanner)) {
    int planner = 0;
    std::from_chars(number->data(), number->data() + number->size(), planner);
    runtime.planner = planner;
    runtime.payload = Payload::plan;
  } else if (const auto check = cut_after(text, kCheck)) {
    runtime.payload = Payload::tflite;
    runtime.check = *check == "none" ? OutputCheck::none : OutputCheck::final;
  }
  const std::size_t space = text.find(' ');
  runtime.name = text.substr(0, space);
  if (space != text.npos) runtime.version = text.substr(space + 1);
  return runtime;
}

}  // namespace

bool Runtime::is_own() const {
  return name == "opline" && !version.empty() && payload.value_or(Payload::plan) == Payload::plan;
}

std::string Runtime::text() const {
  std::string text = version.empty() ? name : name + " " + version;
  if (planner) text += fmt::format("{}{}", kPlanner, *planner);
  if (check) text += fmt::format("{}{}", kCheck, to_string(*check));
  return text;
}

std::string Runtime::text_or(std::string_view unknown) const {
  std::string known = text();
  return known.empty() ? std::string(unknown) : known;
}

Runtime parse_runtime(std::string_view text) {
  Runtime runtime = parse(text);
  if (runtime.text() == text) return runtime;
  return {std::string(text), "", {}, {}, {}};
}

}  // namespace opline::measure
