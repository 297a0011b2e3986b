// src/cli/manual_page.h - manual pages (man(7)) from the tables behind --help.
#pragma once
#include <string>

#include "src/cli/verb.h"
#include "src/cli/verb_table.h"

namespace opline::cli {

/// opline(1): the verbs, all exit codes, environment and files. `date`: YYYY-MM-DD, of the page.
[[nodiscard]] std::string program_page(const std::string& date);

/// opline-VERB(1).
[[nodiscard]] std::string verb_page(const Verb& verb, const VerbTable& table,
                                    const std::string& date);

}  // namespace opline::cli
