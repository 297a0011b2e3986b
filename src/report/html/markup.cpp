#include "src/report/html/markup.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "src/base/error.h"
#include "src/base/printable.h"

namespace opline::report::html {
namespace {

constexpr double kBarWidth = 100;  // of the SVGs' own unit; CSS gives them their size

std::string on_scale(double value, double most) {
  return fmt::format("{:.2f}", kBarWidth * std::clamp(value / most, 0.0, 1.0));
}

std::string sentence_of(std::string text) {
  if (text.empty()) return text;
  text.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(text.front())));
  if (text.back() != '.' && text.back() != '?') text += '.';
  return text;
}

std::string with_entities(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
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
      case '\'':
        escaped += "&#39;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

}  // namespace

std::string html_text(std::string_view text, std::size_t max_bytes) {
  return with_entities(printable(text, max_bytes));
}

std::string html_lines(std::string_view text) {
  return with_entities(printable_lines(text, std::string::npos));
}

std::string script_json(const Json& json) {
  const std::string text = json.dump(-1, ' ', true, Json::error_handler_t::replace);
  std::string escaped;
  escaped.reserve(text.size());
  for (const char c : text) {
    if (c == '<' || c == '>' || c == '&') {
      escaped += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
    } else {
      escaped += c;
    }
  }
  return escaped;
}

std::string table(const std::string& caption, const std::vector<Column>& columns,
                  const std::vector<std::vector<std::string>>& rows) {
  if (rows.empty()) return "";
  const auto kind = [&](std::size_t i) { return columns[i].number ? " class=\"number\"" : ""; };
  std::string text =
      "<div class=\"scroll\"><table><caption>" + html_text(caption) + "</caption><thead><tr>";
  for (std::size_t i = 0; i < columns.size(); ++i)
    text += columns[i].name.empty()
                ? "<td></td>"
                : fmt::format("<th scope=\"col\"{}>{}</th>", kind(i), html_text(columns[i].name));
  text += "</tr></thead><tbody>\n";
  for (const std::vector<std::string>& row : rows) {
    OPLINE_ASSERT(row.size() == columns.size(), "{} cells in {} columns", row.size(),
                  columns.size());
    text += "<tr><th scope=\"row\">" + row.front() + "</th>";
    for (std::size_t i = 1; i < row.size(); ++i)
      text += fmt::format("<td{}>{}</td>", kind(i), row[i]);
    text += "</tr>\n";
  }
  return text + "</tbody></table></div>\n";
}

std::string sentences(const std::vector<std::string>& texts) {
  if (texts.empty()) return "";
  std::string list = "<ul>\n";
  for (const std::string& text : texts)
    list += "<li>" + html_text(sentence_of(text), 4000) + "</li>\n";
  return list + "</ul>\n";
}

std::string bar(double share) {
  return fmt::format(
      "<svg class=\"bar\" viewBox=\"0 0 100 8\" preserveAspectRatio=\"none\" aria-hidden=\"true\">"
      "<rect width=\"{}\" height=\"8\"></rect></svg>",
      on_scale(share, 1));
}

std::string interval_bar(double value, const std::optional<double>& low,
                         const std::optional<double>& high, double most) {
  std::string line;
  if (low && high)
    line = fmt::format("<line x1=\"{}\" x2=\"{}\" y1=\"5\" y2=\"5\"></line>", on_scale(*low, most),
                       on_scale(*high, most));
  return fmt::format(
      "<svg class=\"interval\" viewBox=\"0 0 100 10\" aria-hidden=\"true\">{}<circle cx=\"{}\" "
      "cy=\"5\" r=\"1.5\"></circle></svg>",
      line, on_scale(value, most));
}

std::string number(const Json& json, const char* format, double factor) {
  return json.is_null() ? "-" : fmt::format(fmt::runtime(format), json.get<double>() * factor);
}

std::string interval(const Json& json, const char* format, double factor) {
  return json.is_null()
             ? "-"
             : number(json.at(0), format, factor) + " to " + number(json.at(1), format, factor);
}

}  // namespace opline::report::html
