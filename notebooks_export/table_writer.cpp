#include "notebooks_export/table_writer.h"

#include <fmt/format.h>

#include <cmath>

#include "src/base/error.h"
#include "src/base/json.h"
#include "src/base/version.h"

namespace opline::notebooks_export {
namespace {

constexpr std::size_t kPart = 1 << 20;  // bytes handed to a sink

std::string ascii_json(std::string_view text) { return Json(text).dump(-1, ' ', true); }

std::vector<std::string> with_format(const TableFormat& format, std::vector<std::string> comments) {
  comments.insert(comments.begin(), fmt::format("{} version {}, written by opline {}", format.name,
                                                format.version, version()));
  return comments;
}

}  // namespace

TableWriter::TableWriter(TableForm form, const TableFormat& format,
                         std::vector<std::string> columns, const std::vector<std::string>& comments,
                         Sink sink)
    : form_(form),
      opening_("{\"format\": " + ascii_json(fmt::format("{} {}", format.name, format.version))),
      columns_(std::move(columns)),
      sink_(std::move(sink)) {
  if (form == TableForm::csv) csv_.emplace(columns_, with_format(format, comments));
}

void TableWriter::member(const std::string& json) {
  OPLINE_ASSERT(in_row_ < columns_.size(), "the row has {} fields already", in_row_);
  if (in_row_ == 0) lines_ += opening_;
  lines_.append(", ").append(ascii_json(columns_[in_row_++])).append(": ").append(json);
}

TableWriter& TableWriter::text(std::string_view value) {
  if (csv_) {
    csv_->text(value);
  } else {
    member(value.empty() ? "null" : ascii_json(value));
  }
  return *this;
}

TableWriter& TableWriter::number(std::optional<double> value) {
  if (csv_) {
    csv_->number(value);
  } else {
    OPLINE_ASSERT(!value || std::isfinite(*value), "a number that JSON cannot hold");
    member(value ? fmt::format("{}", *value) : "null");
  }
  return *this;
}

TableWriter& TableWriter::integer(std::optional<std::uint64_t> value) {
  if (csv_) {
    csv_->integer(value);
  } else {
    member(value ? fmt::format("{}", *value) : "null");
  }
  return *this;
}

void TableWriter::end_row() {
  if (csv_) {
    csv_->end_row();
  } else {
    OPLINE_ASSERT(in_row_ == columns_.size(), "the row has {} of {} fields", in_row_,
                  columns_.size());
    lines_ += "}\n";
    in_row_ = 0;
  }
  if (sink_ && str().size() >= kPart) hand_over();
}

void TableWriter::hand_over() {
  sink_(str());
  lines_.clear();
  if (csv_) (void)csv_->take();
}

const std::string& TableWriter::str() const {
  if (csv_) return csv_->str();
  OPLINE_ASSERT(in_row_ == 0, "the last row was not ended");
  return lines_;
}

}  // namespace opline::notebooks_export
