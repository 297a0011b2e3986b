// tests/repository/module_table.h - which module may include which, read from the table in
// docs/architecture.md.
//
// The documented table is the data, so the document and the check cannot disagree.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace opline::repository {

/// A row of the table.
struct Module {
  int level = 0;
  std::string folder;                ///< From the top of the repository: "src/base".
  bool lower_levels = false;         ///< May include every module of a lower level.
  bool anything = false;             ///< May include every module.
  std::vector<std::string> allowed;  ///< Further folders it may include, a module or a part of one.
};

class ModuleTable {
 public:
  /// Reads the first table headed "| level | module | includes | ..." of a Markdown document.
  /// Throws Error{input} "name:line: ..." for a table that is missing or malformed, names a module
  /// twice, or itself breaks the levels.
  static ModuleTable from_markdown(std::string_view text, const std::string& name);

  /// The module that holds `path` (from the top of the repository), the innermost one; null when
  /// there is none.
  [[nodiscard]] const Module* module_of(std::string_view path) const;

  /// Why a file of `from` may not include `path`; nullopt when it may.
  [[nodiscard]] std::optional<std::string> objection(const Module& from,
                                                     std::string_view path) const;

  [[nodiscard]] const std::vector<Module>& modules() const { return modules_; }

 private:
  void reject_contradictions(const std::string& name) const;
  std::vector<Module> modules_;
};

/// True when `path` is `folder` or lies in it.
[[nodiscard]] bool lies_in(std::string_view path, std::string_view folder);

}  // namespace opline::repository
