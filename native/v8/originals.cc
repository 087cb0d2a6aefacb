#include "v8/originals.h"

#include "v8/strings.h"

namespace isolet {
namespace {

// After those of value/intrinsics.cc.
constexpr int kFirstSlot = 96;

int SlotOf(Original original) { return kFirstSlot + static_cast<int>(original); }

}  // namespace

v8::Local<v8::Value> GetOriginal(v8::Local<v8::Context> context, Original original) {
  const int slot = SlotOf(original);
  if (context->GetNumberOfEmbedderDataFields() <= static_cast<uint32_t>(slot)) {
    return v8::Undefined(v8::Isolate::GetCurrent());
  }
  return context->GetEmbedderData(slot);
}

void KeepOriginal(v8::Local<v8::Context> context, Original original, v8::Local<v8::Value> value) {
  context->SetEmbedderData(SlotOf(original), value);
}

v8::MaybeLocal<v8::Value> OwnValue(v8::Local<v8::Context> context, v8::Local<v8::Value> holder,
                                   v8::Local<v8::Name> key) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::Local<v8::Value> nothing = v8::Undefined(isolate), descriptor;
  if (!holder->IsObject() || holder->IsProxy()) return nothing;
  if (!holder.As<v8::Object>()->GetOwnPropertyDescriptor(context, key).ToLocal(&descriptor)) return {};
  if (!descriptor->IsObject()) return nothing;
  // Its prototype is the guest's: only what V8 put into it is asked for.
  v8::Local<v8::String> value = Name(isolate, "value");
  bool data = false;
  if (!descriptor.As<v8::Object>()->HasOwnProperty(context, value).To(&data)) return {};
  return data ? descriptor.As<v8::Object>()->Get(context, value) : nothing;
}

v8::MaybeLocal<v8::Value> OwnValue(v8::Local<v8::Context> context, v8::Local<v8::Value> holder, const char* name) {
  return OwnValue(context, holder, Name(v8::Isolate::GetCurrent(), name));
}

bool ReplaceFunction(v8::Local<v8::Context> context, v8::Local<v8::Value> holder, v8::Local<v8::Name> key, int length,
                     v8::FunctionCallback callback, Original original) {
  if (GetOriginal(context, original)->IsFunction()) return true;
  v8::Local<v8::Value> real;
  if (!OwnValue(context, holder, key).ToLocal(&real)) return false;
  if (!real->IsFunction() || real->IsProxy()) return true;
  auto object = holder.As<v8::Object>();
  v8::PropertyAttribute attributes = v8::None;
  if (!object->GetPropertyAttributes(context, key).To(&attributes)) return false;
  v8::Local<v8::Function> guard;
  if (!v8::Function::New(context, callback, {}, length, v8::ConstructorBehavior::kThrow).ToLocal(&guard)) return false;
  v8::Local<v8::Value> name = real.As<v8::Function>()->GetName();
  if (name->IsString()) guard->SetName(name.As<v8::String>());
  KeepOriginal(context, original, real);
  // What can't be replaced was frozen by the guest, so it is not V8's.
  return object->DefineOwnProperty(context, key, guard, attributes).IsJust();
}

v8::MaybeLocal<v8::Value> ReplaceConstructor(v8::Local<v8::Context> context, v8::Local<v8::Value> holder,
                                             const char* name, v8::FunctionCallback callback, Original original) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::Local<v8::Value> nothing = v8::Undefined(isolate), real, prototype;
  if (GetOriginal(context, original)->IsFunction()) return nothing;
  if (!OwnValue(context, holder, name).ToLocal(&real)) return {};
  if (!real->IsFunction()) return nothing;  // Node was started without it
  if (!OwnValue(context, real, "prototype").ToLocal(&prototype)) return {};
  if (!prototype->IsObject()) return nothing;  // not V8's
  v8::Local<v8::Function> wrapper;
  if (!v8::Function::New(context, callback, {}, 1).ToLocal(&wrapper)) return {};
  wrapper->SetName(Name(isolate, name));
  auto fixed = static_cast<v8::PropertyAttribute>(v8::ReadOnly | v8::DontEnum | v8::DontDelete);
  if (!wrapper->DefineOwnProperty(context, Name(isolate, "prototype"), prototype, fixed).FromMaybe(false)) return {};
  KeepOriginal(context, original, real);
  // What is not V8's but was made by the scripts of a snapshot may be frozen.
  if (prototype.As<v8::Object>()
          ->DefineOwnProperty(context, Name(isolate, "constructor"), wrapper, v8::DontEnum)
          .IsNothing() ||
      holder.As<v8::Object>()->DefineOwnProperty(context, Name(isolate, name), wrapper, v8::DontEnum).IsNothing()) {
    return {};
  }
  return wrapper;
}

}  // namespace isolet
