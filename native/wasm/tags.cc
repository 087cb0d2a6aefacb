#include "wasm/tags.h"

#include <algorithm>
#include <string>

#include "calls/parts.h"
#include "v8/strings.h"
#include "wasm/budget.h"
#include "wasm/stand_ins.h"

namespace isolet {
namespace {

// Parameters of a function type that V8 allows.
constexpr uint32_t kMostParameters = 1000;

// The parameters of a tag for V8 to read again, and as text. Without a length if V8 would find none: it says so. Empty:
// an exception is pending.
v8::MaybeLocal<v8::Value> ReadParameters(v8::Local<v8::Context> context, v8::Local<v8::Object> given,
                                         std::string* binary) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::Local<v8::Value> length, element;
  v8::Local<v8::String> text;
  v8::Local<v8::Uint32> index;
  if (!given->Get(context, Name(isolate, "length")).ToLocal(&length)) return {};
  if (!length->ToString(context).ToLocal(&text)) return {};
  if (!text->ToArrayIndex(context).ToLocal(&index)) {
    return v8::Object::New(isolate, v8::Null(isolate), nullptr, nullptr, 0).As<v8::Value>();
  }
  // One more than allowed: V8 says that it is too many.
  const uint32_t count = std::min(index->Value(), kMostParameters + 1);
  v8::Local<v8::Array> copy = v8::Array::New(isolate, static_cast<int>(count));
  for (uint32_t i = 0; i < count; ++i) {
    if (!given->Get(context, i).ToLocal(&element)) return {};
    if (!element->ToString(context).ToLocal(&text)) return {};
    if (copy->CreateDataProperty(context, i, text).IsNothing()) return {};
    *binary += ' ';
    *binary += ToUtf8(isolate, text, 16);
  }
  return copy.As<v8::Value>();
}

}  // namespace

void NewWasmTag(const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::Isolate* isolate = info.GetIsolate();
  v8::Local<v8::Context> context = isolate->GetCurrentContext();
  Parts* parts = Parts::Of(isolate);
  if (parts == nullptr) return;
  if (!info.IsConstructCall()) {
    isolate->ThrowException(
        v8::Exception::TypeError(Name(isolate, "WebAssembly.Tag(): WebAssembly.Tag must be invoked with 'new'")));
    return;
  }
  v8::Local<v8::Value> argument = info[0], parameters, refusal, made;
  if (argument->IsObject()) {
    if (!argument.As<v8::Object>()->Get(context, Name(isolate, "parameters")).ToLocal(&parameters)) return;
    v8::Local<v8::Object> descriptor = v8::Object::New(isolate);
    std::string binary = "tag";
    if (parameters->IsObject() && !ReadParameters(context, parameters.As<v8::Object>(), &binary).ToLocal(&parameters)) {
      return;
    }
    if (descriptor->CreateDataProperty(context, Name(isolate, "parameters"), parameters).IsNothing()) return;
    argument = descriptor;
    if (parts->wasm().RefusalOfTag(isolate, binary).ToLocal(&refusal)) {
      isolate->ThrowException(refusal);
      return;
    }
  }
  if (ConstructOriginal(context, Original::kTag, argument, info.NewTarget()).ToLocal(&made))
    info.GetReturnValue().Set(made);
}

}  // namespace isolet
