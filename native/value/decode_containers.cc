// Objects, arrays, Maps, Sets and Errors.
#include "value/decoder.h"
#include "value/intrinsics.h"

namespace isolet::value {

bool Decoder::ReadProperties(v8::Local<v8::Object> object) {
  for (;;) {
    uint32_t code;
    if (!in_.Varint32(&code)) return Malformed();
    if (code == kKeysEnd) return true;
    Value value;
    v8::Local<v8::String> key;
    if (!ReadKey(code, &key) || !ReadValue(&value)) return false;
    if (object->CreateDataProperty(context_, key, value).IsNothing()) return false;
  }
}

bool Decoder::ReadKey(uint32_t code, v8::Local<v8::String>* key) {
  if (code >= kFirstKnownKey) {
    if (code - kFirstKnownKey >= keys_.size()) return Malformed();
    *key = keys_[code - kFirstKnownKey];
    return true;
  }
  if (!ReadChars(code == kNewKey1, v8::NewStringType::kInternalized, key)) return false;
  keys_.push_back(*key);
  return true;
}

bool Decoder::ReadArray(Value* value) {
  uint32_t length;
  if (!in_.Varint32(&length) || length > in_.Left()) return Malformed();
  const uint32_t number = Number();
  const size_t from = elements_.size();
  bool holes = false;
  for (uint32_t i = 0; i < length; i++) {
    if (in_.Left() != 0 && in_.Peek() == Tag::kHole) {
      in_.Skip();
      elements_.emplace_back();
      holes = true;
      continue;
    }
    Value element;
    if (!ReadValue(&element)) return false;
    elements_.push_back(element);
  }
  if (objects_[number].IsEmpty() && !holes) {
    *value = objects_[number] = v8::Array::New(isolate_, elements_.data() + from, length);
    elements_.resize(from);
    return true;
  }
  return FillArray(number, from, value);
}

bool Decoder::FillArray(uint32_t number, size_t from, Value* value) {
  if (objects_[number].IsEmpty()) objects_[number] = v8::Array::New(isolate_);
  const auto array = objects_[number].As<v8::Array>();
  const auto length = static_cast<uint32_t>(elements_.size() - from);
  for (uint32_t i = 0; i < length; i++) {
    const Value element = elements_[from + i];
    if (!element.IsEmpty() && array->CreateDataProperty(context_, i, element).IsNothing()) return false;
  }
  const auto size = v8::Integer::NewFromUnsigned(isolate_, length);
  if (array->Set(context_, Literal(isolate_, "length"), size).IsNothing()) return false;
  elements_.resize(from);
  *value = array;
  return true;
}

bool Decoder::ReadSparseArray(Value* value) {
  uint32_t length;
  if (!in_.Varint32(&length)) return Malformed();
  const auto array = v8::Array::New(isolate_);
  *value = array;
  objects_.push_back(array);
  for (uint32_t i = 0; i < length;) {
    if (in_.Left() == 0) return Malformed();
    if (in_.Peek() == Tag::kHole) {
      in_.Skip();
      i++;
    } else if (in_.Peek() == Tag::kHoles) {
      in_.Skip();
      uint32_t count;
      if (!in_.Varint32(&count) || count > length - i) return Malformed();
      i += count;
    } else {
      Value element;
      if (!ReadValue(&element)) return false;
      if (array->CreateDataProperty(context_, i++, element).IsNothing()) return false;
    }
  }
  const auto size = v8::Integer::NewFromUnsigned(isolate_, length);
  return !array->Set(context_, Literal(isolate_, "length"), size).IsNothing();
}

bool Decoder::ReadMap(Value* value) {
  uint32_t count;
  if (!in_.Varint32(&count) || count > in_.Left() / 2) return Malformed();
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
    if (error->Delete(context_, Literal(isolate_, "message")).IsNothing()) return false;
  } else if ((parts & kMessageEnumerable) && !Define(error, "message", message, true)) {
    return false;
  }
  // Always: what V8 put there tells of the code that receives.
  if (stack.IsEmpty()) {
    stack = name.IsEmpty() ? Literal(isolate_, ErrorTypeName(type)) : name;
    if (!message.IsEmpty() && message->Length() != 0) {
      stack = v8::String::Concat(isolate_, stack, Literal(isolate_, ": "));
      if (stack.IsEmpty()) return NoMemory();
      stack = v8::String::Concat(isolate_, stack, message);
      if (stack.IsEmpty()) return NoMemory();
    }
  }
  if (!Define(error, "stack", stack, false)) return false;
  Value part;
  if ((parts & kHasCause) && (!ReadValue(&part) || !Define(error, "cause", part, false))) return false;
  if ((parts & kHasErrors) && (!ReadValue(&part) || !Define(error, "errors", part, false))) return false;
  return ReadProperties(error);
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
  *lost_name = Literal(isolate_, ErrorTypeName(type));
  return true;
}

bool Decoder::Define(v8::Local<v8::Object> object, const char* name, Value value, bool enumerable) {
  return !object->DefineOwnProperty(context_, Literal(isolate_, name), value, enumerable ? v8::None : v8::DontEnum)
              .IsNothing();
}

}  // namespace isolet::value
