#include "boundary/stand_in.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "calls/gate.h"
#include "calls/parts.h"
#include "v8/strings.h"

namespace isolet {
namespace {

constexpr int kMostLevels = 8;
constexpr uint32_t kMostItems = 100;
constexpr int kMostValues = 2000;
constexpr size_t kMostCharacters = 16 * 1024;
constexpr size_t kMostBytes = 64 * 1024;
constexpr int kMostBigIntWords = 64;
constexpr size_t kMostName = 256;

class Copier {
 public:
  Copier(Parts& parts, v8::Local<v8::Context> context) : parts_(parts), isolate_(parts.isolate()), context_(context) {}

  v8::Local<v8::Value> Copy(v8::Local<v8::Value> value, int level) {
    if (parts_.gate().stopping() || --left_ < 0) return Words("...");
    if (value->IsString()) return CopyString(value.As<v8::String>());
    if (value->IsSymbol()) return Words(Describe(isolate_, value, kMostName));
    if (value->IsBigInt()) {
      if (value.As<v8::BigInt>()->WordCount() > kMostBigIntWords) return Words("[a BigInt with very many digits]");
      return value;
    }
    if (!value->IsObject()) return value;
    return CopyObject(value.As<v8::Object>(), level);
  }

 private:
  v8::Local<v8::Value> Words(const std::string& text) {
    v8::Local<v8::String> words;
    return FromUtf8(isolate_, text).ToLocal(&words) ? words : v8::String::Empty(isolate_);
  }

  v8::Local<v8::Value> Tagged(v8::Local<v8::Object> object) {
    return Words("[" + ToUtf8(isolate_, object->GetConstructorName(), kMostName) + "]");
  }

  v8::Local<v8::Value> CopyString(v8::Local<v8::String> string) {
    const auto length = static_cast<size_t>(string->Length());
    if (length <= kMostCharacters) return string;
    const std::string more = " " + std::to_string(length - kMostCharacters) + " more characters";
    std::string text = ToUtf8(isolate_, string, kMostCharacters);
    return Words(text.starts_with("[text of ") ? text : text + more);
  }

  v8::Local<v8::Value> CopyObject(v8::Local<v8::Object> object, int level) {
    if (object->IsProxy()) return Words("[Proxy]");
    if (object->IsFunction()) {
      const std::string name = Describe(isolate_, object.As<v8::Function>()->GetName(), kMostName);
      return Words(name.empty() ? "[Function (anonymous)]" : "[Function: " + name + "]");
    }
    for (const auto& [from, to] : copies_) {
      if (from == object) return to;
    }
    if (object->IsNativeError()) return CopyError(object, level);
    if (object->IsDate() || object->IsRegExp() || object->IsNumberObject() || object->IsStringObject() ||
        object->IsBooleanObject()) {
      return object;
    }
    if (object->IsArrayBufferView()) return Bytes(object, object.As<v8::ArrayBufferView>()->ByteLength());
    if (object->IsArrayBuffer()) return Bytes(object, object.As<v8::ArrayBuffer>()->ByteLength());
    if (level >= kMostLevels || IsOpaque(object)) return Tagged(object);
    if (object->IsArray()) return CopyArray(object.As<v8::Array>(), level);
    if (object->IsMap()) return CopyMap(object.As<v8::Map>(), level);
    if (object->IsSet()) return CopySet(object.As<v8::Set>(), level);
    v8::Local<v8::Object> copy = v8::Object::New(isolate_);
    copies_.emplace_back(object, copy);
    CopyProperties(object, copy, level);
    return copy;
  }

  static bool IsOpaque(v8::Local<v8::Object> object) {
    return object->IsPromise() || object->IsWeakMap() || object->IsWeakSet() || object->IsWeakRef() ||
           object->IsSharedArrayBuffer() || object->IsGeneratorObject() || object->IsMapIterator() ||
           object->IsSetIterator() || object->IsWasmMemoryObject() || object->IsWasmModuleObject() ||
           object->IsSymbolObject() || object->IsBigIntObject() || object->IsExternal();
  }

