#include "src/board/core.h"

#include "src/base/data_files.h"
#include "src/base/toml.h"

namespace opline::board {
namespace {

constexpr const char* kFolder = "data/cores";
constexpr std::int64_t kMostCycles = 100;  // no instruction takes longer; a larger figure is a slip

std::uint32_t cycles(const TomlTable& table, std::string_view key, std::int64_t min = 0) {
  return static_cast<std::uint32_t>(table.integer(key, min, kMostCycles));
}

IntegerTiming read_integer(const TomlTable& t) {
  IntegerTiming timing{
      cycles(t, "data_processing", 1), cycles(t, "multiply", 1), cycles(t, "divide_min", 1),
      cycles(t, "divide_max", 1),      cycles(t, "skipped", 1),  cycles(t, "it"),
      cycles(t, "it_folded"),          cycles(t, "system", 1),   cycles(t, "barrier", 1),
      cycles(t, "branch", 1),          cycles(t, "refill"),      cycles(t, "table_branch", 1)};
  if (timing.divide_max < timing.divide_min) t.fail("divide_max", "must not be below divide_min");
  if (timing.it_folded > timing.it) t.fail("it_folded", "must not be above it");
  return timing;
}

MemoryTiming read_memory(const TomlTable& t) {
  MemoryTiming timing{cycles(t, "load", 1),
                      cycles(t, "store", 1),
                      cycles(t, "store_register_offset", 1),
                      cycles(t, "pipelined_saving"),
                      cycles(t, "address_dependency"),
                      cycles(t, "multiple_base"),
                      cycles(t, "unaligned_halfwords"),
                      cycles(t, "unaligned_bytes")};
  if (timing.pipelined_saving > timing.store) t.fail("pipelined_saving", "must not be above store");
  return timing;
}

FloatTiming read_float(const TomlTable& t) {
  return {cycles(t, "arithmetic", 1), cycles(t, "multiply_accumulate", 1),
          cycles(t, "divide", 1),     cycles(t, "square_root", 1),
          cycles(t, "move", 1),       cycles(t, "move_two", 1),
          cycles(t, "result_stall"),  cycles(t, "load", 1),
          cycles(t, "store", 1),      cycles(t, "multiple_base")};
}

}  // namespace

Core load_core_file(const std::filesystem::path& path) {
  const TomlTable file = TomlTable::from_file(path);
  Core core;
  core.name = path.stem().string();
  core.title = file.text("title");
  core.timing_model = file.text("timing_model");
  core.integer = read_integer(file.table("integer"));
  core.memory = read_memory(file.table("memory"));
  core.floating = read_float(file.table("float"));
  file.reject_unknown_keys();
  return core;
}

Core load_core(std::string_view name) { return load_core_file(data_file(kFolder, "core", name)); }

std::vector<std::string> core_names() { return data_names(kFolder); }

}  // namespace opline::board
