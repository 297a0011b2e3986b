#include "src/figures/figure_csv.h"

#include <fmt/format.h>

#include <algorithm>

#include "src/base/csv.h"
#include "src/base/version.h"

namespace opline::figures {
namespace {

using Kind = Element::Kind;

bool any(const Figure& figure, Kind kind) {
  return std::any_of(figure.elements.begin(), figure.elements.end(),
                     [&](const Element& one) { return one.kind == kind; });
}

bool has_counts(const Figure& figure) {
  return std::any_of(figure.elements.begin(), figure.elements.end(),
                     [](const Element& one) { return !one.counts.empty(); });
}

std::vector<std::string> columns_of(const Figure& figure) {
  std::vector<std::string> columns = {"element", "series", "name", figure.x.column};
  if (figure.y.names.empty()) columns.push_back(figure.y.column);
  for (const auto& [kind, axis] : {std::pair{Kind::bars, &figure.x}, {Kind::band, &figure.y}}) {
    if (!any(figure, kind)) continue;
    columns.push_back(axis->column + "_low");
    columns.push_back(axis->column + "_high");
  }
  if (has_counts(figure)) columns.emplace_back("count");
  return columns;
}

std::vector<std::string> comments_of(const Figure& figure) {
  std::vector<std::string> comments = {
      fmt::format("{}, written by opline {}", format_of(figure), version())};
  if (!figure.provenance.empty()) comments.push_back("command: " + figure.provenance);
  comments.push_back("title: " + figure.title);
  comments.insert(comments.end(), figure.notes.begin(), figure.notes.end());
  comments.insert(comments.end(), figure.caption.begin(), figure.caption.end());
  for (std::string& comment : comments)
    std::replace_if(
        comment.begin(), comment.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  return comments;
}

std::optional<double> at(const std::vector<double>& values, std::size_t i) {
  return i < values.size() ? std::optional(values[i]) : std::nullopt;
}

}  // namespace

std::string csv_of(const Figure& figure) {
  CsvWriter csv(columns_of(figure), comments_of(figure));
  const bool named = !figure.y.names.empty();
  for (const Element& one : figure.elements) {
    const std::size_t rows = std::max(one.x.size(), one.y.size());
    for (std::size_t i = 0; i < rows; ++i) {
      csv.text(one.role).text(one.series);
      const std::string name =
          named && !one.y.empty() ? figure.y.names.at(static_cast<std::size_t>(one.y[i])) : "";
      csv.text(one.labels.empty() ? name : one.labels[i]);
      csv.number(at(one.x, i));
      if (!named) csv.number(at(one.y, i));
      for (const Kind kind : {Kind::bars, Kind::band}) {
        if (!any(figure, kind)) continue;
        csv.number(one.kind == kind ? at(one.low, i) : std::nullopt);
        csv.number(one.kind == kind ? at(one.high, i) : std::nullopt);
      }
      if (has_counts(figure))
        csv.integer(i < one.counts.size() ? std::optional(one.counts[i]) : std::nullopt);
      csv.end_row();
    }
  }
  return csv.str();
}

}  // namespace opline::figures
