#include "src/base/toml.h"

#include <gmock/gmock.h>

#include "src/base/error.h"
#include "tests/error_message.h"

namespace opline {
namespace {

using testing::HasSubstr;

TEST(Toml, ReadsEveryKindOfValue) {
  const TomlTable file = TomlTable::from_text(
      "name = 'x'\nn = 3\nq = 0.5\nyes = true\nlist = [1, 2]\n[t]\nk = 1\n[[row]]\na = "
      "1\n[[row]]\na = 2\n",
      "f.toml");
  EXPECT_EQ(file.text("name"), "x");
  EXPECT_EQ(file.integer("n", 0, 3), 3);
  EXPECT_EQ(file.number("q", 0, 1), 0.5);
  EXPECT_EQ(file.number("n", 0, 9), 3.0);
  EXPECT_TRUE(file.boolean("yes"));
  EXPECT_THAT(file.integers("list"), testing::ElementsAre(1, 2));
  EXPECT_EQ(file.table("t").integer("k"), 1);
  const auto rows = file.tables("row");
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[1].integer("a"), 2);
  EXPECT_EQ(rows[0].integer("a"), 1);
  EXPECT_NO_THROW(file.reject_unknown_keys());
}

TEST(Toml, NamesFileLineKeyAndRemedy) {
  const TomlTable file =
      TomlTable::from_text("a = 1\nwait_sates = 5\nwait_states = 1\n", "board.toml");
  EXPECT_EQ(file.integer("a"), 1);
  EXPECT_EQ(file.integer("wait_states"), 1);
  EXPECT_THAT(message_of([&] { file.reject_unknown_keys(); }),
              HasSubstr("board.toml:2: wait_sates:"));
  EXPECT_THAT(message_of([&] { file.reject_unknown_keys(); }),
              HasSubstr("did you mean `wait_states`"));
  EXPECT_THAT(message_of([&] { (void)file.integer("a", 2, 9); }),
              HasSubstr("board.toml:1: a: is 1; it must be from 2 to 9"));
  EXPECT_THAT(message_of([&] { (void)file.text("missing"); }), HasSubstr("missing: is missing"));
}

TEST(Toml, RejectsUnknownKeysInsideTables) {
  const TomlTable file = TomlTable::from_text("[t]\nk = 1\nother = 2\n", "f.toml");
  EXPECT_EQ(file.table("t").integer("k"), 1);
  EXPECT_THAT(message_of([&] { file.reject_unknown_keys(); }), HasSubstr("f.toml:3: other"));
}

TEST(Toml, TellsTheKindOfAKeyAndCountsAsAskingForIt) {
  const TomlTable file = TomlTable::from_text(
      "b = true\ni = 1\nn = 0.5\ns = 'x'\nl = [1]\nt = { k = 1 }\nd = 2026-01-02\n", "f.toml");
  EXPECT_EQ(file.kind("b"), TomlKind::boolean);
  EXPECT_EQ(file.kind("i"), TomlKind::integer);
  EXPECT_EQ(file.kind("n"), TomlKind::number);
  EXPECT_EQ(file.kind("s"), TomlKind::text);
  EXPECT_EQ(file.kind("l"), TomlKind::list);
  EXPECT_EQ(file.kind("t"), TomlKind::table);
  EXPECT_EQ(file.kind("d"), TomlKind::time);
  EXPECT_EQ(file.kind("k"), TomlKind::absent);
  EXPECT_THAT(message_of([&] { file.reject_unknown_keys(); }),
              HasSubstr("f.toml:6: k: is not a key"));
}

TEST(Toml, ReadsListsOfListsAndTheKindOfTheirItems) {
  const TomlTable file = TomlTable::from_text("a = [[1, 2], []]\nb = [1]\nc = []\nd = 1\n", "f");
  EXPECT_EQ(file.lists_of_integers("a"), (std::vector<std::vector<std::int64_t>>{{1, 2}, {}}));
  EXPECT_EQ(file.item_kind("a"), TomlKind::list);
  EXPECT_EQ(file.item_kind("b"), TomlKind::integer);
  EXPECT_EQ(file.item_kind("c"), TomlKind::absent);
  EXPECT_EQ(file.item_kind("d"), TomlKind::absent);
  EXPECT_EQ(message_of([&] { (void)file.lists_of_integers("b"); }),
            "f:2: b: must be a list of lists of integers");
  EXPECT_EQ(message_of([&] { (void)file.lists_of_integers("e"); }),
            "f:1: e: is missing; add it as a list of lists of integers");
}

TEST(Toml, SyntaxErrorHasItsLine) {
  EXPECT_THAT(message_of([] { (void)TomlTable::from_text("a = 1\nb = \n", "f.toml"); }),
              HasSubstr("f.toml:2"));
}

std::string dotted(std::size_t parts, const std::string& part = "a") {
  std::string key = part;
  for (std::size_t i = 1; i < parts; ++i) key += "." + part;
  return key;
}

// Tables in tables are taken apart by recursion: 100000 overflowed the stack.
TEST(Toml, KeysOfManyPartsAreRefused) {
  const auto refusal = [](const std::string& text) {
    return message_of([&] { (void)TomlTable::from_text(text, "t.toml"); });
  };
  const std::string reason = "a key has more than 32 parts joined by dots; shorten it";
  EXPECT_EQ(refusal("b = 1\n" + dotted(100'000) + " = 1\n"), "t.toml:2: " + reason);
  EXPECT_EQ(refusal("[" + dotted(33) + "]\n"), "t.toml:1: " + reason);
  EXPECT_EQ(refusal("x = { " + dotted(33) + " = 1 }\n"), "t.toml:1: " + reason);
  EXPECT_EQ(refusal("x = \"\"\"\n\n\"\"\"\n" + dotted(33, "\" = \"") + " = 1\n"),
            "t.toml:4: " + reason);
  EXPECT_EQ(refusal(dotted(33, "'#'") + " = 1\n"), "t.toml:1: " + reason);
}

TEST(Toml, DotsElsewhereAreNotParts) {
  const std::string dots = dotted(100);
  const TomlTable table = TomlTable::from_text(
      "# " + dots + "\na = \"" + dots + "\\\"" + dots + "\"\nb = '" + dots + "'\nc = \"\"\"\n" +
          dots + "\n\"\"\"\nd = [1.5, " +
          [] {
            std::string list;
            for (int i = 0; i < 100; ++i) list += "2.5, ";
            return list;
          }() +
          "]\n" + dotted(32, "z") + " = 1\n",
      "t.toml");
  EXPECT_EQ(table.text("b"), dots);
  EXPECT_EQ(table.numbers("d", 0, 9).size(), 101U);
}

TEST(Toml, DeepArraysAreRefused) {
  const std::string text = "a = " + std::string(100'000, '[') + std::string(100'000, ']') + "\n";
  EXPECT_EQ(message_of([&] { (void)TomlTable::from_text(text, "t.toml"); }).substr(0, 26),
            "t.toml:1: not valid TOML: ");
}

TEST(Toml, KeysOfOthersAreShownWithoutTheirControlCharacters) {
  const TomlTable table = TomlTable::from_text("\"\\u001b[2J\\n\" = 1\n", "t.toml");
  const std::string message = message_of([&] { table.reject_unknown_keys(); });
  EXPECT_EQ(message.rfind("t.toml:1: \\x1b[2J\\n: is not a key", 0), 0U) << message;
}

}  // namespace
}  // namespace opline
