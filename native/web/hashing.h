// Digests and HMACs in pieces, with the algorithms of OpenSsl. Any thread, one at a time per object.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "v8/v8.h"
#include "web/openssl.h"

namespace isolet {

class HashState {
 public:
  explicit HashState(const OpenSsl& ssl) : ssl_(ssl), context_(ssl.md_ctx_new()) {}
  ~HashState() { ssl_.md_ctx_free(context_); }
  HashState(const HashState&) = delete;
  HashState& operator=(const HashState&) = delete;

  // Each false: OpenSSL failed.
  bool Begin(Hash hash);
  bool CopyFrom(const HashState& other) { return context_ != nullptr && ssl_.md_ctx_copy(context_, other.context_); }
  bool Update(const uint8_t* data, size_t length) { return length == 0 || ssl_.digest_update(context_, data, length); }
  bool Finish(uint8_t* out) { return ssl_.digest_final(context_, out, nullptr); }

 private:
  const OpenSsl& ssl_;
  evp_md_ctx_st* const context_;
};

// What long work between two slices asks: go on?
enum class Progress : uint8_t { kDone, kFailed, kStopped };

// All of `data`, in slices.
Progress UpdateInSlices(v8::Isolate* isolate, HashState& state, const uint8_t* data, size_t length);

// HMAC from two contexts that have taken in the key, copied for each message.
class HmacKey {
 public:
  explicit HmacKey(const OpenSsl& ssl) : inner_(ssl), outer_(ssl), work_(ssl) {}
  HmacKey(const HmacKey&) = delete;
  HmacKey& operator=(const HmacKey&) = delete;

  Progress Begin(v8::Isolate* isolate, Hash hash, const uint8_t* key, size_t length);
  // A message: Start, any number of Update, Finish.
  bool Start() { return work_.CopyFrom(inner_); }
  HashState& message() { return work_; }
  bool Finish(uint8_t* out);
  size_t bytes() const { return bytes_; }

 private:
  HashState inner_, outer_, work_;
  size_t bytes_ = 0;
};

// Whether `value` is the number of a hash.
std::optional<Hash> ReadHash(v8::Local<v8::Value> value);

}  // namespace isolet
