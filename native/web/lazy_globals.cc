#include "web/lazy_globals.h"

#include "v8/strings.h"

namespace isolet {

bool DefineLazyGlobals(v8::Local<v8::Context> context, v8::Local<v8::Object> makers, bool enumerable) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::HandleScope scope(isolate);
  v8::Local<v8::Object> global = context->Global();
  v8::Local<v8::Array> names;
  if (!makers->GetOwnPropertyNames(context).ToLocal(&names)) return false;
  const v8::PropertyAttribute attributes = enumerable ? v8::None : v8::DontEnum;
  for (uint32_t i = 0; i < names->Length(); ++i) {
    v8::Local<v8::Value> name, maker;
    if (!names->Get(context, i).ToLocal(&name) || !makers->Get(context, name).ToLocal(&maker)) return false;
    bool defined = false;
    if (!global->SetLazyDataProperty(context, name.As<v8::Name>(), GetLazyGlobal, maker, attributes).To(&defined)) {
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

void GetLazyGlobal(v8::Local<v8::Name>, const v8::PropertyCallbackInfo<v8::Value>& info) {
  v8::Isolate* isolate = info.GetIsolate();
  if (!info.Data()->IsFunction()) return;
  v8::Local<v8::Value> value;
  if (info.Data()
          .As<v8::Function>()
          ->Call(isolate->GetCurrentContext(), v8::Undefined(isolate), 0, nullptr)
          .ToLocal(&value)) {
    info.GetReturnValue().Set(value);
  }
}

}  // namespace isolet
