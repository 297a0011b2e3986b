// tests/fuzz/toml_corpus.h - what TOML files other than spaces are damaged with.
#pragma once
#include <string>
#include <vector>

#include "src/base/data_files.h"
#include "src/base/files.h"
#include "tests/fuzz/mutator.h"

namespace opline::fuzz {

/// Values of every type, and keys that many files have.
inline const std::vector<std::string> kTomlFragments = {"0",
                                                        "1",
                                                        "-1",
                                                        "4294967296",
                                                        "9223372036854775807",
                                                        "1e9",
                                                        "1e308",
                                                        "-0.0",
                                                        "nan",
                                                        "inf",
                                                        "true",
                                                        "''",
                                                        "\"x\"",
                                                        "[]",
                                                        "[1]",
                                                        "[0]",
                                                        "[[1]]",
                                                        "{}",
                                                        "{ a = 1 }",
                                                        "1979-05-27",
                                                        "a.b.c.d",
                                                        "\n[[memory]]\n",
                                                        "\n[flash]\n",
                                                        "bytes = 1\n",
                                                        "base = 4294967295\n",
                                                        "\"stm32f7\"",
                                                        "\"\\u001b[2J\"",
                                                        "#",
                                                        "\"",
                                                        "\"\"\"",
                                                        "'''",
                                                        "\xff",
                                                        "=",
                                                        ",",
                                                        "."};

/// The files of a folder of data/, without comments.
inline Corpus toml_files(std::string_view folder) {
  Corpus all{.seeds = {}, .fragments = kTomlFragments};
  for (const std::string& name : data_names(folder))
    all.seeds.push_back(without_comments(read_file(data_file(folder, "file", name))));
  return all;
}

}  // namespace opline::fuzz
