// tests/error_message.h - the message of an expected Error, for tests of messages.
#pragma once
#include <gtest/gtest.h>

#include <string>

#include "src/base/error.h"

namespace opline {

/// Runs `action`, which must throw Error{code}, and returns its message.
inline std::string message_of(auto&& action, ErrorCode code = ErrorCode::input) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "no Error was thrown";
  return {};
}

}  // namespace opline
