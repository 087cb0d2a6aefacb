#include "boundary/crossing.h"

#include <algorithm>
#include <string>

#include "boundary/function_facts.h"
#include "entry/frame.h"
#include "guest/guest.h"
#include "memory_use/charged_objects.h"
#include "v8/private_ids.h"
#include "v8/strings.h"

namespace isolet {
namespace {

// Charges the guest for buffers that arrive.
class GuestBuffers final : public value::BufferSource {
 public:
  explicit GuestBuffers(Guest& guest) : guest_(guest) {}

  std::shared_ptr<v8::BackingStore> Adopt(v8::Isolate* isolate, std::shared_ptr<v8::BackingStore> store) override {
    if (store->IsResizableByUserJavaScript()) return guest_.buffers().Admit(isolate, store) ? store : nullptr;
    size_t length = store->ByteLength();
    std::shared_ptr<ArrayBufferAllocator> allocator = guest_.shared_allocator();
    if (!ChargeCollecting(isolate, *allocator, length)) return nullptr;
    struct Hold {
      std::shared_ptr<v8::BackingStore> store;
      std::shared_ptr<ArrayBufferAllocator> allocator;
    };
    auto* hold = new Hold{std::move(store), std::move(allocator)};
    return v8::ArrayBuffer::NewBackingStore(
        hold->store->Data(), length,
        [](void*, size_t size, void* data) {
          auto* held = static_cast<Hold*>(data);
          held->allocator->Uncharge(size);
          delete held;
        },
        hold);
  }

 private:
  Guest& guest_;
};

value::EncodeOptions Options(Guest& guest, const char* root) {
  value::EncodeOptions options;
  options.limits = guest.options().transfer;
  options.root = root;
  return options;
}

}  // namespace

value::Exporter::Answer GuestCrossing::ExportFunction(v8::Local<v8::Function> function, const Place& place) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::Local<v8::Context> context = isolate->GetCurrentContext();
  if (auto known = guest_.host_functions().Export(context, function)) return *std::move(known);
  value::Handle handle;
  handle.kind = value::HandleKind::kGuestFunction;
  auto id = guest_.functions().Export(context, function, place.holder);
  if (auto* refused = std::get_if<value::Failure>(&id)) return std::move(*refused);
  handle.id = std::get<uint64_t>(id);
  if (!ReadFacts(context, function, &handle)) {
    guest_.functions().Release(handle.id, 1);
    return value::Failure{};
  }
  return handle;
}

value::Exporter::Answer GuestCrossing::ExportPromise(v8::Local<v8::Promise> promise) {
  v8::Local<v8::Context> context = v8::Isolate::GetCurrent()->GetCurrentContext();
  auto id = guest_.promises().ExportGuestPromise(context, promise);
  if (auto* refused = std::get_if<value::Failure>(&id)) return std::move(*refused);
  return value::Handle{value::HandleKind::kGuestPromise, 0, std::get<uint64_t>(id)};
}

value::Exporter::Answer GuestCrossing::ExportObject(v8::Local<v8::Object> object) {
  v8::Local<v8::Context> context = v8::Isolate::GetCurrent()->GetCurrentContext();
  if (std::optional<uint64_t> id = ReadBrand(context, object, Brand::kHostError)) {
    return value::Handle{value::HandleKind::kHostError, 0, *id};
  }
  if (guest_.streams().loaded()) return guest_.streams().Export(guest_, context, object);
  return std::monostate{};
}

void GuestCrossing::PassOnStop() { guest_.gate().Reassert(); }

void GuestCrossing::Undo(const std::vector<value::Handle>& handles) {
  for (const value::Handle& handle : handles) {
    if (handle.kind == value::HandleKind::kGuestFunction || handle.kind == value::HandleKind::kGuestStream) {
      guest_.functions().Release(handle.id, 1);
    } else if (handle.kind == value::HandleKind::kGuestPromise) {
      guest_.promises().Forget(handle.id);
    }
  }
}

