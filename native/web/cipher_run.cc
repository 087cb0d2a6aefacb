#include "web/cipher_run.h"

#include <algorithm>
#include <array>
#include <climits>

#include "web/op_memory.h"

namespace isolet {
namespace {

// OpenSSL's numbers (openssl/evp.h), the same in every version.
constexpr int kSetIvLength = 0x9;
constexpr int kGetTag = 0x10;
constexpr int kSetTag = 0x11;
constexpr int kWrapAllow = 0x1;
// More than any key: it is done in one step.
constexpr size_t kMostWrapped = 64 * 1024;
constexpr size_t kWrapExtra = 8;

using Counter = std::array<uint8_t, kAesBlock>;

// How many blocks follow before the lowest `bits` of the counter are all zeros again, at most `most`.
size_t BlocksToWrap(const Counter& counter, uint32_t bits, size_t most) {
  // Bytes from the end, as the number that is left until 2^bits; saturating.
  uint64_t left = 1;
  bool large = false;
  for (uint32_t bit = bits; bit > 0; --bit) {
    const uint32_t at = bit - 1;
    const bool set = ((counter[kAesBlock - 1 - at / 8] >> (at % 8)) & 1) != 0;
    // left = 2^bits - value = 1 + sum of the complements.
    if (set) continue;
    if (at >= 63) {
      large = true;
    } else {
      left += uint64_t{1} << at;
    }
  }
  return large || left > most ? most : static_cast<size_t>(left);
}

Counter WithoutLowBits(Counter counter, uint32_t bits) {
  for (uint32_t bit = 0; bit < bits; ++bit) {
    counter[kAesBlock - 1 - bit / 8] &= static_cast<uint8_t>(~(1u << (bit % 8)));
  }
  return counter;
}

}  // namespace

size_t CipherRun::OutputRoom(const CipherTask& task) {
  const size_t length = task.length;
  switch (task.mode) {
    case Cipher::kCbc:
      return task.encrypt ? (length / kAesBlock + 1) * kAesBlock : length;
    case Cipher::kCtr:
      return length;
    case Cipher::kGcm:
      return task.encrypt ? length + task.tag_bytes : length - std::min<size_t>(length, task.tag_bytes);
    case Cipher::kWrap:
      return task.encrypt ? length + kWrapExtra : length - std::min(length, kWrapExtra);
  }
  return length;
}

bool CipherRun::Begin(const CipherTask& task, const uint8_t* iv) {
  const evp_cipher_st* cipher = ssl_.cipher(task.mode, task.key_bytes);
  return context_ != nullptr && cipher != nullptr &&
         ssl_.cipher_init(context_, cipher, task.key, iv, task.encrypt ? 1 : 0, nullptr) == 1;
}

Progress CipherRun::Update(const uint8_t* data, size_t length, uint8_t* out, size_t* written) {
  for (size_t at = 0; at < length;) {
    const size_t slice = std::min(kOpSlice, length - at);
    int made = 0;
    uint8_t* to = out == nullptr ? nullptr : out + *written;
    if (ssl_.cipher_update(context_, to, &made, data + at, static_cast<int>(slice)) != 1) return Progress::kFailed;
    if (out != nullptr) *written += static_cast<size_t>(made);
    at += slice;
    if (at < length && OpStopped(isolate_)) return Progress::kStopped;
  }
  return Progress::kDone;
}

Progress CipherRun::Run(const CipherTask& task, uint8_t* out, size_t* written) {
  *written = 0;
  switch (task.mode) {
    case Cipher::kCbc:
      return RunCbc(task, out, written);
    case Cipher::kCtr:
      return RunCtr(task, out, written);
    case Cipher::kGcm:
      return RunGcm(task, out, written);
    case Cipher::kWrap:
      return RunWrap(task, out, written);
  }
  return Progress::kFailed;
}

Progress CipherRun::RunCbc(const CipherTask& task, uint8_t* out, size_t* written) {
  if (task.iv_bytes != kAesBlock || !Begin(task, task.iv)) return Progress::kFailed;
  const Progress progress = Update(task.data, task.length, out, written);
  if (progress != Progress::kDone) return progress;
  int made = 0;
  if (ssl_.cipher_final(context_, out + *written, &made) != 1) return Progress::kFailed;
  *written += static_cast<size_t>(made);
  return Progress::kDone;
}

Progress CipherRun::RunCtr(const CipherTask& task, uint8_t* out, size_t* written) {
  if (task.iv_bytes != kAesBlock || task.counter_bits < 1 || task.counter_bits > 128) return Progress::kFailed;
  Counter counter;
  std::copy_n(task.iv, kAesBlock, counter.begin());
  const size_t blocks = (task.length + kAesBlock - 1) / kAesBlock;
  // The same block would be used twice.
  if (task.counter_bits < 63 && blocks > (size_t{1} << task.counter_bits)) return Progress::kFailed;
  // OpenSSL counts with all 128 bits: what comes after the wrap is a second run.
  const size_t first = BlocksToWrap(counter, task.counter_bits, blocks) * kAesBlock;
  const size_t before = std::min(first, task.length);
  if (!Begin(task, counter.data())) return Progress::kFailed;
  Progress progress = Update(task.data, before, out, written);
  if (progress != Progress::kDone || before == task.length) return progress;
  const Counter wrapped = WithoutLowBits(counter, task.counter_bits);
  if (!Begin(task, wrapped.data())) return Progress::kFailed;
  return Update(task.data + before, task.length - before, out, written);
}

Progress CipherRun::RunGcm(const CipherTask& task, uint8_t* out, size_t* written) {
  const evp_cipher_st* cipher = ssl_.cipher(task.mode, task.key_bytes);
  if (context_ == nullptr || cipher == nullptr || task.iv_bytes == 0 || task.iv_bytes > INT_MAX) {
    return Progress::kFailed;
  }
  if (task.tag_bytes < 4 || task.tag_bytes > kAesBlock || (!task.encrypt && task.length < task.tag_bytes)) {
    return Progress::kFailed;
  }
  const int direction = task.encrypt ? 1 : 0;
  if (ssl_.cipher_init(context_, cipher, nullptr, nullptr, direction, nullptr) != 1 ||
      ssl_.cipher_ctx_ctrl(context_, kSetIvLength, static_cast<int>(task.iv_bytes), nullptr) != 1 ||
      ssl_.cipher_init(context_, nullptr, task.key, task.iv, direction, nullptr) != 1) {
    return Progress::kFailed;
  }
  const size_t length = task.encrypt ? task.length : task.length - task.tag_bytes;
  std::array<uint8_t, kAesBlock> tag{};
  const int tag_bytes = static_cast<int>(task.tag_bytes);
  if (!task.encrypt) {
    std::copy_n(task.data + length, task.tag_bytes, tag.begin());
    if (ssl_.cipher_ctx_ctrl(context_, kSetTag, tag_bytes, tag.data()) != 1) return Progress::kFailed;
  }
  Progress progress = Update(task.additional, task.additional_bytes, nullptr, written);
  if (progress == Progress::kDone) progress = Update(task.data, length, out, written);
  if (progress != Progress::kDone) return progress;
  int made = 0;
  if (ssl_.cipher_final(context_, out + *written, &made) != 1) return Progress::kFailed;
  *written += static_cast<size_t>(made);
  if (!task.encrypt) return Progress::kDone;
  if (ssl_.cipher_ctx_ctrl(context_, kGetTag, tag_bytes, tag.data()) != 1) return Progress::kFailed;
  std::copy_n(tag.begin(), task.tag_bytes, out + *written);
  *written += task.tag_bytes;
  return Progress::kDone;
}

Progress CipherRun::RunWrap(const CipherTask& task, uint8_t* out, size_t* written) {
  const size_t least = task.encrypt ? 2 * kWrapExtra : 3 * kWrapExtra;
  if (context_ == nullptr || task.length < least || task.length % kWrapExtra != 0 || task.length > kMostWrapped) {
    return Progress::kFailed;
  }
  ssl_.cipher_ctx_set_flags(context_, kWrapAllow);
  if (!Begin(task, nullptr)) return Progress::kFailed;
  int made = 0;
  if (ssl_.cipher_update(context_, out, &made, task.data, static_cast<int>(task.length)) != 1 || made <= 0) {
    return Progress::kFailed;
  }
  *written = static_cast<size_t>(made);
  int rest = 0;
  if (ssl_.cipher_final(context_, out + *written, &rest) != 1) return Progress::kFailed;
  *written += static_cast<size_t>(rest);
  return Progress::kDone;
}

}  // namespace isolet
