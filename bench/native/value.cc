#include <cstdlib>
#include <tuple>

#include "cases.h"

namespace floor_bench {
namespace {

// What ValueSerializer wrote. It allocates with realloc and gives the memory away.
class Bytes {
 public:
  Bytes(v8::Isolate* isolate, v8::Local<v8::Context> context, v8::Local<v8::Value> value) {
    v8::ValueSerializer serializer(isolate);
    serializer.WriteHeader();
    if (!serializer.WriteValue(context, value).FromMaybe(false)) abort();
    std::tie(data_, size_) = serializer.Release();
  }
  ~Bytes() { free(data_); }
  Bytes(const Bytes&) = delete;
  Bytes& operator=(const Bytes&) = delete;

  v8::Local<v8::Value> Read(v8::Isolate* isolate, v8::Local<v8::Context> context) const {
    v8::ValueDeserializer deserializer(isolate, data_, size_);
    v8::Local<v8::Value> value;
    if (!deserializer.ReadHeader(context).FromMaybe(false) || !deserializer.ReadValue(context).ToLocal(&value)) abort();
    return value;
  }

 private:
  uint8_t* data_ = nullptr;
  size_t size_ = 0;
};

Bytes CallWith(const Guest& guest, const Bytes& argument) {
  Entered entered(guest);
  v8::Isolate* isolate = guest.isolate();
  v8::Local<v8::Context> context = guest.context();
  v8::Local<v8::Value> argv[] = {argument.Read(isolate, context)};
  v8::Local<v8::Value> result;
  if (!guest.function()->Call(context, v8::Undefined(isolate), 1, argv).ToLocal(&result)) abort();
  isolate->PerformMicrotaskCheckpoint();
  return Bytes(isolate, context, result);
}

}  // namespace

void CallValue(Args args) {
  const Guest& guest = Environment::Of(args).GuestArg(args, 0);
  v8::Isolate* host = args.GetIsolate();
  v8::Local<v8::Context> context = host->GetCurrentContext();
  auto samples = TimeBatches(IntArg(args, 2), IntArg(args, 3), [&](int) {
    v8::HandleScope handles(host);
    const Bytes argument(host, context, args[1]);
    const Bytes result = CallWith(guest, argument);
    if (result.Read(host, context).IsEmpty()) abort();
  });
  args.GetReturnValue().Set(ToArray(host, samples));
}

}  // namespace floor_bench
