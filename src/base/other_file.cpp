#include "src/base/other_file.h"

#include "src/base/error.h"
#include "src/base/printable.h"

namespace opline {
namespace fs = std::filesystem;

void require_other_file(const fs::path& output, const std::vector<fs::path>& taken) {
  if (output == "-") return;
  const auto place = [](const fs::path& path) {
    std::error_code failed;
    const fs::path canonical = fs::weakly_canonical(path, failed);
    return failed ? fs::absolute(path).lexically_normal() : canonical;
  };
  for (const fs::path& other : taken) {
    if (other.empty()) continue;
    std::error_code failed;
    if (!fs::equivalent(output, other, failed) && place(output) != place(other)) continue;
    throw Error(
        ErrorCode::usage,
        "{}: would be written over {}, which this command reads or writes, too; name another "
        "file",
        printable(output.string(), 300), printable(other.string(), 300));
  }
}

}  // namespace opline
