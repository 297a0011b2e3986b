#include "tests/tflite/oracle.h"

#include <dlfcn.h>

#include <array>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>

#include "src/base/error.h"

namespace opline::tflite_test {
namespace {

/// The library's opaque types and the functions used of it (TensorFlow Lite's C API).
struct Model;
struct Options;
struct Interpreter;
struct Tensor;
using Report = void (*)(void* user, const char* format, va_list arguments);
constexpr int kOk = 0;

/// Keeps what the library says.
void note(void* user, const char* format, va_list arguments) {
  std::array<char, 1000> line{};
  std::vsnprintf(line.data(), line.size(), format, arguments);
  *static_cast<std::string*>(user) += std::string(line.data()) + "\n";
}

std::string sha256_of(const std::filesystem::path& file) {
  const std::string command = "sha256sum '" + file.string() + "'";
  std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  std::array<char, 65> digits{};
  if (pipe == nullptr || std::fread(digits.data(), 1, 64, pipe.get()) != 64) return {};
  return digits.data();
}

}  // namespace

struct Oracle::Library {
  void* handle = nullptr;
  const char* (*version)() = nullptr;
  Model* (*model_create)(const void*, std::size_t) = nullptr;
  void (*model_delete)(Model*) = nullptr;
  Options* (*options_create)() = nullptr;
  void (*options_delete)(Options*) = nullptr;
  void (*options_set_threads)(Options*, std::int32_t) = nullptr;
  void (*options_set_report)(Options*, Report, void*) = nullptr;
  Interpreter* (*create)(const Model*, const Options*) = nullptr;
  void (*destroy)(Interpreter*) = nullptr;
  int (*allocate)(Interpreter*) = nullptr;
  int (*invoke)(Interpreter*) = nullptr;
  Tensor* (*input)(const Interpreter*, std::int32_t) = nullptr;
  std::int32_t (*output_count)(const Interpreter*) = nullptr;
  const Tensor* (*output)(const Interpreter*, std::int32_t) = nullptr;
  std::size_t (*bytes)(const Tensor*) = nullptr;
  int (*copy_in)(Tensor*, const void*, std::size_t) = nullptr;
  int (*copy_out)(const Tensor*, void*, std::size_t) = nullptr;

  explicit Library(const std::filesystem::path& file)
      : handle(dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL)) {
    if (handle == nullptr) throw Error(ErrorCode::missing_tool, "{}", dlerror());
    find(version, "TfLiteVersion");
    find(model_create, "TfLiteModelCreate");
    find(model_delete, "TfLiteModelDelete");
    find(options_create, "TfLiteInterpreterOptionsCreate");
    find(options_delete, "TfLiteInterpreterOptionsDelete");
    find(options_set_threads, "TfLiteInterpreterOptionsSetNumThreads");
    find(options_set_report, "TfLiteInterpreterOptionsSetErrorReporter");
    find(create, "TfLiteInterpreterCreate");
    find(destroy, "TfLiteInterpreterDelete");
    find(allocate, "TfLiteInterpreterAllocateTensors");
    find(invoke, "TfLiteInterpreterInvoke");
    find(input, "TfLiteInterpreterGetInputTensor");
    find(output_count, "TfLiteInterpreterGetOutputTensorCount");
    find(output, "TfLiteInterpreterGetOutputTensor");
    find(bytes, "TfLiteTensorByteSize");
    find(copy_in, "TfLiteTensorCopyFromBuffer");
    find(copy_out, "TfLiteTensorCopyToBuffer");
  }

  template <typename Function>
  void find(Function& function, const char* name) {
    function = reinterpret_cast<Function>(dlsym(handle, name));
    if (function == nullptr) throw Error(ErrorCode::missing_tool, "{}", dlerror());
  }
};

std::string oracle_instructions() {
  return "SKIPPED: a real TensorFlow Lite is missing (x86-64 with AVX only): npm pack "
         "tfjs-tflite-node@0.0.2 "
         "&& "
         "tar xzf tfjs-tflite-node-0.0.2.tgz, then run with OPLINE_TFLITE_DIR=$PWD/package";
}

std::filesystem::path oracle_library() {
#if defined(__x86_64__)
  const char* set = std::getenv("OPLINE_TFLITE_DIR");
  const std::filesystem::path folder = set != nullptr ? set : OPLINE_TFLITE_DIR;
  std::filesystem::path file = folder / "cc_deps/linux_amd64/libtensorflowlite_c.so";
  if (!folder.empty() && __builtin_cpu_supports("avx2") && std::filesystem::exists(file))
    return file;
#endif
  return {};
}

Oracle::Oracle(const std::filesystem::path& library) {
  const std::string found = sha256_of(library);
  if (found != kOracleSha256)
    throw Error(ErrorCode::missing_tool, "{}: its SHA-256 is {}, not {}; get the package again",
                library.string(), found, kOracleSha256);
  library_ = std::make_unique<Library>(library);
}

Oracle::~Oracle() = default;  // the library stays loaded: it has threads

std::string Oracle::version() const { return library_->version(); }

std::vector<Oracle::Codes> Oracle::run(const std::vector<std::uint8_t>& model,
                                       const Codes& input) const {
  const Library& tfl = *library_;
  std::string said;
  const auto require = [&](bool good, const char* what) {
    if (!good) throw Error(ErrorCode::input, "TensorFlow Lite: {}: {}", what, said);
  };
  const std::unique_ptr<Model, void (*)(Model*)> loaded(
      tfl.model_create(model.data(), model.size()), tfl.model_delete);
  require(loaded != nullptr, "no model");
  const std::unique_ptr<Options, void (*)(Options*)> options(tfl.options_create(),
                                                             tfl.options_delete);
  tfl.options_set_threads(options.get(), 1);
  tfl.options_set_report(options.get(), note, &said);
  const std::unique_ptr<Interpreter, void (*)(Interpreter*)> run(
      tfl.create(loaded.get(), options.get()), tfl.destroy);
  require(run != nullptr, "no interpreter");
  require(tfl.allocate(run.get()) == kOk, "no memory plan");
  require(tfl.copy_in(tfl.input(run.get(), 0), input.data(), input.size()) == kOk,
          "another input size");
  require(tfl.invoke(run.get()) == kOk, "not executed");
  std::vector<Codes> outputs;
  for (std::int32_t i = 0; i < tfl.output_count(run.get()); ++i) {
    const Tensor* output = tfl.output(run.get(), i);
    outputs.emplace_back(tfl.bytes(output));
    require(tfl.copy_out(output, outputs.back().data(), outputs.back().size()) == kOk, "no output");
  }
  return outputs;
}

}  // namespace opline::tflite_test
