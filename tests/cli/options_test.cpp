// Options: other spellings, suggestions, and what every verb's --help holds.
#include "src/cli/options.h"

#include <gmock/gmock.h>

#include <sstream>

#include "src/base/error.h"
#include "tests/cli/program.h"
#include "tests/error_message.h"

namespace opline::cli {
namespace {

using testing::HasSubstr;

/// What Error{usage} says.
std::string usage_error(auto&& action) { return message_of(action, ErrorCode::usage); }

class OptionsTest : public testing::Test {
 protected:
  OptionsTest() : options_("run", "Measures.", "opline run") {
    options_.value("boards", "NAME,...", "boards");
    options_.alias("board", "boards");
    options_.flag("json", "print JSON");
  }
  std::ostringstream out_, err_;
  Console console_{out_, err_, false, ""};
  Options options_;
};

TEST_F(OptionsTest, AnotherSpellingIsTheSameOption) {
  ASSERT_TRUE(options_.parse({"--board", "a,b"}, console_));
  EXPECT_EQ(options_.list("boards"), (std::vector<std::string>{"a", "b"}));
}

TEST_F(OptionsTest, AnotherSpellingWithItsValueInOneWord) {
  ASSERT_TRUE(options_.parse({"--board=--board"}, console_));
  EXPECT_EQ(options_.text("boards"), "--board");
}

TEST_F(OptionsTest, BothSpellingsAreTheOptionTwice) {
  EXPECT_THAT(usage_error([&] {
                (void)options_.parse({"--board", "a", "--boards=b"}, console_);
              }),
              HasSubstr("boards"));
}

TEST_F(OptionsTest, TheOtherSpellingIsNotInTheHelp) {
  ASSERT_FALSE(options_.parse({"--help"}, console_));
  EXPECT_THAT(out_.str(), testing::Not(HasSubstr("--board ")));
}

TEST_F(OptionsTest, AMistypedOptionIsSuggested) {
  EXPECT_THAT(usage_error([&] { (void)options_.parse({"--jsn"}, console_); }),
              HasSubstr("unknown option --jsn; did you mean `--json`?; see opline run --help"));
}

TEST_F(OptionsTest, AnArgumentThatIsNotAnOptionIsRefused) {
  EXPECT_THAT(usage_error([&] { (void)options_.parse({"kws"}, console_); }),
              HasSubstr("takes options only"));
}

TEST_F(OptionsTest, QuietReachesTheConsole) {
  ASSERT_TRUE(options_.parse({"--quiet"}, console_));
  EXPECT_TRUE(console_.quiet);
}

// Every verb's --help: a purpose, options, an example that names the verb, the exit codes.
TEST(Help, OfEveryVerbHasExamplesAndExitCodes) {
  for (const Verb& verb : verbs()) {
    std::ostringstream out;
    std::ostringstream err;
    Console console{out, err, false, ""};
    ASSERT_EQ(run_program({std::string(verb.name), "--help"}, console), 0) << err.str();
    EXPECT_THAT(out.str(), HasSubstr("Usage: opline " + std::string(verb.name))) << verb.name;
    EXPECT_THAT(out.str(), HasSubstr("--quiet")) << verb.name;
    EXPECT_THAT(out.str(), HasSubstr("\nExamples:\n  opline " + std::string(verb.name)));
    EXPECT_THAT(out.str(), HasSubstr("\nExit codes")) << verb.name;
    // The phrases that a reader of the field stumbles over.
    for (const char* phrase : {" so many ", " so much ", ", as 5M", "speaks about", "told of",
                               " anew", " is no ", "hold against", "one a core"})
      EXPECT_THAT(out.str(), testing::Not(HasSubstr(phrase))) << verb.name;
  }
}

}  // namespace
}  // namespace opline::cli
