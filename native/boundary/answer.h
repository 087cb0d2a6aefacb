// From what guest code left to the answer of a call: takes the value or the error out of the guest, and gives it to the
// host if the guest is not stopped meanwhile. Inside an entry, the thread that holds the isolate's lock.
#pragma once

#include <cstdint>

#include "calls/call.h"
#include "calls/outcome.h"
#include "v8/v8.h"

namespace isolet {

class Parts;

// `value`, or what `catcher` caught if that is empty; of a call of this kind.
Outcome TakeOut(Parts& parts, v8::Local<v8::Context> context, CallKind kind, v8::MaybeLocal<v8::Value> value,
                v8::TryCatch& catcher);
// The answer of `call_id`, of this kind, is `value`, or what `catcher` caught if that is empty.
void Answer(Parts& parts, v8::Local<v8::Context> context, uint64_t call_id, CallKind kind,
            v8::MaybeLocal<v8::Value> value, v8::TryCatch* catcher);
// The answer of `call_id` is that the guest threw `error`.
void AnswerError(Parts& parts, v8::Local<v8::Context> context, uint64_t call_id, v8::Local<v8::Value> error);

// Adds the time of the outermost entry until now to the statistics; now and then notes what the heap has.
void AccountEntry(Parts& parts, int64_t now);
// Counts an outcome that is an error.
void CountError(Parts& parts, const Outcome& outcome);
// Whether the guest failed because it was refused a buffer.
bool RanOutOfBuffers(const Outcome& outcome, const Parts& parts);

}  // namespace isolet
