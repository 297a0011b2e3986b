#include "src/base/csv_scanner.h"

#include <algorithm>

namespace opline {
namespace {

/// Line breaks of a quoted field: LF, CRLF and CR count once each.
std::size_t count_breaks(std::string_view text) {
  std::size_t breaks = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n' || (text[i] == '\r' && (i + 1 >= text.size() || text[i + 1] != '\n')))
      ++breaks;
  }
  return breaks;
}

constexpr char kEndOfFileOfDos = '\x1A';

}  // namespace

std::string CsvField::value() const {
  if (!doubled) return std::string(text);
  std::string whole;
  for (std::size_t i = 0; i < text.size(); ++i) {
    whole += text[i];
    if (text[i] == '"') ++i;
  }
  return whole;
}

CsvScanner::CsvScanner(std::string_view text, const CsvDialect& dialect, std::size_t first_line)
    : text_(text), separator_(dialect.separator), line_(first_line) {
  while (text_.ends_with(kEndOfFileOfDos)) text_.remove_suffix(1);
  for (const std::string& value : dialect.missing) {
    if (value.starts_with('#')) values_with_hash_.push_back(value);
  }
  for (const char stop : {separator_, '"', '\r', '\n'})
    stops_[static_cast<unsigned char>(stop)] = true;
}

bool CsvScanner::next() {
  if (!find_record()) return false;
  first_record_ = false;
  fields_.clear();
  fault_.reset();
  record_line_ = line_;
  record_begin_ = at_;
  do {
    if (!read_field()) return true;
  } while (more_fields_);
  return true;
}

/// Goes to the first byte of a line that is neither empty nor a comment. False at the end.
bool CsvScanner::find_record() {
  while (true) {
    const std::size_t begin = at_;
    if (!skip_blanks()) return false;
    if (at_break()) {
      skip_break();
    } else if (at_comment()) {
      const std::size_t comment = at_ + 1;
      skip_line();
      if (first_record_) keep_comment(text_.substr(comment, at_ - comment));
    } else {
      at_ = begin;
      return true;
    }
  }
}

/// Whether the '#' that may be here opens a comment: not where a missing value such as #N/A is the
/// first field.
bool CsvScanner::at_comment() const {
  if (text_[at_] != '#') return false;
  for (const std::string& value : values_with_hash_) {
    if (!text_.substr(at_).starts_with(value)) continue;
    const std::size_t behind = at_ + value.size();
    if (behind >= text_.size() || stops_[static_cast<unsigned char>(text_[behind])]) return false;
  }
  return true;
}

void CsvScanner::keep_comment(std::string_view line) {
  while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.remove_suffix(1);
  if (line.starts_with(' ')) line.remove_prefix(1);
  comments_.emplace_back(line);
}

/// False at the end of the text.
bool CsvScanner::skip_blanks() {
  while (!done() && blank(text_[at_])) ++at_;
  return !done();
}

/// The line break that is here.
void CsvScanner::skip_break() {
  if (text_[at_] == '\r' && at_ + 1 < text_.size() && text_[at_ + 1] == '\n') ++at_;
  ++at_;
  ++line_;
}

/// The rest of the line and its break.
void CsvScanner::skip_line() {
  at_ = std::min(text_.find_first_of("\r\n", at_), text_.size());
  if (!done()) skip_break();
}

bool CsvScanner::read_field() {
  if (!skip_blanks()) {
    fields_.push_back({text_.substr(at_, 0)});
    more_fields_ = false;
    return true;
  }
  return text_[at_] == '"' ? read_quoted() : read_plain();
}

bool CsvScanner::read_plain() {
  const char* const begin = text_.data() + at_;
  const char* const end = text_.data() + text_.size();
  const char* p = begin;
  while (p != end && !stops_[static_cast<unsigned char>(*p)]) ++p;
  at_ = static_cast<std::size_t>(p - text_.data());
  if (p != end && *p == '"')
    return fail(line_,
                "a quote inside a field without quotes; put the field in quotes and double the "
                "quote");
  while (p != begin && blank(p[-1])) --p;
  fields_.push_back({{begin, static_cast<std::size_t>(p - begin)}});
  return end_field();
}

bool CsvScanner::read_quoted() {
  const std::size_t opened = line_;
  const std::size_t begin = ++at_;
  bool doubled = false;
  while (true) {
    const std::size_t quote = text_.find('"', at_);
    if (quote == std::string_view::npos)
      return fail(opened, "a quote is opened here and never closed; close it or double it");
    at_ = quote + 1;
    if (done() || text_[at_] != '"') break;
    doubled = true;
    ++at_;
  }
  const std::string_view inside = text_.substr(begin, at_ - 1 - begin);
  line_ += count_breaks(inside);
  if (skip_blanks() && text_[at_] != separator_ && !at_break())
    return fail(opened, "text after the closing quote; double a quote that belongs to the field");
  fields_.push_back({inside, true, doubled});
  return end_field();
}

/// Consumes the separator, or the line break that ends the record.
bool CsvScanner::end_field() {
  more_fields_ = !done() && text_[at_] == separator_;
  if (more_fields_) {
    ++at_;
  } else if (!done()) {
    skip_break();
  }
  return true;
}

/// Gives the record up; the scan continues below its first line.
bool CsvScanner::fail(std::size_t line, const char* message) {
  fault_ = CsvFault{line, fields_.size(), message};
  at_ = record_begin_;
  line_ = record_line_;
  skip_line();
  return false;
}

}  // namespace opline
