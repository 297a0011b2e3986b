// src/cli/main.cpp - the program `opline`.
#include <unistd.h>

#include <iostream>

#include "src/cli/signals.h"
#include "src/cli/verb.h"

int main(int argc, char** argv) {
  opline::cli::reserve_standard_descriptors();
  const bool err_is_terminal = isatty(STDERR_FILENO) != 0;
  opline::cli::handle_signals(err_is_terminal);
  const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
  opline::cli::Console console{std::cout, std::cerr, err_is_terminal,
                               opline::cli::command_line_of(arguments)};
  return opline::cli::run_program(arguments, console);
}
