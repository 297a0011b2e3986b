#include "src/base/files.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <thread>

#include "src/base/error.h"
#include "tests/error_message.h"

namespace opline {
namespace {
namespace fs = std::filesystem;

class Files : public testing::Test {
 protected:
  void SetUp() override { fs::create_directories(folder_); }
  void TearDown() override { fs::remove_all(folder_); }

  static std::string refusal(const fs::path& path) {
    return message_of([&] { (void)read_file(path); }, ErrorCode::io);
  }

  fs::path folder_ = fs::path(testing::TempDir()) / "opline_files_test";
};

TEST_F(Files, ContentIsReadByteForByte) {
  std::string content;
  for (int i = 0; i < 200'000; ++i) content += static_cast<char>(i * 7);
  std::ofstream(folder_ / "bytes", std::ios::binary) << content;
  EXPECT_TRUE(read_file(folder_ / "bytes") == content);
  std::ofstream(folder_ / "empty").flush();
  EXPECT_EQ(read_file(folder_ / "empty"), "");
  EXPECT_NE(read_file("/proc/self/status").find("Pid:"), std::string::npos);  // its size reads 0
}

TEST_F(Files, MissingFileAndFolderAreNamed) {
  EXPECT_EQ(refusal(folder_ / "none"),
            (folder_ / "none").string() + ": cannot be read (No such file or directory)");
  EXPECT_EQ(refusal(folder_), folder_.string() + ": is a folder; name a file");
}

TEST_F(Files, ErrorOfTheDiskIsNotTheEndOfTheFile) {
  // Its first page cannot be read: read(2) fails although open(2) succeeds.
  EXPECT_NE(refusal("/proc/self/mem").find("(Input/output error)"), std::string::npos);
}

TEST_F(Files, FifoIsReadToItsEnd) {
  const fs::path fifo = folder_ / "fifo";
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  const std::string content(300'000, 'f');  // more than a pipe holds
  std::thread writer([&] { std::ofstream(fifo, std::ios::binary) << content; });
  EXPECT_TRUE(read_file(fifo) == content);
  writer.join();
}

TEST_F(Files, EndlessStreamIsRefused) {
  EXPECT_NE(refusal("/dev/zero").find("stream of more than 256 MiB"), std::string::npos);
}

TEST_F(Files, FileThatChangesItsSizeMeanwhileIsRefused) {
  // 64 MiB take long enough to read for another thread to cut the file.
  const fs::path path = folder_ / "growing";
  std::ofstream(path) << "x";
  std::atomic<bool> done{false};
  std::thread writer([&] {
    for (std::uintmax_t size = 1; !done; size ^= (1U << 26) ^ 1U) fs::resize_file(path, size);
  });
  bool refused = false;
  // As long as it takes on a busy machine.
  const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!refused && std::chrono::steady_clock::now() < patience) {
    const auto refusal = refusal_of(
        [&] {
          const std::size_t size = read_file(path).size();
          ASSERT_TRUE(size == 1 || size == 1U << 26) << size;
        },
        ErrorCode::io);
    refused = refusal && refusal->find("changed its size") != std::string::npos;
  }
  done = true;
  writer.join();
  EXPECT_TRUE(refused);
}

#if !defined(__SANITIZE_ADDRESS__)  // whose shadow memory takes more than any limit
TEST_F(Files, LackOfMemoryIsAnErrorNotAPrefixOfTheFile) {
  const fs::path path = folder_ / "large";
  std::ofstream(path) << "x";
  fs::resize_file(path, std::uintmax_t{1} << 30);
  const auto read_with_little_memory = [&] {
    const rlimit limit{std::uint64_t{512} << 20, std::uint64_t{512} << 20};
    ::setrlimit(RLIMIT_AS, &limit);
    try {
      std::fprintf(stderr, "read %zu bytes", read_file(path).size());
    } catch (const Error& error) {
      std::fprintf(stderr, "%s", error.what());
    }
    ::_exit(0);
  };
  EXPECT_EXIT(read_with_little_memory(), testing::ExitedWithCode(0),
              "large: cannot be read .too little memory.");
}
#endif

}  // namespace
}  // namespace opline
