// src/base/result.h - a value, or the reason why there is none.
//
// For outcomes that are expected: three networks of one size cannot be fitted, and the caller
// prints why and continues. Requests that cannot be met (a wrong option, a damaged file) stay
// exceptions, and bugs stay assertions (error.h).
//
//   Result<LinearFit> fit = try_fit_line(x, y);
//   if (!fit) return refuse(fit.reason());
//   use(fit->slope);
#pragma once
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "src/base/error.h"

namespace opline {

/// Why there is no value: a sentence for users, "what, and what to do". Not empty.
struct NoValue {
  std::string reason;

  template <typename... Args>
  explicit NoValue(fmt::format_string<Args...> format, Args&&... args)
      : reason(fmt::format(format, std::forward<Args>(args)...)) {}
};

template <typename T>
class [[nodiscard]] Result {
 public:
  // Implicit, so that functions return either.
  Result(T value) : value_(std::move(value)) {}                      // NOLINT
  Result(NoValue no_value) : reason_(std::move(no_value.reason)) {}  // NOLINT

  [[nodiscard]] explicit operator bool() const { return value_.has_value(); }
  [[nodiscard]] bool has_value() const { return value_.has_value(); }

  /// The value; asserts that there is one.
  [[nodiscard]] const T& operator*() const& { return value(); }
  [[nodiscard]] const T* operator->() const { return &value(); }
  [[nodiscard]] const T& value() const& {
    OPLINE_ASSERT(value_.has_value(), "there is no value: {}", reason_);
    return *value_;
  }
  [[nodiscard]] T&& value() && {
    OPLINE_ASSERT(value_.has_value(), "there is no value: {}", reason_);
    return std::move(*value_);
  }
  [[nodiscard]] T&& operator*() && { return std::move(*this).value(); }

  /// Why there is none; empty when there is one.
  [[nodiscard]] const std::string& reason() const { return reason_; }

  /// The value or nothing, for those who do not ask why.
  [[nodiscard]] std::optional<T> optional() && { return std::move(value_); }
  [[nodiscard]] std::optional<T> optional() const& { return value_; }

 private:
  std::optional<T> value_;
  std::string reason_;
};

}  // namespace opline
