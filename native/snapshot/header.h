// The header that goes before the engine's bytes of a startup snapshot. V8 stops the process when it is given a damaged
// blob or one of another version, so nothing reaches it that this header does not vouch for. It finds damage and
// mismatch, not forgery.
//
// Pure functions; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "calls/guest_options.h"

namespace isolet {

struct SnapshotHeader {
  char magic[8];
  uint32_t format;
  uint32_t external_references;  // how many native functions the blob may refer to
  char engine_version[32];
  char machine[24];
  uint32_t engine_tag;  // V8's own hash over its version, its flags and the processor's features
  uint32_t max_timers;  // what the scripts had: SnapshotAbilities
  uint64_t heap_bytes;  // what a context takes right after it was restored
  uint64_t payload_bytes;
  uint64_t checksum[2];  // over all other fields and the payload; with the length it names the content
  uint32_t streams;
  uint32_t web;
  uint64_t web_program;  // WebProgram::fingerprint, 0 without the web's APIs
};
static_assert(sizeof(SnapshotHeader) == 128, "the payload must stay aligned");

// Header and payload.
std::vector<char> AddSnapshotHeader(const std::vector<char>& payload, uint64_t heap_bytes,
                                    const SnapshotAbilities& abilities);

// Whether they may be those of a snapshot with the web's APIs. Checks nothing else.
bool HeaderSaysWeb(const char* bytes, size_t length);

// A sentence that says why these bytes can't be used here, empty if they can; then `header` is filled in.
std::string ReadSnapshotHeader(const char* bytes, size_t length, SnapshotHeader* header);

}  // namespace isolet
