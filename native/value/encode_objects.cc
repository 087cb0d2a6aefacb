// Plain objects and their keys.
#include "value/cost.h"
#include "value/encoder.h"
#include "value/intrinsics.h"

namespace isolet::value {

bool Encoder::WritePlain(v8::Local<v8::Object> object) {
  const bool ask_all = interest_ == Exporter::Interest::kEverything;
  const uintptr_t hidden_class = ask_all ? 0 : classes_->Of(isolate_, object);
  if (hidden_class != 0) {
    const SharedKeys* shared = FindShared(object, hidden_class);
    if (shared != nullptr) return WriteShared(object, *shared);
  }
  const v8::Local<v8::Value> prototype = PrototypeOf(object);
  if (object_prototype_.IsEmpty()) object_prototype_ = GetIntrinsic(context_, Intrinsic::kObjectPrototype);
  const bool instance = !prototype->IsNull() && prototype != object_prototype_;
  if (instance && IsError(context_, object)) return WriteError(object);
  if (interest_ != Exporter::Interest::kNothing) {
    bool taken = false;
    if ((instance || ask_all) && !WriteAnswer(exporter_.ExportObject(object), &taken)) return false;
    if (taken) return true;
  }
  const bool bare = prototype->IsNull();
  if (!Charge(bare ? cost::kNullObject : cost::kObject)) return false;
  if (!out_.Reserve(1)) return TooManyBytes(1);
  out_.Put(bare ? Tag::kNullObject : Tag::kObject);
  if (bare) return WriteProperties(object, PropertyCost::Kind::kNullPrototype, 0);
  return WriteProperties(object, PropertyCost::Kind::kPlain, instance ? 0 : hidden_class);
}

bool Encoder::WriteProperties(v8::Local<v8::Object> object, PropertyCost::Kind kind, uintptr_t hidden_class) {
  v8::Local<v8::Array> keys;
  if (!OwnKeys(object, &keys)) return Threw();
  const uint32_t count = keys->Length();
  if (count > out_.Left() / 2) return TooManyBytes(size_t{count} * 2);
  PropertyCost properties(&shapes_, kind);
  if (hidden_class != 0 && classes_->Of(isolate_, object) == hidden_class) {
    if (kept_ != nullptr) kept_->Note(context_, object, hidden_class, keys);
    const SharedKeys* shared = Share(object, keys);
    if (shared != nullptr) return WriteNamed(object, *shared, &properties);
  }
  Step step(this, PathNode::Kind::kProperty);
  step.node.holder = object;
  for (uint32_t i = 0; i < count; i++) {
    v8::Local<v8::Value> key;
    if (!keys->Get(context_, i).ToLocal(&key)) return Threw();
    if (key->IsString() && !WriteProperty(object, key.As<v8::String>(), KeyTable::kNone, &properties, &step.node)) {
      return false;
    }
  }
  return WriteVarint(kKeysEnd);
}

bool Encoder::WriteShared(v8::Local<v8::Object> object, const SharedKeys& shared) {
  if (!Charge(cost::kObject)) return false;
  if (!out_.Reserve(1)) return TooManyBytes(1);
  out_.Put(Tag::kObject);
  PropertyCost properties(&shapes_, PropertyCost::Kind::kPlain);
  return WriteNamed(object, shared, &properties);
}

bool Encoder::WriteNamed(v8::Local<v8::Object> object, const SharedKeys& keys, PropertyCost* properties) {
  // The list may move.
  const SharedKeys shared = keys;
  Step step(this, PathNode::Kind::kProperty);
  step.node.holder = object;
  for (uint32_t i = 0; i < shared.count; i++) {
    const uint32_t known = shared.from + i;
    const v8::Local<v8::String> key = known_keys_[known].text;
    // What stands in one before it may have changed the object.
    if (shared.fields && HasHiddenClass(object, shared.hidden_class)) {
      step.node.key = key;
      if (!WriteKeyAndValue(key, known, HiddenClasses::FieldAt(isolate_, object, i), properties)) return false;
    } else if (!WriteProperty(object, key, known, properties, &step.node)) {
      return false;
    }
  }
  step.node.key.Clear();
  return WriteVarint(kKeysEnd);
}

bool Encoder::WriteProperty(v8::Local<v8::Object> object, v8::Local<v8::String> key, uint32_t known,
                            PropertyCost* properties, PathNode* node) {
  node->key = key;
  v8::Local<v8::Value> value;
  if (!object->Get(context_, key).ToLocal(&value)) return Threw();
  if (value->IsUndefined()) {
    // A getter before this one may have deleted it.
    bool there;
    if (!object->HasOwnProperty(context_, key).To(&there)) return Threw();
    if (!there) return true;
  }
  if (!WriteKeyAndValue(key, known, value, properties)) return false;
  node->key.Clear();
  return true;
}

bool Encoder::WriteKeyAndValue(v8::Local<v8::String> key, uint32_t known, v8::Local<v8::Value> value,
                               PropertyCost* properties) {
  const bool ok = known == KeyTable::kNone ? WriteKey(key, properties) : WriteKnownKey(&known_keys_[known], properties);
  return ok && WriteValue(value);
}

// The keys of an earlier object of this message, or of others.
const Encoder::SharedKeys* Encoder::FindShared(v8::Local<v8::Object> object, uintptr_t hidden_class) {
  for (const SharedKeys& shared : shared_) {
    if (AddressOf(shared.hidden_class) == hidden_class) return &shared;
  }
  return kept_ == nullptr ? nullptr : FindKept(object, hidden_class);
}

const Encoder::SharedKeys* Encoder::FindKept(v8::Local<v8::Object> object, uintptr_t hidden_class) {
  const KeptKeys::Keys* kept = kept_->Find(context_, hidden_class);
  if (kept == nullptr || known_keys_.size() + kept->keys.size() > kMostKnownKeys) return nullptr;
  const auto from = static_cast<uint32_t>(known_keys_.size());
  size_t at = key_bytes_.size();
  key_bytes_.append(kept->bytes.data(), kept->bytes.size());
  for (const KeptKeys::Key& key : kept->keys) {
    known_keys_.push_back({key.name.Get(isolate_), KeyTable::kNone, key.size, at});
    at += key.size;
  }
  const auto count = static_cast<uint32_t>(kept->keys.size());
  return Share({HiddenClassOf(isolate_, object), from, count, kept->fields});
}

const Encoder::SharedKeys* Encoder::Share(v8::Local<v8::Object> object, v8::Local<v8::Array> keys) {
  const uint32_t count = keys->Length();
  const size_t from = known_keys_.size();
  if (from + count > kMostKnownKeys) return nullptr;
  for (uint32_t i = 0; i < count; i++) {
    v8::Local<v8::Value> name;
    if (!keys->Get(context_, i).ToLocal(&name) || !name->IsString()) {
      known_keys_.resize(from);
      return nullptr;
    }
    known_keys_.push_back({name.As<v8::String>()});
  }
  const bool fields = HiddenClasses::FieldsOf(object) == count;
  return Share({HiddenClassOf(isolate_, object), static_cast<uint32_t>(from), count, fields});
}

const Encoder::SharedKeys* Encoder::Share(const SharedKeys& shared) {
  if (shared_.size() < kSharedKeys) {
    shared_.push_back(shared);
    return shared_.end() - 1;
  }
  SharedKeys* place = &shared_[next_shared_++ % kSharedKeys];
  *place = shared;
  return place;
}

// Object.keys, which knows the keys an object's hidden class keeps, is three times as fast as V8's API. It is the one
// the context had when it was prepared.
bool Encoder::OwnKeys(v8::Local<v8::Object> object, v8::Local<v8::Array>* keys) {
  if (object_keys_.IsEmpty()) object_keys_ = GetIntrinsic(context_, Intrinsic::kObjectKeys);
  if (object_keys_->IsFunction()) {
    v8::Local<v8::Value> argument = object;
    v8::Local<v8::Value> result;
    if (!object_keys_.As<v8::Function>()->Call(context_, v8::Undefined(isolate_), 1, &argument).ToLocal(&result)) {
      return false;
    }
    if (result->IsArray()) {
      *keys = result.As<v8::Array>();
      return true;
    }
  }
  constexpr auto kFilter = static_cast<v8::PropertyFilter>(v8::ONLY_ENUMERABLE | v8::SKIP_SYMBOLS);
  return object->GetOwnPropertyNames(context_, kFilter, v8::KeyConversionMode::kConvertToString).ToLocal(keys);
}

bool Encoder::WriteKey(v8::Local<v8::String> key, PropertyCost* properties) {
  const uint32_t known = keys_.Find(key);
  if (known != KeyTable::kNone) return WriteKeyAgain(known, properties);
  const uint32_t number = key_count_++;
  const uint32_t index = IndexOf(key);
  const bool is_index = index != PropertyCost::kNoIndex;
  // Made of a number each time it is asked for: never found again.
  if (!is_index) keys_.Add(key, number);
  if (!Charge(is_index ? properties->AddIndexed(index) : cost::kKey + properties->AddNamed(number))) return false;
  const bool one_byte = key->IsOneByte();
  return WriteVarint(one_byte ? kNewKey1 : kNewKey2) && WriteChars(key, one_byte);
}

bool Encoder::WriteKnownKey(KnownKey* key, PropertyCost* properties) {
  if (key->number != KeyTable::kNone) return WriteKeyAgain(key->number, properties);
  key->number = keys_.Find(key->text);
  if (key->number != KeyTable::kNone) return WriteKeyAgain(key->number, properties);
  key->number = key_count_;
  if (key->size == 0) return WriteKey(key->text, properties);
  keys_.Add(key->text, key_count_++);
  if (!Charge(cost::kKey + properties->AddNamed(key->number))) return false;
  if (!out_.Reserve(key->size)) return TooManyBytes(key->size);
  out_.PutRaw(&key_bytes_[key->at], key->size);
  return true;
}

bool Encoder::WriteKeyAgain(uint32_t number, PropertyCost* properties) {
  return Charge(properties->AddNamed(number)) && WriteVarint(kFirstKnownKey + uint64_t{number});
}

uint32_t Encoder::IndexOf(v8::Local<v8::String> key) {
  const auto length = static_cast<uint32_t>(key->Length());
  if (length > PropertyCost::kLongestIndex || !key->IsOneByte()) return PropertyCost::kNoIndex;
  uint8_t text[PropertyCost::kLongestIndex];
  CopyOneByte(isolate_, key, text, length);
  return PropertyCost::IndexOf(text, length);
}

}  // namespace isolet::value
