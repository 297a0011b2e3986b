// runners/foreign_code.h - the functions where an image that opline's build did not make spends its
// time, as the host's code (simulator/translate/compiled_translation.h).
//
// All runners of a board share one ForeignCode. The first network that is measured is interpreted
// and sampled; the thread that measured it then translates what was hot, while others go on
// interpreting, and from their next network on all execute the translation. The cycles are the
// same, whoever is first.
#pragma once
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "runners/simulator/translate/compiled_translation.h"

namespace opline::runners {

/// Where a program was found executing, at regular times.
class Samples {
 public:
  /// Between samples: often enough for networks of a millisecond, and far longer than stopping
  /// takes.
  static constexpr std::uint64_t kCyclesApart = 4096;

  void add(std::uint32_t pc) { ++count_[pc]; }
  /// The functions of the image that have most of the samples, which have been found at least once
  /// in a hundred; at most 16 KiB of code, which a compiler takes about a minute for.
  [[nodiscard]] std::set<std::string> hot_functions(const simulator::ElfImage& image) const;

 private:
  std::map<std::uint32_t, std::uint64_t> count_;
};

struct ForeignCodeOptions {
  /// Networks that will be measured. A library that is not kept yet is compiled where interpreting
  /// them all would take clearly longer: at kCyclesThatPay.
  std::uint64_t networks = 0;
  simulator::TranslationCache cache;

  /// 25 s of the interpreter, which executes some 4 x 10^8 cycles of a Cortex-M4 a second
  /// (docs/decisions/0012-translated-code.md).
  static constexpr std::uint64_t kCyclesThatPay = 10'000'000'000;
};

/// Thread-safe.
class ForeignCode {
 public:
  explicit ForeignCode(ForeignCodeOptions options) : options_(std::move(options)) {}

  /// Null until there is one; then it stays.
  [[nodiscard]] std::shared_ptr<const simulator::Translation> translation() const;
  /// True for the one runner that shall sample its next network, and then call one of these:
  [[nodiscard]] bool begin_sampling() { return !taken_.exchange(true); }
  /// the network was not measured: the next one is sampled, on any runner;
  void give_up() { taken_ = false; }
  /// it took `cycles`. Takes as long as the compiler where that is worth it.
  void translate(const simulator::Machine& machine, const Samples& samples, std::uint64_t cycles);

  /// What became of it, in one sentence for the user; empty before translate(), and where
  /// interpreting was as good.
  [[nodiscard]] std::string outcome() const;

 private:
  const ForeignCodeOptions options_;
  std::atomic<bool> taken_ = false;
  mutable std::mutex mutex_;  // of what follows
  std::shared_ptr<const simulator::Translation> translation_;
  std::string outcome_;
};

}  // namespace opline::runners
