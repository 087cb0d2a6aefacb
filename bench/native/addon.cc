#include "cases.h"

namespace floor_bench {
namespace {

void Export(v8::Local<v8::Context> context, v8::Local<v8::Object> exports, const char* name,
            v8::FunctionCallback callback, v8::Local<v8::External> data) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::Local<v8::Function> function = v8::Function::New(context, callback, data).ToLocalChecked();
  exports->Set(context, v8::String::NewFromUtf8(isolate, name).ToLocalChecked(), function).Check();
}

}  // namespace

NODE_MODULE_INIT() {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  auto* environment = new Environment{node::GetMultiIsolatePlatform(node::GetCurrentEnvironment(context)), {}};
  node::AddEnvironmentCleanupHook(
      isolate, [](void* data) { delete static_cast<Environment*>(data); }, environment);
  const v8::Local<v8::External> data = v8::External::New(isolate, environment);
  Export(context, exports, "coldStart", ColdStart, data);
  Export(context, exports, "open", Open, data);
  Export(context, exports, "close", Close, data);
  Export(context, exports, "callNumbers", CallNumbers, data);
  Export(context, exports, "callOnce", CallOnce, data);
  Export(context, exports, "evalOnce", EvalOnce, data);
  Export(context, exports, "firstCall", FirstCall, data);
  Export(context, exports, "callValue", CallValue, data);
  Export(context, exports, "hop", Hop, data);
}

}  // namespace floor_bench
