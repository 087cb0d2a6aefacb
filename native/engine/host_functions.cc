#include "engine/host_functions.h"

#include <algorithm>
#include <utility>
#include <variant>
#include <vector>

#include "engine/brands.h"
#include "engine/crossing.h"
#include "engine/executor.h"
#include "engine/frame.h"
#include "engine/function_facts.h"
#include "engine/guest.h"
#include "engine/strings.h"

namespace isolet {
namespace {

size_t MostBytesInFlight(const Guest& guest) {
  const size_t limit = guest.options().max_heap_size;
  return limit == 0 ? kMostHostCallBytes : std::clamp(limit / 2, kLeastHostCallBytes, kMostHostCallBytes);
}

// Ids and modes travel in one number: exact as long as ids stay below 2^51.
constexpr uint64_t kModes = 4;

// Waits for the host on an engine thread. Nothing if the guest was stopped meanwhile.
std::optional<HostReply> WaitForHost(Guest& guest, HostCall call) {
  auto slot = std::make_shared<ReplySlot>();
  call.slot = slot;
  if (!guest.gate().SetWaiting(slot.get())) {
    guest.gate().SetWaiting(nullptr);
    return std::nullopt;
  }
  guest.host().PostHostCall(std::move(call));
  std::optional<HostReply> answer;
  for (;;) {
    // Not around the work that is offered: a thread that does not come back from it is no blocked one.
    auto next = [&slot] {
      Executor::BlockingRegion region;
      return slot->Wait();
    }();
    if (auto* reply = std::get_if<HostReply>(&next)) {
      answer = std::move(*reply);
      break;
    }
    if (std::holds_alternative<ReplySlot::Interrupted>(next)) break;
    guest.gate().SetWaiting(nullptr);
    {
      IsolateLock lock(guest);
      std::get<ReplySlot::Job>(next)(lock);
    }
    // A stop that came while the job ran is seen by Wait: SetWaiting says so.
    if (!guest.gate().SetWaiting(slot.get())) slot->Interrupt();
  }
  slot->Close();
  guest.gate().SetWaiting(nullptr);
  return answer;
}

}  // namespace

std::optional<HostReply> AskHost(Guest& guest, HostCall call) {
  std::optional<HostReply> reply =
      guest.host().OnHostThread() ? guest.host().CallHere(std::move(call)) : WaitForHost(guest, std::move(call));
  guest.gate().Reassert();
  return reply;
}

v8::MaybeLocal<v8::Function> HostFunctions::Import(v8::Local<v8::Context> context, const value::Handle& handle) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  auto found = entries_.find(handle.id);
  if (found != entries_.end()) {
    ++found->second->arrivals;
    return found->second->function.Get(isolate);
  }
  v8::Local<v8::Number> data =
      v8::Number::New(isolate, static_cast<double>(handle.id * kModes + (handle.flags % kModes)));
  v8::Local<v8::Function> function;
  if (!MakeFunction(context, Invoke, data, handle).ToLocal(&function)) return {};
  WriteBrand(context, function, Brand::kHostFunction, handle.id * kModes + (handle.flags % kModes));
  auto entry = std::make_unique<Entry>();
  entry->function.Reset(isolate, function);
  entry->table = this;
  entry->id = handle.id;
  entry->arrivals = 1;
  entry->function.SetWeak(entry.get(), OnCollected, v8::WeakCallbackType::kParameter);
  entries_.emplace(handle.id, std::move(entry));
  return function;
}

bool HostFunctions::Export(v8::Local<v8::Context> context, v8::Local<v8::Function> function,
                           value::Handle* handle) const {
  std::optional<uint64_t> brand = ReadBrand(context, function, Brand::kHostFunction);
  if (!brand) return false;
  *handle = {value::HandleKind::kHostFunction, static_cast<uint32_t>(*brand % kModes), *brand / kModes};
  return true;
}

