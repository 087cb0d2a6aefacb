// What scripts/fuzz-frames.mjs builds and runs: mutates frames of the wire and keeps what reaches something new in
// their reader. Whatever the bytes are, reading ends with a message or with none, makes no more memory than the frame
// has bytes for, and what was read can be written and read again as the same.
#include <sanitizer/common_interface_defs.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "../native/stand_in_stores.h"
#include "../native/wire_samples.h"
#include "wire/frames.h"

// Of the sanitizer; g++ brings no header for it.
extern "C" int __sanitizer_install_malloc_and_free_hooks(void (*made)(const volatile void*, size_t),
                                                         void (*freed)(const volatile void*));

namespace {

using namespace isolet;

using Bytes = std::vector<uint8_t>;

// Edges: how often each was taken in this run, and which counts (in powers of two) were ever seen.
constexpr size_t kEdges = 1 << 16;
std::array<uint8_t, kEdges> taken;
std::array<uint8_t, kEdges> seen;
uintptr_t last = 0;
bool recording = false;

size_t allocated = 0;
Bytes input;
std::string folder;

constexpr size_t kMaxBytes = 64 * 1024;
constexpr size_t kLongest = 4096;

void Keep(const char* name) {
  std::ofstream(folder + "/" + name, std::ios::binary)
      .write(reinterpret_cast<const char*>(input.data()), static_cast<std::streamsize>(input.size()));
}

[[noreturn]] void Wrong(const char* what) {
  Keep("wrong-frame");
  std::printf("%s: build/fuzz/wrong-frame\n", what);
  std::exit(1);
}

int CountNew() {
  int fresh = 0;
  for (size_t i = 0; i < kEdges; i++) {
    if (taken[i] == 0) continue;
    uint8_t bucket = 1;
    for (uint8_t count = taken[i]; (count >>= 1) != 0;) bucket = static_cast<uint8_t>(bucket << 1);
    if ((seen[i] & bucket) == 0) fresh++;
    seen[i] |= bucket;
  }
  return fresh;
}

bool ReadOne(const Bytes& bytes, wire::FromCell* message, wire::Acknowledged*) {
  std::span<const uint8_t> rest;
  return wire::ReadHead(bytes, &rest) && wire::Read(rest, kMaxBytes, message);
}
bool ReadOne(const Bytes& bytes, wire::ToCell* message, wire::Acknowledged* acknowledged) {
  std::span<const uint8_t> rest;
  return wire::ReadHead(bytes, &rest) && wire::Read(rest, kMaxBytes, acknowledged, message);
}

Bytes Inside(const wire::Frame& frame) {
  return {frame.data() + wire::kLengthSize, frame.data() + frame.size()};
}
Bytes WriteOne(wire::FromCell& message, wire::Acknowledged&) { return Inside(wire::Write(1, message)); }
Bytes WriteOne(wire::ToCell& message, wire::Acknowledged& acknowledged) {
  return Inside(wire::Write(1, acknowledged, message));
}

// Whether it is one.
template <typename Message>
bool Try(const Bytes& bytes) {
  Message message;
  wire::Acknowledged acknowledged;
  allocated = 0;
  recording = true;
  const bool good = ReadOne(bytes, &message, &acknowledged);
  recording = false;
  if (allocated > 128 * bytes.size() + 2 * kMaxBytes) Wrong("too much memory was made");
  if (!good) return false;
  const Bytes once = WriteOne(message, acknowledged);
  Message again;
  wire::Acknowledged acknowledged_again;
  if (!ReadOne(once, &again, &acknowledged_again)) Wrong("what was written can't be read");
  if (WriteOne(again, acknowledged_again) != once) Wrong("what was read again is something else");
  return true;
}

class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed * 2 + 1) {}
  size_t operator()(size_t below) {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return static_cast<size_t>(state_ % below);
  }

 private:
  uint64_t state_;
};

