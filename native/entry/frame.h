// Every run of guest code goes through here: a gate frame, a TryCatch, the limits armed, and afterwards one decision
// about how it ended.
//
// The thread that holds the isolate's lock.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "calls/call.h"
#include "calls/outcome.h"
#include "calls/program.h"
#include "isolate/lock.h"
#include "v8/v8.h"

namespace isolet {

// Runs it, then the microtasks, and takes the value out. `now`: what the clock has just said, if anybody has looked.
Outcome RunToValue(const IsolateLock& lock, Call& call, Program& program, int64_t now = 0);

// Runs the call's program, unless it has been answered, and gives the answer to the host when its promise (if it made
// one) settles, now or later.
void RunToSettlement(const IsolateLock& lock, const std::shared_ptr<Call>& call);

// Work that is not a call (settling a promise, a task of V8), followed by the microtasks it caused. `call_id` is the
// call that it continues, 0 = none; if that is pending it gets a stop as its answer, else the stop is what this
// answers.
std::optional<Outcome> RunContinuation(const IsolateLock& lock, uint64_t call_id, const std::function<void()>& work);

// Inside a frame: the microtasks that are due, unless guest code is below us on the stack.
void Checkpoint(const IsolateLock& lock);

}  // namespace isolet