  v8::Local<v8::Value> Bytes(v8::Local<v8::Object> object, size_t length) {
    if (length <= kMostBytes && !object->IsSharedArrayBuffer()) return object;
    return Words("[" + ToUtf8(isolate_, object->GetConstructorName(), kMostName) + " of " + std::to_string(length) +
                 " bytes]");
  }

  void Put(v8::Local<v8::Object> copy, v8::Local<v8::Name> key, v8::Local<v8::Value> value) {
    if (copy->CreateDataProperty(context_, key, value).IsNothing()) return;
  }

  v8::Local<v8::Value> CopyArray(v8::Local<v8::Array> array, int level) {
    const uint32_t length = array->Length();
    v8::Local<v8::Array> copy = v8::Array::New(isolate_);
    copies_.emplace_back(array, copy);
    for (uint32_t i = 0; i < std::min(length, kMostItems); ++i) {
      v8::Local<v8::Value> item = v8::Undefined(isolate_);
      v8::Local<v8::String> key;
      if (v8::Integer::NewFromUnsigned(isolate_, i)->ToString(context_).ToLocal(&key)) item = Own(array, key, level);
      if (copy->CreateDataProperty(context_, i, item).IsNothing()) return copy;
    }
    if (length > kMostItems) {
      v8::Local<v8::Value> more = Words("... " + std::to_string(length - kMostItems) + " more items");
      if (copy->CreateDataProperty(context_, kMostItems, more).IsNothing()) return copy;
    }
    return copy;
  }

  v8::Local<v8::Value> CopyMap(v8::Local<v8::Map> map, int level) {
    v8::Local<v8::Map> copy = v8::Map::New(isolate_);
    copies_.emplace_back(map, copy);
    v8::Local<v8::Array> entries = map->AsArray();
    for (uint32_t i = 0; i + 1 < std::min(entries->Length(), 2 * kMostItems); i += 2) {
      v8::Local<v8::Value> key, value;
      if (!entries->Get(context_, i).ToLocal(&key) || !entries->Get(context_, i + 1).ToLocal(&value)) break;
      v8::Local<v8::Value> copied = Copy(key, level + 1);
      if (copy->Set(context_, copied, Copy(value, level + 1)).IsEmpty()) break;
    }
    return copy;
  }

  v8::Local<v8::Value> CopySet(v8::Local<v8::Set> set, int level) {
    v8::Local<v8::Set> copy = v8::Set::New(isolate_);
    copies_.emplace_back(set, copy);
    v8::Local<v8::Array> members = set->AsArray();
    for (uint32_t i = 0; i < std::min(members->Length(), kMostItems); ++i) {
      v8::Local<v8::Value> member;
      if (!members->Get(context_, i).ToLocal(&member) || copy->Add(context_, Copy(member, level + 1)).IsEmpty()) break;
    }
    return copy;
  }

  // A property that is data; for one with a getter, words.
  v8::Local<v8::Value> Own(v8::Local<v8::Object> object, v8::Local<v8::Name> key, int level) {
    v8::Local<v8::Value> descriptor, value;
    if (!object->GetOwnPropertyDescriptor(context_, key).ToLocal(&descriptor) || !descriptor->IsObject()) {
      return v8::Undefined(isolate_);
    }
    v8::Local<v8::Object> about = descriptor.As<v8::Object>();
    if (!about->HasOwnProperty(context_, Name(isolate_, "value")).FromMaybe(false)) return Words("[Getter]");
    if (!about->Get(context_, Name(isolate_, "value")).ToLocal(&value)) return v8::Undefined(isolate_);
    return Copy(value, level + 1);
  }

