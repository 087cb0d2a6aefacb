// What check.mjs calls: values through the protocol within Node's isolate, into a raw isolate and back, damaged bytes,
// and timing against ValueSerializer.
#include <node.h>
#include <uv.h>

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <random>

#include "crossing.h"
#include "v8/hidden_class.h"
#include "value/codec.h"
#include "value/intrinsics.h"

using namespace value_check;

namespace {

// roundTrip(value, options): within Node's isolate.
void RoundTrip(const v8::FunctionCallbackInfo<Value>& info) {
  Local<v8::Context> context = info.GetIsolate()->GetCurrentContext();
  const auto options = Options(context, info[1]);
  auto encoded = isolet::value::Encode(context, info[0], options, table);
  if (auto* failure = std::get_if<Failure>(&encoded)) return ThrowFailure(context, *failure);
  Local<Value> value;
  // The reader's sum is the writer's.
  if (isolet::value::Decode(context, std::get<Message>(encoded), table, options.limits.max_bytes).ToLocal(&value)) {
    info.GetReturnValue().Set(value);
  }
}

// unprepared(value): within a context that was never prepared.
void Unprepared(const v8::FunctionCallbackInfo<Value>& info) {
  Local<v8::Context> context = v8::Context::New(info.GetIsolate());
  v8::Context::Scope scope(context);
  auto encoded = isolet::value::Encode(context, info[0], {}, table);
  if (auto* failure = std::get_if<Failure>(&encoded)) return ThrowFailure(context, *failure);
  Local<Value> value;
  if (isolet::value::Decode(context, std::get<Message>(encoded), table, kLimit).ToLocal(&value)) {
    info.GetReturnValue().Set(value);
  }
}

// roundTripList(values, options)
void RoundTripList(const v8::FunctionCallbackInfo<Value>& info) {
  Local<v8::Context> context = info.GetIsolate()->GetCurrentContext();
  std::vector<Local<Value>> values;
  auto array = info[0].As<v8::Array>();
  for (uint32_t i = 0; i < array->Length(); i++) values.push_back(array->Get(context, i).ToLocalChecked());
  auto encoded = isolet::value::EncodeList(context, values.data(), values.size(), Options(context, info[1]), table);
  if (auto* failure = std::get_if<Failure>(&encoded)) return ThrowFailure(context, *failure);
  if (info[2]->IsTrue()) {
    isolet::value::Values back;
    if (!isolet::value::DecodeList(context, std::get<Message>(encoded), table, &back, kLimit)) return;
    info.GetReturnValue().Set(v8::Array::New(info.GetIsolate(), back.data(), back.size()));
    return;
  }
  Local<Value> value;
  if (isolet::value::Decode(context, std::get<Message>(encoded), table, kLimit).ToLocal(&value)) {
    info.GetReturnValue().Set(value);
  }
}

// One raw isolate for the life of the process.
class Guest {
 public:
  explicit Guest(v8::Isolate* host) {
    allocator_.reset(v8::ArrayBuffer::Allocator::NewDefaultAllocator());
    v8::Isolate::CreateParams params;
    params.array_buffer_allocator = allocator_.get();
    isolate = v8::Isolate::Allocate();
    platform_ = node::GetMultiIsolatePlatform(node::GetCurrentEnvironment(host->GetCurrentContext()));
    platform_->RegisterIsolate(isolate, uv_default_loop());
    node::AddEnvironmentCleanupHook(
        host, [](void* self) { delete static_cast<Guest*>(self); }, this);
    v8::Isolate::Initialize(isolate, params);
    isolate->SetMicrotasksPolicy(v8::MicrotasksPolicy::kExplicit);
    v8::Locker locker(isolate);
    v8::Isolate::Scope isolate_scope(isolate);
    v8::HandleScope scope(isolate);
    Local<v8::Context> fresh = v8::Context::New(isolate);
    v8::Context::Scope context_scope(fresh);
    if (!isolet::value::PrepareContext(fresh)) std::abort();
    context.Reset(isolate, fresh);
  }

  ~Guest() {
    context.Reset();
#if ISOLET_V8_AT_LEAST(13, 0)
    platform_->DisposeIsolate(isolate);
#else
    isolate->Dispose();
    platform_->UnregisterIsolate(isolate);
#endif
  }

  v8::Isolate* isolate;
  v8::Global<v8::Context> context;

