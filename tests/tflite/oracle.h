// tests/tflite/oracle.h - a real TensorFlow Lite, where somebody put one: the C library of an npm
// package.
//
//   npm pack tfjs-tflite-node@0.0.2 && tar xzf tfjs-tflite-node-0.0.2.tgz
//   OPLINE_TFLITE_DIR=$PWD/package build/release/tests/tflite_oracle_test
//
// (no `npm install`, which would compile things). The library is TensorFlow Lite 2.9.0 for x86-64;
// it is loaded at run time, through declarations of our own, and only if its SHA-256 is the one
// below.
#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace opline::tflite_test {

inline constexpr const char* kOracleSha256 =
    "dc89b4cd86d956516570bd483668e6dd98907f49901d0567dedc69a29a56b7f7";

/// How to get the oracle; what a skipped test says.
[[nodiscard]] std::string oracle_instructions();

/// Where the library should be: below $OPLINE_TFLITE_DIR, else below CMake's OPLINE_TFLITE_DIR.
/// Empty where neither is set, where the machine is not an x86-64 with AVX (on which alone the
/// library rounds as the tests expect), or there is no file.
[[nodiscard]] std::filesystem::path oracle_library();

class Oracle {
 public:
  /// Throws Error{missing_tool} when the file is another one or can't be loaded.
  explicit Oracle(const std::filesystem::path& library);
  ~Oracle();
  Oracle(const Oracle&) = delete;
  Oracle& operator=(const Oracle&) = delete;

  [[nodiscard]] std::string version() const;

  using Codes = std::vector<std::int8_t>;
  /// Executes a model of one int8 input; its outputs (each int8) in the order of the file. Throws
  /// Error{input} with what TensorFlow Lite said when it doesn't take the model.
  [[nodiscard]] std::vector<Codes> run(const std::vector<std::uint8_t>& model,
                                       const Codes& input) const;

 private:
  struct Library;
  std::unique_ptr<Library> library_;
};

}  // namespace opline::tflite_test
