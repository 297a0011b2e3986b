// src/cli/main.cpp - the program `opline`.
#include <unistd.h>

#include <csignal>
#include <iostream>

#include "src/cli/verb.h"

int main(int argc, char** argv) {
  std::signal(SIGPIPE,
              SIG_IGN);  // `opline ... | head` ends with an error of the stream, not with a signal
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  opline::cli::Console console{std::cout, std::cerr, isatty(STDERR_FILENO) != 0,
                               opline::cli::command_line_of(arguments)};
  return opline::cli::run_program(arguments, console);
}
