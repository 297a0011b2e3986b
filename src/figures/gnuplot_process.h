// src/figures/gnuplot_process.h - one run of gnuplot, watched.
//
// gnuplot-iostream (2014) neither tells whether gnuplot is there nor what it answered, and a
// gnuplot that ends early would kill the writer by SIGPIPE. Here the program is started without a
// shell and without the user's start-up files, its messages are kept, and its exit status and the
// file it should write are checked.
#pragma once
#include <filesystem>
#include <functional>
#include <iosfwd>
#include <string>

namespace opline::figures {

/// Starts `program` (a name looked up in PATH, or a path), lets `write_script` write commands and
/// data to it, waits for its end and returns the content of the file it wrote. `write_script` is
/// given the stream and the name that the script must `set output` to. Throws Error{missing_tool}
/// with the install line when there is no such program; Error{io} with gnuplot's message when it
/// failed or left the file unwritten or empty. What `write_script` throws passes through.
[[nodiscard]] std::string run_gnuplot(
    const std::string& program,
    const std::function<void(std::ostream& script, const std::filesystem::path& output)>&
        write_script);

}  // namespace opline::figures
