#include "boundary/crossing.h"

#include <algorithm>
#include <string>

#include "boundary/function_facts.h"
#include "boundary/guest_functions.h"
#include "boundary/held_handles.h"
#include "boundary/host_functions.h"
#include "boundary/promises.h"
#include "boundary/streams.h"
#include "boundary/web_objects.h"
#include "calls/current_call.h"
#include "calls/gate.h"
#include "calls/guest_options.h"
#include "calls/host.h"
#include "calls/parts.h"
#include "calls/task.h"
#include "memory_use/adopted_memory.h"
#include "memory_use/array_buffer_allocator.h"
#include "memory_use/charged_objects.h"
#include "memory_use/reservations.h"
#include "v8/private_ids.h"
#include "v8/strings.h"

namespace isolet {
namespace {

// Chunks below it are copied.
constexpr size_t kMoveThreshold = 64 * 1024;

// Charges the guest for buffers that arrive.
class GuestBuffers final : public value::BufferSource {
 public:
  explicit GuestBuffers(Parts& parts) : parts_(parts) {}

  std::shared_ptr<v8::BackingStore> Adopt(v8::Isolate* isolate, std::shared_ptr<v8::BackingStore> store) override {
    if (store->IsResizableByUserJavaScript()) return parts_.buffers().Admit(isolate, store) ? store : nullptr;
    if (!ChargeCollecting(isolate, parts_.allocator(), store->ByteLength())) return nullptr;
    return AdoptedMemory::Adopt(std::move(store), parts_.shared_allocator());
  }

 private:
  Parts& parts_;
};

// The host has let handles go.
class TakeInTask final : public Task {
 public:
  void Run(const IsolateLock& lock) override { lock.parts().held().TakeIn(); }
};

value::EncodeOptions Options(Parts& parts, const char* root) {
  value::EncodeOptions options;
  options.limits = parts.options().transfer;
  options.root = root;
  return options;
}

}  // namespace

value::Exporter::Answer GuestCrossing::ExportFunction(v8::Local<v8::Function> function, const Place& place) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::Local<v8::Context> context = isolate->GetCurrentContext();
  if (auto known = parts_.host_functions().Export(context, function)) return *std::move(known);
  value::Handle handle;
  handle.kind = value::HandleKind::kGuestFunction;
  auto id = parts_.functions().Export(context, function, place.holder);
  if (auto* refused = std::get_if<value::Failure>(&id)) return std::move(*refused);
  handle.id = std::get<uint64_t>(id);
  if (!ReadFacts(context, function, &handle)) {
    parts_.functions().Release(handle.id, 1);
    return value::Failure{};
  }
  return handle;
}

value::Exporter::Answer GuestCrossing::ExportPromise(v8::Local<v8::Promise> promise) {
  v8::Local<v8::Context> context = v8::Isolate::GetCurrent()->GetCurrentContext();
  auto id = parts_.promises().ExportGuestPromise(context, promise);
  if (auto* refused = std::get_if<value::Failure>(&id)) return std::move(*refused);
  return value::Handle{value::HandleKind::kGuestPromise, 0, std::get<uint64_t>(id)};
}

value::Exporter::Answer GuestCrossing::ExportObject(v8::Local<v8::Object> object) {
  v8::Local<v8::Context> context = v8::Isolate::GetCurrent()->GetCurrentContext();
  if (std::optional<uint64_t> id = ReadPrivateId(context, object, PrivateId::kHostError)) {
    return value::Handle{value::HandleKind::kHostError, 0, *id};
  }
  Answer answer = parts_.web_objects().Export(context, object);
  if (!std::holds_alternative<std::monostate>(answer)) return answer;
  if (parts_.streams().loaded()) return parts_.streams().Export(parts_, context, object);
  return std::monostate{};
}

bool GuestCrossing::Gives(v8::Local<v8::ArrayBuffer> buffer) {
  // The memory of a resizable one stays charged with what it reserves.
  if (buffer->ByteLength() < kMoveThreshold || IsResizable(buffer)) return false;
  v8::Local<v8::Context> context = v8::Isolate::GetCurrent()->GetCurrentContext();
  return ReadPrivateId(context, buffer, PrivateId::kGivenAway).has_value();
}

