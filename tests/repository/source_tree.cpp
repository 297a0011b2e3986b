#include "tests/repository/source_tree.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "src/base/files.h"

namespace opline::repository {
namespace fs = std::filesystem;
namespace {

bool is_source(const fs::path& path) {
  constexpr std::array<std::string_view, 5> extensions = {".h", ".hpp", ".c", ".cc", ".cpp"};
  return std::find(extensions.begin(), extensions.end(), path.extension().string()) !=
         extensions.end();
}

bool is_left_out(const fs::path& folder, const fs::path& root) {
  const std::string name = folder.filename().string();
  if (name.starts_with(".")) return true;
  return folder.parent_path() == root && (name == "build" || name == "opline-study");
}

}  // namespace

std::vector<std::string> source_files(const fs::path& root) {
  std::vector<std::string> files;
  for (auto entry = fs::recursive_directory_iterator(root);
       entry != fs::recursive_directory_iterator(); ++entry) {
    if (entry->is_directory()) {
      if (is_left_out(entry->path(), root)) entry.disable_recursion_pending();
    } else if (is_source(entry->path())) {
      files.push_back(fs::relative(entry->path(), root).generic_string());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

bool in_nested_project(const fs::path& root, const std::string& file) {
  for (fs::path folder = fs::path(file).parent_path(); !folder.empty();
       folder = folder.parent_path()) {
    const fs::path lists = root / folder / "CMakeLists.txt";
    if (fs::exists(lists) && ("\n" + read_file(lists)).find("\nproject(") != std::string::npos)
      return true;
  }
  return false;
}

}  // namespace opline::repository
