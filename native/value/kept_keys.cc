#include "value/kept_keys.h"

#include <utility>

#include "value/wire.h"

namespace isolet::value {

namespace {

constexpr uint32_t kLongest = 127;  // its length is one byte

}  // namespace

void KeptKeys::Clear() {
  context_.Reset();
  for (Slot& slot : slots_) slot = Slot();
}

const KeptKeys::Keys* KeptKeys::Find(v8::Local<v8::Context> context, uintptr_t hidden_class) {
  Slot& slot = At(hidden_class);
  if (slot.kept.hidden_class.IsEmpty() || context_ != context) return nullptr;
  if (AddressOf(slot.kept.hidden_class.Get(v8::Isolate::GetCurrent())) != hidden_class) return nullptr;
  slot.times = 0;
  return &slot.kept;
}

void KeptKeys::Note(v8::Local<v8::Context> context, v8::Local<v8::Object> object, uintptr_t hidden_class,
                    v8::Local<v8::Array> names) {
  Slot& slot = At(hidden_class);
  if (std::exchange(slot.seen, hidden_class) != hidden_class) slot.times = 0;
  if (++slot.times < kWorthIt) return;
  slot.times = 0;
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  if (context_.IsEmpty()) context_.Reset(isolate, context);
  Keys keys;
  if (context_ != context || !Read(context, names, &keys)) return;
  keys.hidden_class.Reset(isolate, HiddenClassOf(isolate, object));
  keys.fields = HiddenClasses::FieldsOf(object) == keys.keys.size();
  slot.kept = std::move(keys);
}

bool KeptKeys::Read(v8::Local<v8::Context> context, v8::Local<v8::Array> names, Keys* keys) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  const uint32_t count = names->Length();
  if (count > kMostKeys) return false;
  for (uint32_t i = 0; i < count; i++) {
    v8::Local<v8::Value> value;
    if (!names->Get(context, i).ToLocal(&value) || !value->IsString()) return false;
    const auto name = value.As<v8::String>();
    const auto length = static_cast<uint32_t>(name->Length());
    if (length > kLongest || !name->IsOneByte()) return false;
    const size_t from = keys->bytes.size();
    const size_t size = 2 + size_t{length};
    if (from + size > kMostBytes) return false;
    keys->bytes.resize(from + size);
    keys->bytes[from] = kNewKey1;
    keys->bytes[from + 1] = static_cast<uint8_t>(length);
    CopyOneByte(isolate, name, keys->bytes.data() + from + 2, length);
    keys->keys.push_back({v8::Global<v8::String>(isolate, name), static_cast<uint32_t>(size)});
  }
  return true;
}

}  // namespace isolet::value
