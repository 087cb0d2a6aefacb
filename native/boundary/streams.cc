#include "boundary/streams.h"

#include <iterator>
#include <utility>

#include "boundary/guest_functions.h"
#include "boundary/host_functions.h"
#include "calls/parts.h"
#include "v8/strings.h"

namespace isolet {
namespace {

// A guest may make a chain of prototypes of any length.
constexpr int kMaxChain = 64;

// Empty: an exception is pending, or it is none.
v8::MaybeLocal<v8::Object> GetObject(v8::Local<v8::Context> context, v8::Local<v8::Object> object, const char* name) {
  v8::Local<v8::Value> value;
  if (!object->Get(context, Name(v8::Isolate::GetCurrent(), name)).ToLocal(&value) || !value->IsObject()) return {};
  return value.As<v8::Object>();
}

// Position of the streams in a snapshot's data of its context.
constexpr size_t kStored = 0;

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
  v8::Local<v8::Value> value;
  if (!FromUtf8(isolate, source).ToLocal(&code)) return false;
  v8::ScriptOrigin origin = MakeOrigin(isolate, Name(isolate, "isolet:streams"));
  v8::ScriptCompiler::Source compiled(code, origin);
  if (!v8::ScriptCompiler::Compile(context, &compiled).ToLocal(&script)) return false;
  if (!script->Run(context).ToLocal(&value) || !value->IsObject()) return false;
  v8::Local<v8::Object> exports = value.As<v8::Object>(), classes;
  if (!GetObject(context, exports, "classes").ToLocal(&classes)) return false;
  std::array<v8::Local<v8::Object>, 5> parts;
  size_t at = 0;
  for (const char* name : {"ReadableStream", "WritableStream", "TransformStream"}) {
    v8::Local<v8::Object> constructor;
    if (!GetObject(context, classes, name).ToLocal(&constructor) ||
        !GetObject(context, constructor, "prototype").ToLocal(&parts[at++])) {
      return false;
    }
  }
  for (const char* name : {"exportStream", "importStream"}) {
    if (!GetObject(context, exports, name).ToLocal(&parts[at]) || !parts[at++]->IsFunction()) return false;
  }
  if (!DefineAll(context, classes)) return false;
  Adopt(isolate, parts);
  return true;
}

void Streams::Adopt(v8::Isolate* isolate, const std::array<v8::Local<v8::Object>, 5>& parts) {
  readable_.Reset(isolate, parts[0]);
  writable_.Reset(isolate, parts[1]);
  transform_.Reset(isolate, parts[2]);
  export_.Reset(isolate, parts[3]);
  import_.Reset(isolate, parts[4]);
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
      if (!export_.Get(isolate)
               .As<v8::Function>()
               ->Call(context, v8::Undefined(isolate), 1, &argument)
               .ToLocal(&source) ||
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
  v8::Local<v8::Function> import = loaded() ? import_.Get(isolate).As<v8::Function>() : late_import_.Get(isolate);
  v8::Local<v8::Value> argument = source;
  return import->Call(context, v8::Undefined(isolate), 1, &argument);
}

void Streams::Store(v8::SnapshotCreator& creator, v8::Local<v8::Context> context) const {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::Context::Scope scope(context);
  v8::Local<v8::Array> stored = v8::Array::New(isolate);
  if (loaded()) {
    v8::Local<v8::Value> parts[] = {readable_.Get(isolate), writable_.Get(isolate), transform_.Get(isolate),
                                    export_.Get(isolate), import_.Get(isolate)};
    stored = v8::Array::New(isolate, parts, std::size(parts));
  }
  creator.AddData(context, stored);
}

bool Streams::Restore(v8::Local<v8::Context> context) {
  Clear();  // those of another context
  v8::Local<v8::Array> stored;
  if (!context->GetDataFromSnapshotOnce<v8::Array>(kStored).ToLocal(&stored)) return false;
  std::array<v8::Local<v8::Object>, 5> parts;
  if (stored->Length() != parts.size()) return stored->Length() == 0;
  for (uint32_t i = 0; i < parts.size(); ++i) {
    v8::Local<v8::Value> part;
    if (!stored->Get(context, i).ToLocal(&part) || !part->IsObject()) return false;
    parts[i] = part.As<v8::Object>();
  }
  Adopt(v8::Isolate::GetCurrent(), parts);
  return true;
}

void Streams::Clear() {
  readable_.Reset();
  writable_.Reset();
  transform_.Reset();
  export_.Reset();
  import_.Reset();
  late_import_.Reset();
}

}  // namespace isolet
