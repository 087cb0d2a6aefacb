// From the text of a classic script to its value. Inside a frame.
#pragma once

#include "engine/code_reuse.h"
#include "engine/isolate_lock.h"
#include "engine/limits.h"
#include "engine/v8.h"

namespace isolet {

// Empty: an exception is pending.
v8::MaybeLocal<v8::Value> RunScript(const IsolateLock& lock, const Source& source, KeepCode keep);

// Keeps the code of a script that has run in this guest, with the functions that were called meanwhile. False: an
// exception is pending.
bool KeepScriptCode(const IsolateLock& lock, const Source& source);

}  // namespace isolet
