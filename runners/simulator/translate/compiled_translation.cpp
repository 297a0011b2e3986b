#include "runners/simulator/translate/compiled_translation.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <vector>

#include "runners/simulator/translate/pace.h"
#include "runners/simulator/translate/runtime_text.h"
#include "runners/simulator/translate/translator.h"
#include "src/base/digest.h"
#include "src/base/error.h"
#include "src/base/files.h"

namespace opline::simulator {
namespace fs = std::filesystem;
namespace {

constexpr const char* kName = "compiled_translation";
/// kName in namespace opline::simulator, as the compiler mangles it.
constexpr const char* kSymbol = "_ZN6opline9simulator20compiled_translationE";
constexpr std::size_t kDigestBytes = 32;

/// No image's code is worth more: a compiler that takes longer was given something odd.
constexpr rlim_t kCompilerSeconds = 300;
constexpr rlim_t kCompilerBytes = rlim_t{4} << 30;

// As for opline's own images (runners/CMakeLists.txt). Without a procedure linkage table: its stubs
// change a register that functions of OPLINE_SAVES_ALL promise to keep.
const std::vector<std::string> kCompilerFlags = {"-std=c++20",
                                                 "-O2",
                                                 "-fno-stack-protector",
                                                 "-fno-tree-slp-vectorize",
                                                 "-ffp-contract=off",
                                                 "-w",
                                                 "-fPIC",
                                                 "-fno-plt",
                                                 "-shared",
                                                 "-Wl,-z,now",
                                                 "-x",
                                                 "c++",
                                                 "-fpreprocessed",
                                                 "-fdirectives-only"};

/// The program exports what generated code calls (CMakeLists.txt); this has the linker take it from
/// its library.
struct Needed : translated::PaceBase {
  [[gnu::used]] inline static const auto kPace = &PaceBase::stop;
  [[gnu::used]] inline static const auto kClock = &translated::interpreted;
};

std::string version_of_this_build() {
  return fmt::format("{}.{}.{}\n", __GNUC__, __GNUC_MINOR__, __GNUC_PATCHLEVEL__);
}

/// Starts a program and waits for its end; its output goes to `output`. True where it succeeds.
bool run(std::vector<std::string> words, const fs::path& output) {
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output.c_str(),
                                   O_WRONLY | O_CREAT | O_TRUNC, S_IRUSR | S_IWUSR);
  posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  pid_t child = -1;
  const int failed =
      ::posix_spawn(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) return false;
  const rlimit seconds{kCompilerSeconds, kCompilerSeconds}, bytes{kCompilerBytes, kCompilerBytes};
  ::prlimit(child, RLIMIT_CPU, &seconds, nullptr);
  ::prlimit(child, RLIMIT_AS, &bytes, nullptr);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/// A file's name that no other process or thread uses, removed at the end.
class Temporary {
 public:
  Temporary(const fs::path& beside, const char* extension) {
    static std::atomic<unsigned> number{0};
    path_ = fmt::format("{}.{}.{}.{}", beside.string(), ::getpid(), number++, extension);
  }
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;
  ~Temporary() {
    std::error_code ignored;
    fs::remove(path_, ignored);
  }
  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

/// Of a library's bytes under this name.
std::string check_of(const fs::path& path, std::string_view bytes) {
  return digest(path.filename().string() + digest(bytes));
}

std::shared_ptr<const Translation> load(const fs::path& path) {
  void* const handle = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr)
    throw Error(ErrorCode::io, "{}: cannot be loaded ({})", path.string(), ::dlerror());
  std::shared_ptr<void> library(handle, ::dlclose);
  const auto* const translation = static_cast<const Translation*>(::dlsym(handle, kSymbol));
  if (translation == nullptr)
    throw Error(ErrorCode::io, "{}: is not a translation; remove it", path.string());
  return {std::move(library), translation};
}

}  // namespace

CompiledTranslation::CompiledTranslation(const Machine& machine,
                                         const std::set<std::string>& functions,
                                         TranslationCache cache)
    : cache_(std::move(cache)) {
  if (runtime_text().empty()) {
    throw Error(ErrorCode::missing_tool,
                "opline was built without translation; build it with GCC and OPLINE_TRANSLATE=ON");
  }
  cache_.require_own();
  source_ = std::string(runtime_text()) + translate(machine, kName, functions);
  std::string all = source_ + version_of_this_build();
  for (const std::string& flag : kCompilerFlags) all += flag + "\n";
  path_ = cache_.folder / (digest(all) + ".so");
}

std::shared_ptr<const Translation> CompiledTranslation::kept() const {
  if (!fs::is_regular_file(fs::symlink_status(path_))) return nullptr;
  const std::string file = read_file(path_);
  if (file.size() < kDigestBytes) return nullptr;
  const std::string_view bytes = std::string_view(file).substr(0, file.size() - kDigestBytes);
  if (!file.ends_with(check_of(path_, bytes))) return nullptr;
  TranslationCache::mark_used(path_);
  return load(path_);
}

std::shared_ptr<const Translation> CompiledTranslation::compile() const {
  const Temporary source(path_, "cpp"), library(path_, "out");
  write_file_atomically(source.path(), source_);
  run_compiler(source.path(), library.path());
  std::string bytes = read_file(library.path());
  bytes += check_of(path_, bytes);
  std::error_code ignored;
  fs::remove(path_, ignored);  // a damaged one, or a link to another file
  write_file_atomically(path_, bytes);
  cache_.prune(path_);
  return load(path_);
}

void CompiledTranslation::run_compiler(const fs::path& source, const fs::path& library) const {
  const Temporary output(path_, "txt");
  if (!run({cache_.compiler, "-dumpfullversion"}, output.path())) {
    throw Error(ErrorCode::missing_tool, "{}: the compiler that built opline is not there",
                cache_.compiler);
  }
  if (const std::string version = read_file(output.path()); version != version_of_this_build()) {
    throw Error(ErrorCode::missing_tool, "{}: is GCC {}, opline was built by {}; rebuild opline",
                cache_.compiler, version.substr(0, version.find('\n')), __VERSION__);
  }
  std::vector<std::string> words{cache_.compiler};
  words.insert(words.end(), kCompilerFlags.begin(), kCompilerFlags.end());
  words.insert(words.end(), {"-o", library.string(), source.string()});
  if (!run(std::move(words), output.path())) {
    throw Error(ErrorCode::io, "{} failed on translated code: {}", cache_.compiler,
                read_file(output.path()).substr(0, 300));
  }
}

}  // namespace opline::simulator
