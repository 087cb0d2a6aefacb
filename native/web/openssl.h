// The part of OpenSSL that guests use on their own threads, as this Node has it.
//
// OpenSSL frees what it keeps for the process when that exits, while threads may still be inside. What it fetches by
// itself (EVP_sha256 and its kin, HMAC()) and its random generators are used after that and end the process with a
// fault. So algorithms are fetched here, once, by a thread of Node's, and kept; guests use these and contexts of their
// own, and nothing else.
//
// Prepare: a thread of an environment. Everything else: any thread, after it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

struct evp_md_st;
struct evp_md_ctx_st;
struct evp_cipher_st;
struct evp_cipher_ctx_st;
struct engine_st;
struct ossl_lib_ctx_st;
struct ossl_param_st;

namespace isolet {

// The numbers are what lib/guest/web/crypto says.
enum class Hash : uint8_t { kSha1, kSha256, kSha384, kSha512, kSha3_256, kSha3_384, kSha3_512 };
inline constexpr size_t kHashes = 7;
enum class Cipher : uint8_t { kCbc, kCtr, kGcm, kWrap };
inline constexpr size_t kCiphers = 4;
inline constexpr size_t kKeySizes = 3;

inline constexpr size_t kMostHashBytes = 64;
inline constexpr size_t kMostHashBlock = 144;

struct HashFacts {
  const char* name;
  size_t bytes;
  size_t block;
};

class OpenSsl {
 public:
  // Looks up the functions and fetches the algorithms; does nothing when that was done.
  static void Prepare();
  // Null: this Node lacks a function, or Prepare was not called.
  static const OpenSsl* Get();

  // Null: there is no such algorithm, for one because a policy of the machine forbids it.
  const evp_md_st* md(Hash hash) const { return hashes_[static_cast<size_t>(hash)]; }
  static const HashFacts& facts(Hash hash);
  // `key_bytes`: 16, 24 or 32.
  const evp_cipher_st* cipher(Cipher cipher, size_t key_bytes) const;

  evp_md_ctx_st* (*md_ctx_new)();
  void (*md_ctx_free)(evp_md_ctx_st*);
  int (*md_ctx_copy)(evp_md_ctx_st*, const evp_md_ctx_st*);
  int (*digest_init)(evp_md_ctx_st*, const evp_md_st*, const ossl_param_st*);
  int (*digest_update)(evp_md_ctx_st*, const void*, size_t);
  int (*digest_final)(evp_md_ctx_st*, unsigned char*, unsigned int*);
  evp_cipher_ctx_st* (*cipher_ctx_new)();
  void (*cipher_ctx_free)(evp_cipher_ctx_st*);
  void (*cipher_ctx_set_flags)(evp_cipher_ctx_st*, int);
  int (*cipher_ctx_ctrl)(evp_cipher_ctx_st*, int, int, void*);
  int (*cipher_init)(evp_cipher_ctx_st*, const evp_cipher_st*, const unsigned char*, const unsigned char*, int,
                     const ossl_param_st*);
  int (*cipher_update)(evp_cipher_ctx_st*, unsigned char*, int*, const unsigned char*, int);
  int (*cipher_final)(evp_cipher_ctx_st*, unsigned char*, int*);
  void (*clear_error)();

 private:
  OpenSsl() = default;
  bool Find();
  void Fetch();

  evp_md_st* (*md_fetch_)(ossl_lib_ctx_st*, const char*, const char*) = nullptr;
  evp_cipher_st* (*cipher_fetch_)(ossl_lib_ctx_st*, const char*, const char*) = nullptr;
  std::array<const evp_md_st*, kHashes> hashes_{};
  std::array<std::array<const evp_cipher_st*, kKeySizes>, kCiphers> ciphers_{};
};

}  // namespace isolet
