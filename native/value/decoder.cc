#include "value/decoder.h"

#include <cmath>

#include "v8/strings.h"
#include "value/cost.h"
#include "value/intrinsics.h"
#include "value/regexp_cost.h"

namespace isolet::value {

static ShapeFunctions* FunctionsOf(Importer& importer) {
  KeptShapes* shapes = importer.Shapes();
  return shapes == nullptr ? nullptr : &shapes->functions;
}

Decoder::Decoder(v8::Local<v8::Context> context, Message& message, Importer& importer, size_t max_bytes,
                 BufferSource* buffers)
    : isolate_(v8::Isolate::GetCurrent()),
      context_(context),
      message_(message),
      importer_(importer),
      buffers_(buffers),
      in_(message.bytes.data(), message.bytes.size()),
      max_bytes_(max_bytes),
      used_(message.bytes.size()),
      functions_(FunctionsOf(importer)) {}

Decoder::~Decoder() {
  NoteMakers();
  // The call that brought them may go on for long.
  message_.bytes = Bytes();
  if (message_.handles.empty()) return;
  std::vector<Handle> left;
  for (size_t i = 0; i < message_.handles.size(); i++) {
    if (i >= imported_.size() || !imported_[i]) left.push_back(message_.handles[i]);
  }
  message_.handles = std::move(left);
}

bool Decoder::Run(Value* value) {
  if (in_.Left() == 0) return Malformed();
  Values values;
  if (static_cast<Tag>(message_.bytes[0]) == Tag::kList) {
    if (!ReadItems(&values)) return false;
    *value = v8::Array::New(isolate_, values.data(), values.size());
  } else if (!ReadValue(value)) {
    return false;
  }
  return in_.AtEnd() || Malformed();
}

bool Decoder::RunList(Values* values) { return ReadItems(values) && (in_.AtEnd() || Malformed()); }

bool Decoder::ReadItems(Values* values) {
  uint8_t tag;
  uint32_t count;
  if (!in_.Byte(&tag) || static_cast<Tag>(tag) != Tag::kList || !in_.Varint32(&count) || count > in_.Left()) {
    return Malformed();
  }
  if (!Charge(size_t{count} * cost::kSlot)) return false;
  for (uint32_t i = 0; i < count; i++) {
    Value value;
    if (!ReadValue(&value)) return false;
    values->push_back(value);
  }
  return true;
}

bool Decoder::ReadValue(Value* value) {
  uint8_t tag;
  if (!in_.Byte(&tag)) return Malformed();
  if (tag >= kSmallInt) {
    *value = v8::Integer::New(isolate_, tag & ~kSmallInt);
    return true;
  }
  if (depth_ > kMaxDepth) return Malformed();
  depth_++;
  const bool ok = ReadTagged(static_cast<Tag>(tag), value);
  depth_--;
  return ok;
}

bool Decoder::ReadTagged(Tag tag, Value* value) {
  switch (tag) {
    case Tag::kUndefined:
      *value = v8::Undefined(isolate_);
      return true;
    case Tag::kNull:
      *value = v8::Null(isolate_);
      return true;
    case Tag::kTrue:
    case Tag::kFalse:
      *value = v8::Boolean::New(isolate_, tag == Tag::kTrue);
      return true;
    case Tag::kInt: {
      uint32_t number;
      if (!in_.Varint32(&number)) return Malformed();
      *value = v8::Integer::New(isolate_, UnZigZag(number));
      return true;
    }
    case Tag::kDouble: {
      double number;
      if (!in_.Double(&number)) return Malformed();
      if (!Charge(cost::kDouble)) return false;
      *value = v8::Number::New(isolate_, std::isnan(number) ? std::nan("") : number);
      return true;
    }
    case Tag::kBigInt:
      return ReadBigInt(value);
    case Tag::kString1:
    case Tag::kString2: {
      v8::Local<v8::String> string;
      if (!ReadChars(tag == Tag::kString1, &string)) return false;
      *value = string;
      return true;
    }
    case Tag::kBoxed:
      return ReadBoxed(value);
    case Tag::kWellKnown:
    case Tag::kRegistered:
      return ReadSymbol(tag, value);
    case Tag::kRef:
      return ReadRef(value);
    case Tag::kObject:
      return ReadObject(value);
    case Tag::kNullObject:
      return ReadNullObject(value);
    case Tag::kArray:
    case Tag::kSparseArray:
      return ReadArray(tag, value);
    case Tag::kMap:
      return ReadMap(value);
    case Tag::kSet:
      return ReadSet(value);
    case Tag::kDate:
      return ReadDate(value);
    case Tag::kRegExp:
      return ReadRegExp(value);
    case Tag::kError:
      return ReadError(value);
    case Tag::kBuffer:
    case Tag::kStore:
      return ReadBuffer(tag, value);
    case Tag::kView:
      return ReadView(value);
    case Tag::kHandle:
      return ReadHandle(value);
    case Tag::kMade:
      return ReadMade(value);
    case Tag::kHole:
    case Tag::kHoles:
    case Tag::kList:
      break;
  }
  return Malformed();
}

bool Decoder::ReadText(bool one_byte, KeyText* text) {
  text->one_byte = one_byte;
  if (!in_.Varint32(&text->length) || text->length > static_cast<uint32_t>(v8::String::kMaxLength)) return Malformed();
  return ((one_byte || in_.AlignToTwo()) && in_.Raw(text->size(), &text->data)) || Malformed();
}

bool Decoder::MakeString(const KeyText& text, v8::NewStringType type, v8::Local<v8::String>* string) {
  const auto length = static_cast<int>(text.length);
  v8::MaybeLocal<v8::String> made;
  if (text.one_byte) {
    made = v8::String::NewFromOneByte(isolate_, text.data, type, length);
  } else {
    made = v8::String::NewFromTwoByte(isolate_, reinterpret_cast<const uint16_t*>(text.data), type, length);
  }
  return made.ToLocal(string) || NoMemory();
}

bool Decoder::ReadChars(bool one_byte, v8::Local<v8::String>* string) {
  KeyText text;
  if (!ReadText(one_byte, &text)) return false;
  if (!cost::IsFree(one_byte, text.length) && !Charge(cost::kString)) return false;
  return MakeString(text, v8::NewStringType::kNormal, string);
}

// A string where only a string may be.
bool Decoder::ReadString(v8::Local<v8::String>* string) {
  uint8_t tag;
  if (!in_.Byte(&tag)) return Malformed();
  const bool one_byte = static_cast<Tag>(tag) == Tag::kString1;
  if (!one_byte && static_cast<Tag>(tag) != Tag::kString2) return Malformed();
  return ReadChars(one_byte, string);
}

bool Decoder::ReadBigInt(Value* value) {
  uint32_t head;
  if (!in_.Varint32(&head)) return Malformed();
  const size_t count = head >> 1;
  const uint8_t* data;
  if (count > INT_MAX || !in_.Raw(count * sizeof(uint64_t), &data)) return Malformed();
  if (!Charge(cost::kBigInt)) return false;
  std::vector<uint64_t> words(count);
  if (count != 0) std::memcpy(words.data(), data, count * sizeof(uint64_t));
  v8::Local<v8::BigInt> bigint;
  // Too large for V8: it throws a RangeError.
  if (!v8::BigInt::NewFromWords(context_, head & 1, static_cast<int>(count), words.data()).ToLocal(&bigint)) {
    return false;
  }
  *value = bigint;
  return true;
}

bool Decoder::ReadSymbol(Tag tag, Value* value) {
  if (tag == Tag::kRegistered) {
    v8::Local<v8::String> key;
    if (!Charge(cost::kSymbol) || !ReadString(&key)) return false;
    *value = v8::Symbol::For(isolate_, key);
    return true;
  }
  uint32_t index;
  if (!in_.Varint32(&index)) return Malformed();
  *value = WellKnownSymbol(context_, index);
  return (!value->IsEmpty() && (*value)->IsSymbol()) || Malformed();
}

bool Decoder::ReadRef(Value* value) {
  uint32_t number;
  if (!in_.Varint32(&number) || number >= objects_.size()) return Malformed();
  // An array or object that refers to itself: it has to exist now, what is in it follows.
  if (objects_[number].IsEmpty()) objects_[number] = v8::Array::New(isolate_);
  if (objects_[number]->IsUndefined()) objects_[number] = v8::Object::New(isolate_);
  if (objects_[number]->IsNull()) return Malformed();
  *value = objects_[number];
  return true;
}

bool Decoder::ReadBoxed(Value* value) {
  const uint32_t number = Number();
  Value primitive;
  if (!Charge(cost::kBoxed) || !ReadValue(&primitive)) return false;
  v8::Local<v8::Object> boxed;
  if (primitive->IsObject() || primitive->IsNullOrUndefined()) return Malformed();
  if (!primitive->ToObject(context_).ToLocal(&boxed)) return false;
  *value = objects_[number] = boxed;
  return true;
}

bool Decoder::ReadDate(Value* value) {
  constexpr double kMaxTime = 8.64e15;
  double time;
  if (!in_.Double(&time)) return Malformed();
  if (!Charge(cost::kDate)) return false;
  if (!(std::abs(time) <= kMaxTime)) time = std::nan("");
  if (!v8::Date::New(context_, std::trunc(time) + 0.0).ToLocal(value)) return false;
  objects_.push_back(*value);
  return true;
}

bool Decoder::ReadRegExp(Value* value) {
  constexpr uint32_t kBoth = v8::RegExp::kUnicode | v8::RegExp::kUnicodeSets;
  constexpr uint32_t kKnown = v8::RegExp::kGlobal | v8::RegExp::kIgnoreCase | v8::RegExp::kMultiline |
                              v8::RegExp::kSticky | v8::RegExp::kDotAll | v8::RegExp::kHasIndices | kBoth;
  uint32_t flags;
  v8::Local<v8::String> source;
  if (!in_.Varint32(&flags) || (flags & ~kKnown) != 0 || (flags & kBoth) == kBoth) return Malformed();
  if (!ReadString(&source)) return false;
  const uint64_t characters = RegExpCost(isolate_, source, static_cast<int>(flags));
  if (characters > kMaxRegExpCost) return Malformed();
  if (!ChargeFully(cost::kRegExp + cost::kRegExpCharacter * static_cast<size_t>(characters))) return false;
  v8::Local<v8::RegExp> regexp;
  if (!v8::RegExp::New(context_, source, static_cast<v8::RegExp::Flags>(flags)).ToLocal(&regexp)) return false;
  *value = regexp;
  objects_.push_back(regexp);
  return true;
}

bool Decoder::ReadHandle(Value* value) {
  uint32_t index;
  if (!in_.Varint32(&index) || index >= message_.handles.size()) return Malformed();
  if (!Charge(cost::kHandle)) return false;
  imported_.resize(message_.handles.size());
  if (imported_[index]) return Malformed();
  imported_[index] = true;
  if (!importer_.Import(message_.handles[index]).ToLocal(value)) return false;
  objects_.push_back(*value);
  return true;
}

bool Decoder::ReadMade(Value* value) {
  uint32_t kind_number;
  uint32_t count;
  if (!in_.Varint32(&kind_number) || !in_.Varint32(&count) || count > kMostMadeParts) return Malformed();
  const std::optional<MadeKind> kind = MadeKindOf(kind_number);
  if (!kind) return Malformed();
  const uint32_t number = Number();
  objects_[number] = v8::Null(isolate_);
  Value parts[kMostMadeParts];
  for (uint32_t i = 0; i < count; i++) {
    if (!ReadValue(&parts[i])) return false;
  }
  const std::span<Value> all(parts, count);
  if (!Charge(MadeCost(*kind, all)) || !importer_.Make(*kind, all).ToLocal(value)) return false;
  objects_[number] = *value;
  return true;
}

bool Decoder::Malformed() {
  isolate_->ThrowException(v8::Exception::Error(Name(isolate_, "Malformed message")));
  return false;
}

bool Decoder::NoMemory() {
  isolate_->ThrowException(v8::Exception::RangeError(Name(isolate_, "Out of memory for a received value")));
  return false;
}

bool Decoder::Charge(size_t bytes) {
  const size_t free = bytes < free_ ? bytes : free_;
  free_ -= free;
  return ChargeFully(bytes - free);
}

bool Decoder::ChargeFully(size_t bytes) {
  // What was there before the first charge may be over it already.
  if (used_ > max_bytes_ || bytes > max_bytes_ - used_) {
    isolate_->ThrowException(v8::Exception::RangeError(Name(isolate_, "A received value costs more than its limit")));
    return false;
  }
  used_ += bytes;
  return true;
}

// Takes the next number for an object that comes later.
uint32_t Decoder::Number() {
  objects_.push_back({});
  return static_cast<uint32_t>(objects_.size() - 1);
}

v8::MaybeLocal<v8::Value> Decode(v8::Local<v8::Context> context, Message& message, Importer& importer, size_t max_bytes,
                                 BufferSource* buffers) {
  v8::EscapableHandleScope scope(v8::Isolate::GetCurrent());
  v8::Local<v8::Value> value;
  if (!Decoder(context, message, importer, max_bytes, buffers).Run(&value)) return {};
  return scope.Escape(value);
}

bool DecodeList(v8::Local<v8::Context> context, Message& message, Importer& importer, Values* values, size_t max_bytes,
                BufferSource* buffers) {
  return Decoder(context, message, importer, max_bytes, buffers).RunList(values);
}

}  // namespace isolet::value
