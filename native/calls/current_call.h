// Whose code runs: the number of the call is V8's continuation value, which follows promise reactions. Inside an entry,
// the thread that holds the isolate's lock.
#pragma once

#include <cstdint>

#include "v8/v8.h"

namespace isolet {

// The call whose code runs right now (along promise reactions too), 0 = unknown.
uint64_t CurrentCallId(v8::Local<v8::Context> context);

// As long as it lives, code that runs belongs to this call.
class CurrentCall {
 public:
  CurrentCall(v8::Local<v8::Context> context, uint64_t call_id)
      : context_(context), outer_(GetContinuationValue(context)) {
    SetContinuationValue(context, v8::Number::New(v8::Isolate::GetCurrent(), static_cast<double>(call_id)));
  }
  ~CurrentCall() { RestoreContinuationValue(context_, outer_); }
  CurrentCall(const CurrentCall&) = delete;
  CurrentCall& operator=(const CurrentCall&) = delete;

 private:
  const v8::Local<v8::Context> context_;
  const v8::Local<v8::Data> outer_;
};

}  // namespace isolet
