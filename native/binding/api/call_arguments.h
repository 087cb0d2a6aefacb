// What a call brings to its guest: few plain values as they are, everything else as a message.
//
// The environment's thread.
#pragma once

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "binding/environment/napi.h"
#include "binding/host/runtime_core.h"
#include "value/primitive.h"

namespace isolet {

// The arguments of a call and its receiver, which is added to `values`, as a message. Nothing: an exception is pending.
std::optional<value::Message> EncodeArguments(RuntimeCore& core, v8::Local<v8::Value> receiver, value::Values* values,
                                              std::vector<v8::Local<v8::ArrayBuffer>> moved);

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

// Calls `make` with the arguments of a call on no receiver, either way: `at(i)` is one of `count`. Encoding may run
// code of the host, which may call this guest, or close it. Not called: an exception is pending.
template <typename At, typename Make>
void WithArguments(RuntimeCore& core, size_t count, const At& at, const Make& make) {
  if (std::optional<value::Primitives> plain = PlainArguments(*core.guest(), count, at)) return make(*std::move(plain));
  value::Values values;
  for (size_t i = 0; i < count; ++i) values.push_back(at(i));
  auto message = EncodeArguments(core, v8::Undefined(core.isolate()), &values, {});
  if (message) make(*std::move(message));
}

}  // namespace isolet
