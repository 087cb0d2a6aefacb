#include "boundary/streams.h"

#include <utility>

#include "boundary/guest_functions.h"
#include "boundary/host_functions.h"
#include "calls/parts.h"
#include "v8/strings.h"

namespace isolet {
namespace {

// A guest may make a chain of prototypes of any length.
constexpr int kMaxChain = 64;

bool GetFunction(v8::Local<v8::Context> context, v8::Local<v8::Object> object, const char* name,
                 v8::Global<v8::Function>* out) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::Local<v8::Value> value;
  if (!object->Get(context, Name(isolate, name)).ToLocal(&value) || !value->IsFunction()) return false;
  out->Reset(isolate, value.As<v8::Function>());
  return true;
}

bool GetPrototype(v8::Local<v8::Context> context, v8::Local<v8::Object> classes, const char* name,
                  v8::Global<v8::Object>* out) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::Local<v8::Value> constructor, prototype;
  if (!classes->Get(context, Name(isolate, name)).ToLocal(&constructor) || !constructor->IsObject()) return false;
  if (!constructor.As<v8::Object>()->Get(context, Name(isolate, "prototype")).ToLocal(&prototype)) return false;
  if (!prototype->IsObject()) return false;
  out->Reset(isolate, prototype.As<v8::Object>());
  return true;
}

// In the order of Streams::Store.
template <typename T>
bool Take(v8::Local<v8::Context> context, size_t index, v8::Global<T>* out) {
  v8::Local<T> value;
  if (!context->GetDataFromSnapshotOnce<T>(index).ToLocal(&value)) return false;
  out->Reset(v8::Isolate::GetCurrent(), value);
  return true;
}

// As global classes are: writable, configurable, not enumerable.
bool DefineAll(v8::Local<v8::Context> context, v8::Local<v8::Object> classes) {
  v8::Local<v8::Array> names;
  if (!classes->GetOwnPropertyNames(context).ToLocal(&names)) return false;
  for (uint32_t i = 0; i < names->Length(); ++i) {
    v8::Local<v8::Value> name, value;
    if (!names->Get(context, i).ToLocal(&name) || !classes->Get(context, name).ToLocal(&value)) return false;
    bool defined = false;
    if (!context->Global()->DefineOwnProperty(context, name.As<v8::Name>(), value, v8::DontEnum).To(&defined)) {
      return false;
    }
    if (!defined) {
      v8::Isolate* isolate = v8::Isolate::GetCurrent();
      isolate->ThrowException(v8::Exception::TypeError(Name(isolate, "The globals of streams can't be defined")));
      return false;
    }
  }
  return true;
}

}  // namespace

bool Streams::Load(v8::Local<v8::Context> context, const std::string& source) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::HandleScope scope(isolate);
  v8::Local<v8::String> code;
  v8::Local<v8::Script> script;
  v8::Local<v8::Value> value, classes;
  if (!FromUtf8(isolate, source).ToLocal(&code)) return false;
  v8::ScriptOrigin origin = MakeOrigin(isolate, Name(isolate, "isolet:streams"));
  v8::ScriptCompiler::Source compiled(code, origin);
  if (!v8::ScriptCompiler::Compile(context, &compiled).ToLocal(&script)) return false;
  if (!script->Run(context).ToLocal(&value) || !value->IsObject()) return false;
  v8::Local<v8::Object> exports = value.As<v8::Object>();
  if (!exports->Get(context, Name(isolate, "classes")).ToLocal(&classes) || !classes->IsObject()) return false;
  v8::Local<v8::Object> named = classes.As<v8::Object>();
  return GetPrototype(context, named, "ReadableStream", &readable_) &&
         GetPrototype(context, named, "WritableStream", &writable_) &&
         GetPrototype(context, named, "TransformStream", &transform_) &&
         GetFunction(context, exports, "exportStream", &export_) &&
         GetFunction(context, exports, "importStream", &import_) && DefineAll(context, named);
}

value::Exporter::Answer Streams::Export(Parts& parts, v8::Local<v8::Context> context,
                                        v8::Local<v8::Object> object) const {
  v8::Local<v8::Value> at = PrototypeOf(object);
  for (int i = 0; i < kMaxChain && at->IsObject() && !at->IsProxy(); ++i) {
    if (writable_ == at || transform_ == at) {
      value::Failure failure;
      failure.kind = value::Failure::Kind::kUnsupported;
      failure.what = writable_ == at ? "WritableStream" : "TransformStream";
      return failure;
    }
    if (readable_ == at) {
      v8::Isolate* isolate = v8::Isolate::GetCurrent();
      v8::Local<v8::Value> argument = object, source;
      if (!export_.Get(isolate)->Call(context, v8::Undefined(isolate), 1, &argument).ToLocal(&source) ||
          !source->IsFunction()) {
        return value::Failure{};
      }
      // A stream of the host that nobody has read from goes home.
      if (auto home = parts.host_functions().Export(context, source.As<v8::Function>())) {
        if (auto* handle = std::get_if<value::Handle>(&*home)) handle->kind = value::HandleKind::kHostStream;
        return *std::move(home);
      }
      value::Handle handle;
      handle.kind = value::HandleKind::kGuestStream;
      auto id = parts.functions().Export(context, source.As<v8::Function>(), {});
      if (auto* refused = std::get_if<value::Failure>(&id)) return std::move(*refused);
      handle.id = std::get<uint64_t>(id);
      return handle;
    }
    at = PrototypeOf(at.As<v8::Object>());
  }
  return std::monostate{};
}

v8::MaybeLocal<v8::Value> Streams::Import(v8::Local<v8::Context> context, v8::Local<v8::Function> source) const {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::Local<v8::Value> argument = source;
  return import_.Get(isolate)->Call(context, v8::Undefined(isolate), 1, &argument);
}

void Streams::Store(v8::SnapshotCreator& creator, v8::Local<v8::Context> context) const {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  creator.AddData(context, readable_.Get(isolate));
  creator.AddData(context, writable_.Get(isolate));
  creator.AddData(context, transform_.Get(isolate));
  creator.AddData(context, export_.Get(isolate));
  creator.AddData(context, import_.Get(isolate));
}

bool Streams::Restore(v8::Local<v8::Context> context) {
  return Take(context, 0, &readable_) && Take(context, 1, &writable_) && Take(context, 2, &transform_) &&
         Take(context, 3, &export_) && Take(context, 4, &import_);
}

void Streams::Clear() {
  readable_.Reset();
  writable_.Reset();
  transform_.Reset();
  export_.Reset();
  import_.Reset();
}

}  // namespace isolet
