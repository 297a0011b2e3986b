// src/figures/gnuplot_process.h - one run of gnuplot, as a plain child process.
//
// The script is written first, whole, into a file in memory that is gnuplot's standard input; the
// picture comes back on its standard output and its messages on standard error, both again files in
// memory (memfd_create(2)). Nothing has a name in the file system, so a run that is killed leaves
// nothing behind; there is no pipe, so a gnuplot that ends early raises no SIGPIPE.
// gnuplot-iostream (2014) only writes the script: its own way to start gnuplot is a pipe to a
// shell, which tells neither whether gnuplot is there nor what it answered.
#pragma once
#include <functional>
#include <iosfwd>
#include <string>

namespace opline::figures {

/// Starts `program` (a name looked up in PATH, or a path) on what `write_script` writes, commands
/// and data, waits for its end and returns what it wrote to standard output: a script without `set
/// output` draws there. Without a shell, and without the user's start-up files. Throws
/// Error{missing_tool} with the install line when there is no such program; Error{io} with
/// gnuplot's message when it failed or drew nothing. What `write_script` throws passes through.
[[nodiscard]] std::string run_gnuplot(
    const std::string& program, const std::function<void(std::ostream& script)>& write_script);

}  // namespace opline::figures