std::shared_ptr<v8::BackingStore> GuestCrossing::Release(std::shared_ptr<v8::BackingStore> store) {
  return AdoptedMemory::Release(std::move(store), parts_.shared_allocator());
}

void GuestCrossing::PassOnStop() { parts_.gate().Reassert(); }

void GuestCrossing::Undo(const std::vector<value::Handle>& handles) {
  for (const value::Handle& handle : handles) {
    if (handle.kind == value::HandleKind::kGuestFunction || handle.kind == value::HandleKind::kGuestStream) {
      parts_.functions().Release(handle.id, 1);
    } else if (handle.kind == value::HandleKind::kGuestPromise) {
      parts_.promises().Forget(handle.id);
    }
  }
}

v8::MaybeLocal<v8::Value> GuestCrossing::Import(const value::Handle& handle) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::Local<v8::Context> context = isolate->GetCurrentContext();
  switch (handle.kind) {
    case value::HandleKind::kGuestFunction: {
      v8::Local<v8::Function> function;
      if (parts_.functions().Find(isolate, handle.id).ToLocal(&function)) return function;
      isolate->ThrowException(v8::Exception::TypeError(Name(isolate, "The function was released")));
      return {};
    }
    case value::HandleKind::kGuestStream: {
      v8::Local<v8::Function> source;
      if (parts_.functions().Find(isolate, handle.id).ToLocal(&source)) {
        return parts_.streams().Import(context, source);
      }
      isolate->ThrowException(v8::Exception::TypeError(Name(isolate, "The stream was released")));
      return {};
    }
    case value::HandleKind::kHostFunction: {
      v8::Local<v8::Function> function;
      if (!parts_.host_functions().Import(context, handle).ToLocal(&function)) return {};
      return function;
    }
    case value::HandleKind::kHostStream: {
      v8::Local<v8::Function> source;
      if (!parts_.host_functions().Import(context, handle).ToLocal(&source)) return {};
      return parts_.streams().Import(context, source);
    }
    case value::HandleKind::kHostPromise: {
      v8::Local<v8::Promise> promise;
      if (!parts_.promises().ImportHostPromise(context, handle.id, CurrentCallId(context)).ToLocal(&promise)) return {};
      return promise;
    }
    default:
      isolate->ThrowException(v8::Exception::TypeError(Name(isolate, "This value can't arrive here")));
      return {};
  }
}

v8::MaybeLocal<v8::Value> GuestCrossing::Make(value::MadeKind kind, std::span<v8::Local<v8::Value>> parts) {
  return parts_.web_objects().Import(v8::Isolate::GetCurrent()->GetCurrentContext(), kind, parts);
}

std::variant<value::Message, value::Failure> Leave(Parts& parts, v8::Local<v8::Context> context,
                                                   v8::Local<v8::Value> value, const char* root, bool moves) {
  value::EncodeOptions options = Options(parts, root);
  options.move = moves;
  return value::Encode(context, value, options, parts.crossing());
}

std::variant<value::Message, value::Failure> LeaveList(Parts& parts, v8::Local<v8::Context> context,
                                                       const v8::Local<v8::Value>* values, size_t count,
                                                       const char* root, size_t max_bytes) {
  value::EncodeOptions options = Options(parts, root);
  options.limits.max_bytes = std::min(options.limits.max_bytes, max_bytes);
  return value::EncodeList(context, values, count, options, parts.crossing());
}

v8::MaybeLocal<v8::Value> Arrive(Parts& parts, v8::Local<v8::Context> context, value::Message& message) {
  GuestBuffers buffers(parts);
  v8::MaybeLocal<v8::Value> value =
      value::Decode(context, message, parts.crossing(), parts.options().transfer.max_bytes, &buffers);
  parts.host().GiveBackOf(message);
  return value;
}

bool ArriveList(Parts& parts, v8::Local<v8::Context> context, value::Message& message, value::Values* values) {
  GuestBuffers buffers(parts);
  bool arrived =
      value::DecodeList(context, message, parts.crossing(), values, parts.options().transfer.max_bytes, &buffers);
  parts.host().GiveBackOf(message);
  return arrived;
}

