#include "binding/host/guest_handles.h"

#include <utility>

#include "binding/host/runtime_core.h"
#include "v8/strings.h"

namespace isolet {

v8::MaybeLocal<v8::Object> GuestHandles::Function(const value::Handle& handle) {
  v8::Isolate* isolate = core_.isolate();
  if (auto known = entries_.find(handle.id); known != entries_.end()) {
    ++known->second->arrivals;
    return known->second->function.Get(isolate);
  }
  v8::Local<v8::String> name;
  v8::Local<v8::Value> function;
  if (!FromUtf8(isolate, handle.name).ToLocal(&name)) return {};
  v8::Local<v8::Value> arguments[] = {core_.owner(), v8::Number::New(isolate, static_cast<double>(handle.id)), name,
                                      v8::Integer::NewFromUnsigned(isolate, handle.length)};
  if (!core_.environment().CallHook(Environment::Hook::kImportFunction, 4, arguments).ToLocal(&function) ||
      !function->IsObject()) {
    return {};
  }
  auto entry = std::make_unique<Entry>();
  entry->function.Reset(isolate, function.As<v8::Object>());
  entry->table = this;
  entry->id = handle.id;
  entry->arrivals = 1;
  entry->is_stream = handle.kind == value::HandleKind::kGuestStream;
  if (entry->is_stream) ++streams_;
  entry->function.SetWeak(entry.get(), OnCollected, v8::WeakCallbackType::kParameter);
  entries_.emplace(handle.id, std::move(entry));
  return function.As<v8::Object>();
}

v8::MaybeLocal<v8::Value> GuestHandles::Arrive(const value::Handle& handle) {
  v8::Local<v8::Object> function;
  if (!Function(handle).ToLocal(&function)) {
    core_.guest()->LetGo(handle.kind, handle.id, 1);
    return {};
  }
  if (handle.kind == value::HandleKind::kGuestFunction) return function;
  v8::Local<v8::Value> arguments[] = {core_.owner(), function};
  return core_.environment().CallHook(Environment::Hook::kImportStream, 2, arguments);
}

void GuestHandles::Release(uint64_t id) {
  auto found = entries_.find(id);
  if (found == entries_.end()) return;
  if (found->second->is_stream) --streams_;
  const uint64_t arrivals = found->second->arrivals;
  entries_.erase(found);
  core_.guest()->LetGo(value::HandleKind::kGuestFunction, id, arrivals);
}

void GuestHandles::OnCollected(const v8::WeakCallbackInfo<Entry>& info) {
  Entry* entry = info.GetParameter();
  entry->function.Reset();
  entry->table->Release(entry->id);
}

}  // namespace isolet
