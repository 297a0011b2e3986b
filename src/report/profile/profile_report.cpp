#include "src/report/profile/profile_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <vector>

#include "src/base/printable.h"
#include "src/base/units.h"

namespace opline::report {
namespace {

using simulator::Cost;
using simulator::CycleCause;
using simulator::kCycleCauses;
using simulator::Profile;

constexpr std::size_t kRows = 8;  // of a table on one screen

std::string share_text(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return "-";
  return fmt::format("{:.1f} %", 100 * static_cast<double>(part) / static_cast<double>(whole));
}

std::string cpi_text(const Cost& cost) {
  if (cost.instructions == 0) return "-";
  return fmt::format("{:.2f}",
                     static_cast<double>(cost.cycles()) / static_cast<double>(cost.instructions));
}

/// Causes other than issue, most cycles first: "fetch 12 %, load-use 8 %", shares of `cost`.
std::string stalls_text(const Cost& cost, std::size_t most) {
  std::vector<std::size_t> order(kCycleCauses - 1);
  std::iota(order.begin(), order.end(), std::size_t{1});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return cost.by_cause[a] > cost.by_cause[b];
  });
  std::string text;
  for (std::size_t i = 0; i < std::min(most, order.size()); ++i) {
    const double share = 100 * static_cast<double>(cost.by_cause[order[i]]) /
                         static_cast<double>(std::max<std::uint64_t>(cost.cycles(), 1));
    if (share < 1) break;
    text += fmt::format("{}{} {:.0f} %", text.empty() ? "" : ", ",
                        to_string(static_cast<CycleCause>(order[i])), share);
  }
  return text;
}

/// The end of a text that is too long: of a path, that is what tells it apart.
std::string last_of(const std::string& text, std::size_t most) {
  return text.size() <= most ? text : ".." + text.substr(text.size() - most + 2);
}
std::string first_of(const std::string& text, std::size_t most) {
  return text.size() <= most ? text : text.substr(0, most - 2) + "..";
}

class Words {
 public:
  Words(const ProfileView& view, ProfileDetail detail)
      : view_(view),
        profile_(view.profile),
        total_(profile_.total.cycles()),
        most_(detail == ProfileDetail::everything ? SIZE_MAX : kRows) {}

  std::string text() {
    add_heading();
    add_causes();
    add_layers();
    add_functions();
    add_lines();
    add_memory();
    return std::move(text_);
  }

 private:
  template <typename... T>
  void line(fmt::format_string<T...> format, T&&... values) {
    std::string one = fmt::format(format, std::forward<T>(values)...);
    one.erase(one.find_last_not_of(' ') + 1);
    text_ += one + "\n";
  }
  void more(std::size_t all, const char* what) {
    if (all > most_) line("... and {} more {}; --details lists them", all - most_, what);
  }

  void add_heading() {
    const std::string clock =
        view_.clock_hz ? fmt::format(", {:.4g} MHz", static_cast<double>(*view_.clock_hz) * 1e-6)
                       : "";
    line("{} on {}{} (simulated, {}, uncalibrated): {}", printable(view_.subject), view_.title,
         clock, view_.timing_model, printable(view_.window));
    const std::string time = view_.clock_hz
                                 ? " = " + format_seconds(static_cast<double>(total_) /
                                                          static_cast<double>(*view_.clock_hz))
                                 : "";
    line("{} cycles{}, {} instructions, {} cycles per instruction{}", total_, time,
         profile_.total.instructions, cpi_text(profile_.total),
         profile_.paired == 0
             ? ""
             : fmt::format(", {} issued beside another",
                           share_text(profile_.paired, profile_.total.instructions)));
  }

