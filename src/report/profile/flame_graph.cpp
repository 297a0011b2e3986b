#include "src/report/profile/flame_graph.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "src/base/version.h"

namespace opline::report {
namespace {

using simulator::CallPath;
using simulator::Cost;
using simulator::Profile;

constexpr double kWidth = 1200, kMargin = 10, kTop = 56, kRow = 18, kLetter = 6.9;
constexpr double kNarrowest = 1.0 / 3;

/// A warm colour for a name, always the same.
std::string colour_of(const std::string& name, bool layer) {
  std::uint32_t hash = 2166136261U;  // FNV-1a
  for (const char letter : name) hash = (hash ^ static_cast<unsigned char>(letter)) * 16777619U;
  const std::uint32_t hue = layer ? 205 + hash % 15 : 14 + hash % 38;
  return fmt::format("hsl({},{}%,{}%)", hue, 62 + hash / 64 % 20, 66 + hash / 4096 % 9);
}

struct Box {
  std::size_t path = 0;
  double left = 0, width = 0;
  unsigned depth = 0;
};

class FlameGraph {
 public:
  explicit FlameGraph(const ProfileView& view)
      : view_(view), profile_(view.profile), costs_(inclusive_costs(profile_.paths)) {
    children_.resize(profile_.paths.size());
    for (std::size_t i = 1; i < profile_.paths.size(); ++i)
      children_[profile_.paths[i].parent].push_back(i);
    // Layers in the order of execution, all others by name, as flame graphs are.
    for (auto& all : children_) {
      std::stable_sort(all.begin(), all.end(), [&](std::size_t a, std::size_t b) {
        const CallPath &x = profile_.paths[a], &y = profile_.paths[b];
        if (x.layer && y.layer) return *x.layer < *y.layer;
        return name(a) < name(b);
      });
    }
  }

  std::string svg() {
    if (costs_[0].cycles() != 0) lay_out();
    unsigned deepest = 0;
    for (const Box& box : boxes_) deepest = std::max(deepest, box.depth);
    const double height = kTop + (deepest + 1) * kRow + kMargin;
    std::string text = head(height);
    for (const Box& box : boxes_) text += drawn(box, height - kMargin - (box.depth + 1) * kRow);
    return text + "</svg>\n";
  }

 private:
  [[nodiscard]] std::string name(std::size_t path) const {
    return name_of(profile_, profile_.paths[path], view_.subject);
  }

  void lay_out() {
    const double scale = (kWidth - 2 * kMargin) / static_cast<double>(costs_[0].cycles());
    boxes_.push_back({0, kMargin, kWidth - 2 * kMargin, 0});
    for (std::size_t at = 0; at < boxes_.size(); ++at) {
      const Box box = boxes_[at];
      double left = box.left;
      for (const std::size_t child : children_[box.path]) {
        const double width = static_cast<double>(costs_[child].cycles()) * scale;
        if (width >= kNarrowest) boxes_.push_back({child, left, width, box.depth + 1});
        left += width;
      }
    }
  }

  [[nodiscard]] std::string head(double height) const {
    return fmt::format(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- opline-flame-graph 1, written by opline "
        "{}: {} -->\n"
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {:.0f} {:.0f}\" width=\"{:.0f}\" "
        "height=\"{:.0f}\" font-family=\"DejaVu Sans, Arial, sans-serif\" font-size=\"12\">\n"
        "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
        "<text x=\"{}\" y=\"22\" font-size=\"15\">{}</text>\n<text x=\"{}\" y=\"40\" "
        "fill=\"#555\">{}</text>\n",
        version(), comment(view_.command), kWidth, height, kWidth, height, kMargin,
        xml_text(fmt::format("{} on {} (simulated)", view_.subject, view_.title)), kMargin,
        xml_text(fmt::format("{}: {} cycles, {} instructions; width: cycles", view_.window,
                             profile_.total.cycles(), profile_.total.instructions)));
  }

  /// Two hyphens would end it.
  static std::string comment(const std::string& text) {
    std::string safe;
    for (const char letter : xml_text(text))
      safe += letter == '-' && !safe.empty() && safe.back() == '-' ? std::string(" -")
                                                                   : std::string(1, letter);
    return safe;
  }

  [[nodiscard]] std::string drawn(const Box& box, double top) const {
    const std::string title = name(box.path);
    const Cost& cost = costs_[box.path];
    const double share =
        100.0 * static_cast<double>(cost.cycles()) / static_cast<double>(costs_[0].cycles());
    std::string text = fmt::format(
        "<g><title>{}: {} cycles ({:.2f} %), {} instructions</title><rect x=\"{:.2f}\" "
        "y=\"{:.0f}\" width=\"{:.2f}\" height=\"{:.0f}\" rx=\"2\" fill=\"{}\" stroke=\"white\" "
        "stroke-width=\"0.5\"/>",
        xml_text(title), cost.cycles(), share, cost.instructions, box.left, top, box.width,
        kRow - 1,
        box.path == 0 ? "#ddd" : colour_of(title, profile_.paths[box.path].layer.has_value()));
    const auto letters = static_cast<std::size_t>(std::max(0.0, (box.width - 6) / kLetter));
    if (letters >= 3) {
      const std::string shown =
          title.size() <= letters ? title : title.substr(0, letters - 2) + "..";
      text += fmt::format("<text x=\"{:.2f}\" y=\"{:.0f}\">{}</text>", box.left + 3, top + 13,
                          xml_text(shown));
    }
    return text + "</g>\n";
  }

  const ProfileView& view_;
  const Profile& profile_;
  std::vector<Cost> costs_;
  std::vector<std::vector<std::size_t>> children_;
  std::vector<Box> boxes_;
};

/// Semicolons separate, and line breaks end.
std::string folded_name(std::string name) {
  for (char& letter : name) {
    if (letter == ';' || static_cast<unsigned char>(letter) < ' ') letter = ':';
  }
  return name;
}

}  // namespace

std::string folded_stacks(const ProfileView& view) {
  const Profile& profile = view.profile;
  std::vector<std::string> names(profile.paths.size());
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string own = folded_name(name_of(profile, profile.paths[i], ""));
    const std::string& above = names[profile.paths[i].parent];
    names[i] = i == 0 || above.empty() ? own : above + ";" + own;
    const std::uint64_t cycles = profile.paths[i].self.cycles();
    if (cycles != 0) text += fmt::format("{} {}\n", names[i].empty() ? "?" : names[i], cycles);
  }
  return text;
}

std::string flame_graph_svg(const ProfileView& view) { return FlameGraph(view).svg(); }

}  // namespace opline::report
