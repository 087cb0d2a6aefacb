// Synchronous calls: what the environment's thread waits for. A call of a guest's function comes past Node-API, which
// takes longer to say whose call it is than many a call takes.
//
// The environment's thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "binding/environment/napi.h"
#include "binding/host/runtime_core.h"
#include "value/primitive.h"

namespace isolet {

// The value of a call that this thread waits for. Empty: an exception is pending, or the environment is ending.
v8::MaybeLocal<v8::Value> RunAndWait(std::shared_ptr<RuntimeCore> core, CallKind kind, uint64_t call_id,
                                     const CallLimits& limits, std::unique_ptr<Program> program);

// The arguments of a call if they need no message: `at(i)` is one of `count`.
template <typename At>
std::optional<value::Primitives> PlainArguments(const GuestPort& guest, size_t count, const At& at) {
  if (count > value::Primitives::kMost || !value::PrimitivesFit(guest.options().transfer)) return std::nullopt;
  value::Primitives plain;
  for (size_t i = 0; i < count; ++i) {
    if (!plain.Add(at(i))) return std::nullopt;
  }
  return plain;
}

// The arguments of a call and its receiver as a message. Nothing: an exception is pending.
std::optional<value::Message> EncodeArguments(RuntimeCore& core, v8::Local<v8::Value> receiver,
                                              const std::vector<v8::Local<v8::Value>>& values,
                                              std::vector<v8::Local<v8::ArrayBuffer>> moved);
// Adds the receiver to `values`.
std::optional<value::Message> EncodeArguments(RuntimeCore& core, v8::Local<v8::Value> receiver, value::Values* values,
                                              std::vector<v8::Local<v8::ArrayBuffer>> moved);

// The function behind `call` of lib/native.ts, of one environment:
// (runtime, callId, functionId, timeout, cpuTimeout, ...arguments).
v8::MaybeLocal<v8::Function> MakeCallNow(Environment& environment);

}  // namespace isolet
