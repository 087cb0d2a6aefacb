// Outcomes and events as the plain objects that lib/ expects (ErrorRecord, NativeEvent in lib/native.ts). The
// environment's thread.
#pragma once

#include "calls/guest_event.h"
#include "calls/outcome.h"
#include "v8/v8.h"

namespace isolet {

class RuntimeCore;

// Not for a Message. Empty: an exception is pending.
v8::MaybeLocal<v8::Value> MakeRecord(RuntimeCore& core, Outcome outcome);
v8::MaybeLocal<v8::Value> MakeConsoleEvent(RuntimeCore& core, ConsoleItem item);
// Not for ConsoleNews.
v8::MaybeLocal<v8::Value> MakeEvent(RuntimeCore& core, GuestEvent event);

}  // namespace isolet
