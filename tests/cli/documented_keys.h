// tests/cli/documented_keys.h - every key of a JSON document is on the page of its format.
#pragma once
#include <gmock/gmock.h>

#include <string>

#include "src/base/json.h"

namespace opline::cli {

/// The keys of `json` and of the objects in it are on `page`, in backquotes.
inline void expect_documented(const Json& json, const std::string& page) {
  if (json.is_array()) {
    for (const Json& element : json) expect_documented(element, page);
  }
  if (!json.is_object()) return;
  for (const auto& [key, value] : json.items()) {
    EXPECT_THAT(page, testing::HasSubstr("`" + key + "`"));
    expect_documented(value, page);
  }
}

}  // namespace opline::cli
