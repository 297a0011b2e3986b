// src/evaluation/table/network_identity.h - ids of networks that a user's table names otherwise.
//
// A study knows a network by the digest of its canonical text (docs/formats/network.md). A table
// may give that id, the .tflite file that the network can be read from, or a digest of that file,
// which only tells that two tables mean the same file.
#pragma once
#include <filesystem>
#include <string>
#include <string_view>

#include "src/base/result.h"

namespace opline::evaluation {

/// `text` as an id: 32 hexadecimal digits, returned in lower case. A reason where it is not one.
[[nodiscard]] Result<std::string> parse_network_id(std::string_view text);

/// The id of the network in a .tflite file: `text` is its path, relative to `folder`, or a digest
/// of the file (16 to 128 hexadecimal digits, e.g. of sha256sum). Of a digest the id is digest() of
/// "tflite file " and the digits in lower case. A reason where the file cannot be read or is not an
/// int8 model (src/tflite/from_tflite.h).
[[nodiscard]] Result<std::string> network_id_of_tflite(std::string_view text,
                                                       const std::filesystem::path& folder);

}  // namespace opline::evaluation
