// The host's end of the value protocol: how values leave Node's isolate for one guest and how they arrive. The
// environment's thread, inside a handle scope and Node's context.
#pragma once

#include <cstdint>
#include <memory>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "calls/in_flight.h"
#include "v8/v8.h"
#include "value/codec.h"

namespace isolet {

class RuntimeCore;

class HostCrossing final : public value::Exporter, public value::Importer {
 public:
  explicit HostCrossing(RuntimeCore& core) : core_(core) {}
  HostCrossing(const HostCrossing&) = delete;
  HostCrossing& operator=(const HostCrossing&) = delete;

  Answer ExportFunction(v8::Local<v8::Function> function, const Place& place) override;
  Answer ExportPromise(v8::Local<v8::Promise> promise) override;
  Answer ExportObject(v8::Local<v8::Object> object) override;
  bool Gives(v8::Local<v8::ArrayBuffer> buffer) override;
  void Undo(const std::vector<value::Handle>& handles) override;

  v8::MaybeLocal<v8::Value> Import(const value::Handle& handle) override;
  v8::MaybeLocal<v8::Value> Make(value::MadeKind kind, std::span<v8::Local<v8::Value>> parts) override;
  value::KeptShapes* Shapes() override;

  // Host values for the guest. kThrew leaves a host exception pending. The first promise in `value` is what `open`, if
  // any, counts for.
  std::variant<value::Message, value::Failure> Leave(v8::Local<v8::Value> value, const char* root,
                                                     std::unique_ptr<OpenCall> open = nullptr);
  // The ArrayBuffers in `transfer` are moved instead of copied.
  std::variant<value::Message, value::Failure> LeaveList(const v8::Local<v8::Value>* values, size_t count,
                                                         const char* root,
                                                         std::vector<v8::Local<v8::ArrayBuffer>> transfer = {});
  // What a message may cost; for those that arrive it holds after the guest is gone too.
  void set_max_bytes(size_t max_bytes) { max_bytes_ = max_bytes; }
  // Empty: an exception is pending.
  v8::MaybeLocal<v8::Value> Arrive(value::Message& message);
  bool ArriveList(value::Message& message, value::Values* values);

  // When `promise` settles, host promise `promise_id` of the guest does; `call_id` is the call that waits, 0 = unknown.
  // `open`, if any, is given back then, or when nothing can settle it any more. False: an exception is pending.
  bool SettleWith(v8::Local<v8::Promise> promise, uint64_t promise_id, uint64_t call_id,
                  std::unique_ptr<OpenCall> open);
  void Settled(uint64_t promise_id) { open_.erase(promise_id); }

 private:
  // A call whose function has returned a promise. Weak: a promise that nobody holds will never settle.
  struct Open {
    std::unique_ptr<OpenCall> call;
    v8::Global<v8::Value> ticket;
    HostCrossing* crossing = nullptr;
    uint64_t promise_id = 0;
  };
  static void OnCollected(const v8::WeakCallbackInfo<Open>& info);

  // What a hook says of `function`, or of a stream if that is empty.
  Answer HandleOf(v8::Local<v8::Value> answer, v8::Local<v8::Function> function);
  value::EncodeOptions Options(const char* root) const;

  RuntimeCore& core_;
  size_t max_bytes_ = value::Limits{}.max_bytes;
  uint64_t next_promise_ = 1;
  // Of the value that is leaving now. Its getters may call the guest, which calls the host: others leave meanwhile.
  std::unique_ptr<OpenCall> answering_;
  // Entries have stable addresses: the weak callback refers to them.
  std::unordered_map<uint64_t, std::unique_ptr<Open>> open_;
};

}  // namespace isolet
