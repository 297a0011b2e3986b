// What stays in the folder of kept translations, by size and by when it was last used.
#include "runners/simulator/translate/translation_cache.h"

#include <gmock/gmock.h>

#include <chrono>
#include <fstream>
#include <set>

namespace opline::simulator {
namespace {

namespace fs = std::filesystem;
using ::testing::UnorderedElementsAre;

class TranslationCacheTest : public ::testing::Test {
 protected:
  void SetUp() override {
    fs::remove_all(cache_.folder);
    cache_.require_own();
  }

  /// A name as of a library, of the digest `digit` 32 times.
  static std::string library(char digit) { return std::string(32, digit) + ".so"; }
  /// A file of 1000 bytes that was used so long ago.
  void add(const std::string& name, std::chrono::hours ago) {
    std::ofstream(cache_.folder / name) << std::string(1000, 'x');
    fs::last_write_time(cache_.folder / name, fs::file_time_type::clock::now() - ago);
  }
  [[nodiscard]] std::set<std::string> files() const {
    std::set<std::string> names;
    for (const auto& entry : fs::directory_iterator(cache_.folder))
      names.insert(entry.path().filename().string());
    return names;
  }

  TranslationCache cache_{fs::path(::testing::TempDir()) / "kept", "g++", 3000};
};

using std::chrono::hours;

TEST_F(TranslationCacheTest, TheLeastRecentlyUsedGoFirst) {
  add(library('a'), hours(1)), add(library('b'), hours(5)), add(library('c'), hours(3));
  add(library('d'), hours(0));
  cache_.prune(cache_.folder / library('d'));
  EXPECT_THAT(files(), UnorderedElementsAre(library('a'), library('c'), library('d')));

  add(library('e'), hours(0));
  TranslationCache::mark_used(cache_.folder / library('c'));
  cache_.prune(cache_.folder / library('e'));
  EXPECT_THAT(files(), UnorderedElementsAre(library('c'), library('d'), library('e')));
}

TEST_F(TranslationCacheTest, NothingGoesThatFits) {
  add(library('a'), hours(9000)), add(library('b'), hours(5)), add(library('c'), hours(0));
  cache_.prune(cache_.folder / library('c'));
  EXPECT_EQ(files().size(), 3U);
}

TEST_F(TranslationCacheTest, TheOneInUseStaysThoughItIsLargerThanAll) {
  cache_.most_bytes = 10;
  add(library('a'), hours(0)), add(library('b'), hours(5));
  cache_.prune(cache_.folder / library('b'));
  EXPECT_THAT(files(), UnorderedElementsAre(library('b')));
}

TEST_F(TranslationCacheTest, OnlyWhatOplineWroteGoes) {
  cache_.most_bytes = 0;
  add("notes.txt", hours(9000)), add("other.so", hours(9000));
  fs::create_directory(cache_.folder / library('f'));
  fs::create_symlink("notes.txt", cache_.folder / library('a'));
  add(library('b') + ".123.0.cpp", hours(1)), add(library('c') + ".123.0.out", hours(30));
  cache_.prune(cache_.folder / library('d'));
  EXPECT_THAT(files(), UnorderedElementsAre("notes.txt", "other.so", library('f'), library('a'),
                                            library('b') + ".123.0.cpp"));
}

TEST_F(TranslationCacheTest, AFolderThatIsNotThereIsNoTrouble) {
  fs::remove_all(cache_.folder);
  cache_.prune(cache_.folder / library('a'));
  TranslationCache::mark_used(cache_.folder / library('a'));
  EXPECT_FALSE(fs::exists(cache_.folder));
}

}  // namespace
}  // namespace opline::simulator
