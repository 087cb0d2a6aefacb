// From the text of a classic script to its value. Inside a frame.
#pragma once

#include "calls/source.h"
#include "code/reuse.h"
#include "isolate/lock.h"
#include "v8/v8.h"

namespace isolet {

// Empty: an exception is pending.
v8::MaybeLocal<v8::Value> RunScript(const IsolateLock& lock, const Source& source, KeepCode keep);

// Keeps the code of a script that has run in this guest, with the functions that were called meanwhile. False: an
// exception is pending.
bool KeepScriptCode(const IsolateLock& lock, const Source& source);

}  // namespace isolet
