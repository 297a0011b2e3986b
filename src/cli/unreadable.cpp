#include "src/cli/unreadable.h"

#include <fmt/ostream.h>

#include <ostream>

#include "src/base/error.h"

namespace opline::cli {

int report_unreadable(const std::vector<UnreadableFile>& files, Console& console) {
  for (const UnreadableFile& file : files)
    fmt::print(console.err, "opline: {} cannot be read and is left out: {}\n", file.name,
               file.reason);
  return files.empty() ? 0 : exit_code(ErrorCode::input);
}

}  // namespace opline::cli
