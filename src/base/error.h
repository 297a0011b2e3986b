// src/base/error.h - how a request that cannot be met is reported.
//
// Three kinds of trouble, three mechanisms (docs/architecture.md):
//   - a request that cannot be met: throw Error with what happened and what to do about it;
//   - an expected outcome of a measurement (does not fit, timed out, ...): a value, never an
//     exception;
//   - a bug in opline: OPLINE_ASSERT, on in every build.
// Libraries never print and never exit; src/cli turns an Error into a message and its exit code.
#pragma once
#include <stdexcept>
#include <string>

#include <fmt/format.h>

namespace opline {

/// What kind of request failed. The values are frozen; exit_code() maps them to exit codes of the
/// command line.
enum class ErrorCode : int {
  usage = 2,         ///< Wrong option, verb or combination.
  missing_tool = 3,  ///< A program, package or resource that has to be installed or built first.
  input = 4,         ///< A file's content is wrong; the message names file, line and key.
  io = 5,            ///< The operating system refused to read or write.
  device = 6,        ///< A board or the simulator can't be used (not: a network that fails on it).
  /// A file that a program wrote has lost its integrity (damaged, cut short, changed by hand), so
  /// that nothing read from it can be relied on. Apart from `input`, so that a caller who handles
  /// data that cannot be fitted or judged never takes damage for that.
  damaged = 44,
  internal = 70,  ///< A bug in opline.
};

/// The exit code of a program that ends with `code`: its value, and 4 for `damaged`.
[[nodiscard]] constexpr int exit_code(ErrorCode code) {
  return static_cast<int>(code == ErrorCode::damaged ? ErrorCode::input : code);
}

/// Thrown for a request that cannot be met. `what()` reads "file:line: what, and what to do". A
/// message may quote text of others: control characters are escaped and more than 4000 bytes are
/// shortened (src/base/printable.h); line breaks stay. Names go through printable() where they are
/// quoted.
class Error : public std::runtime_error {
 public:
  Error(ErrorCode code, const std::string& message);

  template <typename... Args>
  Error(ErrorCode code, fmt::format_string<Args...> format,
        Args&&... args) requires(sizeof...(Args) > 0)
      : Error(code, fmt::format(format, std::forward<Args>(args)...)) {}

  [[nodiscard]] ErrorCode code() const { return code_; }

 private:
  ErrorCode code_;
};

/// Throws Error{internal}: an always-on assertion has failed.
[[noreturn]] void assertion_failed(const char* expression, const char* file, int line,
                                   const std::string& explanation);

}  // namespace opline

/// Checks what only a bug can violate; on in every build. What follows the condition is a fmt
/// format and its arguments.
#define OPLINE_ASSERT(condition, ...) \
  (static_cast<bool>(condition)       \
       ? static_cast<void>(0)         \
       : ::opline::assertion_failed(#condition, __FILE__, __LINE__, ::fmt::format(__VA_ARGS__)))
