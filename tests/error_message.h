// tests/error_message.h - the messages of Errors, for tests of what is refused.
#pragma once
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "src/base/error.h"

namespace opline {

/// Runs `action`, which may throw Error{code}, and returns its message; nothing if it did not
/// throw.
inline std::optional<std::string> refusal_of(auto&& action, ErrorCode code = ErrorCode::input) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code) << error.what();
    return error.what();
  }
  return std::nullopt;
}

/// Runs `action`, which must throw Error{code}, and returns its message.
inline std::string message_of(auto&& action, ErrorCode code = ErrorCode::input) {
  const std::optional<std::string> message = refusal_of(action, code);
  if (!message) ADD_FAILURE() << "no Error was thrown";
  return message.value_or("");
}

}  // namespace opline
