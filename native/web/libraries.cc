#include "web/libraries.h"

#include <map>
#include <memory>
#include <mutex>
#include <utility>

#include "v8/strings.h"
#include "web/op_arguments.h"

namespace isolet {
namespace {

using Text = std::shared_ptr<const std::string>;

class Libraries {
 public:
  static Libraries& Get() {
    // Never destroyed: guests may outlive static objects.
    static auto* const libraries = new Libraries();
    return *libraries;
  }

  void Set(std::string name, std::string text) {
    const std::lock_guard lock(mutex_);
    texts_.try_emplace(std::move(name), std::make_shared<const std::string>(std::move(text)));
  }
  Text Find(const std::string& name) {
    const std::lock_guard lock(mutex_);
    const auto found = texts_.find(name);
    return found == texts_.end() ? nullptr : found->second;
  }

 private:
  std::mutex mutex_;  // guards texts_; leaf lock
  std::map<std::string, Text> texts_;
};

constexpr size_t kMaxName = 64;

void Load(const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::Isolate* isolate = info.GetIsolate();
  v8::Local<v8::Context> context = isolate->GetCurrentContext();
  v8::Local<v8::String> name;
  if (!StringArgument(info, 0, &name)) return;
  const Text text = Libraries::Get().Find(ToUtf8(isolate, name, kMaxName));
  if (!text) {
    ThrowOpMisuse(isolate);
    return;
  }
  v8::Local<v8::String> code;
  v8::Local<v8::Script> script;
  v8::Local<v8::Value> exports;
  if (!v8::String::NewFromOneByte(isolate, reinterpret_cast<const uint8_t*>(text->data()), v8::NewStringType::kNormal,
                                  static_cast<int>(text->size()))
           .ToLocal(&code)) {
    return;
  }
  v8::ScriptOrigin origin = MakeOrigin(isolate, v8::String::Concat(isolate, Name(isolate, "isolet:"), name));
  v8::ScriptCompiler::Source source(code, origin);
  if (v8::ScriptCompiler::Compile(context, &source).ToLocal(&script) && script->Run(context).ToLocal(&exports)) {
    info.GetReturnValue().Set(exports);
  }
}

const WebOp kOps[] = {{"libraries", "load", Load, 1}};

}  // namespace

void SetWebLibrary(std::string name, std::string text) { Libraries::Get().Set(std::move(name), std::move(text)); }

std::span<const WebOp> LibraryOps() { return kOps; }

}  // namespace isolet
