#include "programs/programs.h"

#include <array>
#include <vector>

#include "boundary/crossing.h"
#include "boundary/guest_functions.h"
#include "boundary/host_functions.h"
#include "boundary/rejections.h"
#include "boundary/streams.h"
#include "calls/entry_state.h"
#include "calls/guest_options.h"
#include "calls/host.h"
#include "calls/parts.h"
#include "isolate/lock.h"
#include "modules/compiler.h"
#include "programs/hidden_globals.h"
#include "realm/timers.h"
#include "v8/strings.h"
#include "web/web.h"

namespace isolet {

v8::MaybeLocal<v8::Value> ScriptProgram::Run(const IsolateLock& lock) {
  v8::MaybeLocal<v8::Value> value = RunScript(lock, source_, keep_);
  if (value_ == Value::kDropped && !value.IsEmpty()) return v8::Undefined(lock.isolate()).As<v8::Value>();
  return value;
}

v8::MaybeLocal<v8::Value> KeepCodeProgram::Run(const IsolateLock& lock) {
  bool kept = module_ ? KeepModuleCode(lock, source_) : KeepScriptCode(lock, source_);
  if (!kept) return {};
  return v8::Undefined(lock.isolate()).As<v8::Value>();
}

v8::MaybeLocal<v8::Value> AddLateProgram::Run(const IsolateLock& lock) {
  Parts& parts = lock.parts();
  const GuestOptions& options = parts.options();
  if (options.late_timers && !Timers::Install(lock.context())) return {};
  if (options.late_web && !parts.web().Load(lock.context(), parts)) return {};
  if (options.late_streams && !parts.streams().Load(lock.context(), options.streams)) return {};
  return v8::Undefined(lock.isolate()).As<v8::Value>();
}

v8::MaybeLocal<v8::Value> CallProgram::Run(const IsolateLock& lock) {
  v8::Isolate* isolate = lock.isolate();
  v8::Local<v8::Function> function;
  if (!lock.parts().functions().Find(isolate, function_id_).ToLocal(&function)) {
    isolate->ThrowException(v8::Exception::TypeError(Name(isolate, "The function was released")));
    return {};
  }
  if (arguments_) {
    std::array<v8::Local<v8::Value>, value::Primitives::kMost> values;
    for (size_t i = 0; i < arguments_->size(); ++i) values[i] = value::FromPrimitive(isolate, (*arguments_)[i]);
    return CallWith(lock, function, v8::Undefined(isolate), arguments_->size(), values.data());
  }
  v8::EscapableHandleScope scope(isolate);
  value::Values values;
  if (!ArriveList(lock.parts(), lock.context(), values_, &values) || values.empty()) return {};
  v8::Local<v8::Value> receiver = values[values.size() - 1];
  return scope.EscapeMaybe(CallWith(lock, function, receiver, values.size() - 1, values.data()));
}

v8::MaybeLocal<v8::Value> CallProgram::CallWith(const IsolateLock& lock, v8::Local<v8::Function> function,
                                                v8::Local<v8::Value> receiver, size_t count,
                                                v8::Local<v8::Value>* arguments) {
  if (receiver->IsUndefined()) {
    v8::Local<v8::Object> holder = lock.parts().functions().Receiver(lock.isolate(), function_id_);
    if (!holder.IsEmpty()) receiver = holder;
  }
  return function->Call(lock.context(), receiver, static_cast<int>(count), arguments);
}

void CallProgram::Discard(Parts& parts) { parts.host().GiveBackOf(values_); }

ProgramForm CallProgram::TakeForm() {
  if (arguments_) return PlainCallForm{function_id_, *arguments_};
  return Form();
}

v8::MaybeLocal<v8::Value> SetGlobalProgram::Run(const IsolateLock& lock) {
  v8::Isolate* isolate = lock.isolate();
  v8::Local<v8::Value> value;
  v8::Local<v8::String> name;
  if (!Arrive(lock.parts(), lock.context(), value_).ToLocal(&value) || !FromUtf8(isolate, name_).ToLocal(&name)) {
    return {};
  }
  // A function of the guest's own that comes home keeps its name.
  if (value->IsFunction() && lock.parts().host_functions().Knows(lock.context(), value.As<v8::Function>())) {
    value.As<v8::Function>()->SetName(name);
  }
  v8::Local<v8::Object> global = lock.context()->Global();
  bool had = false, hidden = false;
  if (!global->HasOwnProperty(lock.context(), name).To(&had)) return {};
  const bool may_hide = lock.parts().entry_state().scripts_ran || lock.parts().options().snapshot != nullptr;
  if (had && may_hide && !IsHidden(lock.context(), name).To(&hidden)) return {};
  if (hidden) return Refuse(lock);
  // Defined, not assigned: a setter or a frozen property of the guest does not get to see the value.
  bool defined = false;
  if (!global->DefineOwnProperty(lock.context(), name, value).To(&defined)) return {};
  if (!defined) {
    // A variable or a function of a script can't be made anew, but has another value now.
    v8::PropertyDescriptor descriptor(value);
    if (!global->DefineProperty(lock.context(), name, descriptor).To(&defined)) return {};
  }
  if (!defined) {
    isolate->ThrowException(
        v8::Exception::TypeError(Name(isolate, "The guest made this global property unchangeable")));
    return {};
  }
  if (had || !may_hide) return v8::Undefined(isolate).As<v8::Value>();
  if (!IsHidden(lock.context(), name).To(&hidden)) return {};
  if (!hidden) return v8::Undefined(isolate).As<v8::Value>();
  if (global->Delete(lock.context(), name).IsNothing()) return {};
  return Refuse(lock);
}

v8::Local<v8::Value> SetGlobalProgram::Refuse(const IsolateLock& lock) const {
  if (!awaited_) {
    GuestError error;
    error.name = "TypeError";
    error.message = "A global of the host was not defined: the guest has declared '" + name_ + "' itself";
    lock.parts().rejections().Send(lock.parts(), 0, std::move(error));
  }
  return v8::False(lock.isolate());
}

void SetGlobalProgram::Discard(Parts& parts) { parts.host().GiveBackOf(value_); }

v8::MaybeLocal<v8::Value> DeleteGlobalProgram::Run(const IsolateLock& lock) {
  v8::Isolate* isolate = lock.isolate();
  v8::Local<v8::String> name;
  if (!FromUtf8(isolate, name_).ToLocal(&name)) return {};
  v8::Local<v8::Object> global = lock.context()->Global();
  bool had = false, deleted = false;
  if (!global->HasOwnProperty(lock.context(), name).To(&had)) return {};
  if (!global->Delete(lock.context(), name).To(&deleted)) return {};
  return v8::Boolean::New(isolate, had && deleted).As<v8::Value>();
}

}  // namespace isolet
