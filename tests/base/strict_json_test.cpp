#include "src/base/strict_json.h"

#include <gmock/gmock.h>

#include "src/base/error.h"
#include "tests/error_message.h"

namespace opline {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TEST(StrictJson, ReadsEveryKindOfValue) {
  const Json json = parse_json(
      R"({"t": "x", "n": 0.5, "i": 18446744073709551615, "none": null, "o": {"k": 1}})", "f");
  StrictObject object(json, "f");
  EXPECT_EQ(object.text("t"), "x");
  EXPECT_EQ(object.number("n"), 0.5);
  EXPECT_EQ(object.integer("i"), 18446744073709551615U);
  EXPECT_EQ(object.optional_text("none"), std::nullopt);
  EXPECT_EQ(object.optional_number("none"), std::nullopt);
  EXPECT_EQ(object.optional_integer("none"), std::nullopt);
  EXPECT_EQ(object.object("o").integer("k"), 1U);
  EXPECT_NO_THROW(object.reject_unknown_keys());
}

TEST(StrictJson, FaultsNameFileAndKey) {
  const Json json = parse_json(R"({"t": 1, "i": -1, "f": 1.5, "s": "1", "o": {"k": 1}})", "m.json");
  StrictObject object(json, "m.json");
  EXPECT_THAT(message_of([&] { (void)object.text("t"); }), StartsWith("m.json: t: must be text"));
  EXPECT_THAT(message_of([&] { (void)object.integer("i"); }),
              StartsWith("m.json: i: must be a whole number"));
  EXPECT_THAT(message_of([&] { (void)object.integer("f"); }),
              StartsWith("m.json: f: must be a whole number"));
  EXPECT_THAT(message_of([&] { (void)object.number("s"); }),
              StartsWith("m.json: s: must be a number"));
  EXPECT_THAT(message_of([&] { (void)object.number("absent"); }),
              StartsWith("m.json: absent: is missing"));
  EXPECT_THAT(message_of([&] { (void)object.object("t"); }),
              StartsWith("m.json: t: is not an object"));
  EXPECT_THAT(message_of([&] { (void)object.object("o").text("k"); }),
              StartsWith("m.json: o.k: must be text"));
  EXPECT_THAT(message_of([&] { object.object("o").reject_unknown_keys(); }),
              HasSubstr("o.k: is not a key"));
  EXPECT_THAT(message_of([&] { StrictObject(json["i"], "m.json"); }),
              StartsWith("m.json: the content is not an object"));
}

}  // namespace
}  // namespace opline
