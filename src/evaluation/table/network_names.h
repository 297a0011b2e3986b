// src/evaluation/table/network_names.h - many short names in one block of memory.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace opline::evaluation {

/// Distinct names, numbered from 0 in the order they were added; 8 bytes each beside their letters.
class NetworkNames {
 public:
  [[nodiscard]] std::size_t size() const { return ends_.size(); }
  [[nodiscard]] bool empty() const { return ends_.empty(); }
  /// Valid until the next add().
  [[nodiscard]] std::string_view operator[](std::size_t index) const;
  void add(std::string_view name);

 private:
  std::string letters_;
  std::vector<std::uint64_t> ends_;  ///< Offset behind each name.
};

/// Numbers names while a table is read.
class NetworkNumbering {
 public:
  /// The number of `name`; a new one when it was not seen before. Constant time on average.
  std::uint32_t number(std::string_view name);
  [[nodiscard]] NetworkNames take() { return std::move(names_); }
  [[nodiscard]] std::size_t size() const { return names_.size(); }

 private:
  /// Open addressing. Names are compared only where the hashes are equal, so that a new name costs
  /// one random access to memory.
  struct Slot {
    std::uint32_t hash = 0;
    std::uint32_t entry = 0;  ///< Number + 1, or 0 where free.
  };
  void grow();

  NetworkNames names_;
  std::vector<Slot> slots_;  ///< A power of two, or none yet.
};

}  // namespace opline::evaluation
