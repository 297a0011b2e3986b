// src/cli/completion.h - completion of verbs, options and values in shells, from the tables behind
// --help. Names of boards, spaces and networks are asked from the program when they are needed.
#pragma once
#include <string>
#include <vector>

#include "src/cli/verb.h"
#include "src/cli/verb_table.h"

namespace opline::cli {

struct VerbCompletion {
  const Verb* verb;
  VerbTable table;
};

/// A script for bash's `complete`, to be found as `opline` by the package bash-completion.
[[nodiscard]] std::string bash_completion(const std::vector<VerbCompletion>& verbs);

/// A script for zsh's compsys, to be found as `_opline` in its fpath.
[[nodiscard]] std::string zsh_completion(const std::vector<VerbCompletion>& verbs);

}  // namespace opline::cli
