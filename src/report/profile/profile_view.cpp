#include "src/report/profile/profile_view.h"

#include <fmt/format.h>

#include "src/base/printable.h"

namespace opline::report {

std::string layer_name(const simulator::Profile& profile, std::size_t layer) {
  const std::string& name = profile.layers.at(layer).name;
  return fmt::format("layer {}{}{}", layer, name.empty() ? "" : " ", name);
}

std::string name_of(const simulator::Profile& profile, const simulator::CallPath& path,
                    const std::string& root) {
  if (path.layer) return layer_name(profile, *path.layer);
  return path.function ? profile.functions.at(*path.function).name : root;
}

std::string source_text(const simulator::Profile& profile,
                        const std::optional<simulator::SourcePosition>& source) {
  if (!source) return "-";
  return fmt::format("{}:{}", printable(profile.files.at(source->file)), source->line);
}

std::string xml_text(const std::string& text) {
  std::string escaped;
  for (const char letter : printable(text, std::string::npos)) {
    switch (letter) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      default:
        escaped += letter;
    }
  }
  return escaped;
}

}  // namespace opline::report
