// One run of a block cipher of OpenSsl over bytes, in slices. The thread that holds the isolate's lock.
#pragma once

#include <cstddef>
#include <cstdint>

#include "v8/v8.h"
#include "web/hashing.h"
#include "web/openssl.h"

namespace isolet {

inline constexpr size_t kAesBlock = 16;

// What a run is given; borrowed.
struct CipherTask {
  Cipher mode;
  bool encrypt;
  const uint8_t* key;
  size_t key_bytes;
  const uint8_t* iv;
  size_t iv_bytes;
  const uint8_t* data;
  size_t length;
  const uint8_t* additional;  // GCM
  size_t additional_bytes;
  uint32_t tag_bytes;     // GCM
  uint32_t counter_bits;  // CTR
};

class CipherRun {
 public:
  CipherRun(const OpenSsl& ssl, v8::Isolate* isolate) : ssl_(ssl), isolate_(isolate), context_(ssl.cipher_ctx_new()) {}
  ~CipherRun() { ssl_.cipher_ctx_free(context_); }
  CipherRun(const CipherRun&) = delete;
  CipherRun& operator=(const CipherRun&) = delete;

  // What Run writes; at most that when CBC is decrypted.
  static size_t OutputRoom(const CipherTask& task);
  // Writes to `out` and says how much. Stopped: it has not finished.
  Progress Run(const CipherTask& task, uint8_t* out, size_t* written);

 private:
  bool Begin(const CipherTask& task, const uint8_t* iv);
  // Appends what `length` bytes become.
  Progress Update(const uint8_t* data, size_t length, uint8_t* out, size_t* written);
  Progress RunCbc(const CipherTask& task, uint8_t* out, size_t* written);
  Progress RunCtr(const CipherTask& task, uint8_t* out, size_t* written);
  Progress RunGcm(const CipherTask& task, uint8_t* out, size_t* written);
  Progress RunWrap(const CipherTask& task, uint8_t* out, size_t* written);

  const OpenSsl& ssl_;
  v8::Isolate* const isolate_;
  evp_cipher_ctx_st* const context_;
};

}  // namespace isolet
