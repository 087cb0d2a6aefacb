#include "realm/structured_clone.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>
#include <vector>

#include "calls/gate.h"
#include "calls/guest_options.h"
#include "calls/parts.h"
#include "memory_use/array_buffer_allocator.h"
#include "realm/buffer_constructors.h"
#include "realm/serialized_buffers.h"
#include "v8/strings.h"
#include "value/identity_map.h"

namespace isolet {
namespace {

using Buffers = std::vector<v8::Local<v8::ArrayBuffer>>;

// The transfer list as far as it was read.
struct Transfer {
  Buffers buffers;
  value::IdentityMap seen;
};

// There is no DOMException in a guest: an Error with the name and the code of one.
void ThrowCloneError(v8::Isolate* isolate, v8::Local<v8::String> message) {
  v8::Local<v8::Context> context = isolate->GetCurrentContext();
  v8::Local<v8::Object> error = v8::Exception::Error(message).As<v8::Object>();
  auto set = [&](const char* name, v8::Local<v8::Value> value) {
    return error->DefineOwnProperty(context, Name(isolate, name), value, v8::DontEnum).FromMaybe(false);
  };
  if (set("name", Name(isolate, "DataCloneError")) && set("code", v8::Integer::New(isolate, 25))) {
    isolate->ThrowException(error);
  }
}

void ThrowCloneError(v8::Isolate* isolate, const char* message) { ThrowCloneError(isolate, Name(isolate, message)); }

class Serializer final : public v8::ValueSerializer::Delegate {
 public:
  explicit Serializer(v8::Isolate* isolate, ArrayBufferAllocator* allocator)
      : isolate_(isolate), allocator_(allocator) {}
  ~Serializer() override {
    std::free(released_);
    if (allocator_ != nullptr) allocator_->Uncharge(charged_);
  }
  Serializer(const Serializer&) = delete;
  Serializer& operator=(const Serializer&) = delete;

  void ThrowDataCloneError(v8::Local<v8::String> message) override { ThrowCloneError(isolate_, message); }

  // The serializer asks once for each object: it knows by itself which it has seen.
  v8::Maybe<uint32_t> GetSharedArrayBufferId(v8::Isolate*, v8::Local<v8::SharedArrayBuffer> buffer) override {
    shared_.push_back(buffer->GetBackingStore());
    return v8::Just(static_cast<uint32_t>(shared_.size() - 1));
  }

  v8::Maybe<uint32_t> GetWasmModuleTransferId(v8::Isolate*, v8::Local<v8::WasmModuleObject> module) override {
    modules_.push_back(module->GetCompiledModule());
    return v8::Just(static_cast<uint32_t>(modules_.size() - 1));
  }

  // One string of the guest may stand in a value a million times and is written each time.
  void* ReallocateBufferMemory(void* old, size_t size, size_t* actual) override {
    size_t more = size - std::min(size, charged_);
    if (allocator_ != nullptr && !allocator_->Charge(more)) return nullptr;
    void* memory = std::realloc(old, size);
    if (memory == nullptr) {
      if (allocator_ != nullptr) allocator_->Uncharge(more);
      return nullptr;
    }
    charged_ += more;
    *actual = size;
    return memory;
  }

  void Keep(uint8_t* memory) { released_ = memory; }
  const std::vector<std::shared_ptr<v8::BackingStore>>& shared() const { return shared_; }
  const std::vector<v8::CompiledWasmModule>& modules() const { return modules_; }

 private:
  v8::Isolate* const isolate_;
  ArrayBufferAllocator* const allocator_;
  std::vector<std::shared_ptr<v8::BackingStore>> shared_;
  std::vector<v8::CompiledWasmModule> modules_;
  size_t charged_ = 0;
  uint8_t* released_ = nullptr;
};

class Deserializer final : public v8::ValueDeserializer::Delegate {
 public:
  explicit Deserializer(const Serializer& source) : source_(source) {}

  v8::MaybeLocal<v8::SharedArrayBuffer> GetSharedArrayBufferFromId(v8::Isolate* isolate, uint32_t id) override {
    if (id >= source_.shared().size()) return {};
    return v8::SharedArrayBuffer::New(isolate, source_.shared()[id]);
  }

  v8::MaybeLocal<v8::WasmModuleObject> GetWasmModuleFromId(v8::Isolate* isolate, uint32_t id) override {
    if (id >= source_.modules().size()) return {};
    return v8::WasmModuleObject::FromCompiledModule(isolate, source_.modules()[id]);
  }

