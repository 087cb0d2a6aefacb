#include "value/intrinsics.h"

#include <cstring>

#include "v8/strings.h"
#include "value/codec.h"

namespace isolet::value {

namespace {

constexpr const char* kErrorNames[kErrorTypes] = {"Error",       "EvalError", "RangeError", "ReferenceError",
                                                  "SyntaxError", "TypeError", "URIError",   "AggregateError"};

// In the embedder data of a context, where only addons can reach. Node's own contexts use indices from 32 to about 45.
constexpr int kFirstSlot = 80;

int SlotOf(Intrinsic intrinsic) { return kFirstSlot + static_cast<int>(intrinsic); }

v8::MaybeLocal<v8::Value> Lookup(v8::Local<v8::Context> context, const char* owner, const char* property) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::Local<v8::Value> object;
  if (!context->Global()->Get(context, Name(isolate, owner)).ToLocal(&object)) return {};
  if (!object->IsObject()) return v8::Undefined(isolate).As<v8::Value>();
  return object.As<v8::Object>()->Get(context, Name(isolate, property));
}

}  // namespace

bool PrepareContext(v8::Local<v8::Context> context) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::HandleScope scope(isolate);
  if (!GetIntrinsic(context, Intrinsic::kObjectKeys)->IsUndefined()) return true;
  constexpr const char* kPaths[kIntrinsics][2] = {
      {"Object", "keys"},        {"Object", "prototype"},         {"EvalError", "prototype"},
      {"URIError", "prototype"}, {"AggregateError", "prototype"}, {"Symbol", "matchAll"},
      {"Error", "prototype"}};
  v8::Local<v8::Value> found[kIntrinsics];
  for (uint32_t i = 0; i < kIntrinsics; i++) {
    if (!Lookup(context, kPaths[i][0], kPaths[i][1]).ToLocal(&found[i])) return false;
  }
  for (uint32_t i = 0; i < kIntrinsics; i++) context->SetEmbedderData(SlotOf(static_cast<Intrinsic>(i)), found[i]);
  return true;
}

v8::Local<v8::Value> GetIntrinsic(v8::Local<v8::Context> context, Intrinsic intrinsic) {
  const int slot = SlotOf(intrinsic);
  if (context->GetNumberOfEmbedderDataFields() <= static_cast<uint32_t>(slot)) {
    return v8::Undefined(v8::Isolate::GetCurrent());
  }
  return context->GetEmbedderData(slot);
}

v8::Local<v8::Value> WellKnownSymbol(v8::Local<v8::Context> context, uint32_t index) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  switch (index) {
    case 0:
      return v8::Symbol::GetAsyncIterator(isolate);
    case 1:
      return v8::Symbol::GetHasInstance(isolate);
    case 2:
      return v8::Symbol::GetIsConcatSpreadable(isolate);
    case 3:
      return v8::Symbol::GetIterator(isolate);
    case 4:
      return v8::Symbol::GetMatch(isolate);
    case 5:
      return v8::Symbol::GetReplace(isolate);
    case 6:
      return v8::Symbol::GetSearch(isolate);
    case 7:
      return v8::Symbol::GetSplit(isolate);
    case 8:
      return v8::Symbol::GetToPrimitive(isolate);
    case 9:
      return v8::Symbol::GetToStringTag(isolate);
    case 10:
      return v8::Symbol::GetUnscopables(isolate);
    case 11:
      return DisposeSymbol(isolate);
    case 12:
      return AsyncDisposeSymbol(isolate);
    case 13:
      return GetIntrinsic(context, Intrinsic::kMatchAll);
    default:
      return {};
  }
}

bool StandardErrorType(v8::Isolate* isolate, v8::Local<v8::String> name, ErrorType* type) {
  char text[16];
  const int length = name->Length();
  if (length >= static_cast<int>(sizeof(text)) || !name->ContainsOnlyOneByte()) return false;
  CopyOneByte(isolate, name, reinterpret_cast<uint8_t*>(text), static_cast<uint32_t>(length));
  text[length] = '\0';
  for (uint8_t i = 0; i < kErrorTypes; i++) {
    if (std::strcmp(text, kErrorNames[i]) == 0) {
      *type = static_cast<ErrorType>(i);
      return true;
    }
  }
  return false;
}

const char* ErrorTypeName(ErrorType type) { return kErrorNames[static_cast<uint8_t>(type)]; }

}  // namespace isolet::value
