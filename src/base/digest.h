// src/base/digest.h - names for content.
//
// 128-bit XXH3: a network, a setup, a firmware image or a space is the same when its canonical
// bytes are. Not a cryptographic digest. Output tensors are digested on the device by
// firmware/kernels (CRC-32), not by this.
#pragma once
#include <memory>
#include <string>
#include <string_view>

namespace opline {

/// XXH3-128 of `bytes` as 32 lower-case hexadecimal digits (canonical, big-endian). The same on
/// every machine.
[[nodiscard]] std::string digest(std::string_view bytes);

/// digest() of bytes that come piece by piece: the same, however they were cut.
class StreamDigest {
 public:
  StreamDigest();
  ~StreamDigest();
  StreamDigest(const StreamDigest&) = delete;
  StreamDigest& operator=(const StreamDigest&) = delete;

  void add(std::string_view bytes);
  /// Of what was added so far.
  [[nodiscard]] std::string text() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace opline