 private:
  const Serializer& source_;
};

// False: an exception is pending, or the guest is being stopped.
bool AddTransfer(v8::Isolate* isolate, v8::Local<v8::Value> item, Transfer* transfer) {
  // Reading a list runs no code that V8 could stop.
  Parts* parts = Parts::Of(isolate);
  if (parts != nullptr && parts->gate().stopping()) return false;
  if (!item->IsObject()) {
    isolate->ThrowException(
        v8::Exception::TypeError(Name(isolate, "The transfer list of structuredClone must hold objects")));
    return false;
  }
  if (!item->IsArrayBuffer()) {
    ThrowCloneError(isolate, "Only an ArrayBuffer can be transferred");
    return false;
  }
  v8::Local<v8::ArrayBuffer> buffer = item.As<v8::ArrayBuffer>();
  if (transfer->seen.FindOrAdd(buffer) != value::IdentityMap::kNew) {
    ThrowCloneError(isolate, "An ArrayBuffer is in the transfer list twice");
    return false;
  }
  transfer->buffers.push_back(buffer);
  return true;
}

// Any iterable, as Web IDL has it.
bool ReadIterable(v8::Local<v8::Context> context, v8::Local<v8::Object> list, Transfer* transfer) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::Local<v8::Value> method, iterator, next;
  if (!list->Get(context, v8::Symbol::GetIterator(isolate)).ToLocal(&method)) return false;
  if (!method->IsFunction()) {
    isolate->ThrowException(v8::Exception::TypeError(Name(isolate, "The transfer list must be iterable")));
    return false;
  }
  if (!method.As<v8::Function>()->Call(context, list, 0, nullptr).ToLocal(&iterator)) return false;
  if (!iterator->IsObject() || !iterator.As<v8::Object>()->Get(context, Name(isolate, "next")).ToLocal(&next)) {
    return false;
  }
  while (next->IsFunction()) {
    v8::Local<v8::Value> step, done, value;
    if (!next.As<v8::Function>()->Call(context, iterator, 0, nullptr).ToLocal(&step)) return false;
    if (!step->IsObject()) break;
    v8::Local<v8::Object> result = step.As<v8::Object>();
    if (!result->Get(context, Name(isolate, "done")).ToLocal(&done)) return false;
    if (done->BooleanValue(isolate)) return true;
    if (!result->Get(context, Name(isolate, "value")).ToLocal(&value)) return false;
    if (!AddTransfer(isolate, value, transfer)) return false;
  }
  isolate->ThrowException(v8::Exception::TypeError(Name(isolate, "The transfer list must be iterable")));
  return false;
}

// False: an exception is pending, or the guest is being stopped.
bool ReadTransfer(v8::Local<v8::Context> context, v8::Local<v8::Value> options, Transfer* transfer) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  if (options->IsNullOrUndefined()) return true;
  v8::Local<v8::Value> list;
  if (options->IsObject() && !options.As<v8::Object>()->Get(context, Name(isolate, "transfer")).ToLocal(&list)) {
    return false;
  }
  if (!options->IsObject() || (!list->IsUndefined() && !list->IsObject())) {
    isolate->ThrowException(
        v8::Exception::TypeError(Name(isolate, "The options of structuredClone must be { transfer: [...] }")));
    return false;
  }
  if (list->IsUndefined()) return true;
  if (!list->IsArray()) return ReadIterable(context, list.As<v8::Object>(), transfer);
  // By index, so that it works whatever the guest made of Array.prototype.
  v8::Local<v8::Array> array = list.As<v8::Array>();
  for (uint32_t i = 0; i < array->Length(); ++i) {
    v8::Local<v8::Value> item;
    if (!array->Get(context, i).ToLocal(&item) || !AddTransfer(isolate, item, transfer)) return false;
  }
  return true;
}

// The memory of each buffer in a new one; the old ones are detached. False: an exception is pending.
bool MoveBuffers(v8::Isolate* isolate, const Buffers& transfer, Buffers* moved) {
  for (v8::Local<v8::ArrayBuffer> buffer : transfer) {
    if (!buffer->IsDetachable() || buffer->WasDetached()) {
      ThrowCloneError(isolate, "An ArrayBuffer of the transfer list is detached or can't be");
      return false;
    }
  }
  for (v8::Local<v8::ArrayBuffer> buffer : transfer) {
    std::shared_ptr<v8::BackingStore> store = buffer->GetBackingStore();
    if (!buffer->Detach(v8::Local<v8::Value>()).FromMaybe(false)) return false;
    moved->push_back(v8::ArrayBuffer::New(isolate, std::move(store)));
  }
  return true;
}

