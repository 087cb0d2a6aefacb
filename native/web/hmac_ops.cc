#include <algorithm>
#include <array>

#include "web/hash_ops.h"
#include "web/hashing.h"
#include "web/op_arguments.h"
#include "web/op_memory.h"
#include "web/openssl.h"

namespace isolet {
namespace {

// About a tenth of a millisecond.
constexpr uint32_t kIterationsPerLook = 512;

// One block of PBKDF2 (RFC 8018, 5.2).
Progress DeriveBlock(v8::Isolate* isolate, HmacKey& key, const ByteArgument& salt, uint32_t index, uint32_t iterations,
                     uint8_t* out) {
  const uint8_t number[] = {static_cast<uint8_t>(index >> 24), static_cast<uint8_t>(index >> 16),
                            static_cast<uint8_t>(index >> 8), static_cast<uint8_t>(index)};
  if (!key.Start()) return Progress::kFailed;
  const Progress salted = UpdateInSlices(isolate, key.message(), salt.data(), salt.size());
  if (salted != Progress::kDone) return salted;
  std::array<uint8_t, kMostHashBytes> last;
  if (!key.message().Update(number, sizeof(number)) || !key.Finish(last.data())) return Progress::kFailed;
  std::copy_n(last.data(), key.bytes(), out);
  for (uint32_t done = 1; done < iterations; ++done) {
    if (!key.Start() || !key.message().Update(last.data(), key.bytes()) || !key.Finish(last.data())) {
      return Progress::kFailed;
    }
    for (size_t i = 0; i < key.bytes(); ++i) out[i] ^= last[i];
    if (done % kIterationsPerLook == 0 && OpStopped(isolate)) return Progress::kStopped;
  }
  return Progress::kDone;
}

void Hmac(const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::Isolate* isolate = info.GetIsolate();
  const OpenSsl* ssl = OpenSsl::Get();
  const std::optional<Hash> hash = ReadHash(info[0]);
  ByteArgument key, data;
  if (ssl == nullptr || !hash || !key.Read(info, 1) || !data.Read(info, 2)) return;
  HmacKey state(*ssl);
  Progress progress = state.Begin(isolate, *hash, key.data(), key.size());
  if (progress == Progress::kDone && !state.Start()) progress = Progress::kFailed;
  if (progress == Progress::kDone) progress = UpdateInSlices(isolate, state.message(), data.data(), data.size());
  if (progress != Progress::kDone) return ssl->clear_error();
  NewBytes made;
  if (!made.Allocate(isolate, state.bytes())) return;
  if (!state.Finish(made.data())) return ssl->clear_error();
  info.GetReturnValue().Set(made.ToArray(isolate)->Buffer());
}

void Pbkdf2(const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::Isolate* isolate = info.GetIsolate();
  const OpenSsl* ssl = OpenSsl::Get();
  const std::optional<Hash> hash = ReadHash(info[0]);
  ByteArgument password, salt;
  if (ssl == nullptr || !hash || !password.Read(info, 1) || !salt.Read(info, 2)) return;
  if (!info[3]->IsUint32() || !info[4]->IsUint32()) return;
  const uint32_t iterations = info[3].As<v8::Uint32>()->Value();
  const size_t length = info[4].As<v8::Uint32>()->Value();
  HmacKey key(*ssl);
  if (key.Begin(isolate, *hash, password.data(), password.size()) != Progress::kDone) return ssl->clear_error();
  NewBytes made;
  if (!made.Allocate(isolate, length)) return;
  std::array<uint8_t, kMostHashBytes> block;
  uint32_t index = 0;
  for (size_t at = 0; at < length; at += key.bytes()) {
    if (DeriveBlock(isolate, key, salt, ++index, iterations, block.data()) != Progress::kDone)
      return ssl->clear_error();
    std::copy_n(block.data(), std::min(key.bytes(), length - at), made.data() + at);
    if (OpStopped(isolate)) return;
  }
  info.GetReturnValue().Set(made.ToArray(isolate)->Buffer());
}

const WebOp kHmacOps[] = {{"crypto", "hmac", Hmac, 3}, {"crypto", "pbkdf2", Pbkdf2, 5}};

}  // namespace

std::span<const WebOp> HmacOps() { return kHmacOps; }

}  // namespace isolet
