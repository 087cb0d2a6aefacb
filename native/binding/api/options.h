// The options object of lib/ (NativeRuntimeOptions) as the engine's plain data. lib/ has validated it; what is missing
// or of another type keeps its default. The environment's thread.
#pragma once

#include <optional>

#include "calls/guest_options.h"
#include "v8/v8.h"

namespace isolet {

class GivenOptions;

// The web's APIs, for runtimes and for snapshots.
WebOptions ReadWebOptions(GivenOptions& given);

// Empty: an exception is pending.
std::optional<GuestOptions> ReadGuestOptions(v8::Local<v8::Object> options);

}  // namespace isolet
