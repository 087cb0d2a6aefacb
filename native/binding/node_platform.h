// Node's platform as the engine sees it. Any thread.
#pragma once

#include <memory>

#include "engine/platform.h"

namespace isolet {

// The platform of the environment that the current context belongs to; null if there is none.
std::unique_ptr<IsolatePlatform> CurrentNodePlatform(v8::Isolate* isolate);

// Calls `callback(data)` when the environment ends in a way that skips its clean-up hooks (process.exit).
void AtProcessExit(v8::Isolate* isolate, void (*callback)(void* data), void* data);

}  // namespace isolet
