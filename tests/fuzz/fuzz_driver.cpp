#include "tests/fuzz/fuzz_driver.h"

#include <fmt/format.h>
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <optional>
#include <string_view>

#include "src/base/error.h"
#include "src/base/files.h"

namespace opline::fuzz {
namespace {

using Clock = std::chrono::steady_clock;

constexpr unsigned kSecondsAnInput = 10;

/// What is being fed, for the signal handlers.
volatile std::sig_atomic_t now_fed = 0;

/// Only what a signal handler may do.
void report_signal(int signal) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, static_cast<long>(now_fed)).ptr;
  const std::string_view head =
      signal == SIGALRM ? "\nfuzz: takes too long: input " : "\nfuzz: crashed: input ";
  (void)!write(STDERR_FILENO, head.data(), head.size());
  (void)!write(STDERR_FILENO, digits, static_cast<std::size_t>(end - digits));
  (void)!write(STDERR_FILENO, "\n", 1);
  _exit(1);
}

struct Request {
  std::uint64_t runs = 20'000;
  std::uint64_t first = 0;
  std::uint64_t seed = 1;
  std::optional<std::uint64_t> seconds;
  std::string keep;
  std::vector<std::string> files;
};

std::uint64_t number(std::string_view option, std::string_view digits) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc{} || end != digits.data() + digits.size()) {
    throw Error(ErrorCode::usage, "{} is '{}'; it must be a whole number", option, digits);
  }
  return value;
}

Request read(int count, char** words) {
  Request request;
  for (int i = 1; i < count; ++i) {
    const std::string_view word = words[i];
    if (!word.starts_with("--")) {
      request.files.emplace_back(word);
      continue;
    }
    if (i + 1 == count) throw Error(ErrorCode::usage, "{} needs a value", word);
    const std::string_view value = words[++i];
    if (word == "--runs") {
      request.runs = number(word, value);
    } else if (word == "--first") {
      request.first = number(word, value);
    } else if (word == "--seed") {
      request.seed = number(word, value);
    } else if (word == "--seconds") {
      request.seconds = number(word, value);
    } else if (word == "--keep") {
      request.keep = value;
    } else {
      throw Error(ErrorCode::usage,
                  "unknown option {}; known: --runs, --seconds, --first, --seed, --keep", word);
    }
  }
  return request;
}

void feed(const std::string& input) {
  alarm(kSecondsAnInput);
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
  alarm(0);
}

void run(const Request& request) {
  for (const std::string& file : request.files) feed(read_file(file));
  if (!request.files.empty()) return;
  const Corpus all = corpus();
  for (const std::string& seed : all.seeds) feed(seed);
  const auto end = Clock::now() + std::chrono::seconds(request.seconds.value_or(0));
  std::uint64_t fed = 0;
  for (std::uint64_t i = request.first; request.seconds ? Clock::now() < end : fed < request.runs;
       ++i, ++fed) {
    now_fed = static_cast<std::sig_atomic_t>(i);
    const std::string mutant = Mutator(all, request.seed, i).mutant();
    if (!request.keep.empty()) write_file_atomically(request.keep, mutant);
    feed(mutant);
  }
  fmt::print("fuzz: {} mutants of {} inputs, no fault\n", fed, all.seeds.size());
}

}  // namespace

void expect_refusal(const Error& error, std::string_view file) {
  if (error.code() != ErrorCode::input) throw error;
  require(std::string_view(error.what()).starts_with(file), "an error names its file");
}

void require(bool holds, const char* what) {
  if (!holds) throw Error(ErrorCode::internal, "fuzz: does not hold: {}", what);
}

}  // namespace opline::fuzz

int main(int count, char** words) {
  using namespace opline;
  for (const int signal : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGALRM}) {
    std::signal(signal, fuzz::report_signal);
  }
  try {
    fuzz::run(fuzz::read(count, words));
    return 0;
  } catch (const std::exception& problem) {
    fmt::print(stderr, "fuzz: input {}: {}\n", static_cast<long>(fuzz::now_fed), problem.what());
    return 1;
  }
}
