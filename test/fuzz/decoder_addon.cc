// What scripts/fuzz-decoder.mjs drives: the value codec, built so that it tells which of its branches an input reached.
// A fuzzer that brings its own main() can't be used: the decoder makes V8 values, and V8 comes with Node only.
#include <node.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "value/codec.h"
#include "value/kept_shapes.h"

namespace {

using isolet::value::Handle;
using isolet::value::HandleKind;
using isolet::value::Message;
using v8::Local;
using v8::Value;

// Edges: how often each was taken in this run, and which counts (in powers of two) were ever seen.
constexpr size_t kEdges = 1 << 16;
std::array<uint8_t, kEdges> taken;
std::array<uint8_t, kEdges> seen;
uintptr_t last = 0;
bool recording = false;

uint8_t Bucket(uint8_t count) {
  uint8_t bucket = 1;
  while ((count >>= 1) != 0) bucket = static_cast<uint8_t>(bucket << 1);
  return bucket;
}

int CountNew() {
  int fresh = 0;
  for (size_t i = 0; i < kEdges; i++) {
    if (taken[i] == 0) continue;
    uint8_t bucket = Bucket(taken[i]);
    if ((seen[i] & bucket) == 0) fresh++;
    seen[i] |= bucket;
  }
  return fresh;
}

// What a message may cost here, and what decoding one may add to V8's heap and to what it holds outside. V8 grows things
// by copying them, and its areas are handed out by the quarter of a megabyte.
constexpr size_t kLimit = 64 * 1024;
constexpr size_t kMostGrowth = 4 * kLimit + 1024 * 1024;

size_t MemoryOf(v8::Isolate* isolate) {
  v8::HeapStatistics statistics;
  isolate->GetHeapStatistics(&statistics);
  return statistics.used_heap_size() + statistics.external_memory();
}

v8::Local<v8::String> Text(v8::Isolate* isolate, const char* text) {
  return v8::String::NewFromUtf8(isolate, text).ToLocalChecked();
}

class Counter final : public isolet::value::Importer, public isolet::value::Exporter, public isolet::value::BufferSource {
 public:
  v8::MaybeLocal<Value> Import(const Handle&) override {
    imported++;
    return v8::Object::New(v8::Isolate::GetCurrent());
  }
  v8::MaybeLocal<Value> Make(isolet::value::MadeKind, std::span<Local<Value>> parts) override {
    return v8::Array::New(v8::Isolate::GetCurrent(), parts.data(), parts.size());
  }
  isolet::value::KeptShapes* Shapes() override {
    // Never destroyed: what it holds needs the isolate.
    static auto* const shapes = new isolet::value::KeptShapes(16);
    return shapes;
  }
  Answer ExportFunction(Local<v8::Function>, const Place&) override { return Handle{HandleKind::kHostFunction, 0, 1}; }
  Answer ExportPromise(Local<v8::Promise>) override { return Handle{HandleKind::kHostPromise, 0, 1}; }
  // What has a kind and a list of parts crosses as made of them.
  Answer ExportObject(Local<v8::Object> object) override {
    Local<v8::Context> context = v8::Isolate::GetCurrent()->GetCurrentContext();
    Local<Value> kind, parts;
    if (!object->Get(context, Text(v8::Isolate::GetCurrent(), "kind")).ToLocal(&kind) || !kind->IsUint32() ||
        !object->Get(context, Text(v8::Isolate::GetCurrent(), "parts")).ToLocal(&parts) || !parts->IsArray()) {
      return {};
    }
    auto known = isolet::value::MadeKindOf(kind.As<v8::Uint32>()->Value());
    if (!known) return {};
    isolet::value::Made made{*known, {}};
    for (uint32_t i = 0; i < parts.As<v8::Array>()->Length(); i++) {
      Local<Value> part;
      if (!parts.As<v8::Array>()->Get(context, i).ToLocal(&part)) return {};
      made.parts.push_back(part);
    }
    return made;
  }
  void Undo(const std::vector<Handle>&) override {}
  std::shared_ptr<v8::BackingStore> Adopt(v8::Isolate*, std::shared_ptr<v8::BackingStore> store) override {
    if (store->ByteLength() > budget) return nullptr;
    budget -= store->ByteLength();
    return store;
  }

