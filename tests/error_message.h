// tests/error_message.h - what an Error{input} says, for tests of messages.
#pragma once
#include <gtest/gtest.h>

#include <string>

#include "src/base/error.h"

namespace opline {

/// Runs `action`, which must throw Error{input}, and returns its message.
inline std::string message_of(auto&& action) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::input) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "no Error was thrown";
  return {};
}

}  // namespace opline
