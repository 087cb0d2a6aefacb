#include "bare_isolate.h"

#include <cstdlib>

namespace floor_bench {
namespace {

class SilentTaskRunner final : public v8::TaskRunner {
 public:
#if V8_MAJOR_VERSION < 12
  void PostTask(std::unique_ptr<v8::Task>) override {}
  void PostDelayedTask(std::unique_ptr<v8::Task>, double) override {}
  void PostIdleTask(std::unique_ptr<v8::IdleTask>) override {}
#endif
  bool IdleTasksEnabled() override { return false; }
  // Node 20's V8 refuses an isolate whose runner does not promise these.
  bool NonNestableTasksEnabled() const override { return true; }
  bool NonNestableDelayedTasksEnabled() const override { return true; }
};

// One allocator for all, so that it is no part of the time of an isolate.
std::shared_ptr<v8::ArrayBuffer::Allocator> SharedAllocator() {
  static std::shared_ptr<v8::ArrayBuffer::Allocator> allocator(v8::ArrayBuffer::Allocator::NewDefaultAllocator());
  return allocator;
}

constexpr size_t kMaxHeapSize = size_t{64} << 20;

}  // namespace

SilentDelegate::SilentDelegate() : runner_(std::make_shared<SilentTaskRunner>()) {}

BareIsolate::BareIsolate(node::MultiIsolatePlatform* platform)
    : platform_(platform), isolate_(v8::Isolate::Allocate()) {
  platform_->RegisterIsolate(isolate_, &delegate_);
  v8::Isolate::CreateParams params;
  params.constraints.ConfigureDefaultsFromHeapSize(0, kMaxHeapSize);
  params.array_buffer_allocator_shared = SharedAllocator();
  v8::Isolate::Initialize(isolate_, params);
  isolate_->SetMicrotasksPolicy(v8::MicrotasksPolicy::kExplicit);
}

BareIsolate::~BareIsolate() {
#if NODE_MAJOR_VERSION >= 24
  platform_->DisposeIsolate(isolate_);
#else
  isolate_->Dispose();
  platform_->UnregisterIsolate(isolate_);
#endif
}

v8::Local<v8::Value> RunScript(v8::Local<v8::Context> context, const char* source) {
  v8::Local<v8::String> text;
  v8::Local<v8::Script> script;
  v8::Local<v8::Value> result;
  if (!v8::String::NewFromUtf8(v8::Isolate::GetCurrent(), source).ToLocal(&text) ||
      !v8::Script::Compile(context, text).ToLocal(&script) || !script->Run(context).ToLocal(&result)) {
    abort();  // the sources are the benchmark's own
  }
  return result;
}

Guest::Guest(node::MultiIsolatePlatform* platform, const char* source) : isolate_(platform) {
  v8::Locker locker(isolate());
  v8::Isolate::Scope isolate_scope(isolate());
  v8::HandleScope handles(isolate());
  v8::Local<v8::Context> context = v8::Context::New(isolate());
  v8::Context::Scope context_scope(context);
  context_.Reset(isolate(), context);
  v8::Local<v8::Value> value = RunScript(context, source);
  if (value->IsFunction()) function_.Reset(isolate(), value.As<v8::Function>());
}

Guest::~Guest() {
  v8::Locker locker(isolate());
  v8::Isolate::Scope isolate_scope(isolate());
  function_.Reset();
  context_.Reset();
}

}  // namespace floor_bench
