// src/cli/host_run.h - --input and --output of `opline inspect`: a network executed on the host
// with values from files.
#pragma once
#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

#include "src/cli/options.h"
#include "src/network/quantised_network.h"

namespace opline::cli {

void add_host_run_options(Options& options);

/// What --input and --output name; empty without them.
[[nodiscard]] std::vector<std::string> input_files(const Options& options);
[[nodiscard]] std::vector<std::string> output_files(const Options& options);
/// Whether --output is -.
[[nodiscard]] bool writes_to_standard_output(const Options& options);

/// The digest of every layer: with --input, whose outputs are written where --output says, or with
/// the inputs that devices generate. Files are of the inputs and outputs in the order of the
/// network's, then of its states; a state without a file begins as the network says. Throws
/// Error{input} for a file of another size, and Error{usage} for another number of files.
std::vector<std::uint32_t> run_on_host(const network::QuantisedNetwork& numbers,
                                       const Options& options, std::ostream& out);

}  // namespace opline::cli
