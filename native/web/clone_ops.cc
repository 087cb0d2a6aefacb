#include "web/clone_ops.h"

namespace isolet {
namespace {

// As in lib/guest/web/messaging/kinds.ts.
enum Kind { kOrdinary, kArray, kLeaf, kView, kMap, kSet, kError, kOther };

bool IsLeaf(v8::Local<v8::Value> value) {
  return value->IsDate() || value->IsRegExp() || value->IsArrayBuffer() || value->IsSharedArrayBuffer() ||
         value->IsBooleanObject() || value->IsNumberObject() || value->IsStringObject() || value->IsBigIntObject() ||
         value->IsWasmModuleObject();
}

// Exotic objects with properties of their own. Those without are asked of V8's serializer.
bool IsOther(v8::Local<v8::Value> value) {
  return value->IsProxy() || value->IsFunction() || value->IsArgumentsObject() || value->IsModuleNamespaceObject() ||
         value->IsPromise() || value->IsWeakMap() || value->IsWeakSet() || value->IsGeneratorObject() ||
         value->IsMapIterator() || value->IsSetIterator() || value->IsSymbolObject() || value->IsWasmMemoryObject() ||
         value->IsExternal();
}

Kind KindOf(v8::Local<v8::Value> value) {
  if (value->IsArray()) return kArray;
  if (value->IsArrayBufferView()) return kView;
  if (value->IsMap()) return kMap;
  if (value->IsSet()) return kSet;
  if (value->IsNativeError()) return kError;
  if (IsLeaf(value)) return kLeaf;
  return IsOther(value) ? kOther : kOrdinary;
}

void KindOp(const v8::FunctionCallbackInfo<v8::Value>& info) { info.GetReturnValue().Set(KindOf(info[0])); }

void Names(const v8::FunctionCallbackInfo<v8::Value>& info) {
  if (!info[0]->IsArray()) return;
  v8::Local<v8::Array> names;
  if (info[0]
          .As<v8::Object>()
          ->GetPropertyNames(info.GetIsolate()->GetCurrentContext(), v8::KeyCollectionMode::kOwnOnly,
                             static_cast<v8::PropertyFilter>(v8::ONLY_ENUMERABLE | v8::SKIP_SYMBOLS),
                             v8::IndexFilter::kSkipIndices)
          .ToLocal(&names)) {
    info.GetReturnValue().Set(names);
  }
}

const WebOp kOps[] = {{"clone", "kind", KindOp, 1}, {"clone", "names", Names, 1}};

}  // namespace

std::span<const WebOp> CloneOps() { return kOps; }

}  // namespace isolet
