#include "binding/environment/node_platform.h"

#include <node.h>

#include <condition_variable>
#include <mutex>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace isolet {
namespace {

class Delegate final : public node::IsolatePlatformDelegate {
 public:
  explicit Delegate(std::shared_ptr<v8::TaskRunner> foreground) : foreground_(std::move(foreground)) {}
  std::shared_ptr<v8::TaskRunner> GetForegroundTaskRunner() override { return foreground_; }
  bool IdleTasksEnabled() override { return false; }

 private:
  const std::shared_ptr<v8::TaskRunner> foreground_;
};

// Between the end of an isolate and its unregistering another may be made at its address: registering that one would
// find the old entry. V8 may take long to end one (it waits for its compiler), and only the thread that got its address
// waits. One for the process.
class Leaving {
 public:
  static Leaving& Get() {
    static auto* leaving = new Leaving();
    return *leaving;
  }

  class Scope {
   public:
    explicit Scope(v8::Isolate* isolate) : isolate_(isolate) {
      std::lock_guard<std::mutex> lock(Get().mutex_);
      Get().addresses_.insert(isolate_);
    }
    ~Scope() {
      std::lock_guard<std::mutex> lock(Get().mutex_);
      Get().addresses_.erase(isolate_);
      Get().left_.notify_all();
    }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    v8::Isolate* const isolate_;
  };

  void WaitFor(v8::Isolate* address) {
    std::unique_lock<std::mutex> lock(mutex_);
    left_.wait(lock, [&] { return addresses_.count(address) == 0; });
  }

 private:
  Leaving() = default;

  std::mutex mutex_;  // guards addresses_; leaf lock
  std::condition_variable left_;
  std::unordered_set<v8::Isolate*> addresses_;
};

class NodePlatform final : public IsolatePlatform {
 public:
  explicit NodePlatform(node::MultiIsolatePlatform* platform) : platform_(platform) {}

  void Register(v8::Isolate* isolate, std::shared_ptr<v8::TaskRunner> foreground) override {
    auto delegate = std::make_unique<Delegate>(std::move(foreground));
    Leaving::Get().WaitFor(isolate);
    platform_->RegisterIsolate(isolate, delegate.get());
    std::lock_guard<std::mutex> lock(mutex_);
    delegates_[isolate] = std::move(delegate);
  }

  void Dispose(v8::Isolate* isolate) override {
    // Node borrows the delegate until the isolate is unregistered.
    std::unique_ptr<Delegate> delegate = Take(isolate);
    Leaving::Scope leaving(isolate);
#if NODE_MAJOR_VERSION >= 24
    platform_->DisposeIsolate(isolate);
#else
    isolate->Dispose();
    platform_->UnregisterIsolate(isolate);
#endif
  }

  void Forget(v8::Isolate* isolate) override {
    std::unique_ptr<Delegate> delegate = Take(isolate);
    Leaving::Scope leaving(isolate);
    platform_->UnregisterIsolate(isolate);
  }

 private:
  std::unique_ptr<Delegate> Take(v8::Isolate* isolate) {
    std::lock_guard<std::mutex> lock(mutex_);
    auto found = delegates_.find(isolate);
    if (found == delegates_.end()) return nullptr;
    std::unique_ptr<Delegate> delegate = std::move(found->second);
    delegates_.erase(found);
    return delegate;
  }

  node::MultiIsolatePlatform* const platform_;
  std::mutex mutex_;  // guards delegates_; leaf lock
  std::unordered_map<v8::Isolate*, std::unique_ptr<Delegate>> delegates_;
};

}  // namespace

std::unique_ptr<IsolatePlatform> CurrentNodePlatform(v8::Isolate* isolate) {
  node::Environment* environment = node::GetCurrentEnvironment(isolate->GetCurrentContext());
  if (environment == nullptr) return nullptr;
  return std::make_unique<NodePlatform>(node::GetMultiIsolatePlatform(environment));
}

ProcessExitHook::ProcessExitHook(v8::Isolate* isolate, void (*callback)(void* data), void* data)
    : target_(std::make_shared<Target>(Target{callback, data})) {
  auto call = [](void* kept) {
    std::unique_ptr<std::shared_ptr<Target>> target(static_cast<std::shared_ptr<Target>*>(kept));
    if ((*target)->callback != nullptr) (*target)->callback((*target)->data);
  };
  node::AtExit(node::GetCurrentEnvironment(isolate->GetCurrentContext()), call, new std::shared_ptr<Target>(target_));
}

}  // namespace isolet
