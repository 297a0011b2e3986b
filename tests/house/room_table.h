// tests/house/room_table.h - which room may include which, read from the table in
// docs/architecture.md.
//
// The documented table is the data, so the document and the check can't disagree.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace opline::house {

/// A row of the table.
struct Room {
  int level = 0;
  std::string folder;                ///< From the top of the repository: "src/base".
  bool lower_levels = false;         ///< May include every room of a lower level.
  bool anything = false;             ///< May include every room.
  std::vector<std::string> allowed;  ///< Further folders it may include, a room or a part of one.
};

class RoomTable {
 public:
  /// Reads the first table headed "| level | room | includes | ..." of a Markdown document. Throws
  /// Error{input} "name:line: ..." for a table that is missing or malformed, names a room twice, or
  /// itself breaks the levels.
  static RoomTable from_markdown(std::string_view text, const std::string& name);

  /// The room that holds `path` (from the top of the repository), the innermost one; null when
  /// there is none.
  [[nodiscard]] const Room* room_of(std::string_view path) const;

  /// Why a file of `from` may not include `path`; nullopt when it may.
  [[nodiscard]] std::optional<std::string> objection(const Room& from, std::string_view path) const;

  [[nodiscard]] const std::vector<Room>& rooms() const { return rooms_; }

 private:
  void reject_contradictions(const std::string& name) const;
  std::vector<Room> rooms_;
};

/// True when `path` is `folder` or lies in it.
[[nodiscard]] bool lies_in(std::string_view path, std::string_view folder);

}  // namespace opline::house
