// tests/house/include_check.h - finds includes that break the levels of the rooms.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "tests/house/room_table.h"

namespace opline::house {

/// Checks every source file below `root`. Each finding reads "file:line: what". Reported are: a
/// file that is in no room, a quoted include that is relative, in no room, or that its room may not
/// have, and a room's header included in angle brackets (it would escape the check). An include
/// inside a comment counts: it is not code to keep.
[[nodiscard]] std::vector<std::string> check_includes(const std::filesystem::path& root,
                                                      const RoomTable& table);

}  // namespace opline::house