v8::MaybeLocal<v8::Value> ArriveError(Parts& parts, v8::Local<v8::Context> context, HostReply& reply) {
  v8::Local<v8::Value> error;
  if (!Arrive(parts, context, reply.value).ToLocal(&error)) return {};
  if (reply.host_error != 0 && error->IsObject()) {
    WritePrivateId(context, error.As<v8::Object>(), PrivateId::kHostError, reply.host_error);
  }
  return error;
}

v8::MaybeLocal<v8::Value> ArriveReply(Parts& parts, v8::Local<v8::Context> context, HostReply& reply, bool* threw) {
  v8::EscapableHandleScope scope(v8::Isolate::GetCurrent());
  v8::TryCatch catcher(v8::Isolate::GetCurrent());
  v8::Local<v8::Value> value;
  *threw = reply.threw;
  if ((reply.threw ? ArriveError(parts, context, reply) : Arrive(parts, context, reply.value)).ToLocal(&value)) {
    return scope.Escape(value);
  }
  if (catcher.HasTerminated() || !catcher.HasCaught()) return {};
  *threw = true;
  return scope.Escape(catcher.Exception());
}

std::string FailureText(const value::Failure& failure) {
  std::string text;
  switch (failure.kind) {
    case value::Failure::Kind::kDepth:
      text = "The value is nested deeper than " + std::to_string(failure.limit) + " levels";
      break;
    case value::Failure::Kind::kBytes:
      text = "The value is larger than " + std::to_string(failure.limit) + " bytes where it arrives";
      break;
    case value::Failure::Kind::kHandles:
      text = "The value has more than " + std::to_string(failure.limit) + " functions, promises and streams";
      break;
    case value::Failure::Kind::kHeld:
      text = "The host holds " + std::to_string(failure.limit) + " functions, promises and streams already";
      break;
    case value::Failure::Kind::kUnsupported:
      text = failure.over_limit() ? failure.what : "A value can't cross: " + failure.what;
      break;
    default:
      text = failure.what.empty() ? "The value can't cross" : failure.what;
  }
  if (!failure.path.empty()) text += " (at " + failure.path + ")";
  return text;
}

void ThrowFailure(v8::Isolate* isolate, const value::Failure& failure) {
  std::string text = FailureText(failure);
  v8::Local<v8::String> message;
  if (!FromUtf8(isolate, text).ToLocal(&message)) return;
  isolate->ThrowException(failure.over_limit() ? v8::Exception::RangeError(message)
                                               : v8::Exception::TypeError(message));
}

void LetGo(Parts& parts, value::HandleKind kind, uint64_t id, uint64_t count) {
  if (parts.held().LetGo(kind, id, count)) parts.turns().Post(std::make_unique<TakeInTask>());
}

void ReleaseHandles(Parts& parts, const std::vector<value::Handle>& handles) {
  for (const value::Handle& handle : handles) {
    if (handle.kind == value::HandleKind::kGuestFunction || handle.kind == value::HandleKind::kGuestStream ||
        handle.kind == value::HandleKind::kGuestPromise) {
      LetGo(parts, handle.kind, handle.id, 1);
    }
  }
}

void DropMessage(Parts& parts, const value::Message& message) { ReleaseHandles(parts, message.handles); }

void DropOutcome(Parts& parts, const Outcome& outcome) {
  if (const value::Message* message = MessageIn(outcome)) DropMessage(parts, *message);
}

size_t ByteSizeOf(const Outcome& outcome) {
  if (auto* message = std::get_if<value::Message>(&outcome)) return message->ByteSize();
  if (auto* failure = std::get_if<ModuleFailure>(&outcome)) return failure->cause ? failure->cause->ByteSize() : 0;
  auto* error = std::get_if<GuestError>(&outcome);
  if (error == nullptr) return 0;
  size_t bytes = error->message.size() + (error->stack ? error->stack->size() : 0);
  for (const StackFrame& frame : error->frames) {
    bytes += sizeof(frame) + frame.function_name.size() + frame.file_name.size();
  }
  return bytes + (error->thrown ? error->thrown->ByteSize() : 0);
}

}  // namespace isolet
