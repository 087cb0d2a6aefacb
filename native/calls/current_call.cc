#include "calls/current_call.h"

namespace isolet {

uint64_t CurrentCallId(v8::Local<v8::Context> context) {
  v8::Local<v8::Data> data = GetContinuationValue(context);
  if (data.IsEmpty() || !data->IsValue()) return 0;
  v8::Local<v8::Value> value = data.As<v8::Value>();
  return value->IsNumber() ? static_cast<uint64_t>(value.As<v8::Number>()->Value()) : 0;
}

}  // namespace isolet
