// Objects, Maps, Sets and Errors.
#include <cstring>
#include <iterator>

#include "v8/strings.h"
#include "value/cost.h"
#include "value/decoder.h"
#include "value/intrinsics.h"

namespace isolet::value {

namespace {

uint32_t IndexOf(const KeyText& key) {
  if (key.one_byte) return PropertyCost::IndexOf(key.data, key.length);
  if (key.length > PropertyCost::kLongestIndex) return PropertyCost::kNoIndex;
  uint8_t text[PropertyCost::kLongestIndex];
  for (uint32_t i = 0; i < key.length; i++) {
    uint16_t unit;
    std::memcpy(&unit, key.data + 2 * size_t{i}, sizeof(unit));
    if (unit > 0xff) return PropertyCost::kNoIndex;
    text[i] = static_cast<uint8_t>(unit);
  }
  return PropertyCost::IndexOf(text, key.length);
}

}  // namespace

bool Decoder::ReadNullObject(Value* value) {
  if (!Charge(cost::kNullObject)) return false;
  const auto object = v8::Object::New(isolate_, v8::Null(isolate_), nullptr, nullptr, 0);
  *value = object;
  objects_.push_back(object);
  PropertyCost properties(&shapes_, PropertyCost::Kind::kNullPrototype);
  return ReadProperties(object, &properties);
}

bool Decoder::ReadProperties(v8::Local<v8::Object> object, PropertyCost* properties) {
  for (;;) {
    uint32_t code;
    uint32_t number;
    if (!in_.Varint32(&code)) return Malformed();
    if (code == kKeysEnd) return true;
    if (!ReadKey(code, &number) || !ReadProperty(object, number, properties)) return false;
  }
}

bool Decoder::ReadProperty(v8::Local<v8::Object> object, uint32_t number, PropertyCost* properties) {
  const uint32_t index = keys_[number].index;
  if (index == PropertyCost::kNoIndex) {
    if (!Charge(properties->AddNamed(number))) return false;
  } else {
    const bool spreads = properties->SpreadsAt(index);
    if (!Charge(properties->AddIndexed(index)) || (spreads && !SpreadElements(object))) return false;
  }
  Value value;
  v8::Local<v8::String> name;
  return ReadValue(&value) && NameOf(number, &name) && !object->CreateDataProperty(context_, name, value).IsNothing();
}

bool Decoder::SpreadElements(v8::Local<v8::Object> object) {
  constexpr uint32_t kFar = UINT32_MAX - 1;  // the last index there is
  return !object->CreateDataProperty(context_, kFar, v8::Undefined(isolate_)).IsNothing() &&
         !object->Delete(context_, kFar).IsNothing();
}

bool Decoder::ReadKey(uint32_t code, uint32_t* number) {
  if (code >= kFirstKnownKey) {
    *number = code - kFirstKnownKey;
    return *number < keys_.size() || Malformed();
  }
  Key key;
  if (!ReadText(code == kNewKey1, &key.text)) return false;
  key.index = IndexOf(key.text);
  // An index is not kept as a text.
  if (key.index == PropertyCost::kNoIndex && !Charge(cost::kKey)) return false;
  *number = static_cast<uint32_t>(keys_.size());
  keys_.push_back(key);
  return true;
}

// What is made in one step needs none.
bool Decoder::NameOf(uint32_t number, v8::Local<v8::String>* name) {
  Key& key = keys_[number];
  if (key.name.IsEmpty() && !MakeString(key.text, v8::NewStringType::kInternalized, &key.name)) return false;
  *name = key.name;
  return true;
}

bool Decoder::ReadMap(Value* value) {
  uint32_t count;
  if (!in_.Varint32(&count) || count > in_.Left() / 2) return Malformed();
  if (!Charge(cost::Map(count))) return false;
  const auto map = v8::Map::New(isolate_);
  *value = map;
  objects_.push_back(map);
  for (uint32_t i = 0; i < count; i++) {
    Value key;
    Value item;
    if (!ReadValue(&key) || !ReadValue(&item)) return false;
    if (map->Set(context_, key, item).IsEmpty()) return false;
  }
  return true;
}

bool Decoder::ReadSet(Value* value) {
  uint32_t count;
  if (!in_.Varint32(&count) || count > in_.Left()) return Malformed();
  if (!Charge(cost::Set(count))) return false;
  const auto set = v8::Set::New(isolate_);
  *value = set;
  objects_.push_back(set);
  for (uint32_t i = 0; i < count; i++) {
    Value member;
    if (!ReadValue(&member)) return false;
    if (set->Add(context_, member).IsEmpty()) return false;
  }
  return true;
}

bool Decoder::ReadError(Value* value) {
  uint32_t type_number;
  uint32_t parts;
  if (!in_.Varint32(&type_number) || type_number >= kErrorTypes || !in_.Varint32(&parts) ||
      (parts & ~kAllErrorParts) != 0) {
    return Malformed();
  }
  if (!Charge(cost::kError)) return false;
  const auto type = static_cast<ErrorType>(type_number);
  v8::Local<v8::String> name;
  v8::Local<v8::String> message;
  v8::Local<v8::String> stack;
  if ((parts & kHasName) && !ReadString(&name)) return false;
  if ((parts & kHasMessage) && !ReadString(&message)) return false;
  if ((parts & kHasStack) && !ReadString(&stack)) return false;

  v8::Local<v8::Object> error;
  v8::Local<v8::String> lost_name;
  if (!MakeError(type, message.IsEmpty() ? v8::String::Empty(isolate_) : message, &error, &lost_name)) return false;
  *value = error;
  objects_.push_back(error);
  if (name.IsEmpty()) name = lost_name;
  if (!name.IsEmpty() && !Define(error, "name", name, parts & kNameEnumerable)) return false;
  if (message.IsEmpty()) {
    if (error->Delete(context_, Name(isolate_, "message")).IsNothing()) return false;
  } else if ((parts & kMessageEnumerable) && !Define(error, "message", message, true)) {
    return false;
  }
  // Always: what V8 put there tells of the code that receives.
  if (stack.IsEmpty()) {
    stack = name.IsEmpty() ? Name(isolate_, ErrorTypeName(type)) : name;
    if (!message.IsEmpty() && message->Length() != 0) {
      stack = v8::String::Concat(isolate_, stack, Name(isolate_, ": "));
      if (stack.IsEmpty()) return NoMemory();
      stack = v8::String::Concat(isolate_, stack, message);
      if (stack.IsEmpty()) return NoMemory();
    }
  }
  if (!Define(error, "stack", stack, false)) return false;
  for (;;) {
    uint32_t extra;
    Value part;
    if (!in_.Varint32(&extra) || extra >= std::size(kErrorExtras)) return Malformed();
    if (extra == kNoExtra) {
      PropertyCost properties(&shapes_, PropertyCost::Kind::kError);
      return ReadProperties(error, &properties);
    }
    const bool enumerable = (extra == kOddName && (parts & kNameEnumerable) != 0) ||
                            (extra == kOddMessage && (parts & kMessageEnumerable) != 0);
    if (!ReadValue(&part) || !Define(error, kErrorExtras[extra], part, enumerable)) return false;
  }
}

bool Decoder::MakeError(ErrorType type, v8::Local<v8::String> message, v8::Local<v8::Object>* error,
                        v8::Local<v8::String>* lost_name) {
  Intrinsic intrinsic = Intrinsic::kAggregateError;
  switch (type) {
    case ErrorType::kRangeError:
      *error = v8::Exception::RangeError(message).As<v8::Object>();
      return true;
    case ErrorType::kReferenceError:
      *error = v8::Exception::ReferenceError(message).As<v8::Object>();
      return true;
    case ErrorType::kSyntaxError:
      *error = v8::Exception::SyntaxError(message).As<v8::Object>();
      return true;
    case ErrorType::kTypeError:
      *error = v8::Exception::TypeError(message).As<v8::Object>();
      return true;
    case ErrorType::kError:
      *error = v8::Exception::Error(message).As<v8::Object>();
      return true;
    case ErrorType::kEvalError:
      intrinsic = Intrinsic::kEvalError;
      break;
    case ErrorType::kUriError:
      intrinsic = Intrinsic::kUriError;
      break;
    case ErrorType::kAggregateError:
      break;
  }
  *error = v8::Exception::Error(message).As<v8::Object>();
  const Value prototype = GetIntrinsic(context_, intrinsic);
  if (prototype->IsObject()) return !SetPrototypeOf(context_, *error, prototype).IsNothing();
  *lost_name = Name(isolate_, ErrorTypeName(type));
  return true;
}

bool Decoder::Define(v8::Local<v8::Object> object, const char* name, Value value, bool enumerable) {
  return !object->DefineOwnProperty(context_, Name(isolate_, name), value, enumerable ? v8::None : v8::DontEnum)
              .IsNothing();
}

}  // namespace isolet::value
