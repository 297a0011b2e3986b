#include "tests/repository/inventory_check.h"

#include <optional>
#include <sstream>

#include "src/base/error.h"
#include "tests/repository/module_table.h"
#include "tests/repository/source_tree.h"

namespace opline::repository {
namespace {

std::optional<std::string> objection(const std::string& file, const Inventory& inventory) {
  if (file.ends_with("_test.cpp")) {
    if (inventory.tests.contains(file)) return std::nullopt;
    return "is run by no ctest; name it in an opline_test() of its folder";
  }
  const bool is_header = file.ends_with(".h") || file.ends_with(".hpp");
  if (!is_header) {
    if (inventory.sources.contains(file)) return std::nullopt;
    return "is compiled into no target; name it in its module's CMakeLists.txt";
  }
  if (lies_in(file, "tests") || lies_in(file, "benchmarks")) return std::nullopt;
  if (inventory.headers.contains(file) || inventory.sources.contains(file)) return std::nullopt;
  return "is in no FILE_SET; name it in HEADERS of its module's opline_library(), or in SOURCES if "
         "it is private";
}

}  // namespace

Inventory Inventory::from_text(std::string_view text, const std::string& name) {
  Inventory inventory;
  std::istringstream lines{std::string(text)};
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    const std::size_t space = line.find(' ');
    const std::string kind = line.substr(0, space);
    if (space == std::string::npos || (kind != "source" && kind != "header" && kind != "test")) {
      throw Error(ErrorCode::input, "{}:{}: '{}' is not 'source|header|test path'; configure again",
                  name, number, line);
    }
    auto& set = kind == "source"   ? inventory.sources
                : kind == "header" ? inventory.headers
                                   : inventory.tests;
    set.insert(line.substr(space + 1));
  }
  return inventory;
}

std::vector<std::string> check_inventory(const std::filesystem::path& root,
                                         const Inventory& inventory) {
  std::vector<std::string> findings;
  for (const std::string& file : source_files(root)) {
    if (in_nested_project(root, file)) continue;
    if (const auto what = objection(file, inventory)) findings.push_back(file + ":1: " + *what);
  }
  return findings;
}

}  // namespace opline::repository