 private:
  node::MultiIsolatePlatform* platform_;
  std::unique_ptr<v8::ArrayBuffer::Allocator> allocator_;
};

Guest* guest = nullptr;

// viaGuest(value, code, options): `code` is run in a raw isolate as a function of the value; its result comes back.
void ViaGuest(const v8::FunctionCallbackInfo<Value>& info) {
  v8::Isolate* host = info.GetIsolate();
  Local<v8::Context> context = host->GetCurrentContext();
  if (guest == nullptr) guest = new Guest(host);
  const auto options = Options(context, info[2]);
  auto there = isolet::value::Encode(context, info[0], options, table);
  if (auto* failure = std::get_if<Failure>(&there)) return ThrowFailure(context, *failure);
  v8::String::Value code(host, info[1]);
  std::variant<Message, Failure> back;
  std::string error;
  {
    v8::Locker locker(guest->isolate);
    v8::Isolate::Scope isolate_scope(guest->isolate);
    v8::HandleScope scope(guest->isolate);
    Local<v8::Context> inner = guest->context.Get(guest->isolate);
    v8::Context::Scope context_scope(inner);
    v8::TryCatch caught(guest->isolate);
    auto source = v8::String::NewFromTwoByte(guest->isolate, *code, v8::NewStringType::kNormal, code.length());
    Local<Value> value;
    Local<Value> function;
    Local<Value> result;
    Local<v8::Script> script;
    Source buffers;
    bool ok = isolet::value::Decode(inner, std::get<Message>(there), table, options.limits.max_bytes, &buffers).ToLocal(&value);
    ok = ok && v8::Script::Compile(inner, source.ToLocalChecked()).ToLocal(&script);
    ok = ok && script->Run(inner).ToLocal(&function);
    ok = ok && function.As<v8::Function>()->Call(inner, inner->Global(), 1, &value).ToLocal(&result);
    if (ok) {
      isolet::value::EncodeOptions back_options = options;
      back_options.transfer.clear();
      back = isolet::value::Encode(inner, result, back_options, table);
    }
    if (caught.HasCaught()) {
      v8::String::Utf8Value text(guest->isolate, caught.Exception());
      error = *text ? *text : "?";
      ok = false;
    }
    if (!ok && error.empty()) error = "failed without an exception";
  }
  if (!error.empty()) {
    host->ThrowException(v8::Exception::Error(Text(host, "guest: " + error)));
    return;
  }
  if (auto* failure = std::get_if<Failure>(&back)) return ThrowFailure(context, *failure);
  Local<Value> value;
  if (isolet::value::Decode(context, std::get<Message>(back), table, options.limits.max_bytes).ToLocal(&value)) info.GetReturnValue().Set(value);
}

// encode(value) -> Uint8Array, without handles and stores.
void EncodeBytes(const v8::FunctionCallbackInfo<Value>& info) {
  Local<v8::Context> context = info.GetIsolate()->GetCurrentContext();
  auto encoded = isolet::value::Encode(context, info[0], Options(context, info[1]), table);
  if (auto* failure = std::get_if<Failure>(&encoded)) return ThrowFailure(context, *failure);
  auto& message = std::get<Message>(encoded);
  table.Undo(message.handles);
  auto buffer = v8::ArrayBuffer::New(info.GetIsolate(), message.bytes.size());
  std::memcpy(buffer->Data(), message.bytes.data(), message.bytes.size());
  info.GetReturnValue().Set(v8::Uint8Array::New(buffer, 0, message.bytes.size()));
}

// decode(bytes, handles, stores, budget, list, limit): whatever the bytes are.
void DecodeBytes(const v8::FunctionCallbackInfo<Value>& info) {
  Local<v8::Context> context = info.GetIsolate()->GetCurrentContext();
  auto view = info[0].As<v8::Uint8Array>();
  Message message;
  message.bytes.Resize(view->ByteLength());
  view->CopyContents(message.bytes.data(), message.bytes.size());
  for (int i = 0; i < info[1]->Int32Value(context).FromMaybe(0); i++) {
    message.handles.push_back({HandleKind::kHostFunction, 0, 1000000u + static_cast<uint32_t>(i)});
  }
  for (int i = 0; i < info[2]->Int32Value(context).FromMaybe(0); i++) {
    message.stores.push_back(v8::ArrayBuffer::NewBackingStore(info.GetIsolate(), 16 * static_cast<size_t>(i)));
  }
  Source buffers;
  if (info[3]->IsNumber()) buffers.budget = info[3].As<v8::Uint32>()->Value();
  Local<Value> value;
  const size_t limit = info[5]->IsNumber() ? info[5].As<v8::Uint32>()->Value() : kLimit;
  if (info[4]->IsTrue()) {
    isolet::value::Values values;
    if (isolet::value::DecodeList(context, message, table, &values, limit, &buffers)) info.GetReturnValue().Set(true);
  } else if (isolet::value::Decode(context, message, table, limit, &buffers).ToLocal(&value)) {
    info.GetReturnValue().Set(value);
  }
}

void Counts(const v8::FunctionCallbackInfo<Value>& info) {
  v8::Isolate* isolate = info.GetIsolate();
  Local<v8::Object> counts = v8::Object::New(isolate);
  Local<v8::Context> context = isolate->GetCurrentContext();
  counts->Set(context, Text(isolate, "kept"), v8::Number::New(isolate, static_cast<double>(table.kept.size()))).Check();
  counts->Set(context, Text(isolate, "asked"), v8::Number::New(isolate, static_cast<double>(table.asked))).Check();
  info.GetReturnValue().Set(counts);
}

// fields(object) -> how many of its values are known to be in itself.
void Fields(const v8::FunctionCallbackInfo<Value>& info) {
  static isolet::HiddenClasses classes;
  const auto object = info[0].As<v8::Object>();
  const bool known = classes.Of(info.GetIsolate(), object) != 0;
  info.GetReturnValue().Set(known ? isolet::HiddenClasses::FieldsOf(object) : 0);
}

void Brand(const v8::FunctionCallbackInfo<Value>& info) {
  v8::Isolate* isolate = info.GetIsolate();
  auto key = v8::Private::ForApi(isolate, Text(isolate, "stream"));
  info[0].As<v8::Object>()->SetPrivate(isolate->GetCurrentContext(), key, v8::True(isolate)).Check();
}

class Interestless final : public isolet::value::Exporter {
 public:
  Answer ExportFunction(Local<v8::Function>, const Place&) override { return {}; }
  Answer ExportPromise(Local<v8::Promise>) override { return {}; }
  Answer ExportObject(Local<v8::Object>) override { return {}; }
  void Undo(const std::vector<Handle>&) override {}
};

// time(value, rounds) -> nanoseconds per encode, decode, and the same with ValueSerializer.
void Time(const v8::FunctionCallbackInfo<Value>& info) {
  v8::Isolate* isolate = info.GetIsolate();
  Local<v8::Context> context = isolate->GetCurrentContext();
  const int rounds = info[1]->Int32Value(context).FromMaybe(1000);
  using Clock = std::chrono::steady_clock;
  auto run = [&](auto body) {
    auto start = Clock::now();
    for (int i = 0; i < rounds; i++) {
      v8::HandleScope scope(isolate);
      body();
    }
    return std::chrono::duration<double, std::nano>(Clock::now() - start).count() / rounds;
  };
  Interestless exporter;
  isolet::value::EncodeOptions options;
  auto encode = [&] { return std::get<Message>(isolet::value::Encode(context, info[0], options, exporter)); };
  auto serialize = [&] {
    v8::ValueSerializer serializer(isolate);
    serializer.WriteHeader();
    serializer.WriteValue(context, info[0]).Check();
    auto released = serializer.Release();
    return std::unique_ptr<uint8_t, decltype(&std::free)>(released.first, std::free).get() ? released.second : 0;
  };
  Message message = encode();
  const isolet::value::Bytes bytes(message.bytes.data(), message.bytes.size());
  v8::ValueSerializer serializer(isolate);
  serializer.WriteHeader();
  serializer.WriteValue(context, info[0]).Check();
  auto released = serializer.Release();
  double best[4] = {1e18, 1e18, 1e18, 1e18};
  for (int repeat = 0; repeat < 5; repeat++) {
    double now[4] = {run([&] { encode(); }), run([&] {
                       Message again;
                       again.bytes = isolet::value::Bytes(bytes.data(), bytes.size());
                       isolet::value::Decode(context, again, table, kLimit).ToLocalChecked();
                     }),
                     run([&] { serialize(); }), run([&] {
                       v8::ValueDeserializer deserializer(isolate, released.first, released.second);
                       deserializer.ReadHeader(context).Check();
                       deserializer.ReadValue(context).ToLocalChecked();
                     })};
    for (int i = 0; i < 4; i++) best[i] = std::min(best[i], now[i]);
  }
  std::free(released.first);
  Local<Value> times[4];
  for (int i = 0; i < 4; i++) times[i] = v8::Number::New(isolate, best[i]);
  info.GetReturnValue().Set(v8::Array::New(isolate, times, 4));
}

}  // namespace

NODE_MODULE_INIT() {
  if (!isolet::value::PrepareContext(context)) return;
  NODE_SET_METHOD(exports, "roundTrip", RoundTrip);
  NODE_SET_METHOD(exports, "roundTripList", RoundTripList);
  NODE_SET_METHOD(exports, "unprepared", Unprepared);
  NODE_SET_METHOD(exports, "viaGuest", ViaGuest);
  NODE_SET_METHOD(exports, "encode", EncodeBytes);
  NODE_SET_METHOD(exports, "decode", DecodeBytes);
  NODE_SET_METHOD(exports, "counts", Counts);
  NODE_SET_METHOD(exports, "fields", Fields);
  NODE_SET_METHOD(exports, "brand", Brand);
  NODE_SET_METHOD(exports, "time", Time);
}