  size_t imported = 0;
  size_t budget = 4096;
};

Message MessageOf(Local<Value> bytes) {
  auto view = bytes.As<v8::Uint8Array>();
  Message message;
  message.bytes.Resize(view->ByteLength());
  view->CopyContents(message.bytes.data(), message.bytes.size());
  return message;
}

// run(bytes, handles, stores) -> { fresh: new edges, ok, wrong: what must not be, or undefined, again: bytes or undefined }
void Run(const v8::FunctionCallbackInfo<Value>& info) {
  v8::Isolate* isolate = info.GetIsolate();
  Local<v8::Context> context = isolate->GetCurrentContext();
  Message message = MessageOf(info[0]);
  uint32_t handles = info[1].As<v8::Uint32>()->Value();
  for (uint32_t i = 0; i < handles; i++) message.handles.push_back({HandleKind::kHostFunction, 0, i + 1});
  for (uint32_t i = 0; i < info[2].As<v8::Uint32>()->Value(); i++) {
    message.stores.push_back(v8::ArrayBuffer::NewBackingStore(isolate, size_t{1000} * i));
  }

  const char* wrong = nullptr;
  bool ok = false;
  Local<Value> value, again;
  {
    v8::TryCatch catcher(isolate);
    Counter counter;
    taken.fill(0);
    last = 0;
    const size_t before = MemoryOf(isolate);
    recording = true;
    ok = isolet::value::Decode(context, message, counter, kLimit, &counter).ToLocal(&value);
    recording = false;
    // Less than before: the garbage collector was here.
    const size_t after = MemoryOf(isolate);
    if (after > before && after - before > kMostGrowth) wrong = "it made its reader allocate more than it may cost";
    if (ok == catcher.HasCaught()) wrong = ok ? "a value and an exception" : "neither a value nor an exception";
    if (counter.imported + message.handles.size() != handles) wrong = "a handle was lost or used twice";
    catcher.Reset();
    if (ok && wrong == nullptr) {
      auto encoded = isolet::value::Encode(context, value, {}, counter);
      if (catcher.HasCaught() && !catcher.HasTerminated()) wrong = "what was decoded throws when it is read";
      if (auto* back = std::get_if<Message>(&encoded); back != nullptr && back->stores.empty()) {
        auto buffer = v8::ArrayBuffer::New(isolate, back->bytes.size());
        if (back->bytes.size() != 0) std::memcpy(buffer->Data(), back->bytes.data(), back->bytes.size());
        again = v8::Uint8Array::New(buffer, 0, back->bytes.size());
      }
    }
  }
  Local<v8::Object> answer = v8::Object::New(isolate);
  auto set = [&](const char* name, Local<Value> field) { answer->Set(context, Text(isolate, name), field).Check(); };
  set("fresh", v8::Integer::New(isolate, CountNew()));
  set("ok", v8::Boolean::New(isolate, ok));
  if (wrong != nullptr) set("wrong", Text(isolate, wrong));
  if (!again.IsEmpty()) set("again", again);
  info.GetReturnValue().Set(answer);
}

// encode(value) -> bytes; undefined if it does not cross.
void EncodeValue(const v8::FunctionCallbackInfo<Value>& info) {
  v8::Isolate* isolate = info.GetIsolate();
  Counter counter;
  auto encoded = isolet::value::Encode(isolate->GetCurrentContext(), info[0], {}, counter);
  auto* message = std::get_if<Message>(&encoded);
  if (message == nullptr) return;
  auto buffer = v8::ArrayBuffer::New(isolate, message->bytes.size());
  if (message->bytes.size() != 0) std::memcpy(buffer->Data(), message->bytes.data(), message->bytes.size());
  info.GetReturnValue().Set(v8::Uint8Array::New(buffer, 0, message->bytes.size()));
}

}  // namespace

// Called by what the compiler put at every branch of native/value; this file itself is built without.
extern "C" void __sanitizer_cov_trace_pc() {
  if (!recording) return;
  auto here = reinterpret_cast<uintptr_t>(__builtin_return_address(0));
  uint8_t& count = taken[((here >> 1) ^ (here >> 13) ^ last) % kEdges];
  if (count < UINT8_MAX) count++;
  last = (here >> 2) % kEdges;
}

NODE_MODULE_INIT() {
  (void)module;
  (void)isolet::value::PrepareContext(context);
  NODE_SET_METHOD(exports, "run", Run);
  NODE_SET_METHOD(exports, "encode", EncodeValue);
}