void HostFunctions::OnCollected(const v8::WeakCallbackInfo<Entry>& info) {
  Entry* entry = info.GetParameter();
  HostFunctions* table = entry->table;
  uint64_t id = entry->id, arrivals = entry->arrivals;
  entry->function.Reset();
  table->entries_.erase(id);
  table->guest_.host().ExportReleased(id, arrivals);
}

std::unique_ptr<InFlight> HostFunctions::Open(HostCallMode mode) const {
  const auto& open = mode == HostCallMode::kAsync ? open_async_ : open_auto_;
  if (open->load(std::memory_order_relaxed) >= kMaxHostCallsInFlight) return nullptr;
  return std::make_unique<InFlight>(open, 1);
}

void HostFunctions::Invoke(const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::Isolate* isolate = info.GetIsolate();
  Guest* guest = Guest::From(isolate);
  // While a snapshot is being made there is no host behind the functions.
  if (guest == nullptr || guest->gate().stopping()) return;
  v8::HandleScope scope(isolate);
  v8::Local<v8::Context> context = isolate->GetCurrentContext();

  std::vector<v8::Local<v8::Value>> arguments;
  arguments.reserve(info.Length());
  for (int i = 0; i < info.Length(); ++i) arguments.push_back(info[i]);
  auto left = LeaveList(*guest, context, arguments.data(), arguments.size(), "arguments");
  if (auto* failure = std::get_if<value::Failure>(&left)) {
    if (failure->kind != value::Failure::Kind::kThrew) ThrowFailure(isolate, *failure);
    return;
  }

  auto packed = static_cast<uint64_t>(info.Data().As<v8::Number>()->Value());
  HostCall call;
  call.function_id = packed / kModes;
  call.mode = static_cast<HostCallMode>(packed % kModes);
  call.call_id = CurrentCallId(context);
  call.arguments = std::move(std::get<value::Message>(left));

  auto& calls = call.mode == HostCallMode::kAsync ? guest->stats().host_calls_async : guest->stats().host_calls;
  calls.fetch_add(1, std::memory_order_relaxed);
  const bool many = call.mode == HostCallMode::kAsync && guest->promises().active() >= kMaxHostCallsInFlight;
  if (!many && call.mode != HostCallMode::kSync) call.open = guest->host_functions().Open(call.mode);
  if (!call.open && call.mode != HostCallMode::kSync) {
    DropMessage(*guest, call.arguments);
    isolate->ThrowException(v8::Exception::RangeError(Name(isolate, "Too many host calls in flight")));
    return;
  }

  if (call.mode == HostCallMode::kAsync) {
    const auto& in_flight = guest->host_functions().bytes_in_flight_;
    size_t bytes = call.arguments.ByteSize();
    size_t waiting = in_flight->load(std::memory_order_relaxed);
    // One call by itself has its own limit.
    if (waiting > 0 && waiting + bytes > MostBytesInFlight(*guest)) {
      DropMessage(*guest, call.arguments);
      isolate->ThrowException(v8::Exception::RangeError(Name(isolate, "Too many bytes of host calls in flight")));
      return;
    }
    call.in_flight = std::make_unique<InFlight>(in_flight, bytes);
    call.promise_id = guest->promises().NextCallPromiseId();
    v8::Local<v8::Promise> promise;
    if (!guest->promises().ImportHostPromise(context, call.promise_id, call.call_id).ToLocal(&promise)) return;
    guest->host().PostHostCall(std::move(call));
    info.GetReturnValue().Set(promise);
    return;
  }

  std::optional<HostReply> reply = AskHost(*guest, std::move(call));
  if (!reply || guest->gate().stopping()) return;
  if (reply->threw) {
    v8::Local<v8::Value> error;
    if (ArriveError(*guest, context, *reply).ToLocal(&error)) isolate->ThrowException(error);
    return;
  }
  v8::Local<v8::Value> value;
  if (Arrive(*guest, context, reply->value).ToLocal(&value)) info.GetReturnValue().Set(value);
}

}  // namespace isolet