  void CopyProperties(v8::Local<v8::Object> object, v8::Local<v8::Object> copy, int level) {
    constexpr auto kFilter = static_cast<v8::PropertyFilter>(v8::ONLY_ENUMERABLE | v8::SKIP_SYMBOLS);
    v8::Local<v8::Array> keys;
    if (!object->GetOwnPropertyNames(context_, kFilter, v8::KeyConversionMode::kConvertToString).ToLocal(&keys)) return;
    for (uint32_t i = 0; i < keys->Length(); ++i) {
      v8::Local<v8::Value> key;
      if (!keys->Get(context_, i).ToLocal(&key) || !key->IsString()) return;
      if (i == kMostItems || left_ < 0) {
        Put(copy, Name(isolate_, "..."), Words(std::to_string(keys->Length() - i) + " more properties"));
        return;
      }
      Put(copy, key.As<v8::String>(), Own(object, key.As<v8::String>(), level));
    }
  }

  v8::Local<v8::Value> ErrorPart(v8::Local<v8::Object> error, const char* name) {
    v8::TryCatch catcher(isolate_);
    v8::Local<v8::Value> value;
    bool read = error->Get(context_, Name(isolate_, name)).ToLocal(&value);
    // The next getter is not to run on.
    if (catcher.HasTerminated()) parts_.gate().Reassert();
    return read && value->IsString() ? CopyString(value.As<v8::String>()) : v8::Undefined(isolate_).As<v8::Value>();
  }

  v8::Local<v8::Value> CopyError(v8::Local<v8::Object> error, int level) {
    v8::Local<v8::Value> name = ErrorPart(error, "name");
    v8::Local<v8::Value> message = ErrorPart(error, "message");
    v8::Local<v8::Value> stack = ErrorPart(error, "stack");
    if (parts_.gate().stopping()) return name;
    v8::Local<v8::String> text = message->IsString() ? message.As<v8::String>() : v8::String::Empty(isolate_);
    const std::string kind = name->IsString() ? ToUtf8(isolate_, name.As<v8::String>(), kMostName) : "";
    v8::Local<v8::Object> copy = Make(kind, text).As<v8::Object>();
    copies_.emplace_back(error, copy);
    for (const auto& [key, part] : {std::pair{"name", name}, std::pair{"stack", stack}}) {
      if (!part->IsString()) continue;
      if (copy->DefineOwnProperty(context_, Name(isolate_, key), part, v8::DontEnum).IsNothing()) return copy;
    }
    for (const char* key : {"cause", "errors"}) {
      v8::Local<v8::String> part = Name(isolate_, key);
      if (!error->HasOwnProperty(context_, part).FromMaybe(false)) continue;
      if (copy->DefineOwnProperty(context_, part, Own(error, part, level), v8::DontEnum).IsNothing()) return copy;
    }
    if (level < kMostLevels) CopyProperties(error, copy, level);
    return copy;
  }

  static v8::Local<v8::Value> Make(const std::string& kind, v8::Local<v8::String> message) {
    if (kind == "TypeError") return v8::Exception::TypeError(message);
    if (kind == "RangeError") return v8::Exception::RangeError(message);
    if (kind == "SyntaxError") return v8::Exception::SyntaxError(message);
    if (kind == "ReferenceError") return v8::Exception::ReferenceError(message);
    return v8::Exception::Error(message);
  }

  Parts& parts_;
  v8::Isolate* const isolate_;
  const v8::Local<v8::Context> context_;
  int left_ = kMostValues;
  std::vector<std::pair<v8::Local<v8::Object>, v8::Local<v8::Object>>> copies_;
};

}  // namespace

v8::Local<v8::Value> StandIn(Parts& parts, v8::Local<v8::Context> context, v8::Local<v8::Value> value) {
  v8::Isolate* isolate = parts.isolate();
  v8::TryCatch catcher(isolate);
  v8::Local<v8::Value> copy = Copier(parts, context).Copy(value, 0);
  if (catcher.HasTerminated()) parts.gate().Reassert();
  return copy;
}

}  // namespace isolet
