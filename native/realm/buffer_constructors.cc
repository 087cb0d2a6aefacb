#include "realm/buffer_constructors.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "calls/guest_options.h"
#include "calls/parts.h"
#include "memory_use/array_buffer_allocator.h"
#include "memory_use/budget.h"
#include "memory_use/heap_limit.h"
#include "memory_use/reservations.h"
#include "realm/buffer_numbers.h"
#include "v8/strings.h"
#include "wasm/memories.h"

namespace isolet {
namespace {

constexpr double kPageBytes = 65536;
constexpr double kMostPages = 65536;  // of a memory with 32-bit addresses
constexpr double kMostLongPages = 281474976710656;
constexpr double kMaxSafeInteger = 9007199254740991;

void ThrowRange(v8::Isolate* isolate) {
  isolate->ThrowException(v8::Exception::RangeError(Name(isolate, kAllocationFailed)));
}

// A memory of WebAssembly that is not shared gets `more` bytes. Asked before, so that nothing depends on when the guest
// is looked at next.
bool MayTake(v8::Isolate* isolate, double more) {
  Parts* parts = Parts::Of(isolate);
  return parts == nullptr || !(more > 0) || parts->memory_budget().HasRoom(isolate, more);
}

// Code of WebAssembly grows a memory without asking anybody, so the memory itself has a maximum: what the guest may
// have. What V8 refuses stays as it is. False: an exception is pending.
bool LowerMaximum(v8::Local<v8::Context> context, v8::Local<v8::Object> descriptor) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  Parts* parts = Parts::Of(isolate);
  const size_t limit = parts == nullptr ? 0 : parts->options().max_heap_size;
  v8::Local<v8::Value> maximum;
  if (!descriptor->Get(context, Name(isolate, "maximum")).ToLocal(&maximum)) return false;
  const double least = NumberAt(context, descriptor, "initial");
  const bool is_long = IsLong(context, descriptor);
  const double most_ever = is_long ? kMostLongPages : kMostPages;
  if (limit == 0 || !(least >= 0) || least > most_ever) return true;
  const double most = std::max(least, std::floor(static_cast<double>(limit) / kPageBytes));
  // Numbers of the other kind V8 never takes.
  if (is_long ? maximum->IsNumber() : maximum->IsBigInt()) return true;
  if (!maximum->IsUndefined()) {
    const double wanted = NumberAt(context, descriptor, "maximum");
    if (!(wanted > most) || wanted > most_ever) return true;
  }
  v8::Local<v8::Value> lowered = v8::Number::New(isolate, most);
  if (is_long) lowered = v8::BigInt::NewFromUnsigned(isolate, static_cast<uint64_t>(most));
  return descriptor->CreateDataProperty(context, Name(isolate, "maximum"), lowered).IsJust();
}

// What the functions below need of the language as V8 made it.
bool KeepBuiltins(v8::Local<v8::Context> context) {
  if (GetOriginal(context, Original::kReflectConstruct)->IsFunction()) return true;  // in the snapshot
  v8::Local<v8::Value> reflect, construct, symbols, species;
  if (!OwnValue(context, context->Global(), "Reflect").ToLocal(&reflect)) return false;
  if (!OwnValue(context, reflect, "construct").ToLocal(&construct) || !construct->IsFunction()) return false;
  if (!OwnValue(context, context->Global(), "Symbol").ToLocal(&symbols)) return false;
  if (!OwnValue(context, symbols, "species").ToLocal(&species) || !species->IsSymbol()) return false;
  KeepOriginal(context, Original::kReflectConstruct, construct);
  KeepOriginal(context, Original::kSpecies, species);
  return true;
}

}  // namespace

bool BufferConstructors::Install(v8::Local<v8::Context> context) {
  v8::Local<v8::Object> global = context->Global();
  v8::Local<v8::Value> wasm;
  // A snapshot has our ArrayBuffer; the other two V8 leaves out and adds to the restored context.
  return KeepBuiltins(context) && Replace(context, global, "ArrayBuffer", Kind::kArrayBuffer) &&
         Replace(context, global, "SharedArrayBuffer", Kind::kSharedArrayBuffer) &&
         OwnValue(context, global, "WebAssembly").ToLocal(&wasm) && Replace(context, wasm, "Memory", Kind::kMemory);
}

