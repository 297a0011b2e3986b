#include "src/base/json.h"

#include <gtest/gtest.h>

#include <limits>

#include "src/base/error.h"
#include "tests/error_message.h"

namespace opline {
namespace {

TEST(JsonText, UnknownIsNullAndNanIsABug) {
  EXPECT_EQ(json_or_null(std::optional<double>{}).dump(), "null");
  EXPECT_THROW((void)to_text(Json{{"a", std::numeric_limits<double>::quiet_NaN()}}), Error);
  EXPECT_EQ(to_text(Json{{"b", 1}, {"a", 2}}), "{\n  \"b\": 1,\n  \"a\": 2\n}\n");
}

TEST(JsonText, SyntaxErrorHasItsLine) {
  const std::string message = message_of([] { (void)parse_json("{\n \"a\": ,\n}", "m.json"); });
  EXPECT_NE(message.find("m.json:2"), std::string::npos) << message;
}

TEST(JsonText, NumberBeyondADoubleIsAnInputError) {
  const std::string message = message_of([] { (void)parse_json("{\"a\": 1e999}", "m.json"); });
  EXPECT_TRUE(message.starts_with("m.json: ")) << message;
}

TEST(JsonText, BytesThatAreNoUtf8AreReplaced) {
  EXPECT_EQ(to_text(Json("a\xFF")), "\"a\xEF\xBF\xBD\"\n");
}

// Copying and writing are recursive: a million brackets overflowed the stack.
TEST(JsonText, DeepNestingIsAnInputError) {
  for (const std::string& text :
       {std::string(65, '[') + std::string(65, ']'), std::string(1'000'000, '[')}) {
    EXPECT_EQ(message_of([&] { (void)parse_json(text, "m.json"); }),
              "m.json: lists and objects are more than 64 deep");
  }
  EXPECT_EQ(parse_json(std::string(64, '[') + std::string(64, ']'), "m.json").size(), 1U);
}

}  // namespace
}  // namespace opline
