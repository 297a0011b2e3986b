// The inventory check: CMake knows every file of the repository, and a tree with a forgotten file
// is found out.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/base/error.h"
#include "tests/repository/inventory_check.h"
#include "tests/repository/temporary_tree.h"

namespace opline::repository {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

Inventory written_inventory() {
  const std::string name = std::string(OPLINE_BINARY_DIR) + "/repository/inventory.txt";
  return Inventory::from_text(read_file(name), name);
}

TEST(RepositoryInventory, CMakeKnowsEveryFileOfTheRepository) {
  const std::vector<std::string> findings = check_inventory(OPLINE_SOURCE_DIR, written_inventory());
  EXPECT_TRUE(findings.empty()) << fmt::format("{}", fmt::join(findings, "\n"));
}

TEST(RepositoryInventory, TheInventoryHoldsWhatWasBuilt) {
  const Inventory inventory = written_inventory();
  EXPECT_THAT(inventory.sources, Contains("src/base/error.cpp"));
  EXPECT_THAT(inventory.headers, Contains("src/base/error.h"));
  EXPECT_THAT(inventory.tests, Contains("tests/repository/inventory_test.cpp"));
}

TEST(RepositoryInventory, ForgottenFilesAreReported) {
  TemporaryTree tree;
  for (const char* file : {"src/a/a.cpp", "src/a/a.h", "tests/a/a_test.cpp", "firmware/a.c"})
    tree.add(file, "\n");
  EXPECT_THAT(check_inventory(tree.root(), Inventory{}),
              ElementsAre(StartsWith("firmware/a.c:1: is compiled into no target"),
                          StartsWith("src/a/a.cpp:1: is compiled into no target"),
                          StartsWith("src/a/a.h:1: is in no FILE_SET"),
                          StartsWith("tests/a/a_test.cpp:1: is run by no ctest")));
}

TEST(RepositoryInventory, KnownFilesAreNotReported) {
  TemporaryTree tree;
  for (const char* file :
       {"src/a/a.cpp", "src/a/a.h", "src/a/own.h", "tests/a/a_test.cpp", "tests/a/help.h"}) {
    tree.add(file, "\n");
  }
  const Inventory inventory = Inventory::from_text(
      "source src/a/a.cpp\nsource src/a/own.h\nheader src/a/a.h\nsource tests/a/a_test.cpp\ntest "
      "tests/a/a_test.cpp\n",
      "text");
  EXPECT_THAT(check_inventory(tree.root(), inventory), IsEmpty());
}

TEST(RepositoryInventory, ATestThatIsCompiledButNotRunIsReported) {
  TemporaryTree tree;
  tree.add("tests/a/a_test.cpp", "\n");
  EXPECT_THAT(
      check_inventory(tree.root(), Inventory::from_text("source tests/a/a_test.cpp\n", "text")),
      ElementsAre(HasSubstr("is run by no ctest")));
}

TEST(RepositoryInventory, AProjectOfItsOwnIsLeftOut) {
  TemporaryTree tree;
  tree.add("tests/a/consumer/main.cpp", "\n");
  EXPECT_THAT(check_inventory(tree.root(), Inventory{}), ElementsAre(HasSubstr("no target")));
  tree.add("tests/a/consumer/CMakeLists.txt",
           "cmake_minimum_required(VERSION 3.25)\nproject(consumer)\n");
  EXPECT_THAT(check_inventory(tree.root(), Inventory{}), IsEmpty());
}

TEST(RepositoryInventory, AMalformedInventoryIsRefused) {
  EXPECT_THROW((void)Inventory::from_text("source\n", "text"), Error);
  EXPECT_THROW((void)Inventory::from_text("sauce src/a.cpp\n", "text"), Error);
}

}  // namespace
}  // namespace opline::repository
