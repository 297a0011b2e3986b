#include "src/base/output.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <sstream>
#include <thread>

#include "src/base/error.h"
#include "src/base/files.h"
#include "src/base/sink.h"
#include "tests/error_message.h"

namespace opline {
namespace {
namespace fs = std::filesystem;

class Output : public testing::Test {
 protected:
  void SetUp() override { fs::create_directories(folder_); }
  void TearDown() override {
    fs::permissions(folder_, fs::perms::owner_all);
    fs::remove_all(folder_);
  }

  static std::string refusal(const fs::path& path, std::string_view content = "new") {
    return message_of([&] { write_file_atomically(path, content); }, ErrorCode::io);
  }
  [[nodiscard]] static std::ptrdiff_t files_in(const fs::path& folder) {
    return std::distance(fs::directory_iterator(folder), fs::directory_iterator());
  }

  fs::path folder_ = fs::path(testing::TempDir()) / "opline_output_test";
};

TEST_F(Output, FileIsReplacedAndItsFolderCreated) {
  const fs::path path = folder_ / "a" / "b.txt";
  write_file_atomically(path, "one");
  const int reader = ::open(path.c_str(), O_RDONLY);
  write_file_atomically(path, "two");
  EXPECT_EQ(read_file(path), "two");
  EXPECT_EQ(read_file("/dev/fd/" + std::to_string(reader)), "one");  // whoever reads keeps the old
  ::close(reader);
  EXPECT_EQ(files_in(path.parent_path()), 1);
}

TEST_F(Output, PermissionsAreThoseOfTheOldFileOrOfTheUmask) {
  const fs::path path = folder_ / "file";
  const mode_t before = ::umask(027);
  write_file_atomically(path, "one");
  ::umask(before);
  EXPECT_EQ(static_cast<int>(fs::status(path).permissions()), 0640);
  ::chmod(path.c_str(), 0600);
  write_file_atomically(path, "two");
  EXPECT_EQ(static_cast<int>(fs::status(path).permissions()), 0600);
}

TEST_F(Output, SymbolicLinkStaysAndItsTargetIsUpdated) {
  fs::create_directories(folder_ / "there");
  write_file_atomically(folder_ / "there" / "target", "old");
  fs::create_symlink("there/target", folder_ / "link");
  fs::create_symlink(fs::absolute(folder_) / "link", folder_ / "link to the link");
  write_file_atomically(folder_ / "link to the link", "new");
  EXPECT_TRUE(fs::is_symlink(folder_ / "link"));
  EXPECT_TRUE(fs::is_symlink(folder_ / "link to the link"));
  EXPECT_EQ(read_file(folder_ / "there" / "target"), "new");
}

TEST_F(Output, TargetOfADanglingLinkIsCreated) {
  fs::create_symlink("later/target", folder_ / "link");
  write_file_atomically(folder_ / "link", "new");
  EXPECT_TRUE(fs::is_symlink(folder_ / "link"));
  EXPECT_EQ(read_file(folder_ / "later" / "target"), "new");
}

TEST_F(Output, CircleOfLinksIsRefused) {
  fs::create_symlink("b", folder_ / "a");
  fs::create_symlink("a", folder_ / "b");
  EXPECT_NE(refusal(folder_ / "a").find("too many symbolic links"), std::string::npos);
}

TEST_F(Output, FifoIsWrittenIntoAndStaysAFifo) {
  const fs::path fifo = folder_ / "fifo";
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  std::string got;
  std::thread reader([&] { got = read_file(fifo); });
  const std::string content(300'000, 'w');  // more than a pipe holds
  write_file_atomically(fifo, content);
  reader.join();
  EXPECT_TRUE(got == content);
  EXPECT_TRUE(fs::is_fifo(fifo));
}

TEST_F(Output, DeviceIsWrittenIntoAndStaysADevice) {
  fs::create_symlink("/dev/null", folder_ / "null");
  write_file_atomically(folder_ / "null", "new");
  EXPECT_TRUE(fs::is_symlink(folder_ / "null"));
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
}

TEST_F(Output, FullDeviceIsAnError) {
  fs::create_symlink("/dev/full", folder_ / "full");
  EXPECT_NE(refusal(folder_ / "full").find("(No space left on device)"), std::string::npos);
  EXPECT_TRUE(fs::is_character_file("/dev/full"));
}

TEST_F(Output, DescriptorIsWrittenWhereItStandsEvenIfItIsARegularFile) {
  const fs::path path = folder_ / "redirected";
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT, 0600);
  ASSERT_EQ(::write(file, "before ", 7), 7);
  const std::string name = "/dev/fd/" + std::to_string(file);
  write_file_atomically(name, "new ");
  fs::create_symlink(name, folder_ / "link");  // as /dev/stdout is one
  write_file_atomically(folder_ / "link", "and newer ");
  ASSERT_EQ(::write(file, "after", 5), 5);
  ::close(file);
  EXPECT_EQ(read_file(path), "before new and newer after");
}

TEST_F(Output, FullDiskKeepsTheOldFile) {
  const fs::path path = folder_ / "file";
  write_file_atomically(path, "old");
  const auto write_beyond_the_limit = [&] {
    const rlimit limit{1000, 1000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    ::signal(SIGXFSZ, SIG_IGN);
    ::_exit(refusal(path, std::string(5000, 'n')).find("File too large") == std::string::npos);
  };
  EXPECT_EXIT(write_beyond_the_limit(), testing::ExitedWithCode(0), "");
  EXPECT_EQ(read_file(path), "old");
  EXPECT_EQ(files_in(folder_), 1);
}

TEST_F(Output, FolderIsRefused) {
  EXPECT_EQ(refusal(folder_), folder_.string() + ": is a folder; name a file");
}

TEST_F(Output, FolderThatCannotBeCreatedIsAnError) {
  write_file_atomically(folder_ / "file", "x");
  EXPECT_NE(refusal(folder_ / "file" / "below").find("the folder cannot be created"),
            std::string::npos);
}

TEST_F(Output, WhatMayNotBeWrittenIsAnError) {
  write_file_atomically(folder_ / "file", "old");
  ::chmod((folder_ / "file").c_str(), 0444);
  ::chmod(folder_.c_str(), 0555);
  const auto write_as_an_ordinary_user = [&] {
    // By relative names, since the way here may be closed to others than root.
    const bool ready = ::chdir(folder_.c_str()) == 0 &&
                       (::geteuid() != 0 || ::setresuid(65534, 65534, 65534) == 0);
    ::_exit(!ready || refusal("file") != "file: cannot be replaced (Permission denied)" ||
            refusal("other") != "other: cannot be created (Permission denied)");
  };
  EXPECT_EXIT(write_as_an_ordinary_user(), testing::ExitedWithCode(0), "");
  EXPECT_EQ(read_file(folder_ / "file"), "old");
  EXPECT_EQ(files_in(folder_), 1);
}

TEST_F(Output, DashIsTheStandardOutput) {
  std::ostringstream standard_output;
  standard_output << "before ";
  write_output("-", "new", standard_output);
  write_output(folder_ / "file", "in a file", standard_output);
  EXPECT_EQ(standard_output.str(), "before new");
  EXPECT_EQ(read_file(folder_ / "file"), "in a file");
  standard_output.setstate(std::ios::badbit);
  EXPECT_THROW(write_output("-", "new", standard_output), Error);
}

TEST_F(Output, PartsAreOneContentAndAFailureLeavesTheOldOne) {
  std::ostringstream standard_output;
  const auto two_parts = [](const Sink& sink) {
    sink("one ");
    sink("two");
  };
  write_output("-", two_parts, standard_output);
  EXPECT_EQ(standard_output.str(), "one two");
  write_output(folder_ / "file", two_parts, standard_output);
  EXPECT_EQ(read_file(folder_ / "file"), "one two");
  const auto fails = [](const Sink& sink) {
    sink("half");
    throw Error(ErrorCode::input, "no more");
  };
  EXPECT_THROW(write_output(folder_ / "file", fails, standard_output), Error);
  EXPECT_EQ(read_file(folder_ / "file"), "one two");
  EXPECT_EQ(files_in(folder_), 1) << "no part is left behind";
}

}  // namespace
}  // namespace opline
