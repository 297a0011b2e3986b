// tests/repository/folder_order.h - the order of sub-folders within a module, read from the second
// table in docs/architecture.md.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace opline::repository {

class FolderOrder {
 public:
  /// Reads the first table headed "| module | sub-folders, lowest first |", whose cells read
  /// "`sampler`" and "`space` < `count` < `draw`". Throws Error{input} "name:line: ..." for a table
  /// that is missing or malformed, or lists a module or sub-folder twice.
  static FolderOrder from_markdown(std::string_view text, const std::string& name);

  /// Why the file `from` may not include `path`, both from the top of the repository; nullopt when
  /// it may, or when they are not in one module with an order.
  [[nodiscard]] std::optional<std::string> objection(std::string_view from,
                                                     std::string_view path) const;

  /// Why `file` is misplaced: it is in a module with an order, but in none of its sub-folders.
  [[nodiscard]] std::optional<std::string> misplaced(std::string_view file) const;

 private:
  /// The module with an order that holds `path`, and the position of its sub-folder; nullopt for
  /// the position when it is in none.
  struct Place {
    std::string module;
    std::optional<std::size_t> position;
  };
  [[nodiscard]] std::optional<Place> place_of(std::string_view path) const;

  std::map<std::string, std::vector<std::string>> folders_;  // by module
};

}  // namespace opline::repository