bool BufferConstructors::Replace(v8::Local<v8::Context> context, v8::Local<v8::Value> holder, const char* name,
                                 Kind kind) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  const Stand& stand = StandFor(kind);
  v8::Local<v8::Value> made, prototype, is_view;
  if (!ReplaceConstructor(context, holder, name, stand.construct, stand.constructor).ToLocal(&made)) return false;
  if (made->IsUndefined()) return true;
  auto wrapper = made.As<v8::Function>();
  if (!OwnValue(context, wrapper, "prototype").ToLocal(&prototype)) return false;
  if (!ReplaceFunction(context, prototype, Name(isolate, stand.grow_name), 1, stand.grow, stand.grower)) return false;
  if (kind == Kind::kMemory) return true;
  if (kind == Kind::kArrayBuffer) {
    v8::Local<v8::Value> real = GetOriginal(context, stand.constructor);
    if (!OwnValue(context, real, "isView").ToLocal(&is_view)) return false;
    if (!wrapper->DefineOwnProperty(context, Name(isolate, "isView"), is_view, v8::DontEnum).FromMaybe(false)) {
      return false;
    }
  }
  v8::Local<v8::Function> species;
  if (!v8::Function::New(context, Species, {}, 0, v8::ConstructorBehavior::kThrow).ToLocal(&species)) return false;
  species->SetName(Name(isolate, "get [Symbol.species]"));
  v8::PropertyDescriptor descriptor(species, v8::Undefined(isolate));
  descriptor.set_enumerable(false);
  descriptor.set_configurable(true);
  auto symbol = GetOriginal(context, Original::kSpecies).As<v8::Symbol>();
  return wrapper->DefineProperty(context, symbol, descriptor).FromMaybe(false);
}

const BufferConstructors::Stand& BufferConstructors::StandFor(Kind kind) {
  static constexpr Stand kStands[] = {
      {Original::kArrayBuffer, Construct<Kind::kArrayBuffer>, Original::kResize, Grow<Kind::kArrayBuffer>, "resize"},
      {Original::kSharedArrayBuffer, Construct<Kind::kSharedArrayBuffer>, Original::kGrow,
       Grow<Kind::kSharedArrayBuffer>, "grow"},
      {Original::kMemory, Construct<Kind::kMemory>, Original::kGrowMemory, Grow<Kind::kMemory>, "grow"},
  };
  return kStands[static_cast<size_t>(kind)];
}

void BufferConstructors::Species(const v8::FunctionCallbackInfo<v8::Value>& info) {
  info.GetReturnValue().Set(info.This());
}

