// One encoding, from the first tag to a Message or a Failure. Every Write answers false once failed_ is set; nothing is
// written after that. Code of the isolate may run at every Get: nothing read before it is believed after it.
#pragma once

#include <optional>
#include <unordered_map>

#include "v8/hidden_class.h"
#include "value/codec.h"
#include "value/identity_map.h"
#include "value/kept_keys.h"
#include "value/key_table.h"
#include "value/path.h"
#include "value/property_cost.h"
#include "value/shapes.h"
#include "value/short_list.h"
#include "value/writer.h"

namespace isolet::value {

class Encoder {
 public:
  Encoder(v8::Local<v8::Context> context, const EncodeOptions& options, Exporter& exporter);
  Encoder(const Encoder&) = delete;
  Encoder& operator=(const Encoder&) = delete;

  std::variant<Message, Failure> Run(v8::Local<v8::Value> value);
  std::variant<Message, Failure> RunList(const v8::Local<v8::Value>* values, size_t count);

 private:
  // Steps into a container for as long as it lives.
  class Step {
   public:
    Step(Encoder* encoder, PathNode::Kind kind) : node{encoder->path_, kind}, encoder_(encoder) {
      encoder->path_ = &node;
      encoder->depth_++;
    }
    ~Step() {
      encoder_->path_ = node.parent;
      encoder_->depth_--;
    }
    Step(const Step&) = delete;
    Step& operator=(const Step&) = delete;

    PathNode node;

   private:
    Encoder* encoder_;
  };

  // A key of plain objects with one hidden class.
  struct KnownKey {
    v8::Local<v8::String> text;
    uint32_t number = KeyTable::kNone;  // once it is written
    uint32_t size = 0;                  // of how it is written as a new one, in key_bytes_; 0: not known
    size_t at = 0;
  };
  // Those of all plain objects with one hidden class, as an earlier object of the message has them: `count` of
  // known_keys_, from `from` on.
  struct SharedKeys {
    v8::Local<v8::Data> hidden_class;
    uint32_t from;
    uint32_t count;
    bool fields;  // see KeptKeys
  };
  static constexpr size_t kSharedKeys = 16;
  // A message whose objects have too many kinds of keys in turns keeps no more of them.
  static constexpr size_t kMostKnownKeys = 4096;
  const SharedKeys* FindShared(v8::Local<v8::Object> object, uintptr_t hidden_class);
  const SharedKeys* FindKept(v8::Local<v8::Object> object, uintptr_t hidden_class);
  // Null: there is no room.
  const SharedKeys* Share(v8::Local<v8::Object> object, v8::Local<v8::Array> keys);
  const SharedKeys* Share(const SharedKeys& shared);

  // Indices of an array, for what comes after its long runs of holes.
  struct SparseKeys {
    v8::Local<v8::Array> keys;
    uint32_t at = 0;
  };

  // encoder.cc
  std::variant<Message, Failure> Finish();
  bool WriteValue(v8::Local<v8::Value> value);
  void PutInt(int32_t number);
  bool WriteString(v8::Local<v8::String> string);
  bool WriteChars(v8::Local<v8::String> string, bool one_byte);
  bool WriteBigInt(v8::Local<v8::BigInt> bigint);
  bool WriteSymbol(v8::Local<v8::Symbol> symbol);
  bool WriteObject(v8::Local<v8::Object> object);
  bool WriteSpecial(v8::Local<v8::Object> object);
  bool WriteFunction(v8::Local<v8::Function> function, uint32_t number, bool again);
  bool WriteAgain(v8::Local<v8::Object> object, uint32_t number);
  bool WriteTagged(Tag tag, uint64_t number);
  bool WriteTagged(Tag tag, double number);
  bool WriteVarint(uint64_t number);
  bool WriteBoxed(v8::Local<v8::Object> object);
  bool WriteAnswer(const Exporter::Answer& answer, bool* taken);
  // encode_made.cc
  // `error`: itself, if it is one.
  bool WriteMade(const Made& made, v8::Local<v8::Object> error);

  bool Fail(Failure failure);
  bool Threw();
  bool Unsupported(std::string what);
  bool TooManyBytes(size_t wanted);
  // For what the receiver allocates. Before room is reserved for what it is about.
  bool Charge(size_t bytes) { return out_.ChargeReader(bytes) || TooManyBytes(bytes); }

  // encode_containers.cc
  bool WriteArray(v8::Local<v8::Array> array);
  // Numbers at the start of `array`, the quick way.
  bool WriteNumbers(v8::Local<v8::Array> array, uint32_t length, uint32_t* count);
  bool WriteElements(v8::Local<v8::Array> array, uint32_t length, size_t tag_position);
  bool WriteHoles(uint32_t count, size_t tag_position);
  // The first index of `array` at or after `from` that is there, or `length`.
  bool NextIndex(v8::Local<v8::Array> array, uint32_t from, uint32_t length, SparseKeys* sparse, uint32_t* next);
  bool WriteMap(v8::Local<v8::Map> map);
  bool WriteSet(v8::Local<v8::Set> set);

