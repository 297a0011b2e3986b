// Fuzz target: a study file is refused with its name, or every question has an answer and a
// campaign can go on in it.
#include <SQLiteCpp/SQLiteCpp.h>
#include <stdlib.h>

#include <filesystem>
#include <string>

#include "src/base/error.h"
#include "src/base/files.h"
#include "src/store/schema.h"
#include "tests/fuzz/fuzz_driver.h"
#include "tests/store/small_study.h"

namespace opline::fuzz {
namespace {

namespace fs = std::filesystem;

/// A folder that goes with the process; in memory where there is such a file system, since the disk
/// would be waited for at every commit.
class Folder {
 public:
  Folder() {
    const fs::path memory = "/dev/shm";
    const fs::path above = fs::is_directory(memory) ? memory : fs::temp_directory_path();
    std::string name = (above / "opline-study-fuzz-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw Error(ErrorCode::io, "no temporary folder");
    path_ = name;
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { fs::remove_all(path_); }
  [[nodiscard]] fs::path file() const { return path_ / "study.db"; }
  void clear() const {
    for (const char* suffix : {"", "-wal", "-shm", "-journal"})
      fs::remove(file().string() + suffix);
  }

 private:
  fs::path path_;
};

const Folder& folder() {
  static const Folder kFolder;
  return kFolder;
}

/// What is thrown is a refusal, and names the file.
template <typename Work>
void attempt(const Work& work) {
  try {
    work();
  } catch (const Error& error) {
    const ErrorCode code = error.code();
    if (code != ErrorCode::damaged && code != ErrorCode::input && code != ErrorCode::io) throw;
    require(std::string_view(error.what()).find("study.db") != std::string_view::npos,
            "an error names the file");
  }
}

}  // namespace

/// A study of this program, and those of older formats, which are brought up to date when they
/// open.
Corpus corpus() {
  folder().clear();
  store::fill_small_study(store::Study::open(folder().file(), store::Mode::create, store::kStart));
  Corpus all{.seeds = {read_file(folder().file())}, .fragments = {}, .binary = true};
  for (int format = 1; format < store::current_format(); ++format) {
    folder().clear();
    SQLite::Database(folder().file().string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE)
        .exec(read_file(fmt::format("{}/tests/store/format{}.sql", OPLINE_SOURCE_DIR, format)));
    all.seeds.push_back(read_file(folder().file()));
  }
  return all;
}

}  // namespace opline::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace opline;
  const auto& file = fuzz::folder().file();
  fuzz::folder().clear();
  write_file_atomically(file, std::string(reinterpret_cast<const char*>(data), size));
  fuzz::attempt([&] {
    store::Study study = store::Study::open(file, store::Mode::read_only);
    store::ask_everything(study);
    (void)study.check();
  });
  fuzz::attempt([&] {
    store::fill_small_study(store::Study::open(file, store::Mode::create, store::kStart));
  });
  return 0;
}
