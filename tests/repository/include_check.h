// tests/repository/include_check.h - finds includes that break the levels of the modules or the
// order of their sub-folders.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "tests/repository/folder_order.h"
#include "tests/repository/module_table.h"

namespace opline::repository {

/// Checks every source file below `root`. Each finding reads "file:line: what". Reported are: a
/// file that is in no module or in none of its module's sub-folders, a quoted include that is
/// relative, in no module, or that the levels or the order of sub-folders do not allow, and a
/// module's header included in angle brackets (it would escape the check). An include inside a
/// comment counts.
[[nodiscard]] std::vector<std::string> check_includes(const std::filesystem::path& root,
                                                      const ModuleTable& table,
                                                      const FolderOrder& order);

}  // namespace opline::repository