  // encode_objects.cc
  bool WritePlain(v8::Local<v8::Object> object);
  // `hidden_class`: of a plain object whose keys may be kept for others like it, or 0.
  bool WriteProperties(v8::Local<v8::Object> object, PropertyCost::Kind kind, uintptr_t hidden_class);
  bool WriteShared(v8::Local<v8::Object> object, const SharedKeys& shared);
  bool WriteNamed(v8::Local<v8::Object> object, const SharedKeys& shared, PropertyCost* properties);
  // `known`: its place in known_keys_, or kNone.
  bool WriteProperty(v8::Local<v8::Object> object, v8::Local<v8::String> key, uint32_t known, PropertyCost* properties,
                     PathNode* node);
  bool WriteKeyAndValue(v8::Local<v8::String> key, uint32_t known, v8::Local<v8::Value> value,
                        PropertyCost* properties);
  bool OwnKeys(v8::Local<v8::Object> object, v8::Local<v8::Array>* keys);
  bool WriteKey(v8::Local<v8::String> key, PropertyCost* properties);
  bool WriteKnownKey(KnownKey* key, PropertyCost* properties);
  bool WriteKeyAgain(uint32_t number, PropertyCost* properties);
  uint32_t IndexOf(v8::Local<v8::String> key);

  // encode_regexp.cc
  bool WriteRegExp(v8::Local<v8::RegExp> regexp);

  // encode_error.cc
  struct ErrorHead;
  bool WriteError(v8::Local<v8::Object> error);
  bool WriteErrorBody(v8::Local<v8::Object> error, v8::TryCatch* catcher);
  bool ReadErrorHead(v8::Local<v8::Object> error, v8::TryCatch* catcher, ErrorHead* head);
  bool ReadErrorText(v8::Local<v8::Object> error, const char* name, v8::TryCatch* catcher, v8::Local<v8::String>* text);
  bool WriteErrorHead(const ErrorHead& head, bool with_stack);
  bool WriteErrorExtras(v8::Local<v8::Object> error, const ErrorHead& head, v8::TryCatch* catcher);
  bool WriteErrorExtra(v8::Local<v8::Object> error, ErrorExtra extra, v8::TryCatch* catcher);
  bool WriteErrorList(v8::Local<v8::Array> errors, v8::TryCatch* catcher);
  bool WriteErrorProperties(v8::Local<v8::Object> error, v8::TryCatch* catcher);
  bool ErrorTypeOf(v8::Local<v8::Object> error, v8::TryCatch* catcher, ErrorType* type);
  bool Own(v8::Local<v8::Object> object, const char* name, bool* own, bool* enumerable);
  bool IsErrorPart(v8::Local<v8::Value> key);

  // encode_recovery.cc
  struct Mark {
    Writer::Mark out;
    size_t stores;
    size_t given;
    size_t handles;
    uint32_t objects;
    uint32_t keys;
    uint32_t shapes;
  };
  Mark Here() const;
  // After a failure: as if nothing had been written since `mark`. False: it can't go on.
  bool Recover(const Mark& mark, v8::TryCatch* catcher);
  // After an exception of the code that is being read. False: the isolate is to stop.
  bool Swallow(v8::TryCatch* catcher);
  // Whether there is time left to try what may be taken back.
  bool MayTry(v8::Local<v8::Value> value) const { return !value->IsObject() || wasted_ <= out_.limit(); }

  // encode_buffers.cc
  bool WriteBuffer(v8::Local<v8::ArrayBuffer> buffer);
  bool WriteCopy(const void* data, size_t length);
  bool WriteStore(std::shared_ptr<v8::BackingStore> store);
  bool WriteResizable(v8::Local<v8::ArrayBuffer> buffer, size_t length);
  bool WriteView(v8::Local<v8::ArrayBufferView> view);
  bool WriteViewHead(ViewType type, size_t offset, size_t length);
  bool WriteWindow(ViewType type, v8::Local<v8::ArrayBufferView> view, size_t length);
  bool IsPooled(v8::Local<v8::ArrayBufferView> view, v8::Local<v8::ArrayBuffer> buffer);
  bool IsTransferred(v8::Local<v8::ArrayBuffer> buffer) const;
  // Whether it moves although it is in no list.
  bool Moves(v8::Local<v8::ArrayBuffer> buffer) const;
  bool WriteMoved(v8::Local<v8::ArrayBuffer> buffer, size_t length);
  bool CheckTransfers();
  bool DetachTransfers();

  v8::Isolate* const isolate_;
  const v8::Local<v8::Context> context_;
  const EncodeOptions& options_;
  Exporter& exporter_;
  const Exporter::Interest interest_;
  const uint32_t max_depth_;

  Writer out_;
  Message message_;
  // What moves although it is in no list, and where its memory is in the message: none if the bytes are.
  struct Given {
    v8::Local<v8::ArrayBuffer> buffer;
    size_t store;
    bool stored;
  };
  std::vector<Given> given_;
  std::optional<Failure> failure_;
  // Inside what is left out if it fails: nobody will ask where.
  uint32_t optional_ = 0;
  // What was written and taken back, about in bytes.
  size_t wasted_ = 0;
  uint32_t depth_ = 0;
  const PathNode* path_ = nullptr;
  IdentityMap seen_;
  // The numbers of functions as found on an object, by the numbers of both.
  std::unordered_map<uint64_t, uint32_t> methods_;
  // The numbers of objects whose parts are being written.
  std::vector<uint32_t> making_;
  v8::Local<v8::Value> object_keys_;
  v8::Local<v8::Value> object_prototype_;
  v8::Local<v8::Value> uint8_array_prototype_;

  KeyTable keys_;
  uint32_t key_count_ = 0;
  KeptKeys* const kept_;  // or null
  HiddenClasses own_classes_;
  HiddenClasses* const classes_;
  ShortList<SharedKeys, 4> shared_;
  uint32_t next_shared_ = 0;  // once there are kSharedKeys
  // Only ever added to: whoever goes through a part of it may stay inside while more is written.
  ShortList<KnownKey, 16> known_keys_;
  ShortList<uint8_t, 128> key_bytes_;
  Shapes shapes_;
};

}  // namespace isolet::value
