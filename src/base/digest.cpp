#include "src/base/digest.h"

#define XXH_INLINE_ALL
#include <fmt/format.h>
#include <xxhash.h>

namespace opline {

namespace {

std::string text_of(XXH128_hash_t hash) {
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

}  // namespace

std::string digest(std::string_view bytes) {
  return text_of(XXH3_128bits(bytes.data(), bytes.size()));
}

struct StreamDigest::State {
  XXH3_state_t hash;
};

StreamDigest::StreamDigest() : state_(std::make_unique<State>()) {
  XXH3_128bits_reset(&state_->hash);
}

StreamDigest::~StreamDigest() = default;

void StreamDigest::add(std::string_view bytes) {
  XXH3_128bits_update(&state_->hash, bytes.data(), bytes.size());
}

std::string StreamDigest::text() const { return text_of(XXH3_128bits_digest(&state_->hash)); }

}  // namespace opline
