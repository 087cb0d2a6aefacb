#include <array>

#include "cases.h"

namespace floor_bench {

void ColdStart(Args args) {
  Environment& environment = Environment::Of(args);
  const int count = IntArg(args, 0);
  std::vector<double> phases;
  phases.reserve(count * 4);
  for (int i = 0; i < count; ++i) {
    std::array<double, 5> at{};
    at[0] = NowMicros();
    {
      BareIsolate owner(environment.platform);
      v8::Isolate* isolate = owner.get();
      at[1] = NowMicros();
      {
        v8::Locker locker(isolate);
        v8::Isolate::Scope isolate_scope(isolate);
        v8::HandleScope handles(isolate);
        v8::Local<v8::Context> context = v8::Context::New(isolate);
        v8::Context::Scope context_scope(context);
        at[2] = NowMicros();
        RunScript(context, "1 + 1");
        isolate->PerformMicrotaskCheckpoint();
        at[3] = NowMicros();
      }
    }
    at[4] = NowMicros();
    for (int phase = 0; phase < 4; ++phase) phases.push_back(at[phase + 1] - at[phase]);
  }
  args.GetReturnValue().Set(ToArray(args.GetIsolate(), phases));
}

}  // namespace floor_bench
