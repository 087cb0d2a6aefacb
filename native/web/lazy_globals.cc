#include "web/lazy_globals.h"

#include "calls/parts.h"
#include "v8/strings.h"
#include "web/web.h"

namespace isolet {

bool DefineLazyGlobals(v8::Local<v8::Context> context, v8::Local<v8::Object> makers, bool enumerable) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::HandleScope scope(isolate);
  v8::Local<v8::Object> global = context->Global();
  v8::Local<v8::Array> names;
  if (!makers->GetOwnPropertyNames(context).ToLocal(&names)) return false;
  const v8::PropertyAttribute attributes = enumerable ? v8::None : v8::DontEnum;
  for (uint32_t i = 0; i < names->Length(); ++i) {
    v8::Local<v8::Value> name;
    if (!names->Get(context, i).ToLocal(&name)) return false;
    bool defined = false;
    // Nothing of the context goes with it: in a snapshot V8 keeps such a property's data apart from the contexts, and
    // with it a copy of the whole context.
    if (!global->SetLazyDataProperty(context, name.As<v8::Name>(), GetLazyGlobal, {}, attributes).To(&defined)) {
      return false;
    }
    if (!defined) {
      // The code of a snapshot has put something there that stays.
      isolate->ThrowException(v8::Exception::TypeError(Name(isolate, "A global of the web can't be defined")));
      return false;
    }
  }
  return true;
}

void GetLazyGlobal(v8::Local<v8::Name> name, const v8::PropertyCallbackInfo<v8::Value>& info) {
  v8::Isolate* isolate = info.GetIsolate();
  Parts* parts = Parts::Of(isolate);
  if (parts == nullptr) return;
  v8::HandleScope scope(isolate);
  v8::Local<v8::Context> context = isolate->GetCurrentContext();
  v8::Local<v8::Function> maker;
  v8::Local<v8::Value> value;
  if (parts->web().Maker(context, name).ToLocal(&maker) &&
      maker->Call(context, v8::Undefined(isolate), 0, nullptr).ToLocal(&value)) {
    info.GetReturnValue().Set(value);
  }
}

}  // namespace isolet
