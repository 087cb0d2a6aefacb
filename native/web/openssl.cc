#include "web/openssl.h"

#include <atomic>
#include <mutex>

#include "web/node_symbols.h"

namespace isolet {
namespace {

constexpr HashFacts kFacts[kHashes] = {
    {"SHA1", 20, 64},      {"SHA256", 32, 64},    {"SHA384", 48, 128},  {"SHA512", 64, 128},
    {"SHA3-256", 32, 136}, {"SHA3-384", 48, 104}, {"SHA3-512", 64, 72},
};

constexpr const char* kCipherNames[kCiphers][kKeySizes] = {
    {"AES-128-CBC", "AES-192-CBC", "AES-256-CBC"},
    {"AES-128-CTR", "AES-192-CTR", "AES-256-CTR"},
    {"AES-128-GCM", "AES-192-GCM", "AES-256-GCM"},
    {"AES-128-WRAP", "AES-192-WRAP", "AES-256-WRAP"},
};

std::atomic<const OpenSsl*> ready{nullptr};

}  // namespace

void OpenSsl::Prepare() {
  static std::once_flag once;
  std::call_once(once, [] {
    // Kept for ever, as what it fetched.
    auto* made = new OpenSsl();
    if (!made->Find()) {
      delete made;
      return;
    }
    made->Fetch();
    ready.store(made, std::memory_order_release);
  });
}

const OpenSsl* OpenSsl::Get() { return ready.load(std::memory_order_acquire); }

const HashFacts& OpenSsl::facts(Hash hash) { return kFacts[static_cast<size_t>(hash)]; }

const evp_cipher_st* OpenSsl::cipher(Cipher cipher, size_t key_bytes) const {
  if (key_bytes != 16 && key_bytes != 24 && key_bytes != 32) return nullptr;
  return ciphers_[static_cast<size_t>(cipher)][key_bytes / 8 - 2];
}

bool OpenSsl::Find() {
  return ResolveNodeSymbol("EVP_MD_fetch", &md_fetch_) && ResolveNodeSymbol("EVP_CIPHER_fetch", &cipher_fetch_) &&
         ResolveNodeSymbol("EVP_MD_CTX_new", &md_ctx_new) && ResolveNodeSymbol("EVP_MD_CTX_free", &md_ctx_free) &&
         ResolveNodeSymbol("EVP_MD_CTX_copy_ex", &md_ctx_copy) &&
         ResolveNodeSymbol("EVP_DigestInit_ex2", &digest_init) &&
         ResolveNodeSymbol("EVP_DigestUpdate", &digest_update) &&
         ResolveNodeSymbol("EVP_DigestFinal_ex", &digest_final) &&
         ResolveNodeSymbol("EVP_CIPHER_CTX_new", &cipher_ctx_new) &&
         ResolveNodeSymbol("EVP_CIPHER_CTX_free", &cipher_ctx_free) &&
         ResolveNodeSymbol("EVP_CIPHER_CTX_set_flags", &cipher_ctx_set_flags) &&
         ResolveNodeSymbol("EVP_CIPHER_CTX_ctrl", &cipher_ctx_ctrl) &&
         ResolveNodeSymbol("EVP_CipherInit_ex2", &cipher_init) &&
         ResolveNodeSymbol("EVP_CipherUpdate", &cipher_update) &&
         ResolveNodeSymbol("EVP_CipherFinal_ex", &cipher_final) && ResolveNodeSymbol("ERR_clear_error", &clear_error);
}

void OpenSsl::Fetch() {
  for (size_t i = 0; i < kHashes; ++i) hashes_[i] = md_fetch_(nullptr, kFacts[i].name, nullptr);
  for (size_t mode = 0; mode < kCiphers; ++mode) {
    for (size_t size = 0; size < kKeySizes; ++size) {
      ciphers_[mode][size] = cipher_fetch_(nullptr, kCipherNames[mode][size], nullptr);
    }
  }
  // What is missing left an error behind on this thread.
  clear_error();
}

}  // namespace isolet