void Edit(Bytes* bytes, const std::vector<Bytes>& corpus, Random& random) {
  if (bytes->empty()) bytes->push_back(0);
  const size_t at = random(bytes->size());
  const auto here = bytes->begin() + static_cast<std::ptrdiff_t>(at);
  switch (random(6)) {
    case 0:
      *here = static_cast<uint8_t>(random(256));
      return;
    case 1:
      *here ^= static_cast<uint8_t>(1u << random(8));
      return;
    case 2: {
      constexpr uint8_t kTight[] = {0, 1, 2, 3, 4, 7, 8, 0x3f, 0x40, 0x7f, 0x80, 0xff};
      *here = kTight[random(std::size(kTight))];
      return;
    }
    case 3:
      bytes->erase(here, here + static_cast<std::ptrdiff_t>(std::min<size_t>(1 + random(16), bytes->size() - at)));
      return;
    case 4: {
      const Bytes other = corpus[random(corpus.size())];
      if (other.empty()) return;
      const size_t from = random(other.size());
      const size_t count = std::min<size_t>(1 + random(64), other.size() - from);
      bytes->insert(here, other.begin() + static_cast<std::ptrdiff_t>(from),
                    other.begin() + static_cast<std::ptrdiff_t>(from + count));
      return;
    }
    default: {  // a big number
      const uint8_t big[] = {0xff, 0xff, 0xff, 0xff, static_cast<uint8_t>(random(128))};
      bytes->insert(here, std::begin(big), std::end(big));
    }
  }
}

void CountMalloc(const volatile void*, size_t size) {
  if (recording) allocated += size;
}
void CountFree(const volatile void*) {}

}  // namespace

extern "C" void __sanitizer_cov_trace_pc() {
  if (!recording) return;
  const auto here = reinterpret_cast<uintptr_t>(__builtin_return_address(0));
  uint8_t& count = taken[(here ^ (last >> 1)) % kEdges];
  if (count < 255) ++count;
  last = here;
}

// usage: frames_fuzz FOLDER SECONDS SEED [FILE]
int main(int count, char** arguments) {
  if (count < 4) return 2;
  folder = arguments[1];
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(std::atoi(arguments[2]));
  Random random(std::strtoull(arguments[3], nullptr, 10));
  __sanitizer_install_malloc_and_free_hooks(CountMalloc, CountFree);
  __sanitizer_set_death_callback([] { Keep("wrong-frame"); });
  std::vector<Bytes> corpus;
  size_t runs = 0, good = 0;
  const auto offer = [&](const Bytes& bytes) {
    if (bytes.size() > kLongest) return;
    ++runs;
    input = bytes;
    taken.fill(0);
    last = 0;
    // Both kinds are tried: each reader gets what is meant for the other, too.
    const bool one = Try<wire::FromCell>(bytes);
    const bool other = Try<wire::ToCell>(bytes);
    if (one || other) ++good;
    if (CountNew() > 0) corpus.push_back(bytes);
  };
  if (count > 4) {
    std::ifstream file(arguments[4], std::ios::binary);
    offer(Bytes(std::istreambuf_iterator<char>(file), {}));
    std::printf("frames: it is %s\n", good > 0 ? "one" : "none");
    return 0;
  }
  wire::Acknowledged acknowledged{3, {4, 5}};
  for (wire::FromCell& sample : test::SamplesFromCell()) offer(Inside(wire::Write(1, sample)));
  for (wire::ToCell& sample : test::SamplesToCell()) offer(Inside(wire::Write(1, acknowledged, sample)));
  const size_t samples = good;
  while (std::chrono::steady_clock::now() < until) {
    for (int i = 0; i < 200; ++i) {
      Bytes bytes = corpus[random(corpus.size())];
      for (size_t edits = random(3) == 0 ? 1 + random(4) : 1; edits > 0; --edits) Edit(&bytes, corpus, random);
      offer(bytes);
    }
  }
  std::printf("frames: %zu in %s s, %zu were messages, %zu samples, %zu inputs reach something of their own, seed %s\n",
              runs, arguments[2], good, samples, corpus.size(), arguments[3]);
  return 0;
}
