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

}  // namespace

void write_python_package(const fs::path& folder, const std::vector<NamedCostModel>& models) {
  const fs::path source = resource("data/python");
  for (const auto& entry : fs::recursive_directory_iterator(source)) {
    const fs::path relative = entry.path().lexically_relative(source);
    const bool compiled = relative.string().find("__pycache__") != std::string::npos;
    if (!entry.is_regular_file() || compiled) continue;
    make_folder((folder / relative).parent_path());
    write_file_atomically(folder / relative, read_file(entry.path()));
  }
  const fs::path data = folder / "opline_cost" / "data";
  make_folder(data);
  for (const NamedCostModel& one : models) write_cost_model(data / (one.name + ".json"), one.file);
}

}  // namespace opline::costmodel
