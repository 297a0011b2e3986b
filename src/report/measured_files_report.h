// src/report/measured_files_report.h - files measured on boards, as text, JSON and CSV: `opline
// measure`.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "src/base/json.h"
#include "src/measure/outcome.h"
#include "src/measure/setup.h"

namespace opline::report {

/// One network on one board.
struct MeasuredFile {
  std::string name;     ///< Of the network: the file's stem.
  std::string file;     ///< Its path; empty for a known network.
  std::string digest;   ///< Of the file's bytes (src/base/digest.h); empty for a known network.
  std::string network;  ///< The network's id; empty where opline cannot read the file.
  std::optional<std::uint64_t> ops;
  bool own_weights = true;  ///< Those of the file, not of the firmware's pools.
  std::string unchecked;    ///< Why the output was not compared; empty: it was.
  measure::Setup setup;
  measure::Outcome outcome;
  std::optional<std::uint64_t> instructions;  ///< Of the measured run, where simulated.
  std::optional<double> modelled_watts;       ///< While it computes; energy is this times seconds.

  [[nodiscard]] std::optional<double> seconds() const;
};

/// A line per network and board, and a sentence for each that was not measured or not compared.
[[nodiscard]] std::string in_words(const std::vector<MeasuredFile>& all);
/// docs/formats/measured-files.md
[[nodiscard]] Json to_json(const std::vector<MeasuredFile>& all);
/// The measured ones as a table that `opline import` and `opline fit --csv` read
/// (docs/formats/measurements-csv.md).
[[nodiscard]] std::string to_csv(const std::vector<MeasuredFile>& all,
                                 const std::vector<std::string>& comments);

}  // namespace opline::report
