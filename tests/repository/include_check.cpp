#include "tests/repository/include_check.h"

#include <fmt/format.h>

#include <optional>
#include <regex>
#include <sstream>

#include "src/base/files.h"
#include "tests/repository/source_tree.h"

namespace opline::repository {
namespace {

struct Include {
  bool quoted = false;
  std::string path;
};

std::optional<Include> include_of(const std::string& line) {
  static const std::regex directive(R"re(^\s*#\s*include\s*(["<])([^">]+)[">])re");
  if (line.find('#') == std::string::npos) return std::nullopt;  // most lines: the pattern is slow
  std::smatch match;
  if (!std::regex_search(line, match, directive)) return std::nullopt;
  return Include{match[1] == "\"", match[2]};
}

/// What the check compares with.
struct Rules {
  const ModuleTable& table;
  const FolderOrder& order;
};

std::optional<std::string> objection(const Include& include, const std::string& file,
                                     const Module& from, const Rules& rules) {
  if (!include.quoted) {
    if (rules.table.module_of(include.path) == nullptr) return std::nullopt;
    return "is a module's header; include it in quotes";
  }
  const std::string slashed = "/" + include.path + "/";
  if (slashed.find("/../") != std::string::npos || slashed.find("/./") != std::string::npos) {
    return "is relative; include from the top of the repository";
  }
  if (auto why = rules.table.objection(from, include.path)) return why;
  return rules.order.objection(file, include.path);
}

void check_file(const std::filesystem::path& root, const std::string& file, const Module& module,
                const Rules& rules, std::vector<std::string>& findings) {
  std::istringstream lines(read_file(root / file));
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    const std::optional<Include> include = include_of(line);
    if (!include) continue;
    if (const auto what = objection(*include, file, module, rules)) {
      findings.push_back(
          fmt::format("{}:{}: the include of {} {}", file, number, include->path, *what));
    }
  }
}

}  // namespace

std::vector<std::string> check_includes(const std::filesystem::path& root, const ModuleTable& table,
                                        const FolderOrder& order) {
  const Rules rules{table, order};
  std::vector<std::string> findings;
  for (const std::string& file : source_files(root)) {
    if (const Module* module = table.module_of(file)) {
      if (const auto what = order.misplaced(file)) findings.push_back(file + ":1: " + *what);
      check_file(root, file, *module, rules, findings);
    } else {
      findings.push_back(
          file +
          ":1: is in no module of docs/architecture.md; add the module's row or move the file");
    }
  }
  return findings;
}

}  // namespace opline::repository
