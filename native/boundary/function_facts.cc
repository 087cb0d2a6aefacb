#include "boundary/function_facts.h"

#include <algorithm>

#include "v8/originals.h"
#include "v8/strings.h"

namespace isolet {
namespace {

constexpr size_t kMaxFunctionName = 64;
// V8 keeps the length of a native function in 16 bits.
constexpr uint32_t kMaxFunctionLength = 65535;

}  // namespace

bool ReadFacts(v8::Local<v8::Context> context, v8::Local<v8::Function> function, value::Handle* handle) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::Local<v8::Value> name, length;
  // Not GetDebugName, which makes one up.
  if (!OwnValue(context, function, "name").ToLocal(&name) || !OwnValue(context, function, "length").ToLocal(&length)) {
    return false;
  }
  if (name->IsString()) handle->name = ToUtf8(isolate, name.As<v8::String>(), kMaxFunctionName);
  if (length->IsNumber()) {
    const double number = length.As<v8::Number>()->Value();
    if (number > 0) handle->length = static_cast<uint32_t>(std::min<double>(number, kMaxFunctionLength));
  }
  return true;
}

v8::MaybeLocal<v8::Function> MakeFunction(v8::Local<v8::Context> context, v8::FunctionCallback callback,
                                          v8::Local<v8::Value> data, const value::Handle& handle) {
  v8::Local<v8::String> name;
  v8::Local<v8::Function> function;
  const int length = static_cast<int>(std::min(handle.length, kMaxFunctionLength));
  if (!FromUtf8(v8::Isolate::GetCurrent(), handle.name).ToLocal(&name) ||
      !v8::Function::New(context, callback, data, length, v8::ConstructorBehavior::kThrow).ToLocal(&function)) {
    return {};
  }
  function->SetName(name);
  return function;
}

}  // namespace isolet