// Resizable ArrayBuffers of the clone, made as the guest's own are: V8 would make them without asking for room.
class Resizables {
 public:
  // `bytes`: what the serializer wrote. `first_id`: of the transfers there, the next free one. False: an exception is
  // pending.
  bool Replace(v8::Local<v8::Context> context, const uint8_t* bytes, size_t size, uint32_t first_id) {
    v8::Isolate* isolate = v8::Isolate::GetCurrent();
    std::optional<std::vector<ResizableInClone>> found = FindResizable(bytes, size);
    if (!found) {
      ThrowCloneError(isolate, "A resizable ArrayBuffer can't be cloned beside what else is in the value");
      return false;
    }
    size_t copied = 0;
    for (const ResizableInClone& place : *found) {
      v8::Local<v8::ArrayBuffer> buffer;
      if (!BufferConstructors::MakeResizable(context, place.length, place.max_length).ToLocal(&buffer)) return false;
      if (place.length > 0) std::memcpy(buffer->Data(), place.data, place.length);
      rewritten_.insert(rewritten_.end(), bytes + copied, bytes + place.from);
      // As the serializer writes a buffer that was transferred.
      rewritten_.push_back('t');
      for (uint32_t id = first_id + static_cast<uint32_t>(made_.size());; id >>= 7) {
        rewritten_.push_back(static_cast<uint8_t>(id < 0x80 ? id : (id & 0x7F) | 0x80));
        if (id < 0x80) break;
      }
      made_.push_back(buffer);
      copied = place.to;
    }
    if (copied > 0) rewritten_.insert(rewritten_.end(), bytes + copied, bytes + size);
    return true;
  }

  const Buffers& made() const { return made_; }
  // Empty: nothing was replaced.
  const std::vector<uint8_t>& rewritten() const { return rewritten_; }

 private:
  Buffers made_;
  std::vector<uint8_t> rewritten_;
};

}  // namespace

void StructuredClone(const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::Isolate* isolate = info.GetIsolate();
  v8::Local<v8::Context> context = isolate->GetCurrentContext();
  Parts* parts = Parts::Of(isolate);
  if (info.Length() == 0) {
    isolate->ThrowException(v8::Exception::TypeError(Name(isolate, "structuredClone needs a value")));
    return;
  }
  Transfer list;
  if (!ReadTransfer(context, info[1], &list)) return;
  const Buffers& transfer = list.buffers;
  Buffers moved;

  // The serializer goes first: it gives the memory of a failed attempt back to its delegate.
  Serializer source(isolate, parts == nullptr ? nullptr : &parts->allocator());
  std::pair<uint8_t*, size_t> bytes;
  {
    v8::ValueSerializer serializer(isolate, &source);
    serializer.WriteHeader();
    for (size_t i = 0; i < transfer.size(); ++i) serializer.TransferArrayBuffer(static_cast<uint32_t>(i), transfer[i]);
    if (!serializer.WriteValue(context, info[0]).FromMaybe(false)) return;
    bytes = serializer.Release();
    source.Keep(bytes.first);
  }
  Resizables resizables;
  if (!resizables.Replace(context, bytes.first, bytes.second, static_cast<uint32_t>(transfer.size()))) return;
  if (!MoveBuffers(isolate, transfer, &moved)) return;
  moved.insert(moved.end(), resizables.made().begin(), resizables.made().end());

  Deserializer target(source);
  const std::vector<uint8_t>& rewritten = resizables.rewritten();
  v8::ValueDeserializer deserializer(isolate, rewritten.empty() ? bytes.first : rewritten.data(),
                                     rewritten.empty() ? bytes.second : rewritten.size(), &target);
  if (!deserializer.ReadHeader(context).FromMaybe(false)) return;
  for (size_t i = 0; i < moved.size(); ++i) deserializer.TransferArrayBuffer(static_cast<uint32_t>(i), moved[i]);
  v8::Local<v8::Value> clone;
  if (deserializer.ReadValue(context).ToLocal(&clone)) info.GetReturnValue().Set(clone);
}

}  // namespace isolet
