// tests/repository/include_check.h - finds includes that break the levels of the modules.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "tests/repository/module_table.h"

namespace opline::repository {

/// Checks every source file below `root`. Each finding reads "file:line: what". Reported are: a
/// file that is in no module, a quoted include that is relative, in no module, or that its module
/// may not have, and a module's header included in angle brackets (it would escape the check). An
/// include inside a comment counts: it is not code to keep.
[[nodiscard]] std::vector<std::string> check_includes(const std::filesystem::path& root,
                                                      const ModuleTable& table);

}  // namespace opline::repository
