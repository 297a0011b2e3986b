#include "src/evaluation/network_values.h"

#include <gmock/gmock.h>

#include "src/base/error.h"
#include "src/base/files.h"
#include "tests/error_message.h"

namespace opline::evaluation {
namespace {

using testing::HasSubstr;
using testing::Pair;
using testing::UnorderedElementsAre;

std::filesystem::path file(const std::string& text) {
  const std::filesystem::path path =
      std::filesystem::path(testing::TempDir()) / "opline_values.csv";
  write_file_atomically(path, text);
  return path;
}

TEST(NetworkValues, AreFoundByTheFirstKeyThereIs) {
  EXPECT_THAT(
      read_network_values(file("architecture,network,acc\n\"a,b\",0123,0.9\nc,4567,\n"), "acc"),
      UnorderedElementsAre(Pair("0123", 0.9)));
  EXPECT_THAT(
      read_network_values(file("# from elsewhere\nacc,architecture\n0.9,\"a,b\"\n0.8,c\n"), "acc"),
      UnorderedElementsAre(Pair("a,b", 0.9), Pair("c", 0.8)));
}

TEST(NetworkValues, MistakesAreNamed) {
  const auto refusal = [](const std::string& text) {
    return message_of([&] { (void)read_network_values(file(text), "acc"); }, ErrorCode::input);
  };
  EXPECT_THAT(refusal("model,acc\nx,1\n"),
              HasSubstr("no column 'network', 'architecture' or 'name'"));
  EXPECT_THAT(refusal("name,accuracy\nx,1\n"), HasSubstr("accuracy"));
  EXPECT_THAT(refusal("name,acc\nx,good\n"), HasSubstr("opline_values.csv:2"));
  EXPECT_THAT(refusal("name,acc\nx,1\nx,2\n"), HasSubstr("opline_values.csv:3"));
  EXPECT_THAT(refusal("name,acc\nx,1\nx,2\n"), HasSubstr("one row per network"));
}

}  // namespace
}  // namespace opline::evaluation
