// src/base/digest.h - names for content.
//
// 128-bit XXH3: a network, a setup, a firmware image or a space is the same when its canonical
// bytes are. Not a cryptographic digest. Output tensors are digested on the device by
// firmware/kernels (CRC-32), not by this.
#pragma once
#include <string>
#include <string_view>

namespace opline {

/// XXH3-128 of `bytes` as 32 lower-case hexadecimal digits (canonical, big-endian). The same on
/// every machine.
[[nodiscard]] std::string digest(std::string_view bytes);

}  // namespace opline