template <BufferConstructors::Kind kind>
void BufferConstructors::Construct(const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::Isolate* isolate = info.GetIsolate();
  v8::Local<v8::Context> context = isolate->GetCurrentContext();
  if (!info.IsConstructCall()) {
    const char* text = kind == Kind::kArrayBuffer ? "Constructor ArrayBuffer requires 'new'"
                       : kind == Kind::kSharedArrayBuffer
                           ? "Constructor SharedArrayBuffer requires 'new'"
                           : "WebAssembly.Memory(): WebAssembly.Memory must be invoked with 'new'";
    isolate->ThrowException(v8::Exception::TypeError(Name(isolate, text)));
    return;
  }
  v8::Local<v8::Value> construct = GetOriginal(context, Original::kReflectConstruct);
  v8::Local<v8::Value> real = GetOriginal(context, StandFor(kind).constructor);
  v8::Local<v8::Value> given[] = {info[0], info[1]};
  double reserved = 0;
  // V8 refuses it by itself, in its own words.
  bool left_to_v8 = false;
  auto refuse = [&] {
    left_to_v8 = kind == Kind::kMemory && RefusesMemory(context, real.As<v8::Function>(), given[0].As<v8::Object>());
    if (!left_to_v8) ThrowRange(isolate);
    return !left_to_v8;
  };
  if constexpr (kind == Kind::kMemory) {
    if (info[0]->IsObject()) {
      v8::Local<v8::Object> descriptor = info[0].As<v8::Object>();
      v8::Local<v8::Value> shared;
      v8::Local<v8::Object> copy;
      if (!ReadOnce(context, descriptor, {"address", "index", "initial", "maximum"}).ToLocal(&copy)) return;
      if (!descriptor->Get(context, Name(isolate, "shared")).ToLocal(&shared)) return;
      given[0] = copy;
      if (shared->BooleanValue(isolate)) {
        if (copy->CreateDataProperty(context, Name(isolate, "shared"), v8::True(isolate)).IsNothing()) return;
        reserved = NumberAt(context, copy, "maximum") * kPageBytes;
      } else if (!MayTake(isolate, NumberAt(context, copy, "initial") * kPageBytes) && refuse()) {
        return;
      } else if (!LowerMaximum(context, copy)) {
        return;
      }
    }
  } else if (info[1]->IsObject()) {
    double length = 0;
    if (!ToInteger(context, info[0]->IsUndefined() ? v8::Integer::New(isolate, 0).As<v8::Value>() : info[0])
             .To(&length)) {
      return;
    }
    v8::Local<v8::Object> copy;
    if (!ReadOnce(context, info[1].As<v8::Object>(), {"maxByteLength"}).ToLocal(&copy)) return;
    const double most = std::trunc(NumberAt(context, copy, "maxByteLength"));
    // Everything else V8 refuses.
    if (most <= kMaxSafeInteger && !(std::trunc(length) > most)) reserved = most;
    given[0] = v8::Number::New(isolate, length);
    given[1] = copy;
  }

  // V8 collects many times before it says no, and some loops look for a stop only every some thousand rounds: one that
  // was ended for asking again and again has its answer at once.
  Parts* owner = Parts::Of(isolate);
  if (owner != nullptr && owner->heap_limit().exceeded()) {
    ThrowRange(isolate);
    return;
  }
  Reservations* budget = nullptr;
  Reservations::Id id = 0;
  auto bytes = reserved >= 1 ? static_cast<size_t>(std::min(reserved, kMaxSafeInteger)) : size_t{0};
  if (bytes > 0) {
    Parts* parts = Parts::Of(isolate);
    if (parts == nullptr) return;
    id = parts->buffers().Reserve(isolate, bytes);
    if (id != 0) {
      budget = &parts->buffers();
    } else if (refuse()) {
      return;
    }
  }
  int count = std::min(info.Length(), 2);
  v8::Local<v8::Value> arguments[] = {real, v8::Array::New(isolate, given, count), info.NewTarget()};
  v8::Local<v8::Value> made;
  if (!construct.As<v8::Function>()->Call(context, v8::Undefined(isolate), 3, arguments).ToLocal(&made)) {
    if (budget != nullptr) budget->Cancel(id);
    return;
  }
  // The stack was full when V8 was asked. Nobody gets it.
  if (left_to_v8) {
    ThrowRange(isolate);
    return;
  }
  if (budget != nullptr) {
    std::shared_ptr<v8::BackingStore> store;
    v8::Local<v8::Value> buffer = made;
    if constexpr (kind == Kind::kMemory) {
      // The getter of the prototype may be the guest's by now; the one V8 made is behind the instance anyway.
      if (made->IsWasmMemoryObject()) buffer = made.As<v8::WasmMemoryObject>()->Buffer();
    }
    if (buffer->IsArrayBuffer()) store = buffer.As<v8::ArrayBuffer>()->GetBackingStore();
    if (buffer->IsSharedArrayBuffer()) store = buffer.As<v8::SharedArrayBuffer>()->GetBackingStore();
    budget->Fill(id, store);
  } else if (kind == Kind::kMemory) {
    if (Parts* parts = Parts::Of(isolate)) parts->wasm_memories().Count(context, made);
  }
  info.GetReturnValue().Set(made);
}

