// The guest's end of the value protocol: how values leave a guest and how they arrive. The thread that holds the
// isolate's lock; leaving happens inside a frame, because it runs the guest's getters.
#pragma once

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "calls/outcome.h"
#include "calls/reply_slot.h"
#include "isolate/lock.h"
#include "v8/v8.h"
#include "value/codec.h"
#include "value/kept_shapes.h"

namespace isolet {

class GuestCrossing final : public value::Exporter, public value::Importer {
 public:
  explicit GuestCrossing(Parts& parts) : parts_(parts) {}
  GuestCrossing(const GuestCrossing&) = delete;
  GuestCrossing& operator=(const GuestCrossing&) = delete;

  Answer ExportFunction(v8::Local<v8::Function> function, const Place& place) override;
  bool FromGuest() const override { return true; }
  Answer ExportPromise(v8::Local<v8::Promise> promise) override;
  Answer ExportObject(v8::Local<v8::Object> object) override;
  bool Gives(v8::Local<v8::ArrayBuffer> buffer) override;
  // No longer the guest's from now on, though its allocator frees it.
  std::shared_ptr<v8::BackingStore> Release(std::shared_ptr<v8::BackingStore> store) override;
  void Undo(const std::vector<value::Handle>& handles) override;
  void PassOnStop() override;

  v8::MaybeLocal<v8::Value> Import(const value::Handle& handle) override;
  v8::MaybeLocal<v8::Value> Make(value::MadeKind kind, std::span<v8::Local<v8::Value>> parts) override;
  value::KeptShapes* Shapes() override { return &shapes_; }

  void Clear() { shapes_.Clear(); }

 private:
  // They are in the guest's heap.
  static constexpr size_t kShapes = 16;

  Parts& parts_;
  value::KeptShapes shapes_{kShapes};
};

// A guest value as an outcome. kThrew leaves the guest's exception pending for the caller's TryCatch.
// `moves`: its buffers move.
std::variant<value::Message, value::Failure> Leave(Parts& parts, v8::Local<v8::Context> context,
                                                   v8::Local<v8::Value> value, const char* root, bool moves = false);
// Several values as one message.
// `max_bytes`: a limit below the guest's own.
std::variant<value::Message, value::Failure> LeaveList(Parts& parts, v8::Local<v8::Context> context,
                                                       const v8::Local<v8::Value>* values, size_t count,
                                                       const char* root, size_t max_bytes = SIZE_MAX);
// Empty or false: an exception is pending.
v8::MaybeLocal<v8::Value> Arrive(Parts& parts, v8::Local<v8::Context> context, value::Message& message);
bool ArriveList(Parts& parts, v8::Local<v8::Context> context, value::Message& message, value::Values* values);

// What a host function threw, as a guest value that remembers which host error it stands for.
v8::MaybeLocal<v8::Value> ArriveError(Parts& parts, v8::Local<v8::Context> context, HostReply& reply);

// What the host answered: its value or the error it threw, and which of the two (`threw`); also an error if the value
// did not fit. Empty: the isolate is terminating.
v8::MaybeLocal<v8::Value> ArriveReply(Parts& parts, v8::Local<v8::Context> context, HostReply& reply, bool* threw);

// What a failure to cross says.
std::string FailureText(const value::Failure& failure);
// A failure to cross, as the guest sees it: a pending TypeError (RangeError for limits).
void ThrowFailure(v8::Isolate* isolate, const value::Failure& failure);

// The host holds a function or stream so many arrivals less, or a promise no more. Any thread.
void LetGo(Parts& parts, value::HandleKind kind, uint64_t id, uint64_t count);
// Gives back handles of a message that was not read. Any thread.
void ReleaseHandles(Parts& parts, const std::vector<value::Handle>& handles);
// Give back the handles in what the host will never read. Any thread.
void DropMessage(Parts& parts, const value::Message& message);
void DropOutcome(Parts& parts, const Outcome& outcome);
// Bytes of what an outcome carries: a value, or the texts and the value of an error.
size_t ByteSizeOf(const Outcome& outcome);

}  // namespace isolet