  void add_causes() {
    line("\n{:<28}{:>12}{:>9}", "cause", "cycles", "share");
    std::vector<std::size_t> order(kCycleCauses);
    std::iota(order.begin(), order.end(), std::size_t{0});
    const auto& cycles = profile_.total.by_cause;
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return cycles[a] > cycles[b]; });
    for (const std::size_t i : order) {
      if (cycles[i] == 0) continue;
      const double bar = 40 * static_cast<double>(cycles[i]) / static_cast<double>(total_);
      line("{:<28}{:>12}{:>9}  {}", to_string(static_cast<CycleCause>(i)), cycles[i],
           share_text(cycles[i], total_), std::string(static_cast<std::size_t>(bar + 0.5), '#'));
    }
  }

  void add_layers() {
    if (profile_.layers.empty()) return;
    std::vector<std::size_t> order(profile_.layers.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    if (order.size() > most_) {  // the most expensive, in order of execution
      std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return profile_.layers[a].inclusive.cycles() > profile_.layers[b].inclusive.cycles();
      });
      order.resize(most_);
      std::sort(order.begin(), order.end());
    }
    line("\n{:<28}{:>12}{:>9}{:>7}  {}", "layer", "cycles", "share", "CPI", "stalls");
    for (const std::size_t i : order) {
      const Cost& cost = profile_.layers[i].inclusive;
      line("{:<28}{:>12}{:>9}{:>7}  {}",
           first_of(fmt::format("{:>2} {}", i, printable(profile_.layers[i].name)), 28),
           cost.cycles(), share_text(cost.cycles(), total_), cpi_text(cost), stalls_text(cost, 3));
    }
    more(profile_.layers.size(), "layers");
  }

  void add_functions() {
    line("\n{:<28}{:>12}{:>9}{:>7}{:>11}{:>9}  {}", "function", "self", "share", "CPI",
         "with calls", "calls", "stalls");
    std::vector<const simulator::ProfiledFunction*> order;
    for (const auto& function : profile_.functions) order.push_back(&function);
    std::stable_sort(order.begin(), order.end(), [](const auto* a, const auto* b) {
      return a->self.cycles() > b->self.cycles();
    });
    for (std::size_t i = 0; i < std::min(order.size(), most_); ++i) {
      const simulator::ProfiledFunction& one = *order[i];
      line("{:<28}{:>12}{:>9}{:>7}{:>11}{:>9}  {}", first_of(printable(one.name), 28),
           one.self.cycles(), share_text(one.self.cycles(), total_), cpi_text(one.self),
           share_text(one.inclusive.cycles(), total_), one.calls, stalls_text(one.self, 2));
    }
    more(order.size(), "functions");
  }

  void add_lines() {
    if (profile_.files.empty()) {
      line("\nno source lines: the image has no line information (compile it with -g)");
      return;
    }
    line("\n{:<28}{:>12}{:>9}{:>7}  {:<40}  {}", "source line", "self", "share", "CPI",
         "in, inlined at", "stalls");
    for (std::size_t i = 0; i < std::min(profile_.lines.size(), most_); ++i) {
      const simulator::ProfiledLine& one = profile_.lines[i];
      line("{:<28}{:>12}{:>9}{:>7}  {:<40}  {}", last_of(source_text(profile_, one.source), 28),
           one.self.cycles(), share_text(one.self.cycles(), total_), cpi_text(one.self),
           place_of(one), stalls_text(one.self, 2));
    }
    more(profile_.lines.size(), "lines");
  }

  /// "opline_conv_1x1, dot_2x2.h:49".
  [[nodiscard]] std::string place_of(const simulator::ProfiledLine& one) const {
    const std::string function = printable(profile_.functions[one.function].name);
    if (!one.inlined_at) return first_of(function, 40);
    const std::string call = source_text(profile_, one.inlined_at);
    return first_of(function + ", " + call.substr(call.rfind('/') + 1), 40);
  }

  void add_memory() {
    line("\n{:<20}{:>12}{:>10}{:>12}{:>10}{:>12}{:>10}", "memory", "fetches", "", "reads", "",
         "writes", "");
    for (const simulator::MemoryTraffic& one : profile_.traffic) {
      const auto bytes = [](std::uint64_t count, std::uint64_t size) {
        return count == 0 ? std::string("-") : format_bytes(size);
      };
      line("{:<20}{:>12}{:>10}{:>12}{:>10}{:>12}{:>10}", one.region, one.fetches,
           bytes(one.fetches, one.fetched_bytes), one.reads, bytes(one.reads, one.read_bytes),
           one.writes, bytes(one.writes, one.written_bytes));
    }
    const simulator::StackUse& stack = profile_.stack;
    line("stack: {} used at most{}, in {}", format_bytes(stack.used()),
         stack.available ? " of " + format_bytes(*stack.available) : "",
         profile_.functions.empty() ? "-" : printable(profile_.functions[stack.function].name));
  }

  const ProfileView& view_;
  const Profile& profile_;
  std::uint64_t total_;
  std::size_t most_;
  std::string text_;
};

}  // namespace

std::string in_words(const ProfileView& view, ProfileDetail detail) {
  return Words(view, detail).text();
}

}  // namespace opline::report
