#include "src/costmodel/python_package.h"

#include "src/base/error.h"
#include "src/base/files.h"

namespace opline::costmodel {
namespace {

namespace fs = std::filesystem;

void make_folder(const fs::path& folder) {
  std::error_code failed;
  fs::create_directories(folder, failed);
  if (!failed && fs::is_directory(folder)) return;
  throw Error(ErrorCode::io, "{}: cannot create the folder ({}); name another", folder.string(),
              failed ? failed.message() : "it is a file");
}

/// Whether opline wrote a package there.
bool holds_package(const fs::path& folder) {
  const fs::path project = folder / "pyproject.toml";
  return fs::is_regular_file(project) && fs::is_regular_file(folder / "opline_cost/py.typed") &&
         read_file(project).find("name = \"opline-cost\"") != std::string::npos;
}

void require_own_folder(const fs::path& folder) {
  if (!fs::is_directory(folder) || fs::is_empty(folder) || holds_package(folder)) return;
  throw Error(ErrorCode::usage, "{}: holds other files; name a new or an empty folder",
              folder.string());
}

/// Cost models of an earlier export would be taken for those of this one.
void remove_cost_models(const fs::path& data) {
  if (!fs::is_directory(data)) return;
  std::vector<fs::path> old;
  for (const auto& entry : fs::directory_iterator(data)) {
    if (entry.path().extension() == ".json") old.push_back(entry.path());
  }
  for (const fs::path& path : old) fs::remove(path);
}

}  // namespace

void write_python_package(const fs::path& folder, const std::vector<NamedCostModel>& models) {
  const fs::path source = resource("data/python");
  require_own_folder(folder);
  for (const auto& entry : fs::recursive_directory_iterator(source)) {
    const fs::path relative = entry.path().lexically_relative(source);
    const bool compiled = relative.string().find("__pycache__") != std::string::npos;
    if (!entry.is_regular_file() || compiled) continue;
    make_folder((folder / relative).parent_path());
    write_file_atomically(folder / relative, read_file(entry.path()));
  }
  const fs::path data = folder / "opline_cost" / "data";
  make_folder(data);
  remove_cost_models(data);
  for (const NamedCostModel& one : models) write_cost_model(data / (one.name + ".json"), one.file);
}

}  // namespace opline::costmodel
