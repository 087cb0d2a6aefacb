#include "isolate/unused_isolate.h"

#include <utility>

#include "isolate/foreground_runner.h"

namespace isolet {

UnusedIsolate::UnusedIsolate(std::shared_ptr<IsolatePlatform> platform, const IsolateRecipe& recipe,
                             IsolateHolder::Purpose purpose)
    : runner(std::make_shared<ForegroundRunner>()),
      holder(std::make_unique<IsolateHolder>(std::move(platform), recipe, runner, purpose)) {}

UnusedIsolate::~UnusedIsolate() {
  if (!holder) return;
  v8::Isolate* isolate = holder->isolate();
  v8::Locker locker(isolate);
  v8::Isolate::Scope isolate_scope(isolate);
  runner->Close();
  context.Reset();
}

bool UnusedIsolate::MakeContext() {
  v8::Isolate* isolate = holder->isolate();
  v8::Locker locker(isolate);
  v8::Isolate::Scope isolate_scope(isolate);
  v8::HandleScope scope(isolate);
  v8::Local<v8::Context> made = v8::Context::New(isolate);
  if (made.IsEmpty()) return false;
  context.Reset(isolate, made);
  return true;
}

}  // namespace isolet
