#include "snapshot/header.h"

#include <algorithm>
#include <cstring>

#include "isolate/external_references.h"
#include "v8/v8.h"
#include "web/program.h"

namespace isolet {
namespace {

constexpr char kMagic[8] = {'I', 'S', 'O', 'L', 'E', 'T', 'S', 'S'};
// Changes with whatever a restored guest is expected to contain.
constexpr uint32_t kFormat = 4;
constexpr const char* kBuildAgain = " Build it again.";

#if defined(_WIN32)
#define ISOLET_SYSTEM "windows"
#elif defined(__APPLE__)
#define ISOLET_SYSTEM "macos"
#else
#define ISOLET_SYSTEM "linux"
#endif
#if defined(__aarch64__) || defined(_M_ARM64)
constexpr const char* kMachine = ISOLET_SYSTEM "-arm64";
#elif defined(__x86_64__) || defined(_M_X64)
constexpr const char* kMachine = ISOLET_SYSTEM "-x64";
#else
constexpr const char* kMachine = ISOLET_SYSTEM "-other";
#endif

// Two lanes of multiply and rotate, eight bytes at a time.
class Checksum {
 public:
  void Add(const char* bytes, size_t length) {
    for (; length >= sizeof(uint64_t); bytes += sizeof(uint64_t), length -= sizeof(uint64_t)) Mix(Word(bytes, 8));
    Mix(Word(bytes, length) ^ (uint64_t{length} << 56));
  }

  void Finish(uint64_t out[2]) {
    for (int i = 0; i < 8; ++i) Mix(static_cast<uint64_t>(i));
    out[0] = a_;
    out[1] = b_;
  }

 private:
  static uint64_t Word(const char* bytes, size_t length) {
    uint64_t word = 0;
    std::memcpy(&word, bytes, length);
    return word;
  }

  void Mix(uint64_t word) {
    a_ = Rotate((a_ ^ word) * 0x9e3779b97f4a7c15ull, 29) + b_;
    b_ = Rotate((b_ + word) * 0xc2b2ae3d27d4eb4full, 31) ^ a_;
  }

  static uint64_t Rotate(uint64_t value, int by) { return (value << by) | (value >> (64 - by)); }

  uint64_t a_ = 0x6a09e667f3bcc908ull;
  uint64_t b_ = 0xbb67ae8584caa73bull;
};

void SumUp(SnapshotHeader header, const char* payload, size_t length, uint64_t out[2]) {
  header.checksum[0] = header.checksum[1] = 0;
  Checksum checksum;
  checksum.Add(reinterpret_cast<const char*>(&header), sizeof(header));
  checksum.Add(payload, length);
  checksum.Finish(out);
}

template <size_t N>
void Put(char (&field)[N], const char* text) {
  std::memcpy(field, text, std::min(std::strlen(text), N - 1));
}

template <size_t N>
std::string Text(const char (&field)[N]) {
  return std::string(field, std::find(field, field + N, '\0'));
}

std::string Damaged(const char* detail) {
  return std::string("The snapshot is damaged: ") + detail + "." + kBuildAgain;
}

}  // namespace

std::vector<char> AddSnapshotHeader(const std::vector<char>& payload, uint64_t heap_bytes,
                                    const SnapshotAbilities& abilities) {
  SnapshotHeader header{};
  std::memcpy(header.magic, kMagic, sizeof(kMagic));
  header.format = kFormat;
  header.external_references = static_cast<uint32_t>(ExternalReferenceCount());
  Put(header.engine_version, v8::V8::GetVersion());
  Put(header.machine, kMachine);
  header.engine_tag = v8::ScriptCompiler::CachedDataVersionTag();
  header.heap_bytes = heap_bytes;
  header.payload_bytes = payload.size();
  header.max_timers = abilities.max_timers;
  header.streams = abilities.streams ? 1 : 0;
  header.web = abilities.web ? 1 : 0;
  header.web_program = abilities.web ? WebProgram::Get().fingerprint() : 0;
  SumUp(header, payload.data(), payload.size(), header.checksum);
  std::vector<char> bytes(sizeof(header) + payload.size());
  std::memcpy(bytes.data(), &header, sizeof(header));
  std::memcpy(bytes.data() + sizeof(header), payload.data(), payload.size());
  return bytes;
}

bool HeaderSaysWeb(const char* bytes, size_t length) {
  SnapshotHeader header;
  if (length < sizeof(header)) return false;
  std::memcpy(&header, bytes, sizeof(header));
  return std::memcmp(header.magic, kMagic, sizeof(kMagic)) == 0 && header.format == kFormat && header.web != 0;
}

std::string ReadSnapshotHeader(const char* bytes, size_t length, SnapshotHeader* header) {
  if (length < sizeof(kMagic) || std::memcmp(bytes, kMagic, sizeof(kMagic)) != 0) {
    return "These bytes are not a snapshot. Build one with SnapshotBuilder.";
  }
  if (length < sizeof(*header)) return Damaged("it ends inside its header");
  std::memcpy(header, bytes, sizeof(*header));
  const char* payload = bytes + sizeof(*header);
  if (header->payload_bytes != length - sizeof(*header)) return Damaged("its length is wrong");
  uint64_t sum[2];
  SumUp(*header, payload, length - sizeof(*header), sum);
  if (sum[0] != header->checksum[0] || sum[1] != header->checksum[1]) return Damaged("its checksum is wrong");
  if (header->format != kFormat || header->external_references > ExternalReferenceCount()) {
    return std::string("The snapshot was made by another version of isolet.") + kBuildAgain;
  }
  if (header->web != 0 && header->web_program != WebProgram::Get().fingerprint()) {
    return std::string("The snapshot has the web's APIs of another version of isolet.") + kBuildAgain;
  }
  std::string engine = Text(header->engine_version), machine = Text(header->machine);
  if (engine != v8::V8::GetVersion()) {
    return "The snapshot was made for V8 " + engine + " and this is V8 " + v8::V8::GetVersion() + "." + kBuildAgain;
  }
  if (machine != kMachine) {
    return "The snapshot was made on " + machine + " and this is " + kMachine + "." + kBuildAgain;
  }
  if (header->engine_tag != v8::ScriptCompiler::CachedDataVersionTag()) {
    return std::string("The snapshot was made with other V8 flags or on another kind of processor.") + kBuildAgain;
  }
  if (length == sizeof(*header)) return Damaged("it is empty");
  return "";
}

}  // namespace isolet
