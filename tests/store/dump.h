// tests/store/dump.h - a study as text: every row of every table, for comparison.
#pragma once
#include <SQLiteCpp/SQLiteCpp.h>

#include <filesystem>
#include <string>
#include <vector>

namespace opline::store {

/// The study's format and mark, and its tables with their rows in the order of their keys. Without
/// columns whose name ends in "_at" when `times` is false.
inline std::string dump(const std::filesystem::path& path, bool times = true) {
  SQLite::Database database(path.string(), SQLite::OPEN_READWRITE, 10'000);
  std::string text = database.execAndGet("PRAGMA application_id").getString() + " " +
                     database.execAndGet("PRAGMA user_version").getString() + "\n" +
                     database.execAndGet("PRAGMA integrity_check").getString() + "\n";
  std::vector<std::string> tables;
  SQLite::Statement names(database,
                          "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name");
  while (names.executeStep()) tables.push_back(names.getColumn(0).getString());
  for (const std::string& table : tables) {
    text += table + "\n";
    std::string columns;
    SQLite::Statement list(database, "SELECT name FROM pragma_table_info('" + table + "')");
    while (list.executeStep()) {
      const std::string column = list.getColumn(0).getString();
      if (times || !column.ends_with("_at"))
        columns += (columns.empty() ? "" : " || ', ' || ") + ("quote(" + column + ")");
    }
    const std::string filter = table == "study" && !times ? " WHERE key <> 'created_at'" : "";
    SQLite::Statement rows(database, "SELECT " + columns + " FROM " + table + filter);
    while (rows.executeStep()) text += "  " + rows.getColumn(0).getString() + "\n";
  }
  return text;
}

}  // namespace opline::store
