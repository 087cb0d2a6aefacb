// Every run of guest code goes through here: a gate frame, a TryCatch, the limits armed, and afterwards one decision
// about how it ended.
//
// The thread that holds the isolate's lock.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "calls/call.h"
#include "calls/outcome.h"
#include "calls/program.h"
#include "isolate/lock.h"
#include "v8/v8.h"

namespace isolet {

// Runs it, then the microtasks, and takes the value out.
Outcome RunToValue(const IsolateLock& lock, Call& call, Program& program);

// Runs the call's program, unless it has been answered, and gives the answer to the host when its promise (if it made
// one) settles, now or later.
void RunToSettlement(const IsolateLock& lock, const std::shared_ptr<Call>& call);

// Work that is not a call (settling a promise, a task of V8), followed by the microtasks it caused. `call_id` is the
// call that it continues, 0 = none; if that is pending it gets a stop as its answer, else the stop is what this
// answers.
std::optional<Outcome> RunContinuation(const IsolateLock& lock, uint64_t call_id, const std::function<void()>& work);

// Inside a frame: the microtasks that are due, unless guest code is below us on the stack.
void Checkpoint(const IsolateLock& lock);
// Inside a frame: the answer of `call_id` is `value`, or what `catcher` caught if that is empty.
void Answer(Guest& guest, v8::Local<v8::Context> context, uint64_t call_id, v8::MaybeLocal<v8::Value> value,
            v8::TryCatch* catcher);
// Inside a frame: the answer of `call_id` is that the guest threw `error`.
void AnswerError(Guest& guest, v8::Local<v8::Context> context, uint64_t call_id, v8::Local<v8::Value> error);

// The call whose code runs right now (along promise reactions too), 0 = unknown.
uint64_t CurrentCallId(v8::Local<v8::Context> context);

}  // namespace isolet
