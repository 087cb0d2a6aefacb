// Encode and Decode: the one protocol for every value that crosses (results, call arguments, host-call arguments, host
// results, bound objects, stream chunks). Both work on any isolate (a guest's or Node's own) on the thread that holds
// its lock, inside a HandleScope and a Context::Scope.
//
// Encoding runs code of the isolate it reads (getters), so a guest value must be encoded inside a guest entry with its
// limits armed. Decoding runs no JavaScript but what the importer runs.
#pragma once

#include <optional>
#include <span>
#include <variant>

#include "v8/v8.h"
#include "value/made.h"
#include "value/message.h"
#include "value/short_list.h"

namespace isolet::value {

struct KeptShapes;

// Turns things that can't be copied into ids or parts, on the encoding side. An empty answer means "not such a thing"
// and encoding goes on; a Failure stops it.
class Exporter {
 public:
  using Answer = std::variant<std::monostate, Handle, Failure, Made>;

  virtual ~Exporter() = default;
  // Where a function was found: the object it is a property of, and under which key. Empty elsewhere.
  struct Place {
    v8::Local<v8::Object> holder;
    v8::Local<v8::Value> key;
  };
  virtual Answer ExportFunction(v8::Local<v8::Function> function, const Place& place) = 0;
  // Whether the values are a guest's: then a function keeps the object it was found on, so that on another object it is
  // another thing, and none may be called `then`.
  virtual bool FromGuest() const { return false; }
  virtual Answer ExportPromise(v8::Local<v8::Promise> promise) = 0;
  // Which objects ExportObject is asked for. Instances: Errors, and objects whose prototype is neither null nor the
  // context's Object.prototype. Everything: plain objects too. Never arrays, Maps, Dates and the like.
  enum class Interest : uint8_t { kNothing, kInstances, kEverything };
  virtual Interest ObjectInterest() const { return Interest::kInstances; }
  // Asked for every object that carries a private id or might be a stream or one of the web; before it is read as data.
  virtual Answer ExportObject(v8::Local<v8::Object> object) = 0;
  // Whether this ArrayBuffer moves instead of being copied: nobody has it any more. It is detached when encoding
  // succeeded; memory that went into the message goes through Release then.
  virtual bool Gives(v8::Local<v8::ArrayBuffer> buffer) { return false; }
  virtual std::shared_ptr<v8::BackingStore> Release(std::shared_ptr<v8::BackingStore> store) { return store; }
  // What is kept of the objects in earlier messages, to write others like them quickly; null: nothing.
  virtual KeptShapes* Shapes() { return nullptr; }
  // What these handles were given out for will not cross: take them back.
  virtual void Undo(const std::vector<Handle>& handles) = 0;
  // The isolate was told to stop and the codec's TryCatch took that: it has to go on upwards. Encoding fails as kThrew,
  // with nothing pending.
  virtual void PassOnStop() { v8::Isolate::GetCurrent()->TerminateExecution(); }
};

// The receiving side. An empty answer leaves an exception pending in the isolate.
class Importer {
 public:
  virtual ~Importer() = default;
  virtual v8::MaybeLocal<v8::Value> Import(const Handle& handle) = 0;
  // An object of its parts, which may be anything: it is for the importer to look at them.
  virtual v8::MaybeLocal<v8::Value> Make(MadeKind kind, std::span<v8::Local<v8::Value>> parts) = 0;
  // What is kept of the objects in earlier messages, to make others like them quickly; null: nothing.
  virtual KeptShapes* Shapes() { return nullptr; }
};

struct EncodeOptions {
  Limits limits;
  // Root of `Failure::path`.
  const char* root = "value";
  // Host stacks and file paths are not for the guest: false drops `stack` of Errors (the guest sees name: message).
  bool keep_stacks = true;
  // ArrayBuffers to move instead of copy (detached in this isolate when encoding succeeded).
  std::vector<v8::Local<v8::ArrayBuffer>> transfer = {};
  // All ArrayBuffers move, except what belongs to objects of the web, pools behind parts of them, and resizable ones.
  bool move = false;
};

std::variant<Message, Failure> Encode(v8::Local<v8::Context> context, v8::Local<v8::Value> value,
                                      const EncodeOptions& options, Exporter& exporter);

// Keeps what the codec needs and V8's API has no way to name (Object.keys, the prototypes of AggregateError, EvalError
// and URIError, Symbol.matchAll) where JavaScript can't reach it. To be called before any code runs in the context, and
// again after it came out of a snapshot; more than once does no harm. Without it objects cost more, the exporter is
// asked about plain ones too, and such errors arrive as Error with their own name.
bool PrepareContext(v8::Local<v8::Context> context);

// What crosses as an Error: V8's own kind, and what inherits from Error without being one (a DOMException, classes in
// the style of ES5). Runs no code.
bool IsError(v8::Local<v8::Context> context, v8::Local<v8::Object> object);

// Encodes several values as one message that decodes to an Array (call arguments): identity is shared between them and
// the array itself does not count as a level.
std::variant<Message, Failure> EncodeList(v8::Local<v8::Context> context, const v8::Local<v8::Value>* values,
                                          size_t count, const EncodeOptions& options, Exporter& exporter);

// Memory for ArrayBuffers made while decoding comes from this; null means the isolate's own allocator refused.
class BufferSource {
 public:
  virtual ~BufferSource() = default;
  // Takes over or copies `store`, so that the receiving side is charged for it; null = over budget.
  virtual std::shared_ptr<v8::BackingStore> Adopt(v8::Isolate* isolate, std::shared_ptr<v8::BackingStore> store) = 0;
};

using Values = ShortList<v8::Local<v8::Value>, 8>;

// An empty result leaves an exception pending (out of memory, an importer that failed) or the isolate terminating.
// `message` is consumed: what is left in `message.handles` are those the importer was not asked for (after a failure),
// to be given back by the caller. A message that costs more than `max_bytes` is refused before it is built, whoever
// wrote it. `buffers` may be null: stores are used as they are.
v8::MaybeLocal<v8::Value> Decode(v8::Local<v8::Context> context, Message& message, Importer& importer, size_t max_bytes,
                                 BufferSource* buffers = nullptr);

// Like Decode for EncodeList, without building the array.
bool DecodeList(v8::Local<v8::Context> context, Message& message, Importer& importer, Values* values, size_t max_bytes,
                BufferSource* buffers = nullptr);

// Primitives that need no isolate to encode.
Message Undefined();

}  // namespace isolet::value
