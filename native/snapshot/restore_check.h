// The proof that a startup snapshot restores what was stored. Next to the guest's own context every snapshot carries a
// pristine one with a program whose answers are known: what builds and restores it is the same, and nothing the guest's
// scripts did to their globals can disturb it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "isolate/platform.h"
#include "v8/v8.h"

namespace isolet {

// Position of the proof's context among those added to a blob.
inline constexpr size_t kRestoreCheckContext = 0;

// A context with the program in it. Empty: out of memory. Needs the isolate's lock and a handle scope.
v8::MaybeLocal<v8::Context> MakeRestoreCheckContext(v8::Isolate* isolate);

// Restores the blob in an isolate of its own and asks. A sentence that says what is wrong, or nothing; and what the
// guest's context takes. Any thread, Node's included.
std::string CheckRestore(const std::shared_ptr<IsolatePlatform>& platform, const std::vector<char>& payload,
                         uint64_t* heap_bytes);

}  // namespace isolet
