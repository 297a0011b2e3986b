#include "src/report/record.h"

#include <algorithm>
#include <map>

#include "src/base/csv.h"
#include "src/base/error.h"
#include "src/base/version.h"

namespace opline::report {
namespace {

void write(CsvWriter& csv, const Json& value) {
  if (value.is_null()) {
    csv.text("");
  } else if (value.is_string()) {
    csv.text(value.get<std::string>());
  } else if (value.is_number_float()) {
    csv.number(value.get<double>());
  } else {
    csv.text(value.dump());
  }
}

std::string column(const std::string& key, const std::string& member) {
  std::string path = key;
  return path.append(".").append(member);
}

}  // namespace

Record& Record::add(const std::string& key, Json scalar) {
  OPLINE_ASSERT(!scalar.is_structured(), "{} is not a scalar", key);
  cells_.emplace_back(key, scalar);
  json_[key] = std::move(scalar);
  return *this;
}

Record& Record::list(const std::string& key, Json value) {
  json_[key] = std::move(value);
  return *this;
}

Record& Record::interval(const std::string& key,
                         const std::optional<analysis::Interval>& interval) {
  cells_.emplace_back(key + ".low", interval ? Json(interval->low) : Json(nullptr));
  cells_.emplace_back(key + ".high", interval ? Json(interval->high) : Json(nullptr));
  json_[key] = interval ? Json::array({interval->low, interval->high}) : Json(nullptr);
  return *this;
}

Record& Record::part(const std::string& key, const Record& members) {
  for (const auto& [name, value] : members.cells_) cells_.emplace_back(column(key, name), value);
  json_[key] = members.json_;
  return *this;
}

Record& Record::missing(const std::string& key, const Record& shape) {
  for (const auto& [name, value] : shape.cells_) cells_.emplace_back(column(key, name), nullptr);
  json_[key] = nullptr;
  return *this;
}

Json to_json(const std::vector<Record>& records) {
  Json json = Json::array();
  for (const Record& record : records) json.push_back(record.json());
  return json;
}

std::string records_as_csv(const std::vector<Record>& records, const std::string& format,
                           const std::string& command) {
  std::vector<std::string> columns;
  std::vector<std::map<std::string, Json>> rows;
  for (const Record& record : records) {
    for (const auto& [name, value] : record.cells()) {
      if (std::find(columns.begin(), columns.end(), name) == columns.end()) columns.push_back(name);
    }
    rows.emplace_back(record.cells().begin(), record.cells().end());
  }
  CsvWriter csv(columns,
                {format + ", one row per result, written by opline " + std::string(version()),
                 "command: " + command});
  for (const std::map<std::string, Json>& row : rows) {
    for (const std::string& column : columns) {
      const auto found = row.find(column);
      write(csv, found == row.end() ? Json(nullptr) : found->second);
    }
    csv.end_row();
  }
  return csv.str();
}

}  // namespace opline::report
