// Both ends of what crosses in the checks: the table of handles, options from an object, and failures as errors.
#pragma once

#include <node.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "value/codec.h"
#include "value/kept_shapes.h"

namespace value_check {

using isolet::value::Failure;
using isolet::value::Handle;
using isolet::value::HandleKind;
using isolet::value::Message;
using v8::Local;
using v8::Value;

inline Local<v8::String> Text(v8::Isolate* isolate, const std::string& text) {
  return v8::String::NewFromUtf8(isolate, text.c_str()).ToLocalChecked();
}

// Keeps what crossed under an id, on one side.
class Table final : public isolet::value::Exporter, public isolet::value::Importer {
 public:
  Answer ExportFunction(Local<v8::Function> function, const Place&) override { return Keep(function, HandleKind::kHostFunction); }
  Answer ExportPromise(Local<v8::Promise> promise) override { return Keep(promise, HandleKind::kHostPromise); }
  Answer ExportObject(Local<v8::Object> object) override {
    asked++;
    Local<v8::Context> context = v8::Isolate::GetCurrent()->GetCurrentContext();
    auto key = v8::Private::ForApi(v8::Isolate::GetCurrent(), Text(v8::Isolate::GetCurrent(), "stream"));
    if (object->HasPrivate(context, key).FromMaybe(false)) return Keep(object, HandleKind::kHostStream);
    return MadeOf(context, object);
  }
  void Undo(const std::vector<Handle>& handles) override {
    for (const Handle& handle : handles) kept.erase(handle.id);
  }
  v8::MaybeLocal<Value> Import(const Handle& handle) override {
    v8::Isolate* isolate = v8::Isolate::GetCurrent();
    auto found = kept.find(handle.id);
    if (found == kept.end() || found->second.isolate != isolate) {
      Local<v8::Object> stand_in = v8::Object::New(isolate);
      auto number = v8::Number::New(isolate, static_cast<double>(handle.id));
      if (found != kept.end()) kept.erase(found);
      stand_in->Set(isolate->GetCurrentContext(), Text(isolate, "handle"), number).Check();
      return stand_in;
    }
    Local<Value> value = found->second.value.Get(isolate);
    kept.erase(found);
    return value;
  }

  // An array of the kind and the parts.
  v8::MaybeLocal<Value> Make(isolet::value::MadeKind kind, std::span<Local<Value>> parts) override {
    v8::Isolate* isolate = v8::Isolate::GetCurrent();
    std::vector<Local<Value>> all = {v8::Integer::New(isolate, static_cast<int>(kind))};
    all.insert(all.end(), parts.begin(), parts.end());
    return v8::Array::New(isolate, all.data(), all.size());
  }

  isolet::value::KeptShapes* Shapes() override {
    // Of the first isolate that asks; never destroyed, because what it holds needs that isolate.
    static v8::Isolate* const first = v8::Isolate::GetCurrent();
    static auto* const shapes = new isolet::value::KeptShapes(64);
    return v8::Isolate::GetCurrent() == first ? shapes : nullptr;
  }

  struct Kept {
    v8::Isolate* isolate;
    v8::Global<Value> value;
  };
  std::map<uint64_t, Kept> kept;
  uint64_t asked = 0;

 private:
  // Instances of classes named Made have a kind and a list of parts.
  static Answer MadeOf(Local<v8::Context> context, Local<v8::Object> object) {
    v8::Isolate* isolate = v8::Isolate::GetCurrent();
    if (!object->GetConstructorName()->StringEquals(Text(isolate, "Made"))) return std::monostate{};
    isolet::value::Made made;
    made.kind = *isolet::value::MadeKindOf(
        object->Get(context, Text(isolate, "kind")).ToLocalChecked().As<v8::Uint32>()->Value());
    auto parts = object->Get(context, Text(isolate, "parts")).ToLocalChecked().As<v8::Array>();
    for (uint32_t i = 0; i < parts->Length(); i++) made.parts.push_back(parts->Get(context, i).ToLocalChecked());
    return made;
  }

  Answer Keep(Local<Value> value, HandleKind kind) {
    v8::Isolate* isolate = v8::Isolate::GetCurrent();
    const uint64_t id = ++last_id_;
    kept[id] = {isolate, v8::Global<Value>(isolate, value)};
    return Handle{kind, 0, id};
  }
  uint64_t last_id_ = 0;
};

class Source final : public isolet::value::BufferSource {
 public:
  std::shared_ptr<v8::BackingStore> Adopt(v8::Isolate*, std::shared_ptr<v8::BackingStore> store) override {
    if (store->ByteLength() > budget) return nullptr;
    return store;
  }
  size_t budget = SIZE_MAX;
};

inline Table table;

// Of what is read without having been written under one.
inline constexpr size_t kLimit = isolet::value::Limits{}.max_bytes;

inline isolet::value::EncodeOptions Options(Local<v8::Context> context, Local<Value> given) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  isolet::value::EncodeOptions options;
  if (!given->IsObject()) return options;
  auto get = [&](const char* name) {
    return given.As<v8::Object>()->Get(context, Text(isolate, name)).ToLocalChecked();
  };
  if (get("depth")->IsNumber()) options.limits.max_depth = get("depth").As<v8::Uint32>()->Value();
  if (get("bytes")->IsNumber()) options.limits.max_bytes = get("bytes").As<v8::Uint32>()->Value();
  if (get("stacks")->IsFalse()) options.keep_stacks = false;
  if (get("transfer")->IsArray()) {
    auto list = get("transfer").As<v8::Array>();
    for (uint32_t i = 0; i < list->Length(); i++) {
      options.transfer.push_back(list->Get(context, i).ToLocalChecked().As<v8::ArrayBuffer>());
    }
  }
  return options;
}

inline void ThrowFailure(Local<v8::Context> context, const Failure& failure) {
  if (failure.kind == Failure::Kind::kThrew) return;
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  constexpr const char* kKinds[] = {"threw", "unsupported", "depth", "bytes", "foreign", "released"};
  auto error = v8::Exception::Error(Text(isolate, failure.what)).As<v8::Object>();
  auto set = [&](const char* name, Local<Value> value) { error->Set(context, Text(isolate, name), value).Check(); };
  set("kind", Text(isolate, kKinds[static_cast<int>(failure.kind)]));
  set("path", Text(isolate, failure.path));
  set("limit", v8::Number::New(isolate, static_cast<double>(failure.limit)));
  set("actual", v8::Number::New(isolate, static_cast<double>(failure.actual)));
  isolate->ThrowException(error);
}

}  // namespace value_check