v8::MaybeLocal<v8::Value> GuestCrossing::Import(const value::Handle& handle) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::Local<v8::Context> context = isolate->GetCurrentContext();
  switch (handle.kind) {
    case value::HandleKind::kGuestFunction: {
      v8::Local<v8::Function> function;
      if (guest_.functions().Find(isolate, handle.id).ToLocal(&function)) return function;
      isolate->ThrowException(v8::Exception::TypeError(Name(isolate, "The function was released")));
      return {};
    }
    case value::HandleKind::kGuestStream: {
      v8::Local<v8::Function> source;
      if (guest_.functions().Find(isolate, handle.id).ToLocal(&source)) {
        return guest_.streams().Import(context, source);
      }
      isolate->ThrowException(v8::Exception::TypeError(Name(isolate, "The stream was released")));
      return {};
    }
    case value::HandleKind::kHostFunction: {
      v8::Local<v8::Function> function;
      if (!guest_.host_functions().Import(context, handle).ToLocal(&function)) return {};
      return function;
    }
    case value::HandleKind::kHostStream: {
      v8::Local<v8::Function> source;
      if (!guest_.host_functions().Import(context, handle).ToLocal(&source)) return {};
      return guest_.streams().Import(context, source);
    }
    case value::HandleKind::kHostPromise: {
      v8::Local<v8::Promise> promise;
      if (!guest_.promises().ImportHostPromise(context, handle.id, CurrentCallId(context)).ToLocal(&promise)) return {};
      return promise;
    }
    default:
      isolate->ThrowException(v8::Exception::TypeError(Name(isolate, "This value can't arrive here")));
      return {};
  }
}

std::variant<value::Message, value::Failure> Leave(Guest& guest, v8::Local<v8::Context> context,
                                                   v8::Local<v8::Value> value, const char* root) {
  return value::Encode(context, value, Options(guest, root), guest.crossing());
}

std::variant<value::Message, value::Failure> LeaveList(Guest& guest, v8::Local<v8::Context> context,
                                                       const v8::Local<v8::Value>* values, size_t count,
                                                       const char* root, size_t max_bytes) {
  value::EncodeOptions options = Options(guest, root);
  options.limits.max_bytes = std::min(options.limits.max_bytes, max_bytes);
  return value::EncodeList(context, values, count, options, guest.crossing());
}

v8::MaybeLocal<v8::Value> Arrive(Guest& guest, v8::Local<v8::Context> context, value::Message& message) {
  GuestBuffers buffers(guest);
  v8::MaybeLocal<v8::Value> value =
      value::Decode(context, message, guest.crossing(), guest.options().transfer.max_bytes, &buffers);
  DropArrival(guest, message);
  return value;
}

bool ArriveList(Guest& guest, v8::Local<v8::Context> context, value::Message& message,
                std::vector<v8::Local<v8::Value>>* values) {
  GuestBuffers buffers(guest);
  bool arrived =
      value::DecodeList(context, message, guest.crossing(), values, guest.options().transfer.max_bytes, &buffers);
  DropArrival(guest, message);
  return arrived;
}

v8::MaybeLocal<v8::Value> ArriveError(Guest& guest, v8::Local<v8::Context> context, HostReply& reply) {
  v8::Local<v8::Value> error;
  if (!Arrive(guest, context, reply.value).ToLocal(&error)) return {};
  if (reply.host_error != 0 && error->IsObject()) {
    WriteBrand(context, error.As<v8::Object>(), Brand::kHostError, reply.host_error);
  }
  return error;
}

v8::MaybeLocal<v8::Value> ArriveReply(Guest& guest, v8::Local<v8::Context> context, HostReply& reply, bool* threw) {
  v8::EscapableHandleScope scope(v8::Isolate::GetCurrent());
  v8::TryCatch catcher(v8::Isolate::GetCurrent());
  v8::Local<v8::Value> value;
  *threw = reply.threw;
  if ((reply.threw ? ArriveError(guest, context, reply) : Arrive(guest, context, reply.value)).ToLocal(&value)) {
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

void DropMessage(Guest& guest, const value::Message& message) {
  if (!message.handles.empty()) guest.ReleaseHandles(message.handles);
}

void DropOutcome(Guest& guest, const Outcome& outcome) {
  if (auto* message = std::get_if<value::Message>(&outcome)) {
    DropMessage(guest, *message);
  } else if (auto* error = std::get_if<GuestError>(&outcome)) {
    if (error->thrown) DropMessage(guest, *error->thrown);
  } else if (auto* failure = std::get_if<ModuleFailure>(&outcome)) {
    if (failure->cause) DropMessage(guest, *failure->cause);
  }
}

size_t ByteSizeOf(const Outcome& outcome) {
  if (auto* message = std::get_if<value::Message>(&outcome)) return message->ByteSize();
  if (auto* failure = std::get_if<ModuleFailure>(&outcome)) return failure->cause ? failure->cause->ByteSize() : 0;
  auto* error = std::get_if<GuestError>(&outcome);
  if (error == nullptr) return 0;
  size_t bytes = error->message.size() + (error->stack ? error->stack->size() : 0);
  return bytes + (error->thrown ? error->thrown->ByteSize() : 0);
}

void DropArrival(Guest& guest, const value::Message& message) {
  // The guest's own functions are not counted on their way home.
  for (const value::Handle& handle : message.handles) {
    if (handle.kind == value::HandleKind::kHostFunction || handle.kind == value::HandleKind::kHostStream) {
      guest.host().ExportReleased(handle.id, 1);
    }
  }
}

}  // namespace isolet
