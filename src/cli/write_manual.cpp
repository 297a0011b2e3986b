// src/cli/write_manual.cpp - the program `opline_manual` of the build: writes the manual pages and
// the completions of shells.
//
//   opline_manual FOLDER DATE  ->  FOLDER/man1/opline.1, opline-VERB.1; FOLDER/bash/opline;
//   FOLDER/zsh/_opline
#include <fmt/ostream.h>

#include <filesystem>
#include <iostream>

#include "src/base/files.h"
#include "src/cli/completion.h"
#include "src/cli/manual_page.h"

namespace opline::cli {
namespace {

void write_all(const std::filesystem::path& folder, const std::string& date) {
  std::vector<VerbCompletion> all;
  for (const Verb& verb : verbs()) all.push_back({&verb, table_of(verb)});
  write_file_atomically(folder / "man1" / "opline.1", program_page(date));
  for (const auto& [verb, table] : all)
    write_file_atomically(folder / "man1" / fmt::format("opline-{}.1", verb->name),
                          verb_page(*verb, table, date));
  write_file_atomically(folder / "bash" / "opline", bash_completion(all));
  write_file_atomically(folder / "zsh" / "_opline", zsh_completion(all));
}

}  // namespace
}  // namespace opline::cli

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: opline_manual FOLDER DATE\n";
    return 2;
  }
  try {
    opline::cli::write_all(argv[1], argv[2]);
  } catch (const std::exception& error) {
    fmt::print(std::cerr, "opline_manual: {}\n", error.what());
    return 1;
  }
  return 0;
}
