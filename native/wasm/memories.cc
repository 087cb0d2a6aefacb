#include "wasm/memories.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include "calls/parts.h"
#include "memory_use/array_buffer_allocator.h"
#include "memory_use/budget.h"
#include "v8/originals.h"
#include "v8/strings.h"

namespace isolet {
namespace {

enum Need : uint32_t { kInitial, kUnseen, kNames };

v8::Local<v8::Private> NeedsKey(v8::Isolate* isolate) {
  return v8::Private::ForApi(isolate, Name(isolate, "isolet.wasm.needs"));
}

v8::Local<v8::Private> EntryKey(v8::Isolate* isolate) {
  return v8::Private::ForApi(isolate, Name(isolate, "isolet.wasm.memory"));
}

// What NeedsOf answered, read again.
struct Needs {
  double initial = 0;  // bytes, of what can be seen
  double unseen = 0;   // bytes
  v8::Local<v8::Array> names;
};

// Nothing: the isolate is out of memory. False: nothing is known.
v8::Maybe<bool> ReadNeeds(v8::Local<v8::Context> context, v8::Local<v8::Value> kept, Needs* needs) {
  v8::Local<v8::Value> initial, unseen, names;
  if (!kept->IsArray()) return v8::Just(false);
  auto fields = kept.As<v8::Array>();
  if (!fields->Get(context, kInitial).ToLocal(&initial) || !fields->Get(context, kUnseen).ToLocal(&unseen) ||
      !fields->Get(context, kNames).ToLocal(&names)) {
    return v8::Nothing<bool>();
  }
  needs->initial = initial.As<v8::Number>()->Value();
  needs->unseen = unseen.As<v8::Number>()->Value();
  needs->names = names.As<v8::Array>();
  return v8::Just(true);
}

v8::MaybeLocal<v8::Value> NeedsOfModule(v8::Local<v8::Context> context, v8::Local<v8::Object> module) {
  return module->GetPrivate(context, NeedsKey(v8::Isolate::GetCurrent()));
}

}  // namespace

v8::MaybeLocal<v8::Value> WasmMemories::NeedsOf(v8::Local<v8::Context> context, const WasmFacts& facts) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  double initial = 0, unseen = 0;
  for (const WasmMemoryFacts& memory : facts.memories) {
    const bool seen = kCountsWasmMemory || memory.exported;
    (seen ? initial : unseen) += seen ? memory.initial_bytes() : memory.most_bytes();
  }
  std::vector<v8::Local<v8::Value>> names;
  for (std::string_view name : facts.memory_exports) {
    v8::Local<v8::String> text;
    if (!FromUtf8(isolate, std::string(name)).ToLocal(&text)) return {};
    names.push_back(text);
  }
  v8::Local<v8::Value> fields[] = {v8::Number::New(isolate, initial), v8::Number::New(isolate, unseen),
                                   v8::Array::New(isolate, names.data(), names.size())};
  return v8::Array::New(isolate, fields, std::size(fields));
}

v8::Maybe<bool> WasmMemories::Note(v8::Local<v8::Context> context, v8::Local<v8::Object> module,
                                   v8::Local<v8::Value> needs) {
  return module->SetPrivate(context, NeedsKey(v8::Isolate::GetCurrent()), needs);
}

bool WasmMemories::AdmitNeeds(v8::Local<v8::Context> context, v8::Local<v8::Value> kept) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  Needs needs;
  bool known = false;
  if (!ReadNeeds(context, kept, &needs).To(&known)) return false;
  // What is unseen is charged in Keep.
  if (!known || parts_.memory_budget().HasRoom(isolate, needs.initial + needs.unseen)) return true;
  isolate->ThrowException(v8::Exception::RangeError(Name(isolate, kAllocationFailed)));
  return false;
}

bool WasmMemories::Admit(v8::Local<v8::Context> context, v8::Local<v8::Object> module) {
  v8::Local<v8::Value> needs;
  return NeedsOfModule(context, module).ToLocal(&needs) && AdmitNeeds(context, needs);
}

bool WasmMemories::Keep(v8::Local<v8::Context> context, v8::Local<v8::Object> instance, v8::Local<v8::Object> module) {
  if (kCountsWasmMemory) return true;
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::Local<v8::Value> kept;
  Needs needs;
  bool known = false;
  if (!NeedsOfModule(context, module).ToLocal(&kept) || !ReadNeeds(context, kept, &needs).To(&known)) return false;
  if (!known) return true;
  if (needs.unseen > 0) {
    const auto bytes = static_cast<size_t>(std::min(needs.unseen, 9e15));
    if (!ChargeOrThrow(isolate, parts_.allocator(), bytes)) return false;
    unseen_.Keep(isolate, instance, bytes, parts_.allocator());
  }
  v8::Local<v8::Value> exports, getter = GetOriginal(context, Original::kInstanceExports);
  if (needs.names->Length() == 0 || !getter->IsFunction()) return true;
  if (!getter.As<v8::Function>()->Call(context, instance, 0, nullptr).ToLocal(&exports)) return false;
  for (uint32_t i = 0; i < needs.names->Length() && exports->IsObject(); ++i) {
    v8::Local<v8::Value> name, memory;
    if (!needs.names->Get(context, i).ToLocal(&name)) return false;
    if (!exports.As<v8::Object>()->Get(context, name).ToLocal(&memory)) return false;
    Count(context, memory);
  }
  parts_.memory_budget().Look(isolate);
  return true;
}

void WasmMemories::Count(v8::Local<v8::Context> context, v8::Local<v8::Value> memory) {
  if (kCountsWasmMemory || !memory->IsWasmMemoryObject()) return;
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  auto object = memory.As<v8::Object>();
  v8::Local<v8::Value> buffer = memory.As<v8::WasmMemoryObject>()->Buffer();
  if (buffer->IsSharedArrayBuffer()) return;  // realm/buffer_constructors.h
  v8::Local<v8::Value> known;
  if (!object->GetPrivate(context, EntryKey(isolate)).ToLocal(&known)) return;
  if (known->IsUint32()) {
    auto found = entries_.find(known.As<v8::Uint32>()->Value());
    if (found != entries_.end()) Update(found->second, object);
    return;
  }
  const uint32_t id = ++last_id_;
  if (object->SetPrivate(context, EntryKey(isolate), v8::Integer::NewFromUnsigned(isolate, id)).IsNothing()) return;
  Entry& entry = entries_[id];
  entry.memory.Reset(isolate, object);
  entry.owner = this;
  entry.id = id;
  entry.bytes = 0;
  entry.memory.SetWeak(&entry, OnCollected, v8::WeakCallbackType::kParameter);
  Update(entry, object);
}

void WasmMemories::Update(Entry& entry, v8::Local<v8::Object> memory) {
  const size_t bytes = memory.As<v8::WasmMemoryObject>()->Buffer()->ByteLength();
  bytes_ += bytes - entry.bytes;
  entry.bytes = bytes;
}

void WasmMemories::Refresh(v8::Isolate* isolate) {
  v8::HandleScope scope(isolate);
  for (auto& [id, entry] : entries_) Update(entry, entry.memory.Get(isolate));
}

void WasmMemories::Clear() {
  entries_.clear();
  unseen_.Clear();
  bytes_ = 0;
}

void WasmMemories::OnCollected(const v8::WeakCallbackInfo<Entry>& info) {
  Entry* entry = info.GetParameter();
  entry->memory.Reset();
  entry->owner->bytes_ -= entry->bytes;
  entry->owner->entries_.erase(entry->id);
}

}  // namespace isolet
