// src/evaluation/network_values.h - a figure of networks that was measured elsewhere, e.g. their
// accuracy, by their names.
#pragma once
#include <filesystem>
#include <string>
#include <unordered_map>

namespace opline::evaluation {

/// By id or name of the network.
using NetworkValues = std::unordered_map<std::string, double>;

/// Column `column` of the CSV file `path`, by its column `network` (ids), `architecture` or `name`,
/// the first of them that it has; such files are what `opline export --format csv` writes, with a
/// column added. Rows without a value are left out. Throws Error{io}, and Error{input} where the
/// file has no such columns, a value is not a number, or one network has two values.
[[nodiscard]] NetworkValues read_network_values(const std::filesystem::path& path,
                                                const std::string& column);

}  // namespace opline::evaluation