// Stands for V8's resize or grow: what grows above the limit is refused like any other buffer.
template <BufferConstructors::Kind kind>
void BufferConstructors::Grow(const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::Isolate* isolate = info.GetIsolate();
  v8::Local<v8::Context> context = isolate->GetCurrentContext();
  Parts* parts = Parts::Of(isolate);
  auto real = GetOriginal(context, StandFor(kind).grower).As<v8::Function>();
  v8::Local<v8::Value> wanted = info[0], buffer = info.This();
  if constexpr (kind == Kind::kMemory) {
    if (buffer->IsWasmMemoryObject()) buffer = buffer.As<v8::WasmMemoryObject>()->Buffer();
  }
  std::shared_ptr<v8::BackingStore> store;
  if (kind == Kind::kArrayBuffer && buffer->IsArrayBuffer() && IsResizable(buffer.As<v8::ArrayBuffer>())) {
    store = buffer.As<v8::ArrayBuffer>()->GetBackingStore();
  }
  if (buffer->IsSharedArrayBuffer()) store = buffer.As<v8::SharedArrayBuffer>()->GetBackingStore();
  const bool unshared = kind == Kind::kMemory && store == nullptr && buffer->IsArrayBuffer();
  if ((store != nullptr || unshared) && parts != nullptr) {
    double more = 0;
    if constexpr (kind == Kind::kMemory) {
      const bool is_long = wanted->IsObject() && IsLongMemory(context, real, info.This());
      if (!ReadNumber(context, wanted, is_long).ToLocal(&wanted)) return;
      const double pages = NumberOf(context, wanted);
      // Of other numbers V8 says what is wrong with them.
      if (wanted->IsBigInt() || pages <= UINT32_MAX) more = pages * kPageBytes;
    } else {
      double length = 0;
      if (!ToInteger(context, wanted).To(&length)) return;
      wanted = v8::Number::New(isolate, length);
      if (std::trunc(length) <= static_cast<double>(store->MaxByteLength())) {
        more = length - static_cast<double>(store->ByteLength());
      }
    }
    const bool fits =
        !(more > 0) || (store != nullptr ? parts->buffers().MayGrow(isolate, store, more) : MayTake(isolate, more));
    if (!fits && (kind != Kind::kMemory || TakesPages(context, real, info.This(), wanted))) {
      ThrowRange(isolate);
      return;
    }
  }
  v8::Local<v8::Value> result;
  if (real->Call(context, info.This(), std::min(info.Length(), 1), &wanted).ToLocal(&result)) {
    if (unshared && parts != nullptr) parts->wasm_memories().Count(context, info.This());
    info.GetReturnValue().Set(result);
  }
}

v8::MaybeLocal<v8::ArrayBuffer> BufferConstructors::MakeResizable(v8::Local<v8::Context> context, size_t length,
                                                                  size_t max_length) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::Local<v8::Object> options = v8::Object::New(isolate, v8::Null(isolate), nullptr, nullptr, 0);
  v8::Local<v8::Value> max = v8::Number::New(isolate, static_cast<double>(max_length));
  if (options->CreateDataProperty(context, Name(isolate, "maxByteLength"), max).IsNothing()) return {};
  Parts* parts = Parts::Of(isolate);
  const Reservations::Id id = parts == nullptr ? 0 : parts->buffers().Reserve(isolate, max_length);
  if (id == 0) {
    ThrowRange(isolate);
    return {};
  }
  v8::Local<v8::Value> real = GetOriginal(context, Original::kArrayBuffer);
  v8::Local<v8::Value> given[] = {v8::Number::New(isolate, static_cast<double>(length)), options};
  v8::Local<v8::Value> made;
  if (!real.As<v8::Function>()->NewInstance(context, 2, given).ToLocal(&made)) {
    parts->buffers().Cancel(id);
    return {};
  }
  auto buffer = made.As<v8::ArrayBuffer>();
  parts->buffers().Fill(id, buffer->GetBackingStore());
  return buffer;
}

template void BufferConstructors::Construct<BufferConstructors::Kind::kArrayBuffer>(
    const v8::FunctionCallbackInfo<v8::Value>&);
template void BufferConstructors::Construct<BufferConstructors::Kind::kSharedArrayBuffer>(
    const v8::FunctionCallbackInfo<v8::Value>&);
template void BufferConstructors::Construct<BufferConstructors::Kind::kMemory>(
    const v8::FunctionCallbackInfo<v8::Value>&);
template void BufferConstructors::Grow<BufferConstructors::Kind::kArrayBuffer>(
    const v8::FunctionCallbackInfo<v8::Value>&);
template void BufferConstructors::Grow<BufferConstructors::Kind::kSharedArrayBuffer>(
    const v8::FunctionCallbackInfo<v8::Value>&);
template void BufferConstructors::Grow<BufferConstructors::Kind::kMemory>(const v8::FunctionCallbackInfo<v8::Value>&);

}  // namespace isolet
