#include <cstdlib>

#include "cases.h"

namespace floor_bench {
namespace {

double Call(const Guest& guest, double a, double b) {
  Entered entered(guest);
  v8::Isolate* isolate = guest.isolate();
  v8::Local<v8::Context> context = guest.context();
  v8::Local<v8::Value> argv[] = {v8::Number::New(isolate, a), v8::Number::New(isolate, b)};
  v8::Local<v8::Value> result;
  if (!guest.function()->Call(context, v8::Undefined(isolate), 2, argv).ToLocal(&result)) abort();
  isolate->PerformMicrotaskCheckpoint();
  return result.As<v8::Number>()->Value();
}

}  // namespace

void Open(Args args) {
  Environment& environment = Environment::Of(args);
  v8::String::Utf8Value source(args.GetIsolate(), args[0]);
  const int32_t id = environment.next_guest++;
  environment.guests.emplace(id, std::make_unique<Guest>(environment.platform, *source));
  args.GetReturnValue().Set(id);
}

void Close(Args args) { Environment::Of(args).guests.erase(IntArg(args, 0)); }

void CallNumbers(Args args) {
  const Guest& guest = Environment::Of(args).GuestArg(args, 0);
  double sum = 0;
  auto samples = TimeBatches(IntArg(args, 1), IntArg(args, 2), [&](int i) { sum += Call(guest, i, 1); });
  if (sum < 0) abort();  // keeps the result in use
  args.GetReturnValue().Set(ToArray(args.GetIsolate(), samples));
}

void CallOnce(Args args) {
  const Guest& guest = Environment::Of(args).GuestArg(args, 0);
  args.GetReturnValue().Set(Call(guest, args[1].As<v8::Number>()->Value(), args[2].As<v8::Number>()->Value()));
}

void EvalOnce(Args args) {
  const Guest& guest = Environment::Of(args).GuestArg(args, 0);
  double result;
  {
    Entered entered(guest);
    result = RunScript(guest.context(), "1").As<v8::Number>()->Value();
    guest.isolate()->PerformMicrotaskCheckpoint();
  }
  args.GetReturnValue().Set(result);
}

void FirstCall(Args args) {
  const Guest& guest = Environment::Of(args).GuestArg(args, 0);
  v8::String::Utf8Value source(args.GetIsolate(), args[1]);
  double result;
  {
    Entered entered(guest);
    v8::Isolate* isolate = guest.isolate();
    v8::Local<v8::Context> context = guest.context();
    v8::Local<v8::String> key = v8::String::NewFromUtf8Literal(isolate, "n");
    v8::Local<v8::Object> event = v8::Object::New(isolate);
    event->Set(context, key, args[2]).Check();
    v8::Local<v8::Value> argv[] = {event};
    v8::Local<v8::Value> answer;
    auto function = RunScript(context, *source).As<v8::Function>();
    if (!function->Call(context, v8::Undefined(isolate), 1, argv).ToLocal(&answer)) abort();
    isolate->PerformMicrotaskCheckpoint();
    if (!answer.As<v8::Object>()->Get(context, key).ToLocal(&answer)) abort();
    result = answer.As<v8::Number>()->Value();
  }
  args.GetReturnValue().Set(result);
}

}  // namespace floor_bench
