// An isolate, a context and a function with nothing of isolet around them.
#pragma once

#include <node.h>
#include <v8.h>

#include <memory>

namespace floor_bench {

// Drops the isolate's foreground tasks: they finish garbage collections early and nothing here waits for one.
class SilentDelegate final : public node::IsolatePlatformDelegate {
 public:
  SilentDelegate();
  std::shared_ptr<v8::TaskRunner> GetForegroundTaskRunner() override { return runner_; }
  bool IdleTasksEnabled() override { return false; }

 private:
  std::shared_ptr<v8::TaskRunner> runner_;
};

class BareIsolate {
 public:
  explicit BareIsolate(node::MultiIsolatePlatform* platform);
  ~BareIsolate();
  BareIsolate(const BareIsolate&) = delete;
  BareIsolate& operator=(const BareIsolate&) = delete;

  v8::Isolate* get() const { return isolate_; }

 private:
  node::MultiIsolatePlatform* platform_;
  SilentDelegate delegate_;
  v8::Isolate* isolate_;
};

// A bare isolate with a context and the function `source` evaluates to.
class Guest {
 public:
  Guest(node::MultiIsolatePlatform* platform, const char* source);
  ~Guest();
  Guest(const Guest&) = delete;
  Guest& operator=(const Guest&) = delete;

  v8::Isolate* isolate() const { return isolate_.get(); }
  v8::Local<v8::Context> context() const { return context_.Get(isolate()); }
  v8::Local<v8::Function> function() const { return function_.Get(isolate()); }

 private:
  BareIsolate isolate_;  // first: the handles below have to go before it
  v8::Global<v8::Context> context_;
  v8::Global<v8::Function> function_;
};

// Everything a call into an isolate needs, in the order V8 wants it.
class Entered {
 public:
  explicit Entered(const Guest& guest)
      : locker_(guest.isolate()),
        isolate_scope_(guest.isolate()),
        handles_(guest.isolate()),
        context_scope_(guest.context()) {}

 private:
  v8::Locker locker_;
  v8::Isolate::Scope isolate_scope_;
  v8::HandleScope handles_;
  v8::Context::Scope context_scope_;
};

v8::Local<v8::Value> RunScript(v8::Local<v8::Context> context, const char* source);

}  // namespace floor_bench
