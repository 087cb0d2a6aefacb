#include "web/hashing.h"

#include <algorithm>
#include <array>

#include "web/op_memory.h"

namespace isolet {

bool HashState::Begin(Hash hash) {
  const evp_md_st* md = ssl_.md(hash);
  return context_ != nullptr && md != nullptr && ssl_.digest_init(context_, md, nullptr);
}

Progress UpdateInSlices(v8::Isolate* isolate, HashState& state, const uint8_t* data, size_t length) {
  for (size_t at = 0; at < length;) {
    const size_t slice = std::min(kOpSlice, length - at);
    if (!state.Update(data + at, slice)) return Progress::kFailed;
    at += slice;
    if (at < length && OpStopped(isolate)) return Progress::kStopped;
  }
  return Progress::kDone;
}

Progress HmacKey::Begin(v8::Isolate* isolate, Hash hash, const uint8_t* key, size_t length) {
  const HashFacts& facts = OpenSsl::facts(hash);
  bytes_ = facts.bytes;
  std::array<uint8_t, kMostHashBlock> block{};
  if (length > facts.block) {
    if (!work_.Begin(hash)) return Progress::kFailed;
    const Progress progress = UpdateInSlices(isolate, work_, key, length);
    if (progress != Progress::kDone) return progress;
    if (!work_.Finish(block.data())) return Progress::kFailed;
  } else if (length > 0) {
    std::copy_n(key, length, block.begin());
  }
  for (uint8_t& byte : block) byte ^= 0x36;
  bool ok = inner_.Begin(hash) && inner_.Update(block.data(), facts.block);
  for (uint8_t& byte : block) byte ^= 0x36 ^ 0x5c;
  ok = ok && outer_.Begin(hash) && outer_.Update(block.data(), facts.block);
  return ok ? Progress::kDone : Progress::kFailed;
}

bool HmacKey::Finish(uint8_t* out) {
  std::array<uint8_t, kMostHashBytes> inner;
  return work_.Finish(inner.data()) && work_.CopyFrom(outer_) && work_.Update(inner.data(), bytes_) &&
         work_.Finish(out);
}

std::optional<Hash> ReadHash(v8::Local<v8::Value> value) {
  if (!value->IsUint32()) return std::nullopt;
  const uint32_t number = value.As<v8::Uint32>()->Value();
  if (number >= kHashes) return std::nullopt;
  return static_cast<Hash>(number);
}

}  // namespace isolet
