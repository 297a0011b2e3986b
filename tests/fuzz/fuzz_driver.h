// tests/fuzz/fuzz_driver.h - what a fuzz target is made of.
//
// A target is one source file with two functions: LLVMFuzzerTestOneInput(), as libFuzzer has it,
// and corpus(). It is linked with fuzz_driver.cpp, whose main() feeds it a bounded number of
// mutants, the same in every run (GCC has no libFuzzer; with clang, -fsanitize=fuzzer takes the
// driver's place):
//
//   space_file_fuzz [--runs N] [--first I] [--seed S]    mutants I ... I+N-1 of S; default 20000
//                                                        from 0 of 1
//   space_file_fuzz --seconds T [--first I] [--seed S]   as many as T seconds allow
//   space_file_fuzz FILE...                              these inputs, to look at one
//
// A crash, an exception that leaves the target, or ten seconds on one input end the run with exit
// code 1 and the number of the mutant; --first NUMBER --runs 1 --keep FILE writes it to a file
// before it is fed. CMake: opline_fuzz_target(NAME space_file_fuzz DEPS ... LABELS sampler).
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "src/base/error.h"
#include "tests/fuzz/mutator.h"

/// Feeds the parser with one input. Returns 0; whatever is wrong (a bug's assertion, a property
/// that does not hold) leaves it as an exception or ends the process. An input that is refused as
/// it should be is not a fault.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace opline::fuzz {

/// Of the target that is linked.
[[nodiscard]] Corpus corpus();

/// `error` is a refusal as a parser owes one: Error{input} that begins with the name of the file.
/// Anything else is a fault: throws.
void expect_refusal(const Error& error, std::string_view file);

/// Throws Error{internal} with `what` when a property does not hold.
void require(bool holds, const char* what);

}  // namespace opline::fuzz
